// What is said of one object of the file when it is not as it should be, or is so again.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "lib/base/names.h"

namespace hawser::netd {

enum class Condition : std::uint8_t {
  kOk,
  kDegraded,  // works, but something of it does not
  kDead,      // does nothing for anybody
};

struct Finding {
  std::string object;  // "bond0", "bond0 addresses", "web tcp 192.0.2.100:80", the file, "bond guard"
  Condition state = Condition::kOk;
  std::string text;  // "eth0 has no carrier"

  bool operator==(const Finding&) const = default;
};

}  // namespace hawser::netd

template <>
inline constexpr std::array<hawser::Name<hawser::netd::Condition>, 3> hawser::kNames<hawser::netd::Condition>{
    {
        {hawser::netd::Condition::kOk, "ok"},
        {hawser::netd::Condition::kDegraded, "degraded"},
        {hawser::netd::Condition::kDead, "dead"},
    }};
