#include "bondctl/import/units.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace hawser::bondctl {

namespace {

// systemd.netdev(5), [Bond]. LearnPacketIntervalSec and the delays are spans, in which a bare number is
// seconds.
constexpr std::array kBondKeys{
    BondKey{"Mode", "mode", UnitForm::kWord},
    BondKey{"TransmitHashPolicy", "xmit_hash_policy", UnitForm::kWord},
    BondKey{"LACPTransmitRate", "lacp_rate", UnitForm::kWord},
    BondKey{"MIIMonitorSec", "miimon", UnitForm::kSpan},
    BondKey{"PeerNotifyDelaySec", "peer_notif_delay", UnitForm::kSpan},
    BondKey{"UpDelaySec", "updelay", UnitForm::kSpan},
    BondKey{"DownDelaySec", "downdelay", UnitForm::kSpan},
    BondKey{"LearnPacketIntervalSec", "lp_interval", UnitForm::kSpan},
    BondKey{"AdSelect", "ad_select", UnitForm::kWord},
    BondKey{"AdActorSystemPriority", "ad_actor_sys_prio", UnitForm::kNumber},
    BondKey{"AdUserPortKey", "ad_user_port_key", UnitForm::kNumber},
    BondKey{"AdActorSystem", "ad_actor_system", UnitForm::kWord},
    BondKey{"FailOverMACPolicy", "fail_over_mac", UnitForm::kWord},
    BondKey{"ARPValidate", "arp_validate", UnitForm::kWord},
    BondKey{"ARPIntervalSec", "arp_interval", UnitForm::kSpan},
    BondKey{"ARPIPTargets", "arp_ip_target", UnitForm::kList},
    BondKey{"ARPAllTargets", "arp_all_targets", UnitForm::kWord},
    BondKey{"ARPMissedMax", "arp_missed_max", UnitForm::kNumber},
    BondKey{"PrimaryReselectPolicy", "primary_reselect", UnitForm::kWord},
    BondKey{"ResendIGMP", "resend_igmp", UnitForm::kNumber},
    BondKey{"PacketsPerSlave", "packets_per_slave", UnitForm::kNumber},
    BondKey{"GratuitousARP", "num_grat_arp", UnitForm::kNumber},
    BondKey{"AllSlavesActive", "all_slaves_active", UnitForm::kFlag},
    BondKey{"DynamicTransmitLoadBalancing", "tlb_dynamic_lb", UnitForm::kFlag},
    BondKey{"LACPActive", "lacp_active", UnitForm::kFlag},
    BondKey{"MinLinks", "min_links", UnitForm::kNumber},
};

// The file that a drop-in is for; itself otherwise.
std::string main_file(const std::string& file) {
  const auto folder = file.substr(0, file.rfind('/') == std::string::npos ? 0 : file.rfind('/'));
  return file.ends_with(".conf") && folder.ends_with(".d") ? folder.substr(0, folder.size() - 2) : file;
}

std::string_view without_folder(std::string_view file) {
  return file.substr(file.rfind('/') + 1);
}

}  // namespace

const UnitEntry* Unit::find(std::string_view section, std::string_view key) const {
  const auto found = all(section, key);
  return found.empty() ? nullptr : found.back();
}

// An empty value takes back what was said before.
std::vector<const UnitEntry*> Unit::all(std::string_view section, std::string_view key) const {
  std::vector<const UnitEntry*> found;
  for (const auto& one : sections)
    for (const auto& entry : one.entries) {
      if (one.name != section || entry.key != key) continue;
      if (entry.value.empty())
        found.clear();
      else
        found.push_back(&entry);
    }
  return found;
}

void Unit::each(const std::function<void(const std::string&, const UnitEntry&)>& visit) const {
  for (const auto& section : sections)
    for (const auto& entry : section.entries)
      if (!entry.value.empty()) visit(section.name, entry);
}

void Unit::each_section(const std::function<void(const UnitSection&)>& visit) const {
  for (const auto& section : sections) visit(section);
}

MergedUnits merged_units(const std::vector<config::Source>& sources) {
  MergedUnits merged;
  for (const auto& source : sources) {
    const auto main = main_file(source.file);
    const bool netdev = main.ends_with(".netdev");
    if (!netdev && !main.ends_with(".network")) {
      merged.left_out.push_back({{source.file, 0}, "the file", "neither a .netdev nor a .network"});
      continue;
    }
    auto parsed = parse_unit(source.file, source.text);
    std::ranges::move(parsed.left_out, std::back_inserter(merged.left_out));
    // A drop-in may lie in another folder (/run, /etc) than its file.
    auto unit = std::ranges::find_if(merged.units, [&](const Unit& one) {
      return one.file == main || (main != source.file && without_folder(one.file) == without_folder(main));
    });
    if (unit == merged.units.end())
      unit = merged.units.insert(unit, {netdev ? UnitKind::kNetdev : UnitKind::kNetwork, main, {}});
    std::ranges::move(parsed.sections, std::back_inserter(unit->sections));
  }
  std::ranges::stable_sort(merged.units, {}, [](const Unit& one) { return without_folder(one.file); });
  return merged;
}

const BondKey* find_bond_key(std::string_view theirs) {
  const auto* found = std::ranges::find(kBondKeys, theirs, &BondKey::theirs);
  return found == kBondKeys.end() ? nullptr : found;
}

std::optional<config::Value> value_of(const BondKey& key, const std::string& text) {
  if (key.form == UnitForm::kWord) return config::plain_value(text);
  if (key.form == UnitForm::kFlag) {
    const auto flag = unit_flag(text);
    return flag ? std::optional(config::plain_value(std::string(*flag ? "on" : "off"))) : std::nullopt;
  }
  if (key.form == UnitForm::kSpan) {
    const auto span = unit_span(text);
    return span ? std::optional(config::plain_value(format_duration(*span))) : std::nullopt;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return config::plain_value(number);
}

}  // namespace hawser::bondctl
