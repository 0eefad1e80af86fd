// The whole state that the kernel should have: what is there, with the desired state laid over it and without
// what is ours and no longer wanted. Ownership is decided here and nowhere else:
// - a link that the file names is ours as a whole, but its addresses are ours only one by one;
// - an address or a route is ours if it bears our number, wherever it is;
// - a route that the file names becomes ours (its protocol number is changed in place); an address only when
//   something else about it had to change too, and never while the other daemon's number is on it;
// - a service that the file names is ours with all its real servers;
// - links and services that the file does not name are ours only through the journal.
#pragma once

#include "lib/plan/plan.h"

namespace hawser {

State network_target(const Desired& desired, const State& observed);
State ipvs_target(const Desired& desired, const State& observed);

}  // namespace hawser
