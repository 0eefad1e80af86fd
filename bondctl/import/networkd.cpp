#include "bondctl/import/networkd.h"

#include <algorithm>
#include <set>

#include <fnmatch.h>

#include "bondctl/foreign/unit_file.h"
#include "bondctl/import/stanzas.h"
#include "bondctl/import/units.h"
#include "lib/base/address.h"
#include "lib/base/duration.h"

namespace hawser::bondctl {

namespace {

using config::plain_value;
using config::Table;

std::string unit_line(const UnitEntry& entry) {
  return fmt::format("{}={}", entry.key, entry.value);
}

// systemd takes "1500" and "9K" (1024 each).
std::optional<std::int64_t> bytes_in(std::string_view text) {
  const bool thousands = text.ends_with("K");
  const auto number = number_in(thousands ? text.substr(0, text.size() - 1) : text);
  return number && *number <= kLargestMtu ? std::optional(*number * (thousands ? 1024 : 1)) : std::nullopt;
}

// Whoever says more has probably forgotten the ms.
struct UsualSpan {
  std::string_view key;
  std::chrono::seconds longest;
};
constexpr UsualSpan kUsual[] = {{"MIIMonitorSec", std::chrono::seconds(1)},
                                {"ARPIntervalSec", std::chrono::seconds(10)},
                                {"UpDelaySec", std::chrono::seconds(60)},
                                {"DownDelaySec", std::chrono::seconds(60)}};

class NetworkdImporter {
 public:
  NetworkdImporter(const ForeignFiles& files, Draft& draft)
      : draft_(draft), files_(files), units_(merged_units(files.units)) {
    for (const auto& left : units_.left_out) draft_.leave_out(left.at, left.what, left.why);
  }

  void make() {
    for (const auto& unit : units_.units)
      if (unit.kind == UnitKind::kNetdev) make_device(unit);
    claim_devices();
    // Which VLANs are on what, before VLANs are told of their own addresses.
    for (const auto& unit : units_.units)
      if (unit.kind == UnitKind::kNetwork) relate(unit);
    for (const auto& unit : units_.units)
      if (unit.kind == UnitKind::kNetwork) make_network(unit);
    for (const auto& [name, at] : vlans_without_lower_)
      draft_.leave_out(at, fmt::format("[NetDev] Name={}", name),
                       "no .network file says VLAN= with its name");
  }

 private:
  void leave_out(const UnitEntry& entry, const std::string& why) {
    draft_.leave_out(entry.at, unit_line(entry), why);
  }

  // --- .netdev ---

  void make_device(const Unit& unit) {
    const auto* name = unit.find("NetDev", "Name");
    const auto* kind = unit.find("NetDev", "Kind");
    if (name == nullptr || kind == nullptr)
      return draft_.leave_out({unit.file, 0}, "[NetDev]", "it has no Name= or no Kind=");
    if (!is_one_of(kind->value, {"bond", "vlan", "vrf", "dummy"}))
      return leave_out(*kind,
                       fmt::format("a device of this kind has no section: {} is left out", name->value));
    made_.push_back(name->value);
    auto& section = draft_.section(kind->value == "bond" ? "bond" : "link", name->value, name->at);
    if (kind->value == "bond")
      section.set_text("mode", "balance-rr", kind->at);
    else
      section.set_text("kind", kind->value, kind->at);
    if (kind->value == "vlan") vlans_without_lower_.emplace(name->value, name->at);
    unit.each(
        [&](const std::string& part, const UnitEntry& entry) { take_device_key(part, entry, section); });
    if (kind->value == "bond") settle_bond(unit, section);
  }

  void take_device_key(const std::string& part, const UnitEntry& entry, DraftSection& section) {
    if (part == "NetDev")
      take_netdev_key(entry, section);
    else if (part == "Bond" && section.kind == "bond")
      take_bond_key(entry, section);
    else if (part == "VLAN" && entry.key == "Id" && number_in(entry.value))
      section.set_number("id", *number_in(entry.value), entry.at);
    else if (part == "VLAN" && entry.key == "Protocol")
      section.set_text("protocol", entry.value, entry.at);
    else if (part == "VRF" && is_one_of(entry.key, {"Table", "TableId"}) && number_in(entry.value))
      section.set_number("table", *number_in(entry.value), entry.at);
    else
      leave_out(entry, "no setting corresponds to it");
  }

