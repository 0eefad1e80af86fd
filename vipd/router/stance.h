// What an operator asks of a virtual router, beside what the file says.
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace hawser::vipd {

enum class Stance : std::uint8_t {
  kOrdinary,
  kStandingBy,  // it takes the role only when nobody else advertises, and gives it to whoever does
  kTaking,      // it has been asked to take the role, and keeps it
};

}  // namespace hawser::vipd

template <>
inline constexpr std::array<hawser::Name<hawser::vipd::Stance>, 3> hawser::kNames<hawser::vipd::Stance>{{
    {hawser::vipd::Stance::kOrdinary, "ordinary"},
    {hawser::vipd::Stance::kStandingBy, "standing by"},
    {hawser::vipd::Stance::kTaking, "taking"},
}};
