// An established TCP connection, as that of who is logged in: a number goes to the server every few
// milliseconds and comes back. Whether it lives, and how long it stood still.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string_view>
#include <thread>

#include "lib/base/fd.h"
#include "tests/support/clock.h"
#include "tests/support/namespace.h"

namespace hawser::lab {

class Session {
 public:
  // Throws Failure when it cannot be established.
  Session(const Namespace& client, const Namespace& server, std::string_view address, std::uint16_t port);

  // Not reset, not closed, and every number that came back was the next one.
  [[nodiscard]] bool is_alive() const { return alive_; }
  // A number that was sent after `since` is back.
  [[nodiscard]] bool answered_since(TimePoint since) const;
  // The longest time without an answer, up to now.
  [[nodiscard]] Duration longest_gap() const;
  void forget_gaps();

 private:
  void echo(const std::stop_token& stop) const;
  void ask(const std::stop_token& stop);
  void take_answers();

  Fd listening_, client_;
  std::atomic<bool> alive_ = true;
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<TimePoint> last_answer_ = Clock::now();
  std::atomic<TimePoint> answered_sent_at_{};  // when the last number that is back was sent
  std::deque<TimePoint> under_way_;            // when those were sent that are not back
  std::uint64_t expected_ = 0;                 // the next one to come back
  std::atomic<Duration> longest_gap_ = Duration::zero();
  std::jthread server_thread_, client_thread_;  // last: they end before what they use
};

}  // namespace hawser::lab
