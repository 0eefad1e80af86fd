#include "bondctl/import/interfaces.h"

#include <algorithm>
#include <set>

#include "bondctl/change/stanza.h"
#include "bondctl/import/address.h"
#include "bondctl/import/command.h"
#include "bondctl/import/module.h"
#include "bondctl/import/stanzas.h"
#include "lib/base/find_in.h"

namespace hawser::bondctl {

namespace {

using config::plain_value;
using config::Table;

class InterfacesImporter {
 public:
  InterfacesImporter(const ForeignFiles& files, Draft& draft)
      : draft_(draft), files_(files), module_(files.modprobe) {
    std::vector<IfaceStanza> stanzas;
    for (const auto& source : files.interfaces) {
      auto parsed = parse_interfaces(source.file, source.text);
      for (const auto& left : parsed.left_out) draft.leave_out(left.at, left.what, left.why);
      brought_up_.insert(parsed.brought_up.begin(), parsed.brought_up.end());
      std::ranges::move(parsed.stanzas, std::back_inserter(stanzas));
    }
    interfaces_ = gathered(stanzas, brought_up_);
  }

  void make() {
    for (const auto& one : interfaces_)
      if (!why_no_section(one).empty()) absent_.insert(one.name);
    std::erase_if(interfaces_, [&](const Interface& one) { return is_left_out(one); });
    find_bonds();
    say_lost_ports();
    for (const auto& interface : interfaces_)
      if (bonds_.contains(interface.name)) make_bond(interface);
    for (const auto& interface : interfaces_)
      if (!bonds_.contains(interface.name)) make_link(interface);
  }

 private:
  struct Port {
    std::string name;
    Spot at;
    std::string_view said_by = "bond-master";
  };

  bool is_left_out(const Interface& interface) {
    if (interface.name == "lo") {
      for (const auto& stanza : interface.stanzas)
        for (const auto& option : stanza.options)
          draft_.leave_out(option.at, as_written(option), "the loopback device has no section");
      return true;
    }
    auto why = why_no_section(interface);
    const auto vlan = vlan_of(interface);
    if (why.empty() && vlan && absent_.contains(vlan->on)) why = fmt::format("{} is left out", vlan->on);
    if (why.empty()) return false;
    for (const auto& stanza : interface.stanzas) draft_.leave_out(stanza.at, as_written(stanza), why);
    return true;
  }

  static std::vector<StanzaOption> bond_options_of(const Interface& interface) {
    std::vector<StanzaOption> options;
    for (const auto& stanza : interface.stanzas)
      for (const auto& option : stanza.options)
        if (is_bond_option(option.name)) options.push_back({option.name, option.value});
    return options;
  }

  void find_bonds() {
    for (const auto& interface : interfaces_) {
      const auto stanza = read_stanza(interface.name, bond_options_of(interface));
      if (stanza.makes_bond()) bonds_[interface.name];
      for (const auto& port : stanza.ports) bonds_[interface.name].push_back({port, interface.at});
      find_enslaved(interface);
    }
    for (const auto& interface : interfaces_) {
      const auto stanza = read_stanza(interface.name, bond_options_of(interface));
      if (stanza.master.empty()) continue;
      ports_.insert(interface.name);
      auto& ports = bonds_[stanza.master];
      if (std::ranges::find(ports, interface.name, &Port::name) == ports.end())
        ports.push_back({interface.name, interface.at});
    }
    for (const auto& [bond, ports] : bonds_)
      for (const auto& port : ports) ports_.insert(port.name);
  }

  // Files from before bond-slaves: "up ifenslave bond0 eth0 eth1", in the stanza of the bond or of a port.
  void find_enslaved(const Interface& interface) {
    for (const auto& stanza : interface.stanzas)
      for (const auto& option : stanza.options) {
        if (!is_command(option.name)) continue;
        for (const auto& command : read_commands(option.value, interface.name))
          if (const auto* enslaved = std::get_if<CommandPorts>(&command))
            for (const auto& port : enslaved->ports)
              bonds_[enslaved->bond].push_back({port, option.at, "ifenslave"});
      }
  }

  static bool is_command(std::string_view option) {
    return is_one_of(option, {"up", "post-up", "pre-up", "down", "pre-down", "post-down"});
  }

  void say_lost_ports() {
    for (const auto& [bond, ports] : bonds_)
      if (std::ranges::find(interfaces_, bond, &Interface::name) == interfaces_.end())
        for (const auto& port : ports)
          draft_.leave_out(port.at, fmt::format("iface {}", port.name),
                           fmt::format("{} {}, of which there is no stanza", port.said_by, bond));
  }

