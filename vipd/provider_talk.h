// What the verbs of 'vipctl provider' have in common: a loop until an answer is there, and words on the way.
#pragma once

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/cli/output.h"
#include "vipd/provider/account.h"

namespace hawser::vipd {

inline constexpr Milliseconds kPatience{
    180'000};  // a switch takes 40 to 60 s, and may find another one in process

// On a terminal, or what went wrong would look like nothing going on.
inline void tell(const std::string& line) {
  if (::isatty(STDERR_FILENO) != 0) cli::say("vipctl: " + line);
}

// `begin` makes the awaitable out of an executor.
template <class Begin>
auto result_of(const Begin& begin) {
  boost::asio::io_context io;
  auto result = boost::asio::co_spawn(io, begin(io.get_executor()), boost::asio::use_future);
  io.run();
  return result.get();
}

}  // namespace hawser::vipd
