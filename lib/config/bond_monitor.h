// What a bond's options come to when those that were not written are filled in.
#pragma once

#include "lib/config/sections.h"

namespace hawser::config {

inline constexpr std::uint32_t kDefaultMiimon = 100;  // ms; the kernel's own 0 would monitor nothing

// "mii" unless written; "arp" when arp_interval is written and miimon is not.
BondMonitor monitor_of(const BondSpec& bond);
// An option as the kernel should have it.
std::uint32_t option_of(const BondSpec& bond, BondOption option);

}  // namespace hawser::config
