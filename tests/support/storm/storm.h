// What VRRP promises, tried on the real machine by seeds: 2 to 5 routers of random priorities, addresses and
// intervals on a segment in virtual time, to which random things happen. Two kinds of seeds:
// - calm: nothing is delayed or lost; routers start, leave, are killed, suspended, reloaded and told to stand
//   by one after another. Who is Active and after how long is known for each, and that there are never two.
// - storm: packets are delayed, lost and doubled, the segment is cut, routers are paused, suspended, killed
//   and started again, all at once; then it is over, and exactly the best one has to be Active in time, and
//   stay it.
#pragma once

#include <functional>
#include <string>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd::storm {

// The machine under test: the real one, or one with a planted bug.
struct Rules {
  std::function<Transition(const VrrpConfig&, const Machine&, const MachineEvent&)> step = vipd::step;
  std::function<std::optional<TimePoint>(const VrrpConfig&, const Machine&)> deadline = vipd::deadline;
  bool recalls = true;  // who stands by does so across its own death
};

// The first broken promise of that seed, in a sentence; empty: all were kept.
std::string calm(unsigned seed, const Rules& rules);
std::string stormy(unsigned seed, const Rules& rules);

}  // namespace hawser::vipd::storm
