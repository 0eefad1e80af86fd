// Which addresses are announced when: in rounds after a takeover, again at each refresh, and never more in a
// second than `rate`. A value; it reads no clock and sends nothing.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "lib/base/rare.h"
#include "lib/base/shared.h"
#include "vipd/addresses/picture.h"
#include "vipd/announce/announce_schedule.h"

namespace hawser::vipd {

class Announcing {
 public:
  explicit Announcing(const Shared<config::Announce>& how) : how_(how) {}
  void change(const Shared<config::Announce>& how) { how_ = how; }

  // A doubt: the first round has just begun.
  void begin(TimePoint now);
  // A takeover. Who leaves the role goes on answering for a while: a round comes when that is over, so that
  // whoever asked it then learns better.
  void begin_takeover(TimePoint now, Milliseconds over_after);
  void stop();
  // The same after a restart, of a takeover that was at `since`: what is left of its rounds, and the refresh.
  void go_on(TimePoint since, TimePoint now, Milliseconds over_after);
  // True, once: a round is due, and begins now.
  bool round_begins(TimePoint now);
  // Announced by other means: nothing is to be sent.
  [[nodiscard]] bool is_off() const;

  // True: announce it now. False: its turn comes later, see next().
  bool admits(const AddressKey& address, TimePoint now);
  // The interface's queue was full: its turn comes again, in a moment. One that stays full has to do with the
  // next round.
  void postpone(const AddressKey& address, TimePoint now);
  // Those whose turn has come.
  std::vector<AddressKey> next(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> due() const;

 private:
  // Those whose turn is still to come: so many may go at once, and then as many after each pause.
  struct Queue {
    std::vector<AddressKey> waiting{};
    std::set<AddressKey> known{};  // those in `waiting`
    TimePoint next_at{};
    int left = 0;  // of this moment's
  };

  void wait(const AddressKey& address);
  Queue& queue();

  Shared<config::Announce> how_;
  AnnounceSchedule schedule_;
  TimePoint when_over_ = TimePoint::max();  // of a takeover; max: that round is not due
  TimePoint begun_{};                       // the last round
  Rare<Queue> queue_;                       // none: nothing was paced or kept back
};

}  // namespace hawser::vipd