  // --- a bond ---

  // Each by itself, to be told by its line.
  std::vector<StanzaOption> good_options(const Interface& interface) {
    std::vector<StanzaOption> good;
    for (const auto& stanza : interface.stanzas)
      for (const auto& option : stanza.options) {
        if (!is_bond_option(option.name)) continue;
        const StanzaOption one{option.name, option.value};
        const auto wrong = read_stanza(interface.name, std::span(&one, 1)).edits.wrong;
        for (const auto& what : wrong)
          draft_.leave_out(option.at, as_written(option), what.substr(what.find(": ") + 2));
        if (wrong.empty()) good.push_back(one);
        spots_[interface.name][stanza_option_of(option.name)] = option.at;
      }
    return good;
  }

  static std::string stanza_option_of(std::string name) {
    std::ranges::replace(name, '_', '-');
    return name;
  }

  // Of the option of the bond's stanza, else the stanza.
  Spot spot_of(const Interface& bond, const std::string& option) {
    const auto& spots = spots_[bond.name];
    const auto found = spots.find(option);
    return found == spots.end() ? bond.at : found->second;
  }

  void put_edits(const Interface& interface, DraftSection& section, const Stanza& stanza) {
    for (const auto& one : stanza.edits.good) {
      const auto spot = spot_of(interface, stanza_option(one.key));
      const auto port = one.key.substr(0, one.key.rfind('.'));
      if (port != one.key && !has_port(interface.name, port))
        draft_.leave_out(spot, stanza_option(one.key),
                         fmt::format("{} is no port of {}", port, interface.name));
      else if (auto done = edit(section.table, one); done)
        section.spots[port == one.key ? one.key : "port"] = {spot};
      else
        draft_.leave_out(spot, stanza_option(one.key), done.error().text);
    }
  }

  [[nodiscard]] bool has_port(const std::string& bond, const std::string& port) const {
    const auto& ports = bonds_.at(bond);
    return std::ranges::find(ports, port, &Port::name) != ports.end();
  }

  void make_bond(const Interface& interface) {
    auto& section = draft_.section("bond", interface.name, interface.at);
    const auto options = module_.under(good_options(interface));
    auto stanza = read_stanza(interface.name, options);
    for (const auto& note : settle_monitor(stanza.edits, 0)) say_note(interface, note);
    put_mode(interface, section, stanza);
    if (stanza.list == PortList::kEveryCard) put_every_card(interface);
    for (const auto& port : bonds_.at(interface.name)) section.add_text("ports", port.name, port.at);
    put_edits(interface, section, stanza);
    put_primary(interface, section, stanza);
    put_monitor(interface, section);
    leave_roles_out(interface, stanza);
    put_of_ports(interface.name, section);
    put_network(interface, section);
  }

  void say_note(const Interface& interface, const std::string& note) {
    const auto colon = note.find(": ");
    draft_.leave_out(spot_of(interface, note.substr(0, colon)), note.substr(0, colon),
                     note.substr(colon + 2));
  }

  void put_mode(const Interface& interface, DraftSection& section, const Stanza& stanza) {
    const auto has_mode = [](const Edit& edit) { return edit.key == "mode"; };
    section.set_text("mode", "balance-rr", interface.at);
    if (std::ranges::none_of(stanza.edits.good, has_mode))
      draft_.leave_out(interface.at, fmt::format("iface {}", interface.name),
                       "no bond-mode, here or in modprobe.d: the kernel's own is written, balance-rr");
  }

  // Wired Ethernet by its name, as udev gives it.
  void put_every_card(const Interface& interface) {
    auto& ports = bonds_.at(interface.name);
    for (const auto& card : files_.cards)
      if ((card.starts_with("eth") || card.starts_with("en")) && !ports_.contains(card) &&
          card.find('.') == std::string::npos) {
        ports.push_back({card, spot_of(interface, "bond-slaves")});
        ports_.insert(card);
      }
    if (ports.empty())
      draft_.leave_out(spot_of(interface, "bond-slaves"), "bond-slaves all",
                       "which cards that are, only the host knows: write their names as ports");
  }

  void put_primary(const Interface& interface, DraftSection& section, const Stanza& stanza) {
    const auto found = std::ranges::find_if(stanza.primary,
                                            [&](const auto& name) { return has_port(interface.name, name); });
    const auto spot = spot_of(interface, "bond-primary");
    if (found != stanza.primary.end()) section.set_text("primary", *found, spot);
    if (stanza.primary.size() > 1 && found != stanza.primary.end())
      draft_.leave_out(spot, "bond-primary", fmt::format("a file names one: {} is written", *found));
  }

