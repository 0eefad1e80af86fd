#include "bondctl/import/module.h"

#include <algorithm>

#include "lib/foreign/lines.h"

namespace hawser::bondctl {

namespace {

// Of the module as a whole, or of ports: no option of a bond.
bool is_of_a_bond(std::string_view name) {
  return name != "max_bonds" && name != "tx_queues" && name != "debug";
}

bool is_said(const std::vector<StanzaOption>& options, const std::string& name) {
  return std::ranges::any_of(options, [&](const StanzaOption& option) {
    auto said = option.name;
    std::ranges::replace(said, '_', '-');
    return said == name;
  });
}

}  // namespace

ModuleOptions::ModuleOptions(const std::vector<config::Source>& modprobe) {
  for (const auto& source : modprobe)
    for (const auto& line : lines_of(source.text, "#")) {
      const auto words = words_of(line.text);
      if (words.size() < 3 || words[0] != "options" || words[1] != "bonding") continue;
      for (std::size_t i = 2; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        const auto name = words[i].substr(0, equals);
        if (equals == std::string::npos || !is_of_a_bond(name)) continue;
        options_.push_back({stanza_option(name), words[i].substr(equals + 1)});
      }
    }
}

std::vector<StanzaOption> ModuleOptions::under(std::vector<StanzaOption> options) const {
  auto all = std::move(options);
  const auto said = all;
  // The monitor that the bond has is not joined by the other one of the module.
  const bool monitored = is_said(said, "bond-miimon") || is_said(said, "bond-arp-interval");
  for (const auto& option : options_) {
    const bool monitor = option.name == "bond-miimon" || option.name.starts_with("bond-arp-");
    if (!is_said(said, option.name) && !(monitored && monitor)) all.push_back(option);
  }
  return all;
}

}  // namespace hawser::bondctl
