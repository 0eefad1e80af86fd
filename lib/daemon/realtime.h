// Being on time: a real-time scheduling class, and memory that is never paged out.
#pragma once

#include "lib/base/result.h"

namespace hawser {

// SCHED_FIFO with the given priority (1..99); 0: the ordinary class. Children do not inherit it. Error: what
// to do about it
// ("real-time priority 10: Operation not permitted: give the unit LimitRTPRIO=10 or CAP_SYS_NICE").
Status use_realtime(int priority);

// Locks what is touched from now on and what has been touched, and brings this program's own code in: a
// takeover after months must not wait for a disk. Library pages that are never used stay out.
Status lock_memory();
Status unlock_memory();

}  // namespace hawser
