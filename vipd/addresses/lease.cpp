#include "vipd/addresses/lease.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

// The kernel takes an address away 0 to 0.7 s after its lifetime has ended; less than 2 s would not survive
// one late renewal.
constexpr std::chrono::seconds kShortest{2};
// Each is a request of 25 us and the news of it: so many cost 1 % of a core.
constexpr std::size_t kPerSecond{300};
// What is near enough to be done with something else that is due.
constexpr Milliseconds kEarly{100};

template <class Duration>
std::chrono::seconds rounded_up(Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration);
}

}  // namespace

LeasePlan lease_plan(const config::Lease& lease, std::chrono::nanoseconds active_down,
                     std::size_t held_here) {
  if (lease.off) return {};
  const std::chrono::seconds cycle(std::max<std::size_t>(1, (held_here + kPerSecond - 1) / kPerSecond));
  const auto asked = lease.length ? rounded_up(*lease.length) : rounded_up(active_down);
  return {std::max({kShortest, asked, 2 * cycle}), cycle};
}

std::size_t renewed_together(std::size_t count, std::chrono::nanoseconds took,
                             std::chrono::nanoseconds budget) {
  if (took <= std::chrono::nanoseconds(0)) return kMostTogether;
  const auto fit = budget * std::min(count, kMostTogether) / took;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(fit, 1, kMostTogether));
}

void Renewal::begin(const LeasePlan& plan, std::size_t count, TimePoint now) {
  plan_ = plan;
  count_ = count;
  if (plan.length == std::chrono::seconds(0) || count == 0) return stop();
  pause_ = std::max<std::chrono::nanoseconds>(std::chrono::seconds(1),
                                              std::chrono::nanoseconds(plan.cycle) / count);
  due_ = now + pause_;
}

bool Renewal::keep(const LeasePlan& plan, std::size_t count, TimePoint now) {
  if (due_ && plan == plan_ && count == count_) return false;
  begin(plan, count, now);
  return true;
}

std::size_t Renewal::turn(TimePoint now) {
  if (!due_ || now + kEarly < *due_) return 0;
  due_ = now + pause_;
  const auto cycle = std::chrono::nanoseconds(plan_.cycle);
  return std::min<std::size_t>(count_, (count_ * static_cast<std::size_t>(pause_.count()) +
                                        static_cast<std::size_t>(cycle.count()) - 1) /
                                           static_cast<std::size_t>(cycle.count()));
}

}  // namespace hawser::vipd
