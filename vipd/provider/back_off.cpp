#include "vipd/provider/back_off.h"

#include <algorithm>

namespace hawser::vipd::provider {

Milliseconds back_off(unsigned waits, double chance) {
  constexpr Milliseconds kFirstWait{5'000};
  constexpr Milliseconds kLongestWait{30'000};
  constexpr unsigned kDoublings = 3;
  const auto whole = std::min(kFirstWait * (1U << std::min(waits, kDoublings)), kLongestWait);
  return Milliseconds(whole.count() / 2 + static_cast<Milliseconds::rep>(chance * double(whole.count()) / 2));
}

}  // namespace hawser::vipd::provider
