// One call from beginning to end: the driver's requests, sent and heard, or its program, run and read. What
// the network does to it becomes an answer as well, so that whoever asked decides by meanings alone.
#pragma once

#include <functional>

#include "vipd/provider/https.h"

namespace hawser::vipd::provider {

// Runs the program of a setting, see run_program.h.
using RunProgram = std::function<boost::asio::awaitable<Exchange>(boost::asio::any_io_executor, ProgramCall)>;

// Where the requests of an account go, or who runs its program.
struct Way {
  Server server;
  RunProgram run;
};

// `changing` is called before the first request, or program, that may change something.
boost::asio::awaitable<Answer> carry_out(boost::asio::any_io_executor executor, Driver& driver,
                                         const Call& call, const Way& way,
                                         const std::function<void()>& changing);

}  // namespace hawser::vipd::provider
