// A process of its own that puts a bond back when its drill ends without having done so: killed, crashed,
// its terminal gone. It is of another session, so that what ends a session does not end it, and learns of the
// end by a socket, which the kernel closes whatever happens. A drill that stands still (stopped, swapped out)
// is not waited for either.
#pragma once

#include <chrono>

#include "bondctl/drill/fault.h"
#include "lib/base/fd.h"

namespace hawser::bondctl::drill {

class DeadMan {
 public:
  // Forks: before any thread, and before descriptors are opened that must not stay open in it.
  static Result<DeadMan> start(const Before& before);

  // To be called again within kSilence. Error: it is gone, or has given us up and put everything back.
  [[nodiscard]] Status beat() const;
  // Everything is as it was: it ends.
  void dismiss();

  static constexpr std::chrono::seconds kSilence{10};

 private:
  explicit DeadMan(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

}  // namespace hawser::bondctl::drill
