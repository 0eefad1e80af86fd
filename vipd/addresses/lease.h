// How long the kernel keeps an address that nobody renews, and whose turn it is to be renewed. A vipd that is
// killed for good, hangs or is uninstalled then leaves nothing behind that answers beside the next Active.
// Pure: the time comes in.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "lib/base/duration.h"
#include "lib/base/maybe_time.h"
#include "lib/config/config.h"

namespace hawser::vipd {

struct LeasePlan {
  using Seconds = std::chrono::duration<std::int32_t>;  // an hour at most, and a thousand routers have two
  Seconds length{0};                                    // 0: no lease, the kernel keeps them
  Seconds cycle{1};                                     // every address is renewed once in it
  bool operator==(const LeasePlan&) const = default;
};

// `held_here`: by all vips of this host, which share what renewing may cost (1 % of a core).
LeasePlan lease_plan(const config::Lease& lease, std::chrono::nanoseconds active_down, std::size_t held_here);

// How many may be renewed in one request so that it takes no longer than `budget`, where the last one renewed
// `count` and took so long: whose kernel is slow, or busy with what others want of it, advertises in between.
inline constexpr std::size_t kMostTogether = 64;
std::size_t renewed_together(std::size_t count, std::chrono::nanoseconds took,
                             std::chrono::nanoseconds budget);

// Whose turn it is: `count` addresses, spread evenly over the cycle, some of them each second.
class Renewal {
 public:
  // From now on; what is held has just got a lifetime, or gets one with the first turn.
  void begin(const LeasePlan& plan, std::size_t count, TimePoint now);
  void stop() { due_.reset(); }
  // Leaves the turns as they are where nothing is different. True: they begin anew.
  bool keep(const LeasePlan& plan, std::size_t count, TimePoint now);
  [[nodiscard]] std::optional<TimePoint> due() const { return due_; }
  // Between two turns.
  [[nodiscard]] std::chrono::nanoseconds pause() const { return pause_; }
  // How many of them are to be renewed now, the next ones in order; 0: it is too early.
  std::size_t turn(TimePoint now);

 private:
  LeasePlan plan_;
  std::size_t count_ = 0;
  std::chrono::nanoseconds pause_{};
  MaybeTime due_;
};

}  // namespace hawser::vipd
