// Runs a program of the user's for the exec driver, with the rights of the caller: vipctl's way. A clean
// small environment, the call as JSON on stdin, what it prints kept up to a limit, a deadline for it and its
// children.
#pragma once

#include <filesystem>

#include "vipd/provider/call.h"

namespace hawser::vipd::provider {

// The file that is run, after it was seen that nobody but root and the caller can have put it there: a
// regular file that may be executed, by an absolute path, with no folder above it, nor above a link on the
// way to it, that somebody else may write. Errors name the chmod that mends it.
Result<std::filesystem::path> trusted_program(const std::filesystem::path& program);

// What a program is given. Pure.
std::vector<std::string> environment_of(const ProgramCall& run, const char* time_zone);
std::string input_of(const ProgramCall& run);

boost::asio::awaitable<Exchange> run_program(boost::asio::any_io_executor executor,
                                             std::filesystem::path program, Milliseconds timeout,
                                             ProgramCall run);

}  // namespace hawser::vipd::provider
