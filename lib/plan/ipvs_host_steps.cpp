#include "lib/plan/ipvs_host_steps.h"

#include <algorithm>
#include <chrono>

#include "lib/base/duration.h"
#include "lib/base/find_in.h"
#include "lib/plan/object.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

// Bytes that a backup takes at least, whatever it was told.
constexpr std::uint16_t kShortestHeard = 1024;

std::string in_seconds(std::uint32_t seconds) {
  return format_duration(std::chrono::seconds(seconds));
}

std::string daemon_name(SyncRole role) {
  return fmt::format("sync {}", name_of(role));
}

struct DescribeIpvsHost {
  std::string operator()(const SetIpvsTimeouts& step) const {
    const auto to = settled(step.to, step.from);
    words::List list;
    list.change("tcp", in_seconds(step.from.tcp), in_seconds(to.tcp));
    list.change("tcp_fin", in_seconds(step.from.tcp_fin), in_seconds(to.tcp_fin));
    list.change("udp", in_seconds(step.from.udp), in_seconds(to.udp));
    return fmt::format("ipvs: set timeouts: {}", list.text());
  }
  std::string operator()(const StartSync& step) const {
    const auto& daemon = step.daemon;
    const SyncDaemon usual;
    words::List list;
    list.put(fmt::format("interface {}", daemon.interface));
    list.put(fmt::format("id {}", daemon.id));
    list.unusual("maxlen", daemon.maxlen, usual.maxlen);
    list.unusual("group", daemon.group, usual.group);
    list.unusual("port", daemon.port, usual.port);
    list.unusual("ttl", daemon.ttl, usual.ttl);
    return fmt::format("{}: start daemon: {}", daemon_name(step.role), list.text());
  }
  std::string operator()(const StopSync& step) const {
    return fmt::format("{}: stop daemon", daemon_name(step.role));
  }
  std::string operator()(const SetIpvsSysctl& step) const {
    return fmt::format("{}: set {} -> {}", name_of(step.which), step.from, step.to);
  }
  std::string operator()(const ZeroCounters& step) const {
    return fmt::format("{}: set counters to zero", step.key ? to_string(*step.key) : "all services");
  }
};

struct ObjectOfIpvsHost {
  std::string operator()(const SetIpvsTimeouts& /*step*/) const { return "ipvs"; }
  std::string operator()(const StartSync& step) const { return daemon_name(step.role); }
  std::string operator()(const StopSync& step) const { return daemon_name(step.role); }
  std::string operator()(const SetIpvsSysctl& step) const { return std::string(name_of(step.which)); }
  std::string operator()(const ZeroCounters& step) const {
    return step.key ? to_string(*step.key) : std::string("ipvs");
  }
};

struct SimulateIpvsHost {
  IpvsHost& host;

  void operator()(const SetIpvsTimeouts& step) const { host.timeouts = settled(step.to, step.from); }
  void operator()(const StartSync& step) const { host.daemons.insert_or_assign(step.role, step.daemon); }
  void operator()(const StopSync& step) const { host.daemons.erase(step.role); }
  void operator()(const SetIpvsSysctl& step) const { host.sysctls.insert_or_assign(step.which, step.to); }
  void operator()(const ZeroCounters& /*step*/) const {}
};

void put_timeouts(std::vector<IpvsHostStep>& steps, const IpvsHost& from, const IpvsHost& wish) {
  if (!wish.timeouts) return;
  const auto there = from.timeouts.value_or(IpvsTimeouts{});
  if (settled(*wish.timeouts, there) != there) steps.emplace_back(SetIpvsTimeouts{there, *wish.timeouts});
}

// One that this kernel does not have is no part of what is there.
void put_sysctls(std::vector<IpvsHostStep>& steps, const IpvsHost& from, const IpvsHost& wish) {
  for (const auto& [which, value] : wish.sysctls)
    if (const auto* there = find_in(from.sysctls, which); there != nullptr && *there != value)
      steps.emplace_back(SetIpvsSysctl{which, *there, value});
}

}  // namespace

IpvsTimeouts settled(IpvsTimeouts wish, const IpvsTimeouts& there) {
  if (wish.tcp == 0) wish.tcp = there.tcp;
  if (wish.tcp_fin == 0) wish.tcp_fin = there.tcp_fin;
  if (wish.udp == 0) wish.udp = there.udp;
  return wish;
}

// start_sync_thread()
SyncDaemon settled(SyncDaemon wish, SyncRole role, const SyncDaemon& there) {
  if (wish.maxlen == 0)
    wish.maxlen = there.maxlen;
  else if (role == SyncRole::kBackup)
    wish.maxlen = std::max(wish.maxlen, kShortestHeard);
  return wish;
}

std::vector<IpvsHostStep> towards_ipvs_host(const IpvsHost& from, const IpvsHost& wish) {
  std::vector<IpvsHostStep> steps;
  put_timeouts(steps, from, wish);
  put_sysctls(steps, from, wish);
  for (const auto role : wish.stopped)
    if (from.daemons.contains(role)) steps.emplace_back(StopSync{role});
  for (const auto& [role, daemon] : wish.daemons) {
    const auto* there = find_in(from.daemons, role);
    if (there != nullptr && settled(daemon, role, *there) == *there) continue;
    if (there != nullptr) steps.emplace_back(StopSync{role});
    steps.emplace_back(StartSync{role, daemon});
  }
  return steps;
}

std::vector<IpvsHostStep> back_to_ipvs_host(const IpvsHost& from, const IpvsHost& target) {
  auto steps = towards_ipvs_host(from, target);
  for (const auto& [role, daemon] : from.daemons)
    if (!target.daemons.contains(role)) steps.emplace_back(StopSync{role});
  return steps;
}

std::string family::describe(const IpvsHostStep& step) {
  return std::visit(DescribeIpvsHost{}, step);
}

std::string family::object_of(const IpvsHostStep& step) {
  return std::visit(ObjectOfIpvsHost{}, step);
}

std::string family::unit_of(const IpvsHostStep& step, const Sides& /*sides*/) {
  return object_of(step);
}

void family::touch(Touched& touched, const IpvsHostStep& step) {
  if (!std::holds_alternative<ZeroCounters>(step)) touched.ipvs_host = true;
}

void family::simulate(State& state, const IpvsHostStep& step) {
  std::visit(SimulateIpvsHost{state.ipvs}, step);
}

}  // namespace hawser
