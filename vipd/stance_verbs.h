// vipctl handover, take, release and resume: who is to have the role, beside what the file says.
#pragma once

#include <chrono>
#include <vector>

#include "lib/base/result.h"
#include "lib/cli/command.h"

namespace hawser::vipd {

std::vector<cli::Verb> stance_verbs();

// "2h", from now; "18:30", the next time that it is so here.
Result<std::chrono::system_clock::time_point> parse_until(const std::string& text,
                                                          std::chrono::system_clock::time_point now);

}  // namespace hawser::vipd
