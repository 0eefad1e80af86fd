// The socket file itself: making one, telling a dead one from a live one. For server.cpp and client.cpp only.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

#include "lib/base/duration.h"
#include "lib/base/result.h"

namespace hawser::control {

struct Listening {
  int descriptor = -1;  // the caller's to close
  dev_t device = 0;     // of the socket file, to recognise it when it is removed
  ino_t inode = 0;
};

// Bound, mode 0660, listening, close-on-exec, non-blocking.
Result<Listening> listen_on(const std::filesystem::path& socket);
// Whether the file is the one that was made then.
bool is_there(const std::filesystem::path& socket, const Listening& ours);
void remove_socket(const std::filesystem::path& socket, const Listening& ours);

// Connected, blocking; waits at most `deadline` for room in the listener's queue. The caller closes it. The
// error's code is the errno, its text the system's word for it.
Result<int> connect_to(const std::filesystem::path& socket, Milliseconds deadline);

}  // namespace hawser::control
