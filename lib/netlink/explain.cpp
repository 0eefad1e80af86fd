#include "lib/netlink/explain.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hawser::nl {

namespace {

constexpr std::string_view kNoInterface = "no such interface: plug it in or correct its name";

// What a bare errno means for one kind of step; nothing where it means what strerror says.
template <class AnyStep>
std::string_view meaning(const AnyStep& /*step*/, int code) {
  return code == ENODEV ? kNoInterface : "";
}

std::string_view meaning(const CreateLink& step, int code) {
  if (code != EOPNOTSUPP) return "";
  switch (step.wanted.kind) {
    case LinkKind::kBond:
      return "bonding module missing: load it with modprobe bonding max_bonds=0";
    case LinkKind::kVlan:
      return "8021q module missing: load it with modprobe 8021q";
    case LinkKind::kDummy:
      return "dummy module missing: load it with modprobe dummy";
    case LinkKind::kVrf:
      return "vrf module missing: load it with modprobe vrf";
    default:
      return "";
  }
}

std::string_view meaning(const SetBondOption& step, int code) {
  const bool delay = step.option == BondOption::kUpdelay || step.option == BondOption::kDowndelay ||
                     step.option == BondOption::kPeerNotifDelay;
  if (code == EPERM && delay) return "delays count in miimon intervals: set miimon first";
  return code == ENODEV ? kNoInterface : "";
}

std::string_view meaning(const SetPortOptions& /*step*/, int code) {
  if (code == EPERM) return "queue_id must be below the number of transmit queues and not another port's";
  if (code == EOPNOTSUPP) return "not a port of a bond";
  return code == ENODEV ? kNoInterface : "";
}

std::string_view meaning(const SetActivePort& /*step*/, int code) {
  if (code == EINVAL) return "the port has no link, or the bond has no active port to switch from";
  return code == ENODEV ? kNoInterface : "";
}

std::string_view meaning_of_service(int code) {
  switch (code) {
    case ESRCH:
      return "no such service";
    case EAFNOSUPPORT:
      return "IPv6 is off in this kernel";
    default:
      return "";
  }
}

// ip_vs_scheduler_get() and ip_vs_pe_getbyname() load what is installed; what is not there is ENOENT.
std::string missing_module(const Service& service) {
  auto scheduler =
      fmt::format("scheduler {0} is not there: load it with modprobe ip_vs_{0}", service.scheduler);
  if (service.persistence_engine.empty()) return scheduler;
  return fmt::format("{0}; or persistence engine {1}: modprobe ip_vs_pe_{1}", scheduler,
                     service.persistence_engine);
}

std::string meaning(const AddService& step, int code) {
  return code == ENOENT ? missing_module(step.service) : std::string(meaning_of_service(code));
}
std::string meaning(const EditService& step, int code) {
  return code == ENOENT ? missing_module(step.to) : std::string(meaning_of_service(code));
}

std::string_view meaning_of_real(int code) {
  switch (code) {
    case ENOENT:
      return "no such real server";
    case ESRCH:
      return "no such service";
    case ERANGE:
      return "weight out of range, or lower threshold above upper";
    case EINVAL:
      return "address not unicast, tunnel without its port, or another family than the service's without "
             "tunnel";
    case EAFNOSUPPORT:
      return "IPv6 is off in this kernel";
    default:
      return "";
  }
}

std::string_view meaning(const AddReal& /*step*/, int code) {
  return meaning_of_real(code);
}
std::string_view meaning(const EditReal& /*step*/, int code) {
  return meaning_of_real(code);
}

}  // namespace

std::string explain(const Step& step, const Error& refusal, bool privileged) {
  const int code = refusal.code;
  if (code == ENOSYS && !refusal.text.empty()) return refusal.text;  // ours: kNotInThisKernel
  if (code == ENOPKG) return "ip_vs module missing: load it with modprobe ip_vs";
  if (code == EPERM && !privileged) return "not permitted: needs CAP_NET_ADMIN";
  // The kernel's "Unknown device type" helps less than which module it is.
  auto meant = visit_kind([&](const auto& one) { return std::string(meaning(one, code)); }, step);
  if (!meant.empty() && (refusal.text.empty() || code == EOPNOTSUPP)) return meant;
  if (refusal.text.empty()) return std::strerror(code);
  return code == 0 || code == ENODEV ? refusal.text
                                     : fmt::format("{} ({})", std::strerror(code), refusal.text);
}

bool has_net_admin() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(SYS_capget, &header, data.data()) != 0) return false;
  return (data[0].effective & (1U << CAP_NET_ADMIN)) != 0;
}

}  // namespace hawser::nl
