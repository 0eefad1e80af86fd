// plan(desired, observed): the ordered, minimal list of steps from what is to what should be. Total and pure:
// what cannot be is refused when the file is read. Objects that `desired` does not name are left alone,
// unless they are ours.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/plan/owed.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser {

// What an earlier run made and may therefore remove again; addresses and routes bear their owner's number
// themselves.
struct Journal {
  std::set<std::string> links;
  std::set<ServiceKey> services;
  bool nft = false;  // our nftables table

  bool operator==(const Journal&) const = default;
};

struct Desired {
  State state;
  Owner owner = Owner::kNetd;
  Journal journal;
  Owed owed{};  // of an earlier plan that was cut off
  // Nobody spoke of their being up: whoever sets one of these up or down while we are at it is right.
  std::set<std::string> up_as_found{};
};

// The desired state with everything that the file left open taken from what is there (MTU and MAC not given,
// options that the mode does not have). After it, equal means nothing to do.
State settle(const State& desired, const State& observed);

struct Refusal {
  std::string object;  // the unit, see unit_of()
  Step step;
  Error why;
  Price price{};  // of the attempt: kCut where a bond had to go down or lose its ports for it
};

// What the file wants and cannot have without taking it from somebody else: a device of the name and of
// another make, a port that is in a bridge or a bond of others. In words, as if the kernel had refused it.
std::vector<Refusal> foreign_in_the_way(const Desired& desired, const State& observed);
// What this kernel does not have, as its bonds tell: "bond0: set lacp_strict off -> on: this kernel does not
// have it".
std::vector<Refusal> lacked_by_the_kernel(const Desired& desired, const State& observed);
// Both: what is known to be refused before anything is tried.
std::vector<Refusal> in_the_way(const Desired& desired, const State& observed);

std::vector<Step> plan(const Desired& desired, const State& observed);
// Without what is in `held`, what is in the way, and what rests on either (hold.h).
std::vector<Step> plan_network(const Desired& desired, const State& observed,
                               std::span<const Step> held = {});
std::vector<Step> plan_ipvs(const Desired& desired, const State& observed);

}  // namespace hawser
