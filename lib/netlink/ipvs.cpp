#include "lib/netlink/ipvs.h"

#include <algorithm>
#include <cerrno>
#include <numeric>

#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "lib/netlink/ipvs_sysctl.h"

namespace hawser::nl {

namespace {

// Some 14 KB of messages a datagram; each may be refused, and the refusals have to fit the socket's buffer.
constexpr std::size_t kTogether = 128;

// More services than these are not asked for one by one.
constexpr std::size_t kAskedEach = 200;

bool failed_with(const Status& status, int code) {
  return !status && status.error().code == code;
}

bool is_asked_each(const std::set<ServiceKey>& only) {
  return !only.empty() && only.size() <= kAskedEach;
}

// What was not asked for is left out, whichever way it was read.
void note(DecodedService service, const std::vector<DecodedReal>& reals, bool traffic, Observed& observed) {
  auto& status = observed.services[service.key];
  if (traffic) {
    status.traffic = service.traffic;
    status.rate = service.rate;
  }
  auto& kept = observed.state.services[service.key] = std::move(service.service);
  for (const auto& [endpoint, server, seen] : reals) {
    kept.reals.insert_or_assign(endpoint, server);
    auto& one = status.reals[endpoint] = seen;
    if (!traffic) one.traffic = one.rate = {};
  }
}

// What a step is as a message.
struct Encode {
  std::uint16_t family;

  Message operator()(const AddService& step) const {
    return encode_service(family, Write::kAdd, step.key, step.service);
  }
  Message operator()(const EditService& step) const {
    return encode_service(family, Write::kEdit, step.key, step.to);
  }
  Message operator()(const DeleteService& step) const { return encode_delete_service(family, step.key); }
  Message operator()(const AddReal& step) const {
    return encode_real(family, Write::kAdd, step.key, step.real, step.server);
  }
  Message operator()(const EditReal& step) const {
    return encode_real(family, Write::kEdit, step.key, step.real, step.to);
  }
  Message operator()(const DeleteReal& step) const { return encode_delete_real(family, step.key, step.real); }
};

}  // namespace

Result<Ipvs> Ipvs::open() {
  return Socket::open(NETLINK_GENERIC).map([](Socket&& socket) { return Ipvs{std::move(socket)}; });
}

Status Ipvs::resolve() {
  if (family_ != 0) return {};
  const auto family = socket_.number_of(IPVS_GENL_NAME);
  if (!family) return fail_with(family.error().code == ENOENT ? ENOPKG : family.error().code, "");
  family_ = *family;
  return {};
}

template <class Encode>
Status Ipvs::request(Encode encode) {
  if (auto known = resolve(); !known) return known;
  auto status = socket_.request(encode(family_));
  if (!failed_with(status, ENOENT)) return status;
  // ENOENT is also the answer of a family that is gone.
  const auto before = std::exchange(family_, std::uint16_t{0});
  if (auto known = resolve(); !known) return known;
  return family_ == before ? status : socket_.request(encode(family_));
}

Status Ipvs::observe(Observed& observed, const std::set<ServiceKey>& only, bool traffic) {
  family_ = 0;  // the module may have been loaded, unloaded or both
  if (const auto known = resolve(); !known) return failed_with(known, ENOPKG) ? Status{} : known;
  auto found = services(only);
  if (!found) return tl::unexpected(found.error());
  const auto sizes =
      traffic || is_asked_each(only) ? std::map<ServiceKey, std::uint32_t>{} : sockopt_.sizes();
  for (auto& one : *found) {
    const auto size = sizes.find(one.key);
    auto those = reals(one.key, size == sizes.end() ? std::nullopt : std::optional(size->second));
    if (!those) return tl::unexpected(those.error());
    note(std::move(one), *those, traffic, observed);
  }
  return {};
}

// Asking for each is what keeps a look at one of a thousand services as cheap as at one of two.
Result<std::vector<DecodedService>> Ipvs::services(const std::set<ServiceKey>& only) {
  if (!is_asked_each(only)) {
    auto all = socket_.collect(encode_get_services(family_), decode_service);
    if (all && !only.empty())
      std::erase_if(*all, [&](const DecodedService& one) { return !only.contains(one.key); });
    return all;
  }
  std::vector<DecodedService> found;
  for (const auto& key : only) {
    auto service = socket_.ask(encode_get_service(family_, key), decode_service);
    if (service)
      found.push_back(std::move(*service));
    else if (service.error().code != ESRCH)
      return tl::unexpected(service.error());
  }
  return found;
}

Result<std::vector<DecodedReal>> Ipvs::reals(const ServiceKey& key, std::optional<std::uint32_t> size) {
  if (size)
    if (auto those = sockopt_.reals(key, *size)) return std::move(*those);
  return socket_.collect(encode_get_reals(family_, key),
                         [&](const MessageView& message) { return decode_real(message, key.family()); });
}

Status Ipvs::observe_host(Observed& observed) {
  family_ = 0;
  if (const auto known = resolve(); !known) return failed_with(known, ENOPKG) ? Status{} : known;
  const auto facts = socket_.ask(encode_get_facts(family_), decode_facts);
  if (!facts) return tl::unexpected(facts.error());
  const auto timeouts = socket_.ask(encode_get_timeouts(family_), decode_timeouts);
  if (!timeouts) return tl::unexpected(timeouts.error());
  const auto daemons = socket_.collect(encode_get_daemons(family_), decode_daemon);
  if (!daemons) return tl::unexpected(daemons.error());
  observed.ipvs = *facts;
  observed.state.ipvs.timeouts = *timeouts;
  for (const auto& [role, daemon] : *daemons) observed.state.ipvs.daemons[role] = daemon;
  observed.state.ipvs.sysctls = read_ipvs_sysctls();
  return {};
}

// What the kernel's answer to a step comes to: what is already so is not an error.
struct Ipvs::Perform {
  Ipvs& ipvs;

