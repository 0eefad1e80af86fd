// Bonds: mode, options, and what their ports have in them. Joining and leaving is a link's step, and so is
// going down where an option needs that: that has the price.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "lib/plan/family.h"
#include "lib/state/state.h"

namespace hawser {

struct SetBondMode {  // the bond must be down and empty
  static constexpr Kind kKind{"set-bond-mode"};
  std::string bond;
  BondMode from{}, to{};
  bool operator==(const SetBondMode&) const = default;
};
struct SetBondOption {
  static constexpr Kind kKind{"set-bond-option"};
  std::string bond;
  BondOption option{};
  std::uint32_t from = 0, to = 0;
  bool operator==(const SetBondOption&) const = default;
};
struct SetBondPrimary {
  static constexpr Kind kKind{"set-bond-primary"};
  std::string bond;
  std::string from, to;  // empty: none
  bool operator==(const SetBondPrimary&) const = default;
};
struct SetBondTargets {  // replaces the whole set
  static constexpr Kind kKind{"set-bond-targets"};
  std::string bond;
  Family family = Family::kIpv4;  // arp_ip_target or ns_ip6_target
  std::vector<IpAddress> from, to;
  bool operator==(const SetBondTargets&) const = default;
};
struct SetAdActorSystem {
  static constexpr Kind kKind{"set-actor-system"};
  std::string bond;
  MacAddress from, to;
  bool operator==(const SetAdActorSystem&) const = default;
};
struct SetPortOptions {  // one of them, of a device that is already a port
  static constexpr Kind kKind{"set-port-options"};
  std::string bond;
  std::string port;
  BondPort from, to;
  bool operator==(const SetPortOptions&) const = default;
};
struct SetActivePort {  // never planned: asked for by bondctl switch and by the bond guard
  static constexpr Kind kKind{"set-active-port", Act::kChange, Price::kBrief};
  std::string bond;
  std::string port;
  bool operator==(const SetActivePort&) const = default;
};

using BondStep = std::variant<SetBondMode, SetBondOption, SetBondPrimary, SetBondTargets, SetAdActorSystem,
                              SetPortOptions, SetActivePort>;

namespace family {
std::string describe(const BondStep& step);
std::string object_of(const BondStep& step);
std::string unit_of(const BondStep& step, const Sides& sides);
void touch(Touched& touched, const BondStep& step);
void simulate(State& state, const BondStep& step);
void hold(Holder& holder, const BondStep& step);
State value_in(const State& state, const BondStep& step);
}  // namespace family

// "bond active-backup, miimon 100ms": what is not as the kernel makes it by itself.
std::string bond_in_words(const Bond& bond);
// Delays are rounded to ticks of miimon when a bond is made, too.
void round_delays(Bond& bond);

}  // namespace hawser
