// How many calls an account has made, so that the provider never has to refuse one, and never locks us out:
// three refused logins cost ten minutes of every host behind that address. A value; by the wall clock, as it
// outlives the host's last boot on the disk (budget_file.h).
#pragma once

#include <deque>
#include <optional>

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

using WallTime = std::chrono::system_clock::time_point;

// A reset that was sent where nobody can ask what became of it.
struct SentReset {
  std::string server, how;
  WallTime at;
  bool answered = false;  // as done; else nobody knows
  bool operator==(const SentReset&) const = default;
};

class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}
  // What makes no sense in it counts as not made: a budget that cannot be read must not stop a failover.
  // Nor does a clock that was ahead when it was written: what lies in the future counts as made now.
  Budget(const Limits& limits, const boost::json::value& kept, WallTime now);

  // How long until one more is within the limits; 0: now.
  [[nodiscard]] Milliseconds wait_for(Ask ask, WallTime now) const;
  [[nodiscard]] unsigned left(Ask ask, WallTime now) const;
  // One refused login less than lock the caller out: nobody tries again, unless the credentials have changed
  // since. `changed`: when these were written, by which they are known.
  [[nodiscard]] Milliseconds wait_for_login(WallTime now, WallTime changed) const;

  void made(Ask ask, WallTime now);
  void not_made(Ask ask);  // the last one: it never reached them
  void denied(WallTime now, WallTime changed);
  void accepted() { denied_.clear(); }
  void limited(Ask ask, WallTime now, Milliseconds wait);

  // Written down before it is sent, so that whoever comes after a program that was killed in it knows of it.
  void sent(SentReset reset);
  // What the answer to the last one was: done; surely not; or neither, and it stays unanswered.
  void reset_done(const std::string& server);
  void reset_not_done(const std::string& server);
  // The last one of this server after `since`.
  [[nodiscard]] std::optional<SentReset> reset_after(const std::string& server, WallTime since) const;

  [[nodiscard]] boost::json::object kept(WallTime now) const;

 private:
  struct Calls {
    std::deque<WallTime> made;
    WallTime not_before;
  };
  [[nodiscard]] const Calls& of(Ask ask) const;
  Calls& of(Ask ask);
  [[nodiscard]] unsigned limit(Ask ask) const;

  Limits limits_;
  Calls reads_, switches_, resets_;
  std::deque<WallTime> denied_;
  WallTime denied_for_;         // credentials written then
  std::deque<SentReset> sent_;  // the oldest first
};

}  // namespace hawser::vipd::provider
