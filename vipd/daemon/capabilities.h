// What the kernel must let us do, asked for before anything is touched.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/base/result.h"

namespace hawser::vipd {

// Error: one line that names the missing capabilities and says what to do.
Status needed_capabilities();

// The pure part: `effective` is CapEff of /proc/self/status.
Status judge_capabilities(std::uint64_t effective);

}  // namespace hawser::vipd
