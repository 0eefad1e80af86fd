// How long until a call is made again.
#pragma once

#include "lib/base/duration.h"

namespace hawser::vipd::provider {

// After so many waits in a row. Half of it is certain, half is chance (from 0 to below 1), so that two hosts
// after the same fault do not call in step.
Milliseconds back_off(unsigned waits, double chance);

}  // namespace hawser::vipd::provider
