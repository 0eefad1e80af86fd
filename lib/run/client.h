// Asking hawser-runner to run something, from within an event loop.
#pragma once

#include <filesystem>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "lib/base/duration.h"
#include "lib/run/request.h"

namespace hawser::run {

enum class Heard : std::uint8_t {
  kOutcome,   // the runner tells how it ended
  kNotBegun,  // surely nothing happened: no runner, or it refused
  kBusy,      // nothing happened either: too many wait for this object
  kUnknown,   // it may have run, or may still: the runner ended, or has not answered within the deadline
};

struct Answer {
  Heard heard = Heard::kUnknown;
  Outcome outcome;   // of kOutcome
  std::string text;  // of the others, for people: "hawser-runner does not run: systemctl start hawser-runner"
};

// `socket`: RUNTIME_DIR/runner.sock. The deadline is to be longer than the time limit in the file, and than
// what may wait before this: past it the answer is kUnknown, while the program may still run.
boost::asio::awaitable<Answer> ask(boost::asio::any_io_executor executor, std::filesystem::path socket,
                                   Request request, Milliseconds deadline);

}  // namespace hawser::run
