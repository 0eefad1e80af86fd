// A change of a virtual router's role, as it is told upward and remembered.
#pragma once

#include <string>

#include "lib/base/duration.h"
#include "lib/base/rare.h"
#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

// And what was known when it came.
struct Change {
  TimePoint at;
  RoleName from, to;
  Priority priority;  // ours
  std::string why;
  Rare<Heard> heard;
  bool operator==(const Change&) const = default;
};

}  // namespace hawser::vipd
