// Addresses of devices.
#pragma once

#include <string>
#include <variant>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct AddAddress {
  static constexpr Kind kKind{"add-address", Act::kMake};
  std::string link;
  Prefix prefix;
  Address address;
  bool operator==(const AddAddress&) const = default;
};
struct ChangeAddress {
  static constexpr Kind kKind{"change-address"};
  std::string link;
  Prefix prefix;
  Address from, to;
  bool operator==(const ChangeAddress&) const = default;
};
struct RemoveAddress {
  static constexpr Kind kKind{"remove-address", Act::kRemove};
  std::string link;
  Prefix prefix;
  bool operator==(const RemoveAddress&) const = default;
};

using AddressStep = std::variant<AddAddress, ChangeAddress, RemoveAddress>;

namespace family {
std::string describe(const AddressStep& step);
std::string object_of(const AddressStep& step);
std::string unit_of(const AddressStep& step, const Sides& sides);
void touch(Touched& touched, const AddressStep& step);
void simulate(State& state, const AddressStep& step);
void hold(Holder& holder, const AddressStep& step);
State value_in(const State& state, const AddressStep& step);
}  // namespace family

}  // namespace hawser
