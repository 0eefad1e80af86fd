// When a child that died is started again: at once at first, ever later when it keeps dying. Pure.
#pragma once

#include "lib/base/duration.h"

namespace hawser {

struct Restart {
  Milliseconds first{100};  // doubled each time it dies again
  Milliseconds longest{10000};
  Milliseconds settled{60000};  // having run this long, it starts from the beginning
  Milliseconds delay{0};        // what comes next; 0: nothing has died yet
  bool operator==(const Restart&) const = default;
};

struct NextStart {
  Milliseconds wait;  // before starting it now
  Restart next;       // what to ask the next time
};

NextStart after_death(const Restart& restart, Milliseconds ran_for);

}  // namespace hawser
