#include "lib/netlink/explain.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/plan/object.h"

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
    case EEXIST:
      return "it is there already, otherwise than asked: edit it";
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

// ip_vs_new_dest() and __ip_vs_update_dest() check several things and answer EINVAL to each.
std::string why_not_valid(const ServiceKey& key, const Endpoint& real, const RealServer& server) {
  if (real.address.is_multicast()) return fmt::format("{} is a multicast address", real.address);
  if (server.forwarding == Forwarding::kTunnel && server.tunnel.type == TunnelType::kGue &&
      server.tunnel.port == 0)
    return "a gue tunnel needs its port";
  if (real.address.family() == key.family())
    return fmt::format("{} is not a unicast address: a broadcast address here, or without a route",
                       real.address);
  if (server.forwarding != Forwarding::kTunnel)
    return "of another family than the service: only forwarding tunnel leads there";
  return "of another family than the service: that cannot be while a sync daemon runs";
}

std::string why_out_of_range(const RealServer& server) {
  if (server.lower_threshold > server.upper_threshold)
    return fmt::format("lower_threshold {} is above upper_threshold {}", server.lower_threshold,
                       server.upper_threshold);
  return fmt::format("weight {} is above 2147483647", server.weight);
}

std::string meaning_of_real(int code, const ServiceKey& key, const Endpoint& real, const RealServer& server) {
  switch (code) {
    case EEXIST:
      return "it is there already, otherwise than asked: edit it";
    case ENOENT:
      return "no such real server";
    case ERANGE:
      return why_out_of_range(server);
    case EINVAL:
      return why_not_valid(key, real, server);
    default:
      return std::string(meaning_of_service(code));
  }
}

std::string meaning(const AddReal& step, int code) {
  return meaning_of_real(code, step.key, step.real, step.server);
}
std::string meaning(const EditReal& step, int code) {
  return meaning_of_real(code, step.key, step.real, step.to);
}

// start_sync_thread()
std::string meaning(const StartSync& step, int code) {
  const auto& daemon = step.daemon;
  switch (code) {
    case EEXIST:
      return "one runs already, with other settings: stop it first";
    case ENODEV:
      return fmt::format("no such interface: {}", daemon.interface);
    case EADDRNOTAVAIL:
      return fmt::format("{} has no address of the group's family", daemon.interface);
    case EINVAL:
      if (!daemon.group.is_multicast()) return fmt::format("{} is not a multicast address", daemon.group);
      return "not while a real server is of another family than its service";
    default:
      return std::string(meaning_of_service(code));
  }
}
std::string_view meaning(const ZeroCounters& /*step*/, int code) {
  return meaning_of_service(code);
}

// nfnetlink_rcv_batch(): no subsystem of that number. EPROTONOSUPPORT: no netlink of netfilter at all.
template <class AnyNftStep>
std::string meaning_of_nft(const AnyNftStep& /*step*/, int code) {
  switch (code) {
    case EOPNOTSUPP:
    case EPROTONOSUPPORT:
      return "nf_tables module missing: load it with modprobe nf_tables";
    case EPERM:
      return "not permitted: needs CAP_NET_ADMIN";
    case EEXIST:
      return "a table of that name is there that netd did not make: rename or delete it";
    case ENOENT:
      return "the table is gone";
    default:
      return "";
  }
}
// nft_chain_validate_hook(), nft_expr_type_get(): no such type of chain or expression.
template <class AnyNftStep>
std::string meaning_of_making(const AnyNftStep& step, int code) {
  if (code == ENOENT)
    return step.contents.nats.empty()
               ? "this kernel's nf_tables lacks what the table is made of"
               : "a module of nf_tables is missing: load them with modprobe -a nft_chain_nat nft_masq nft_ct";
  return meaning_of_nft(step, code);
}
std::string meaning(const MakeNftTable& step, int code) {
  return meaning_of_making(step, code);
}
std::string meaning(const RemakeNftTable& step, int code) {
  return meaning_of_making(step, code);
}
std::string meaning(const SetNftContents& step, int code) {
  return meaning_of_nft(step, code);
}
std::string meaning(const DeleteNftTable& step, int code) {
  return meaning_of_nft(step, code);
}

}  // namespace

std::string explain(const Step& step, const Error& refusal, bool privileged) {
  const int code = refusal.code;
  if (code == ENOSYS && !refusal.text.empty()) return refusal.text;  // ours: kNotInThisKernel
  if (code == ENOPKG) return "ip_vs module missing: load it with modprobe ip_vs";
  if (code == EPERM && is_ipvs_step(step) && !std::holds_alternative<NftStep>(step))
    return fmt::format("not permitted: {}", kIpvsRight);
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
