// Verbs of vipctl that concern one vip: why it has its role, and announcing it again.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "lib/cli/command.h"

namespace hawser::vipd {

std::vector<cli::Verb> vip_verbs();

// What `vipctl why` prints of the answer of GET /v1/why.
std::string why_text(const boost::json::value& why, std::size_t width);

}  // namespace hawser::vipd
