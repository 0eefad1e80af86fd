// Whether a file would leave nothing of what netd has made here. Nearly always that is a mistake (a truncated
// file, the wrong node, `only` with a slip), so it must be said twice: with --allow-empty. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "lib/config/config.h"
#include "lib/plan/plan.h"

namespace hawser {

struct Holdings {
  std::set<std::string> links;  // that we made, or that have an address or a route of ours
  std::set<ServiceKey> services;
};
Holdings holdings(const Journal& made, const State& observed);

// "would remove every link of this host (bond0, front): ..."; nullopt: some of each kind stays.
std::optional<std::string> refusal_to_empty(const Holdings& holdings, const config::Config& config);

}  // namespace hawser
