// What is taken and does nothing, or not what it says: notes, which stop nobody. Where such a value can only
// be a mistake, the rule of its section refuses it.
#include <algorithm>
#include <set>

#include "lib/config/bond_monitor.h"
#include "lib/config/rules.h"

namespace hawser::config {

namespace {

template <class S>
void note(Report& report, const Section<S>& section, std::string_view key, const std::string& what,
          Part part = Part::kNetd) {
  report.note(part, section.at(key), dotted(section.path, key), what);
}

// ---- bonds

using BondSection = Section<BondSpec>;

// Written, taken in this mode, and not what the kernel has anyway.
bool differs(const BondSection& bond, const BondOptionInfo& info) {
  return bond.has("mode") && option_applies(info, bond.spec.mode) &&
         bond.spec.options.contains(info.option) && option_of(bond.spec, info.option) != info.default_value;
}

void options_act_in_the_mode(const BondSection& bond, Report& report) {
  for (const auto& info : bond_options()) {
    const auto modes = modes_that_use(info.option);
    if (differs(bond, info) && (modes & mode_bit(bond.spec.mode)) == 0)
      note(report, bond, info.name,
           fmt::format("has no effect in mode {}: only in {}", name_of(bond.spec.mode), modes_of(modes)));
  }
}

// bond_tlb_xmit(): flows go by load until that is switched off.
void hashes_are_used(const BondSection& bond, Report& report) {
  const bool by_load = bond.spec.mode == BondMode::kBalanceTlb || bond.spec.mode == BondMode::kBalanceAlb;
  if (by_load && differs(bond, info_of(BondOption::kXmitHashPolicy)) &&
      option_of(bond.spec, BondOption::kTlbDynamicLb) != 0)
    note(report, bond, "xmit_hash_policy", "has no effect without tlb_dynamic_lb = \"off\"");
}

void monitor_uses_them(const BondSection& bond, Report& report) {
  const auto monitor = monitor_of(bond.spec);
  const auto judge = [&](BondOption option, BondMonitor needed) {
    const auto& info = info_of(option);
    if (monitor != needed && differs(bond, info))
      note(report, bond, info.name,
           fmt::format("has no effect without monitor = {}", quote(name_of(needed))));
  };
  judge(BondOption::kArpAllTargets, BondMonitor::kArp);
  judge(BondOption::kArpMissedMax, BondMonitor::kArp);
  judge(BondOption::kUseCarrier, BondMonitor::kMii);
  if (monitor == BondMonitor::kArp && differs(bond, info_of(BondOption::kArpAllTargets)) &&
      option_of(bond.spec, BondOption::kArpValidate) == 0)
    note(report, bond, "arp_all_targets", "has no effect without arp_validate");
}

// bond_should_notify_peers()
void delay_is_between_two(const BondSection& bond, Report& report) {
  const auto times = option_of(bond.spec, BondOption::kNumGratArp);
  if (times > 1 || !differs(bond, info_of(BondOption::kPeerNotifDelay))) return;
  const bool written = bond.spec.options.contains(BondOption::kNumGratArp);
  note(report, bond, "peer_notif_delay",
       fmt::format("has no effect with num_grat_arp {}{}: it is the time between two", times,
                   written ? "" : " (default)"));
}

void fast_failover_is_possible(const BondSection& bond, Report& report) {
  if (!bond.has("fast_failover") || !bond.spec.fast_failover || !bond.has("mode")) return;
  const auto say = [&](const std::string& why) {
    note(report, bond, "fast_failover", "has no effect " + why);
  };
  if ((kWithActivePort & mode_bit(bond.spec.mode)) == 0)
    say(fmt::format("in mode {}: only in {}", name_of(bond.spec.mode), modes_of(kWithActivePort)));
  else if (monitor_of(bond.spec) == BondMonitor::kNone)
    say("with monitor = \"none\"");
  else if (monitor_of(bond.spec) == BondMonitor::kMii && option_of(bond.spec, BondOption::kDowndelay) > 0)
    say("beside a downdelay, which is waited for");
}

// ---- routes

template <class S>
void metrics_are_kept(const Section<S>& section, Report& report) {
  for (const auto& route : section.spec.routes) {
    const auto to = Prefix::parse(route.spec.to);
    const bool is_v6 = to ? to->address.is_v6() : route.spec.via && route.spec.via->is_v6();
    if (is_v6 && route.spec.metric == 0U)  // IP6_RT_PRIO_USER
      note(report, route, "metric", "the kernel makes 1024 of 0 over IPv6: write 1024, or 1 for less");
  }
}

// ---- vips

using VipSection = Section<VipSpec>;

void owners_always_preempt(const File& file, const VipSection& vip, Report& report) {
  constexpr std::uint8_t kOwner = 255;
  if (vip.spec.priority.value != kOwner) return;
  if (vip.has("preempt") && (!vip.spec.preempt || vip.spec.preempt_delay > Milliseconds(0)))
    note(report, vip, "preempt",
         "has no effect with priority 255: the owner of the addresses always takes over", Part::kVipd);
  const bool owns = std::ranges::any_of(vip.spec.addresses, [&](const VipAddress& address) {
    const auto own = file.own_addresses.find(address.prefix.address);
    return own != file.own_addresses.end() && own->second.node == file.view.node;
  });
  if (!owns && !file.view.nodes.empty())
    note(report, vip, "priority",
         "255 is for the host whose own addresses they are, and none is: write 254 or less for one that only "
         "comes first",
         Part::kVipd);
}

void announcements_are_as_written(const VipSection& vip, Report& report) {
  const auto& announce = vip.spec.announce;
  const Announce defaults;
  if (announce.count < 2 && announce.interval != defaults.interval)
    note(report, vip, "announce",
         fmt::format("interval has no effect with count {}: it is the time between two", announce.count),
         Part::kVipd);
  if (announce.count == 0 && announce.refresh > Milliseconds(0))
    note(report, vip, "announce", "count 0 beside a refresh: a takeover is announced once all the same",
         Part::kVipd);
}

void peers_are_heard(const VipSection& vip, Report& report) {
  const auto families = families_of(vip.spec);
  for (std::size_t i = 0; i < vip.spec.peer_words.size(); ++i) {
    const auto peer = IpAddress::parse(vip.spec.peer_words[i]);
    if (peer && !families.empty() && !families.contains(peer->family()))
      report.note(
          Part::kVipd, vip.at("peers", i), vip.path + ".peers",
          fmt::format("{} is not used: no address of the vip is {}", *peer, family_name(peer->family())));
  }
}

// ---- services

using ServiceSection = Section<ServiceSpec>;

// ip_vs_rr.c, ip_vs_lc.c, ip_vs_dh.c: a weight is asked only whether it is 0.
void weights_are_looked_at(const ServiceSection& service, const PoolSpec& pool, Report& report) {
  const auto& scheduler = service.spec.scheduler;
  if (scheduler != "rr" && scheduler != "lc" && scheduler != "dh") return;
  std::set<std::uint32_t> weights;
  for (const auto& real : pool.reals)
    if (real.spec.weight > 0) weights.insert(real.spec.weight);
  if (weights.size() < 2) return;
  const auto remedy = scheduler == "dh" ? std::string() : fmt::format(": write {}", quote("w" + scheduler));
  note(report, service, "scheduler",
       fmt::format("{} does not look at weights, but for 0{}", quote(scheduler), remedy));
}

// A server of weight 0 gets no new connections, but for those that are bound to it.
void failed_servers_are_left(const ServiceSection& service, const PoolSpec& pool, Report& report) {
  const auto& spec = service.spec;
  if (pool.on_failure != OnFailure::kQuiesce) return;
  if (spec.persistence)
    note(report, service, "persistence",
         "with on_failure = \"quiesce\" clients stay with a server that failed, unless "
         "net.ipv4.vs.expire_quiescent_template is 1: write on_failure = \"remove\"");
  const bool by_hash = spec.scheduler == "sh" || spec.scheduler == "mh";
  const bool falls_back = std::ranges::any_of(spec.scheduler_flags, [](const std::string& flag) {
    return flag == "flag-1" || flag.ends_with("-fallback");
  });
  if (by_hash && !falls_back)
    note(report, service, "scheduler",
         fmt::format("with on_failure = \"quiesce\" {} goes on choosing a server that failed: write "
                     "scheduler_flags = [\"{}-fallback\"]",
                     quote(spec.scheduler), spec.scheduler));
}

void flags_are_known(const ServiceSection& service, Report& report) {
  const auto& spec = service.spec;
  const bool has_two = spec.scheduler == "sh" || spec.scheduler == "mh";
  for (std::size_t i = 0; i < spec.scheduler_flags.size(); ++i) {
    const auto& flag = spec.scheduler_flags[i];
    if (flag == "flag-3" || (!has_two && flag.starts_with("flag-")))
      report.note(Part::kNetd, service.at("scheduler_flags", i), service.path + ".scheduler_flags",
                  fmt::format("{} has no effect with scheduler {}", quote(flag), quote(spec.scheduler)));
  }
}

// is_overloaded() of ip_vs_ovf.c counts active connections, which UDP has none of.
void overflow_has_connections(const File& file, const ServiceSection& service, Report& report) {
  if (service.spec.scheduler != "ovf") return;
  const auto is_udp = [](const VirtualKey& key) { return key.key.transport == hawser::Transport::kUdp; };
  if (std::ranges::any_of(keys_of(file, service, nullptr), is_udp))
    note(report, service, "scheduler", "\"ovf\" counts connections, which udp has none of: all go to one");
}

void protocol_is_needed(const ServiceSection& service, Report& report) {
  const auto names_one = [](const std::string& word) { return word.find(' ') != std::string::npos; };
  if (service.has("protocol") && !service.spec.virtuals.empty() &&
      std::ranges::all_of(service.spec.virtuals, names_one))
    note(report, service, "protocol", "has no effect: every virtual address names its own");
}

template <class S>
void checks_decide(const Section<S>& pool, Report& report) {
  const bool any = !pool.spec.checks.empty() || std::ranges::any_of(pool.spec.reals, [](const auto& real) {
    return real.spec.checks && !real.spec.checks->empty();
  });
  for (const std::string_view key : {"need", "on_failure"})
    if (!any && pool.has(key) && !pool.spec.reals.empty())
      note(report, pool, key, "has no effect without checks");
}

void body_is_read(const Section<Check>& check, Report& report) {
  if (check.has("max_body") && check.spec.type == CheckType::kHttp && !check.has("contains"))
    note(report, check, "max_body", "has no effect without contains");
}

template <class S>
void notes_on_pool(const Section<S>& pool, Report& report) {
  checks_decide(pool, report);
  const auto written = [&](const std::vector<CheckRef>& checks) {
    for (const auto& check : checks)
      if (check.written) body_is_read(*check.written, report);
  };
  written(pool.spec.checks);
  for (const auto& real : pool.spec.reals)
    if (real.spec.checks) written(*real.spec.checks);
}

void everything_is_used(const File& file, Report& report) {
  for (const auto& [name, check] : file.checks)
    if (!file.named.checks.contains(name))
      report.note(Part::kNetd, check.place, check.path,
                  "no pool uses it: write checks = [..] where it is meant");
  for (const auto& [name, pool] : file.pools)
    if (!file.named.pools.contains(name))
      report.note(Part::kNetd, pool.place, pool.path, "no service uses it");
}

}  // namespace

void note_what_has_no_effect(const File& file, Report& report) {
  for (const auto& [name, bond] : file.bonds) {
    options_act_in_the_mode(bond, report);
    hashes_are_used(bond, report);
    monitor_uses_them(bond, report);
    delay_is_between_two(bond, report);
    fast_failover_is_possible(bond, report);
    metrics_are_kept(bond, report);
  }
  for (const auto& [name, link] : file.links) metrics_are_kept(link, report);
  for (const auto& [name, vip] : file.vips) {
    owners_always_preempt(file, vip, report);
    announcements_are_as_written(vip, report);
    peers_are_heard(vip, report);
  }
  for (const auto& [name, check] : file.checks) body_is_read(check, report);
  for (const auto& [name, pool] : file.pools) notes_on_pool(pool, report);
  for (const auto& [name, service] : file.services) {
    if (const auto* pool = pool_of(file, service.spec)) {
      weights_are_looked_at(service, *pool, report);
      failed_servers_are_left(service, *pool, report);
    }
    flags_are_known(service, report);
    overflow_has_connections(file, service, report);
    protocol_is_needed(service, report);
    notes_on_pool(service, report);
  }
  everything_is_used(file, report);
}

}  // namespace hawser::config
