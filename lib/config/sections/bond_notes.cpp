// What of a bond does nothing, or not what it says.
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/devices.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

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

}  // namespace

void note_bonds(const File& file, Report& report) {
  for (const auto& [name, bond] : file.bonds) {
    options_act_in_the_mode(bond, report);
    hashes_are_used(bond, report);
    monitor_uses_them(bond, report);
    delay_is_between_two(bond, report);
    fast_failover_is_possible(bond, report);
    metrics_are_kept(bond, report);
  }
}

}  // namespace hawser::config
