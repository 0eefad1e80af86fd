// Who runs the program of the exec driver: hawser-runner for vipd, which runs none itself, and this process
// for vipctl, with the rights of its caller.
#pragma once

#include <filesystem>

#include "lib/run/client.h"
#include "vipd/provider/call.h"

namespace hawser::vipd::provider {

RunProgram run_here(std::filesystem::path program, Milliseconds timeout);

// `object` is what the runner knows it by: "provider.dc". `socket` and `deadline`: lib/run/client.h.
RunProgram run_by_runner(std::filesystem::path socket, std::string object, Milliseconds deadline);

// --- pure ---

Exchange exchange_of(const run::Outcome& outcome);
Exchange exchange_of(const run::Answer& answer);
run::Image image_of(const std::filesystem::path& program, const ProgramCall& call, const char* time_zone);

}  // namespace hawser::vipd::provider
