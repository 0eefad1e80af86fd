// What the families of steps have in common. A family (link_steps.h, bond_steps.h, address_steps.h,
// route_steps.h, service_steps.h, ipvs_host_steps.h, nft_steps.h) owns its kinds whole: what each carries,
// its line, object, unit and price, and what it does to a State. step.h puts the families together,
// doc/architecture.md says what a new kind touches.
#pragma once

#include <cstdint>
#include <string_view>

namespace hawser {

enum class Act : std::uint8_t { kMake, kChange, kRemove };

// What a step costs the traffic of its device while it is done, beside what its line says.
enum class Price : std::uint8_t {
  kNothing,
  kBrief,  // packets of a moment: a new MAC or MTU, a fail-over
  kCut,    // the device carries nothing until another step brings it back
};

// Of a kind: its name for programs, what its steps do to their thing, and at what price.
struct Kind {
  std::string_view name;
  Act act = Act::kChange;
  Price price = Price::kNothing;
};

struct Sides;    // object.h
struct Touched;  // object.h
class Holder;    // holder.h

}  // namespace hawser
