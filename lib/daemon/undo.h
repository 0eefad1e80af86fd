// A process apart that takes a change back: when who made it dies in the middle, and with --confirm unless
// somebody confirms it in time. It is started before the first step, in a session of its own, and holds what
// was there: neither `kill -9` of who asked for the change nor the end of his terminal takes it along. Who
// dies in the middle of the change has it taken back at once. One at a time in a network namespace, whose
// abstract socket @hawser-undo it answers on.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "lib/base/duration.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser {

enum class UndoEnd : std::uint8_t {
  kConfirmed,
  kUndone,
  kPartlyUndone,  // the system's log says what is left
  kNobody,        // the other process was killed: the change stays
};

class Undo {
 public:
  // `what` names the change for whoever asks later: "bondctl set bond0 mode=802.3ad". `put_back` runs in the
  // other process, with nothing open that this one had opened; its error is for the system's log. `within`
  // zero: nobody has to confirm it, and it ends with forget(). Errors: another change waits; no process or
  // socket to be had.
  static Result<Undo> start(const std::string& what, Milliseconds within,
                            const std::function<Status()>& put_back);

  // The change is complete: from now on the time runs.
  void made();
  // Nothing was changed, or what was is taken back already.
  void forget();
  // Until the end. A line from the descriptor `enter` confirms; -1: nobody types here.
  UndoEnd wait(int enter);

 private:
  explicit Undo(Fd channel) : channel_(std::move(channel)) {}
  Fd channel_;
};

// What waits in this network namespace; nullopt: nothing.
struct WaitingChange {
  std::string what;                    // empty: it is just being taken back, and who does that has no time
  std::optional<Milliseconds> left{};  // none: nobody has to confirm it, and it is still being made
};
std::optional<WaitingChange> waiting_change();
// Why nothing else may be changed now.
std::string why_not_now(const WaitingChange& waiting);
// While somebody's change is being made, or is taken back because he died over it, but not longer than
// `patience`.
void await_way_back(Milliseconds patience = Milliseconds{10000});

// Keeps what was changed, and says what it was. Errors: nothing waits (ENOENT); not permitted (EPERM): only
// who made the change, and root.
Result<std::string> confirm_change();

}  // namespace hawser
