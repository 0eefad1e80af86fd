// Routes; their object is the device that they lead over.
#pragma once

#include <string>
#include <variant>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct AddRoute {
  static constexpr Kind kKind{"add-route", Act::kMake};
  RouteKey key;
  Route route;
  bool before_others = false;  // of its key, which are there and stay; IPv4 only
  bool operator==(const AddRoute&) const = default;
};
struct ChangeRoute {
  static constexpr Kind kKind{"change-route"};
  RouteKey key;
  Route from, to;
  bool operator==(const ChangeRoute&) const = default;
};
struct RemoveRoute {
  static constexpr Kind kKind{"remove-route", Act::kRemove};
  RouteKey key;
  Route route;
  bool operator==(const RemoveRoute&) const = default;
};

using RouteStep = std::variant<AddRoute, ChangeRoute, RemoveRoute>;

namespace family {
std::string describe(const RouteStep& step);
std::string object_of(const RouteStep& step);
std::string unit_of(const RouteStep& step, const Sides& sides);
void touch(Touched& touched, const RouteStep& step);
void simulate(State& state, const RouteStep& step);
void hold(Holder& holder, const RouteStep& step);
State value_in(const State& state, const RouteStep& step);
}  // namespace family

}  // namespace hawser