  void take_netdev_key(const UnitEntry& entry, DraftSection& section) {
    if (is_one_of(entry.key, {"Name", "Kind"})) return;
    if (entry.key == "Description")
      section.set_text("description", entry.value, entry.at);
    else if (entry.key == "MTUBytes" && bytes_in(entry.value))
      section.set_number("mtu", *bytes_in(entry.value), entry.at);
    else if (entry.key == "MACAddress" && MacAddress::parse(entry.value))
      section.set_text("mac", to_string(*MacAddress::parse(entry.value)), entry.at);
    else if (entry.key != "MACAddress" || entry.value != "none")
      leave_out(entry, "no setting corresponds to it");
  }

  void take_bond_key(const UnitEntry& entry, DraftSection& section) {
    const auto* key = find_bond_key(entry.key);
    if (key == nullptr) return leave_out(entry, "no setting corresponds to it");
    if (key->form == UnitForm::kList) {
      for (const auto& word : words_of(entry.value)) section.add_text(std::string(key->ours), word, entry.at);
      return;
    }
    if (auto value = value_of(*key, entry.value))
      section.set(std::string(key->ours), std::move(*value), entry.at);
    else
      leave_out(entry,
                key->form == UnitForm::kSpan ? "no time span that a file could have" : "no value of it");
  }

  // networkd's own default is the kernel's: no monitor at all.
  void settle_bond(const Unit& unit, DraftSection& section) {
    const Spot at{unit.file, 0};
    const auto is_zero = [&](const char* key) {
      const auto* value = config::find(section.table, key);
      return value != nullptr && value->as<std::string>() != nullptr && *value->as<std::string>() == "0s";
    };
    for (const auto* key : {"miimon", "arp_interval"})
      if (is_zero(key)) std::erase_if(section.table, [&](const auto& entry) { return entry.key == key; });
    if (unit.find("Bond", "Mode") == nullptr)
      draft_.leave_out(at, "[Bond]", "it has no Mode=: the kernel's own is written, balance-rr");
    for (const auto& [key, longest] : kUsual) warn_of_long_span(unit, key, longest);
    const auto& mode = *config::find(section.table, "mode")->as<std::string>();
    if (is_one_of(mode, {"802.3ad", "balance-tlb", "balance-alb"}) || section.has("miimon") ||
        section.has("arp_interval"))
      return;
    section.set_text("monitor", "none", at);
    draft_.leave_out(
        at, "[Bond]",
        "nothing monitors its ports, which is written as it is: with miimon = \"100ms\" in place of "
        "monitor a dead one is found");
  }

  // A bare number is seconds: MIIMonitorSec=100 looks at the carrier every 100 s.
  void warn_of_long_span(const Unit& unit, std::string_view key, std::chrono::seconds longest) {
    const auto* entry = unit.find("Bond", key);
    const auto span = entry != nullptr ? unit_span(entry->value) : std::nullopt;
    if (!span || *span <= longest) return;
    const auto digits = entry->value.substr(0, entry->value.find_first_not_of("0123456789"));
    leave_out(*entry, fmt::format("it is {} seconds there, and written so: was {}ms meant?",
                                  std::chrono::duration_cast<std::chrono::seconds>(*span).count(), digits));
  }

  // --- .network ---

  // A device has the first file that is for it, in the order of their names; the others it never sees.
  void claim_devices() {
    for (const auto& unit : units_.units)
      if (unit.kind == UnitKind::kNetwork)
        for (const auto& name : matches_of(unit)) claimed_.try_emplace(name, &unit);
  }

  std::vector<std::string> devices_of(const Unit& unit) {
    auto names = matches_of(unit);
    std::erase_if(names, [&](const std::string& name) {
      const auto* first = claimed_.at(name);
      if (first == &unit) return false;
      said_once(*unit.find("Match", "Name"),
                fmt::format("{} has {}, which comes before it", name, first->file));
      return true;
    });
    return names;
  }

  // Whom a file is for: names, and patterns against the cards of the host and the devices that are made.
  std::vector<std::string> matches_of(const Unit& unit) {
    std::vector<std::string> names;
    for (const auto* entry : unit.all("Match", "Name"))
      for (const auto& pattern : words_of(entry->value)) add_matches(*entry, pattern, names);
    return names;
  }

