// The table in the shape of `ipvsadm -Ln`, to the column: scripts and exporters read that. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "lib/state/observed.h"

namespace hawser::lbctl {

enum class Listing : std::uint8_t { kPlain, kStats, kRate, kThresholds, kPersistentConn };

std::string ipvsadm_listing(const Observed& observed, Listing listing);

// 123456789 as "123456K", nine columns wide: from 100 million on numbers are cut, as ipvsadm does without
// --exact.
std::string large_number(std::uint64_t number);

}  // namespace hawser::lbctl
