#include "lib/reconcile/ipvs_host.h"

#include <algorithm>
#include <charconv>

namespace hawser {
namespace {

constexpr std::string_view kTimeouts = "ipvs timeouts";

std::string name_of_daemon(SyncRole role) {
  return fmt::format("sync {}", name_of(role));
}

bool is_persistent(const Service& service) {
  return has_flag(service, ServiceFlag::kPersistent);
}

bool sticks_to_a_server(const ServiceKey& key, const Service& service) {
  return key.transport == Transport::kUdp || key.transport == Transport::kFwmark || is_persistent(service);
}

// "900 120 300"; what is not three numbers is not put back.
std::optional<IpvsTimeouts> parse_timeouts(std::string_view text) {
  IpvsTimeouts timeouts;
  for (auto* each : {&timeouts.tcp, &timeouts.tcp_fin, &timeouts.udp}) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *each);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return timeouts;
}

std::optional<std::uint32_t> parse_value(const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

void give_back(IpvsHost& wish, const std::string& name, const std::string& was) {
  if (name == kTimeouts) {
    wish.timeouts = parse_timeouts(was);
    return;
  }
  for (const auto& [role, word] : kNames<SyncRole>)
    if (name == name_of_daemon(role)) wish.stopped.insert(role);
  for (const auto& [which, word] : kNames<IpvsSysctl>)
    if (name == word)
      if (const auto value = parse_value(was)) wish.sysctls.emplace(which, *value);
}

bool is_ours(const std::string& name) {
  const auto is_daemon = [&](const auto& role) { return name == name_of_daemon(role.first); };
  const auto is_sysctl = [&](const auto& one) { return name == one.second; };
  return name == kTimeouts || std::ranges::any_of(kNames<SyncRole>, is_daemon) ||
         std::ranges::any_of(kNames<IpvsSysctl>, is_sysctl);
}

HostValue value_of(const IpvsTimeouts& timeouts) {
  return {std::string(kTimeouts), fmt::format("{} {} {}", timeouts.tcp, timeouts.tcp_fin, timeouts.udp)};
}

struct After {
  HostValue operator()(const SetIpvsTimeouts& step) const { return value_of(settled(step.to, step.from)); }
  HostValue operator()(const StopSync& step) const { return {name_of_daemon(step.role), ""}; }
  HostValue operator()(const SetIpvsSysctl& step) const {
    return {std::string(name_of(step.which)), std::to_string(step.to)};
  }
  HostValue operator()(const StartSync& /*step*/) const { return {}; }
  HostValue operator()(const ZeroCounters& /*step*/) const { return {}; }
};

struct Before {
  HostValue operator()(const SetIpvsTimeouts& step) const {
    const auto changed = [](std::uint32_t from, std::uint32_t to) {
      return to == 0 || to == from ? 0 : from;
    };
    return value_of({changed(step.from.tcp, step.to.tcp), changed(step.from.tcp_fin, step.to.tcp_fin),
                     changed(step.from.udp, step.to.udp)});
  }
  HostValue operator()(const StartSync& step) const { return {name_of_daemon(step.role), ""}; }
  HostValue operator()(const SetIpvsSysctl& step) const {
    return {std::string(name_of(step.which)), std::to_string(step.from)};
  }
  HostValue operator()(const StopSync& /*step*/) const { return {}; }
  HostValue operator()(const ZeroCounters& /*step*/) const { return {}; }
};

}  // namespace

IpvsHost ipvs_host_of(const config::Config& config, const Layout& layout) {
  IpvsHost wanted;
  wanted.timeouts = config.ipvs_timeouts;
  if (config.ipvs_sync)
    for (const auto role : {SyncRole::kMaster, SyncRole::kBackup})
      wanted.daemons.emplace(role, *config.ipvs_sync);
  for (const auto& [key, server] : layout) {
    if (sticks_to_a_server(key, server.wanted)) wanted.sysctls[IpvsSysctl::kExpireNodestConn] = 1;
    if (is_persistent(server.wanted)) wanted.sysctls[IpvsSysctl::kExpireQuiescentTemplate] = 1;
    if (server.source_nat) wanted.sysctls[IpvsSysctl::kConntrack] = 1;
  }
  return wanted;
}

bool is_given_back(const std::string& name, const IpvsHost& wanted) {
  if (name == kTimeouts) return !wanted.timeouts;
  const auto daemon = [&](const auto& entry) { return name == name_of_daemon(entry.first); };
  const auto sysctl = [&](const auto& entry) { return name == name_of(entry.first); };
  return is_ours(name) && std::ranges::none_of(wanted.daemons, daemon) &&
         std::ranges::none_of(wanted.sysctls, sysctl);
}

bool concerns_ipvs_host(const IpvsHost& wanted, const std::map<std::string, std::string>& before) {
  return wanted != IpvsHost{} ||
         std::ranges::any_of(before, [](const auto& entry) { return is_ours(entry.first); });
}

IpvsHost with_what_was(const IpvsHost& wanted, const std::map<std::string, std::string>& before) {
  auto wish = wanted;
  for (const auto& [name, was] : before)
    if (is_given_back(name, wanted)) give_back(wish, name, was);
  return wish;
}

HostValue value_before(const IpvsHostStep& step) {
  return std::visit(Before{}, step);
}

HostValue value_after(const IpvsHostStep& step) {
  return std::visit(After{}, step);
}

std::string older_value(const std::string& name, const std::string& known, const std::string& was) {
  const auto before = parse_timeouts(known);
  const auto later = parse_timeouts(was);
  return name == kTimeouts && before && later ? value_of(settled(*before, *later)).value : known;
}

bool is_again(const std::string& name, const std::string& was, const std::string& now) {
  const auto before = parse_timeouts(was);
  const auto there = parse_timeouts(now);
  return name == kTimeouts && before && there ? settled(*before, *there) == *there : was == now;
}

}  // namespace hawser
