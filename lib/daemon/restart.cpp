#include "lib/daemon/restart.h"

#include <algorithm>

namespace hawser {

NextStart after_death(const Restart& restart, Milliseconds ran_for) {
  const auto wait = ran_for >= restart.settled ? restart.first : std::max(restart.delay, restart.first);
  auto next = restart;
  next.delay = std::min(wait * 2, restart.longest);
  return {wait, next};
}

}  // namespace hawser
