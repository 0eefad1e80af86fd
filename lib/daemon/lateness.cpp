#include "lib/daemon/lateness.h"

#include <algorithm>

#include <boost/asio.hpp>
#include <boost/json.hpp>

namespace hawser {

void Latencies::record(std::chrono::nanoseconds duration) {
  const auto rounded =
      std::chrono::ceil<std::chrono::microseconds>(std::max(duration, std::chrono::nanoseconds{0}));
  const auto* bucket = std::lower_bound(kBounds.begin(), kBounds.end(), rounded);
  ++buckets_.at(static_cast<std::size_t>(bucket - kBounds.begin()));
  ++count_;
  if (rounded > kLongestHandler) ++over_;
  longest_ = std::max(longest_, rounded);
}

boost::json::object latencies_json(const Latencies& latencies) {
  boost::json::array bounds;
  for (const auto bound : Latencies::kBounds) bounds.emplace_back(bound.count());
  const auto counts = latencies.buckets();
  return {{"count", latencies.count()},
          {"over_2ms", latencies.over()},
          {"longest_us", latencies.longest().count()},
          {"bounds_us", std::move(bounds)},
          {"buckets", boost::json::array(counts.begin(), counts.end())}};
}

LoopLateness::LoopLateness(boost::asio::io_context& context, Milliseconds interval)
    : timer_(context), interval_(interval) {
  wait();
}

void LoopLateness::wait() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    latencies_.record(std::chrono::steady_clock::now() - timer_.expiry());
    wait();
  });
}

}  // namespace hawser
