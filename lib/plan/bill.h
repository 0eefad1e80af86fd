// What a plan interrupts, step by step and in sum. A step's price depends on the plan that it stands in: a
// bond that the plan itself makes carries nothing yet, a port that leaves costs nothing while another one
// carries on, a card is taken down for free where nobody uses it. Found by simulating the plan; pure.
// (Price of family.h is what a kind can cost at worst: whether it is tried again by itself.)
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "lib/base/names.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser {

// From the least to the worst.
enum class Toll : std::uint8_t {
  kFree,
  kTraffic,        // the device goes, goes down, starts its hardware anew or is not where others expect it
  kBondDown,       // nothing goes over the bond until it is up again
  kPortsReleased,  // cards leave their bond and are closed; those that join anew have to become ready
};

template <>
inline constexpr std::array<Name<Toll>, 4> kNames<Toll>{{
    {Toll::kFree, "free"},
    {Toll::kTraffic, "traffic interrupted"},
    {Toll::kBondDown, "bond down"},
    {Toll::kPortsReleased, "ports released"},
}};

struct StepToll {
  Toll toll = Toll::kFree;
  bool stops = false;  // what the device carried has no way any more, if only for a moment

  bool operator==(const StepToll&) const = default;
};

// Of one device, all that is not free.
struct DeviceToll {
  std::string device;
  std::set<Toll> tolls;
  std::vector<std::string> released;  // ports, in the order in which they leave
  bool stops = false;

  bool operator==(const DeviceToll&) const = default;
};

struct Bill {
  std::vector<StepToll> steps;      // one a step
  std::vector<DeviceToll> devices;  // by name

  [[nodiscard]] Toll worst() const;
  // Whether the plan has to be allowed (--allow-interruption).
  [[nodiscard]] bool stops() const;
};

Bill bill_of(const Observed& before, std::span<const Step> steps);

// "bond0: bond down, ports released (eth0, eth1)",
// "bond0: ports released (eth1): interrupts nothing".
std::string describe(const DeviceToll& toll);

}  // namespace hawser