  template <class S>
  Status ask(const S& step) const {
    return ipvs.request([&](std::uint16_t family) { return Encode{family}(step); });
  }

  Status operator()(const AddService& step) const {
    auto status = ask(step);
    if (!failed_with(status, EEXIST)) return status;
    Observed now;
    if (auto seen = ipvs.observe(now, {step.key}); !seen) return seen;
    const auto there = now.state.services.find(step.key);
    if (there == now.state.services.end()) return status;
    there->second.reals = step.service.reals;  // steps of their own
    return there->second == step.service ? Status{} : status;
  }
  Status operator()(const EditService& step) const { return ask(step); }
  Status operator()(const DeleteService& step) const {
    auto status = ask(step);
    return failed_with(status, ESRCH) ? Status{} : status;
  }
  Status operator()(const AddReal& step) const {
    auto status = ask(step);
    if (!failed_with(status, EEXIST)) return status;
    Observed now;
    if (auto seen = ipvs.observe(now, {step.key}); !seen) return seen;
    const auto& reals = now.state.services[step.key].reals;
    const auto there = reals.find(step.real);
    return there != reals.end() && there->second == step.server ? Status{} : status;
  }
  Status operator()(const EditReal& step) const { return ask(step); }
  // Gone with its service is gone, too.
  Status operator()(const DeleteReal& step) const {
    auto status = ask(step);
    return failed_with(status, ENOENT) || failed_with(status, ESRCH) ? Status{} : status;
  }
};

Status Ipvs::perform(const ServiceStep& step) {
  return std::visit(Perform{*this}, step);
}

// A refused one is asked for once more by itself, which is what tells why, and whether it was so already. By
// then those that came after it are done: what these make so is so.
std::vector<Status> Ipvs::perform_each(std::span<const ServiceStep* const> steps) {
  std::vector<Status> all(steps.size());
  std::vector<std::size_t> alone;
  for (std::size_t done = 0; done < steps.size();) {
    const auto some = steps.subspan(done, std::min(kTogether, steps.size() - done));
    for (const auto place : refused_of(some)) alone.push_back(done + place);
    done += some.size();
  }
  for (const auto place : alone) all[place] = perform(*steps[place]);
  return all;
}

// Where it is not known what became of them, all of them: each may be asked for twice.
std::vector<std::size_t> Ipvs::refused_of(std::span<const ServiceStep* const> steps) {
  std::vector<std::size_t> all(steps.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (steps.size() < 2 || !resolve()) return all;
  std::vector<Message> messages;
  messages.reserve(steps.size());
  for (const auto* step : steps) messages.push_back(std::visit(Encode{family_}, *step));
  return socket_.request_together(messages).value_or(all);
}

struct Ipvs::PerformHost {
  Ipvs& ipvs;

  Status operator()(const SetIpvsTimeouts& step) const {
    return ipvs.request([&](std::uint16_t family) { return encode_timeouts(family, step.to); });
  }
  // One that runs as it should is not told apart from another by the answer.
  Status operator()(const StartSync& step) const {
    auto status = ipvs.request(
        [&](std::uint16_t family) { return encode_start_daemon(family, step.role, step.daemon); });
    if (!failed_with(status, EEXIST)) return status;
    Observed now;
    if (auto seen = ipvs.observe_host(now); !seen) return seen;
    const auto there = now.state.ipvs.daemons.find(step.role);
    if (there == now.state.ipvs.daemons.end()) return status;
    return settled(step.daemon, step.role, there->second) == there->second ? Status{} : status;
  }
  Status operator()(const StopSync& step) const {
    auto status = ipvs.request([&](std::uint16_t family) { return encode_stop_daemon(family, step.role); });
    // One that had not begun to run yet ends with EINTR (kthread_stop()), and ends all the same.
    return failed_with(status, ESRCH) || failed_with(status, EINTR) ? Status{} : status;
  }
  Status operator()(const SetIpvsSysctl& step) const { return write_ipvs_sysctl(step.which, step.to); }
  Status operator()(const ZeroCounters& step) const {
    return ipvs.request([&](std::uint16_t family) { return encode_zero(family, step.key); });
  }
};

Status Ipvs::perform(const IpvsHostStep& step) {
  return std::visit(PerformHost{*this}, step);
}

}  // namespace hawser::nl