  void put_monitor(const Interface& interface, DraftSection& section) {
    const auto& mode = *config::find(section.table, "mode")->as<std::string>();
    const bool forced = is_one_of(mode, {"802.3ad", "balance-tlb", "balance-alb"});
    if (!forced && !section.has("miimon") && !section.has("arp_interval") && !section.has("monitor"))
      section.set_text("monitor", "none", interface.at);
    const auto* monitor = config::find(section.table, "monitor");
    if (monitor != nullptr && *monitor->as<std::string>() == "none")
      draft_.leave_out(
          interface.at, fmt::format("iface {}", interface.name),
          "nothing monitors its ports, which is written as it is: with miimon = \"100ms\" in place of "
          "monitor a dead one is found");
  }

  void leave_roles_out(const Interface& interface, const Stanza& stanza) {
    if (!stanza.active.empty())
      draft_.leave_out(spot_of(interface, "bond-active-slave"), "bond-active-slave " + stanza.active,
                       "which port is active is no setting of a file: see primary, and bondctl switch");
  }

  // What ports say of themselves in their own stanzas.
  void put_of_ports(const std::string& bond, DraftSection& section) {
    for (const auto& interface : interfaces_) {
      if (!has_port(bond, interface.name)) continue;
      for (const auto& stanza : interface.stanzas)
        for (const auto& option : stanza.options)
          if (is_bond_option(option.name)) put_of_port(interface, option, section);
    }
  }

  void put_of_port(const Interface& interface, const InterfacesOption& option, DraftSection& section) {
    const StanzaOption one{option.name, option.value};
    const auto stanza = read_stanza(interface.name, std::span(&one, 1));
    for (const auto& what : stanza.edits.wrong)
      draft_.leave_out(option.at, as_written(option), what.substr(what.find(": ") + 2));
    if (stanza.chance)
      draft_.leave_out(option.at, as_written(option),
                       "the active role is not moved for a port that comes up");
    for (const auto& edit_of : stanza.edits.good)
      if (edit_of.key.starts_with(interface.name + ".")) {
        if (edit(section.table, edit_of)) section.spots["port"] = {option.at};
      } else if (const auto* there = config::find(section.table, edit_of.key); there == nullptr) {
        draft_.leave_out(option.at, as_written(option), "of the bond, whose own stanza does not say it");
      }
    if (!stanza.primary.empty() && !section.has("primary") && has_port(section.name, stanza.primary.front()))
      section.set_text("primary", stanza.primary.front(), option.at);
  }

  // --- another device ---

  void make_link(const Interface& interface) {
    const auto vlan = vlan_of(interface);
    const bool is_port = ports_.contains(interface.name);
    if (is_port && !says_more_than_port(interface)) return;
    auto& section = draft_.section("link", interface.name, interface.at);
    section.set_text("kind", vlan ? "vlan" : "physical", interface.at);
    if (vlan) section.set_text("on", vlan->on, interface.at);
    if (vlan) section.set_number("id", vlan->id, interface.at);
    put_network(interface, section);
    say_if_not_automatic(interface);
  }

  static bool only_enslaves(const InterfacesOption& option, const std::string& device) {
    const auto commands = read_commands(option.value, device);
    return is_command(option.name) && !commands.empty() &&
           std::ranges::all_of(commands, [](const Command& command) {
             return std::holds_alternative<CommandPorts>(command) ||
                    std::holds_alternative<CommandUndone>(command);
           });
  }

  static bool says_more_than_port(const Interface& interface) {
    return std::ranges::any_of(interface.stanzas, [&](const IfaceStanza& stanza) {
      return std::ranges::any_of(stanza.options, [&](const InterfacesOption& option) {
        return !is_bond_option(option.name) && !only_enslaves(option, interface.name);
      });
    });
  }

  void say_if_not_automatic(const Interface& interface) {
    const auto is_it = [&](const std::string& name) {
      return name == interface.name || name.starts_with('/');  // a pattern: it may be meant
    };
    if (std::ranges::none_of(brought_up_, is_it) && !ports_.contains(interface.name))
      draft_.leave_out(interface.at, fmt::format("iface {}", interface.name),
                       "brought up by hand there (no auto line): netd brings it up at once");
  }

  // --- addresses and routes ---

  void put_network(const Interface& interface, DraftSection& section) {
    for (const auto& stanza : interface.stanzas) {
      if (is_one_of(stanza.method, {"dhcp", "bootp", "ipv4ll"}))
        draft_.leave_out(stanza.at, as_written(stanza),
                         "its addresses come from a client of its own: give the section those that it has");
      if (stanza.method == "auto")
        draft_.leave_out(stanza.at, as_written(stanza),
                         "the kernel does that by itself, where accept_ra is on");
      put_addresses(stanza, section);
      for (const auto& option : stanza.options) put_option(stanza, option, section);
    }
  }