  void add_matches(const UnitEntry& entry, const std::string& pattern, std::vector<std::string>& names) {
    if (pattern.find_first_of("*?[!") == std::string::npos) return names.push_back(pattern);
    bool any = false;
    for (const std::vector<std::string>* devices : {&files_.cards, &std::as_const(made_)})
      for (const auto& device : *devices)
        if (::fnmatch(pattern.c_str(), device.c_str(), 0) == 0) {
          names.push_back(device);
          any = true;
        }
    if (!any) said_once(entry, "a pattern: which devices that are, only the host knows: write their names");
  }

  void said_once(const UnitEntry& entry, const std::string& why) {
    if (said_.insert(&entry).second) leave_out(entry, why);
  }

  // Ports may be meant by their MAC address.
  std::vector<std::string> ports_of(const Unit& unit) {
    auto names = devices_of(unit);
    if (!names.empty()) return names;
    for (const auto* key : {"MACAddress", "PermanentMACAddress"})
      for (const auto* entry : unit.all("Match", key))
        for (const auto& word : words_of(entry->value))
          if (const auto mac = MacAddress::parse(word)) names.push_back("mac:" + to_string(*mac));
    return names;
  }

  void relate(const Unit& unit) {
    for (const auto* entry : unit.all("Network", "Bond")) join(unit, *entry);
    for (const auto* entry : unit.all("Network", "VLAN"))
      for (const auto& vlan : words_of(entry->value))
        for (const auto& lower : devices_of(unit)) put_on(*entry, vlan, lower);
  }

  void join(const Unit& unit, const UnitEntry& entry) {
    auto* bond = draft_.find(entry.value);
    if (bond == nullptr || bond->kind != "bond")
      return leave_out(entry, "there is no .netdev file of such a bond");
    const auto ports = ports_of(unit);
    if (ports.empty()) said_once(entry, "whom it is about is not said by Name= or MACAddress=");
    for (const auto& port : ports) bond->add_text("ports", port, entry.at);
    for (const auto& port : ports) ports_.insert(port);
    const auto* primary = unit.find("Network", "PrimarySlave");
    if (primary != nullptr && unit_flag(primary->value) == true && !ports.empty())
      bond->set_text("primary", ports.front(), primary->at);
  }

  void put_on(const UnitEntry& entry, const std::string& vlan, const std::string& lower) {
    auto* section = draft_.find(vlan);
    if (section == nullptr) return leave_out(entry, fmt::format("there is no .netdev file of {}", vlan));
    section->set_text("on", lower, entry.at);
    vlans_without_lower_.erase(vlan);
  }

  void make_network(const Unit& unit) {
    const auto names = devices_of(unit);
    if (names.empty()) return say_nobody(unit);
    for (const auto& name : names) {
      if (ports_.contains(name) && !has_settings(unit)) continue;
      auto& section = draft_.section("link", name, {unit.file, 0});
      if (section.kind == "link" && !section.has("kind"))
        section.set_text("kind", "physical", {unit.file, 0});
      unit.each_section([&](const UnitSection& part) { take_part(part, section); });
    }
    say_the_rest(unit);
  }

  // Whom a file is for is not known, and nothing of it was told yet.
  void say_nobody(const Unit& unit) {
    const bool joins = unit.find("Network", "Bond") != nullptr;
    if (joins || !unit.all("Match", "Name").empty()) return;
    draft_.leave_out({unit.file, 0}, "[Match]", "whom it is about is not said by Name=");
  }

  static bool has_settings(const Unit& unit) {
    bool any = false;
    unit.each([&](const std::string& part, const UnitEntry& entry) {
      any |= is_taken(part, entry.key) && entry.key != "Bond";
    });
    return any;
  }

  static bool is_taken(const std::string& part, const std::string& key) {
    return (part == "Network" && is_one_of(key, {"Address", "Gateway", "VRF", "Description"})) ||
           part == "Address" || part == "Route" ||
           (part == "Link" && is_one_of(key, {"MTUBytes", "MACAddress"}));
  }

