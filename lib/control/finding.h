// What a daemon says of itself first: what is not as it should be, worst of all, in words. The same shape for
// every daemon, because monitoring reads it: "state" and "findings" of GET /v1/status.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "lib/base/names.h"

namespace hawser {

enum class Condition : std::uint8_t {
  kOk,
  kDegraded,  // works, but something of it does not
  kDead,      // does nothing for anybody
};

struct Finding {
  std::string object;  // "web", the file
  Condition state = Condition::kOk;
  std::string text;  // "front: no carrier"

  bool operator==(const Finding&) const = default;
};

// The worst of them.
Condition overall(const std::vector<Finding>& findings);

// [{"object": "web", "state": "degraded", "text": ".."}]
boost::json::array findings_json(const std::vector<Finding>& findings);

}  // namespace hawser

template <>
inline constexpr std::array<hawser::Name<hawser::Condition>, 3> hawser::kNames<hawser::Condition>{{
    {hawser::Condition::kOk, "ok"},
    {hawser::Condition::kDegraded, "degraded"},
    {hawser::Condition::kDead, "dead"},
}};
