// The stanzas of all of ifupdown's files, gathered by interface, and what kind of device each is. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bondctl/foreign/interfaces_file.h"

namespace hawser::bondctl {

// All stanzas of one name, as one; what they inherit is among their options.
struct Interface {
  std::string name;
  Spot at;
  std::vector<IfaceStanza> stanzas;
};

// In the order in which they first appear. Templates, which only others inherit from, are none.
std::vector<Interface> gathered(const std::vector<IfaceStanza>& stanzas,
                                const std::set<std::string>& brought_up);

std::string as_written(const InterfacesOption& option);
std::string as_written(const IfaceStanza& stanza);

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> others);
std::optional<std::int64_t> number_in(std::string_view text);

using OptionNames = std::initializer_list<std::string_view>;
const InterfacesOption* find_option(const std::vector<InterfacesOption>& options, OptionNames names);
const InterfacesOption* find_option(const Interface& interface, OptionNames names);

struct VlanName {
  std::string on;
  std::int64_t id = 0;
};
// "bond0.100"; "vlan100" with vlan-raw-device bond0. nullopt: no VLAN.
std::optional<VlanName> vlan_of(const Interface& interface);

// Why no section makes such a device; empty: one does.
std::string why_no_section(const Interface& interface);

}  // namespace hawser::bondctl