  void put_addresses(const IfaceStanza& stanza, DraftSection& section) {
    const auto* mask = find_option(stanza.options, {"netmask"});
    for (const auto& option : stanza.options) {
      if (option.name != "address") continue;
      const bool whole = option.value.find('/') != std::string::npos;
      const auto usual = stanza.family == "inet6" ? std::string("64") : std::string();
      const auto length = mask == nullptr ? usual : mask->value;
      if (!whole && length.empty()) {
        draft_.leave_out(option.at, as_written(option), "it has no length: neither /24 nor a netmask");
        continue;
      }
      const auto prefix = whole ? Prefix::parse(option.value) : with_mask(option.value, length);
      if (prefix)
        section.add_text("addresses", to_string(*prefix), option.at);
      else
        draft_.leave_out(option.at, as_written(option), prefix.error().text);
    }
  }

  void put_option(const IfaceStanza& stanza, const InterfacesOption& option, DraftSection& section) {
    const auto& name = option.name;
    if (is_bond_option(name) || is_one_of(name, {"address", "netmask", "broadcast", "network", "metric"}) ||
        is_one_of(name, {"vlan-raw-device", "vlan_raw_device", "vlan-id", "vlan_id"}))
      return;
    if (name == "gateway")
      put_gateway(stanza, option, section);
    else if (name == "mtu" && number_in(option.value))
      section.set_number("mtu", *number_in(option.value), option.at);
    else if (name == "hwaddress")
      put_mac(option, section);
    else if (name == "description")
      section.set_text("description", option.value, option.at);
    else if (is_command(name))
      put_command(option, section);
    else
      draft_.leave_out(option.at, as_written(option), why_no_setting(name));
  }

  static std::string why_no_setting(std::string_view name) {
    if (name.starts_with("dns-")) return "names are the resolver's business";
    if (name.starts_with("wpa-") || name.starts_with("wireless-"))
      return "wireless devices have their own programs";
    if (name.starts_with("ethernet-") || name.starts_with("link-") || name.starts_with("offload-") ||
        name.starts_with("hardware-"))
      return "a matter of ethtool or systemd.link(5)";
    if (is_one_of(name, {"accept_ra", "autoconf", "privext", "dad-attempts", "dad-interval"}))
      return "a matter of sysctl";
    return "no setting corresponds to it";
  }

  void put_gateway(const IfaceStanza& stanza, const InterfacesOption& option, DraftSection& section) {
    if (option.value == "none") return;
    Table route{{"to", {}, plain_value(std::string("default"))}, {"via", {}, plain_value(option.value)}};
    const auto* metric = find_option(stanza.options, {"metric"});
    if (metric != nullptr && number_in(metric->value))
      route.push_back({"metric", {}, plain_value(*number_in(metric->value))});
    section.add("routes", plain_value(std::move(route)), option.at);
  }

  void put_mac(const InterfacesOption& option, DraftSection& section) {
    const auto words = words_of(option.value);
    const auto mac = words.empty() ? Result<MacAddress>(fail("")) : MacAddress::parse(words.back());
    if (mac)
      section.set_text("mac", to_string(*mac), option.at);
    else
      draft_.leave_out(option.at, as_written(option), "no MAC address that a file could have");
  }

  void put_command(const InterfacesOption& option, DraftSection& section) {
    auto commands = read_commands(option.value, section.name);
    if (commands.empty()) draft_.leave_out(option.at, as_written(option), "netd runs no commands");
    for (auto& command : commands) {
      if (auto* route = std::get_if<CommandRoute>(&command))
        section.add("routes", plain_value(std::move(route->route)), option.at);
      if (const auto* address = std::get_if<CommandAddress>(&command))
        section.add_text("addresses", to_string(address->prefix), option.at);
    }
  }

  Draft& draft_;
  const ForeignFiles& files_;
  ModuleOptions module_;
  std::vector<Interface> interfaces_;
  std::set<std::string> brought_up_;
  std::map<std::string, std::vector<Port>> bonds_;  // with their ports
  std::set<std::string> ports_;
  std::set<std::string> absent_;                              // devices without a section
  std::map<std::string, std::map<std::string, Spot>> spots_;  // of options, by interface
};

}  // namespace

void import_interfaces(const ForeignFiles& files, Draft& draft) {
  if (!files.interfaces.empty()) InterfacesImporter(files, draft).make();
}

}  // namespace hawser::bondctl
