// One daemon of a kind per network namespace, whatever directories it was given: two of them would undo each
// other's work. The lock is an abstract socket, @hawser-NAME: those belong to a network namespace, and the
// kernel closes it when the process dies or starts another program.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser {

class NamespaceLock {
 public:
  // "vipd: already running as process 1234, with another --runtime-dir: one is enough for this network
  // namespace", code EADDRINUSE; or why there is no socket to be had. Where an ordinary user took the name,
  // it is no daemon of ours, and must not keep one from starting: the lock is then had without it.
  static Result<NamespaceLock> take(std::string_view name);
  // "netd runs as process 1234, with another --runtime-dir" while somebody has it; nullopt: nobody, or an
  // ordinary user.
  static std::optional<std::string> held(std::string_view name);
  // False: an ordinary user sits on the name, and a second daemon would not be noticed.
  [[nodiscard]] bool exclusive() const { return static_cast<bool>(socket_); }

 private:
  explicit NamespaceLock(Fd socket) : socket_(std::move(socket)) {}
  Fd socket_;
};

// Whether a process of that user may be a daemon of ours: root, a system user, who starts us now. Pure.
bool may_be_a_daemon(uid_t holder, uid_t own);

}  // namespace hawser
