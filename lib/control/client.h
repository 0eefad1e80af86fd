// Asking a daemon: blocking, with a deadline, for command line programs.
#pragma once

#include <filesystem>
#include <functional>

#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/control/message.h"
#include "lib/control/stream.h"

namespace hawser::control {

// The daemon's name in messages is the socket's file name without ".sock". Errors, with the errno as code:
// "netd is not running: /run/hawser/netd.sock: No such file or directory" (ENOENT, ECONNREFUSED),
// "not permitted to ask netd: add yourself to group hawser or use sudo" (EACCES),
// "netd does not answer: /run/hawser/netd.sock: no answer within 2s" (ETIMEDOUT).
// An answer with another status than 200 is an answer, not an error.
Result<Response> ask(const std::filesystem::path& socket, const Request& request,
                     Milliseconds deadline = Milliseconds{5000});

// Reads a stream until `take` returns false. Errors as those of ask(); also when the stream ends (the daemon
// has stopped) or is silent for `silence`.
Status follow(const std::filesystem::path& socket, const Request& request,
              const std::function<bool(const Message&)>& take, Milliseconds silence = Milliseconds{60000});

// Whether the error of ask() means that nobody listens there.
bool not_running(const Error& error);

}  // namespace hawser::control