  void take_part(const UnitSection& part, DraftSection& section) {
    if (part.name == "Route") return take_route(part, section);
    for (const auto& entry : part.entries) {
      if (is_one_of(part.name, {"Address", "Network"}) && entry.key == "Address")
        take_address(entry, section);
      else if (part.name == "Network" && entry.key == "Gateway")
        take_gateway(entry, section);
      else if (part.name == "Network" && entry.key == "VRF")
        section.set_text("vrf", entry.value, entry.at);
      else if (part.name == "Network" && entry.key == "Description")
        section.set_text("description", entry.value, entry.at);
      else if (part.name == "Link" && is_one_of(entry.key, {"MTUBytes", "MACAddress"}))
        take_netdev_key(entry, section);
    }
  }

  void take_address(const UnitEntry& entry, DraftSection& section) {
    const auto prefix = Prefix::parse(entry.value);
    if (entry.value.find('/') == std::string::npos)
      said_once(entry, "it has no length, as in 192.0.2.1/24");
    else if (!prefix)
      said_once(entry, prefix.error().text);
    else
      section.add_text("addresses", to_string(*prefix), entry.at);
  }

  void take_gateway(const UnitEntry& entry, DraftSection& section) {
    if (!IpAddress::parse(entry.value))
      return said_once(entry, "no address of a router: who gives it out gives it again");
    section.add("routes",
                plain_value(Table{{"to", {}, plain_value(std::string("default"))},
                                  {"via", {}, plain_value(entry.value)}}),
                entry.at);
  }

  void take_route(const UnitSection& part, DraftSection& section) {
    Table route{{"to", {}, plain_value(std::string("default"))}};
    for (const auto& entry : part.entries) {
      const auto number = number_in(entry.value);
      if (entry.key == "Destination")
        config::find(route, "to")->data = entry.value;
      else if (entry.key == "Gateway")
        route.push_back({"via", {}, plain_value(entry.value)});
      else if (entry.key == "PreferredSource")
        route.push_back({"source", {}, plain_value(entry.value)});
      else if (entry.key == "Metric" && number)
        route.push_back({"metric", {}, plain_value(*number)});
      else if (entry.key == "Table" && (number || entry.value == "main"))
        number ? route.push_back({"table", {}, plain_value(*number)}) : void();
      else if (entry.key == "MTUBytes" && number)
        route.push_back({"mtu", {}, plain_value(*number)});
      else if (entry.key == "GatewayOnLink" && unit_flag(entry.value))
        route.push_back({"onlink", {}, plain_value(*unit_flag(entry.value))});
      else
        return said_once(entry, "a route with it is more than a file can say: it is left out");
    }
    if (!part.entries.empty()) section.add("routes", plain_value(std::move(route)), part.at);
  }

  void say_the_rest(const Unit& unit) {
    unit.each([&](const std::string& part, const UnitEntry& entry) {
      if (part == "Match" || is_taken(part, entry.key) ||
          (part == "Network" && is_one_of(entry.key, {"Bond", "VLAN"})))
        return;
      // Only of a port, and as a flag; the bond's own file is where many look for it.
      const bool is_primary = part == "Network" && entry.key == "PrimarySlave";
      if (is_primary && unit.find("Network", "Bond") != nullptr && unit_flag(entry.value)) return;
      said_once(entry, why_no_setting(part, entry));
    });
  }

  static std::string why_no_setting(const std::string& part, const UnitEntry& entry) {
    if (part.starts_with("DHCP") || entry.key == "DHCP")
      return "addresses come from a client of its own: give the section those that it has";
    if (is_one_of(entry.key, {"DNS", "Domains", "NTP", "LLMNR", "MulticastDNS", "DNSSEC"}))
      return "names and time are other programs' business";
    if (entry.key == "ActiveSlave") return "which port is active is no setting of a file: see bondctl switch";
    return "no setting corresponds to it";
  }

  Draft& draft_;
  const ForeignFiles& files_;
  MergedUnits units_;
  std::map<std::string, Spot> vlans_without_lower_;
  std::set<std::string> ports_;
  std::set<const UnitEntry*> said_;
  std::vector<std::string> made_;  // devices that have a .netdev file
  std::map<std::string, const Unit*> claimed_;
};

}  // namespace

void import_networkd(const ForeignFiles& files, Draft& draft) {
  if (!files.units.empty()) NetworkdImporter(files, draft).make();
}

}  // namespace hawser::bondctl
