// How late the event loop is: counted and shown, never a reason to fail. No handler may take longer than 2
// ms.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/fwd.hpp>

#include "lib/base/duration.h"

namespace hawser {

inline constexpr std::chrono::microseconds kLongestHandler{2000};

// A histogram of durations. Bucket n counts what is at most kBounds[n]; the last one the rest.
class Latencies {
 public:
  static constexpr std::array<std::chrono::microseconds, 7> kBounds{
      std::chrono::microseconds{100},   std::chrono::microseconds{200},  std::chrono::microseconds{500},
      std::chrono::microseconds{1000},  std::chrono::microseconds{2000}, std::chrono::microseconds{10000},
      std::chrono::microseconds{100000}};

  void record(std::chrono::nanoseconds duration);  // negative counts as 0

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t over() const { return over_; }  // longer than kLongestHandler
  [[nodiscard]] std::chrono::microseconds longest() const { return longest_; }
  [[nodiscard]] std::span<const std::uint64_t> buckets() const { return buckets_; }

 private:
  std::array<std::uint64_t, kBounds.size() + 1> buckets_{};
  std::uint64_t count_ = 0, over_ = 0;
  std::chrono::microseconds longest_{0};
};

// {"count": 100, "over_2ms": 0, "longest_us": 900, "bounds_us": [100, ..], "buckets": [98, ..]}; the last
// bucket counts what is above the last bound.
boost::json::object latencies_json(const Latencies& latencies);

// A timer in the loop that measures by how much it is late: all that a handler of ours, or another process,
// keeps a timer waiting.
class LoopLateness {
 public:
  explicit LoopLateness(boost::asio::io_context& context, Milliseconds interval = Milliseconds{100});
  [[nodiscard]] const Latencies& latencies() const { return latencies_; }

 private:
  void wait();
  boost::asio::steady_timer timer_;
  Milliseconds interval_;
  Latencies latencies_;
};

// Measures one handler: `const HandlerScope scope{handlers};` as its first line.
class HandlerScope {
 public:
  explicit HandlerScope(Latencies& latencies)
      : latencies_(latencies), began_(std::chrono::steady_clock::now()) {}
  ~HandlerScope() { latencies_.record(std::chrono::steady_clock::now() - began_); }
  HandlerScope(const HandlerScope&) = delete;
  HandlerScope& operator=(const HandlerScope&) = delete;

 private:
  Latencies& latencies_;
  TimePoint began_;
};

}  // namespace hawser
