// How many files a daemon may have open at once.
#pragma once

#include <cstddef>

#include "lib/base/result.h"

namespace hawser {

// What a daemon needs for itself: with fewer it fails somewhere in the middle.
inline constexpr std::size_t kFewestDescriptors = 32;

// The soft limit is for programs that use select(); ours do not. Returns what is allowed from then on.
std::size_t raise_descriptor_limit();

// "needs to have 32 files open at once, 16 are allowed: allow more (ulimit -n, LimitNOFILE=)". Pure.
Status judge_descriptor_limit(std::size_t allowed);

}  // namespace hawser
