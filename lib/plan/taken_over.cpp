#include "lib/plan/taken_over.h"

#include <fmt/ranges.h>

#include "lib/plan/draft.h"

namespace hawser {

namespace {

std::string ports_of(const Link& link) {
  if (!link.bond) return {};
  if (link.bond->ports.empty()) return " (without ports now)";
  std::vector<std::string> names;
  for (const auto& [port, options] : link.bond->ports) names.push_back(port);
  return fmt::format(" (ports now: {})", fmt::join(names, ", "));
}

}  // namespace

// What is of another make is in the way instead, see foreign_in_the_way().
std::map<std::string, std::string> taken_over(const Desired& desired, const State& observed) {
  std::map<std::string, std::string> all;
  if (desired.owner != Owner::kNetd) return all;
  for (const auto& [name, wanted] : desired.state.links) {
    const auto there = observed.links.find(name);
    if (there == observed.links.end() || !is_made_by_us(wanted.kind) || desired.journal.links.contains(name))
      continue;
    const auto& link = there->second;
    if (!is_same_make(wanted, link)) continue;
    all[name] = fmt::format(
        "{}: is a {} that netd did not make: it is changed to what the file says{}, and stays when it is no "
        "longer in the file",
        name, name_of(link.kind), ports_of(link));
  }
  return all;
}

}  // namespace hawser
