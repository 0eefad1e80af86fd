// What is left of the target when something of it was refused: what the families' hold() is made of. hold.h
// says what is held.
#pragma once

#include <string>

#include "lib/plan/hold.h"
#include "lib/plan/object.h"
#include "lib/state/bond_options.h"

namespace hawser {

class Holder {
 public:
  Holder(State& target, const Held& held)
      : target_(target), before_(held.before), now_(held.now), steps_(held.steps) {}

  [[nodiscard]] State& target() { return target_; }
  [[nodiscard]] const State& before() const { return before_; }
  // Of the target; nullptr: it has none of the name.
  Link* link(const std::string& name);
  Bond* bond(const std::string& name);
  // As the kernel has it; a bond that is not there as it is when it is made.
  [[nodiscard]] const Link* link_now(const std::string& name) const;
  [[nodiscard]] Bond bond_now(const std::string& name) const;
  [[nodiscard]] bool is_bond(const std::string& name) const;
  // Where the device was, if the target has that; else empty.
  [[nodiscard]] std::string old_master(const std::string& name) const;

  // A device is there or not: with the device goes all that it carries.
  void device(const std::string& name);
  // A port is in the bond where it was, or free as it was; an address that the target has elsewhere stays
  // there. A bond that had to let it go and does not take it back has it no more.
  void place(const std::string& name, const std::string& refused_by = {});
  // What needs the bond down stays as it is.
  void live_only(const std::string& name);
  // A port that should only make room does not: what needs the bond empty stays as it is.
  void filled(const std::string& name);
  // One monitor is not left before the other works: a bond without any never fails over.
  void monitor(const std::string& name);
  // The address that is to go for it stays with it.
  void address(const std::string& name, const Prefix& prefix);
  void route(const RouteKey& key);

 private:
  [[nodiscard]] bool can_be(const std::string& name, const Link& old) const;
  void hold_options(const std::string& name, BondWhen when);

  State& target_;
  const State& before_;
  const State& now_;
  std::span<const Step> steps_;
};

}  // namespace hawser
