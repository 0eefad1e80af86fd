// What people try with vipd and vipctl who come from keepalived or a cluster manager.
#pragma once

#include "lib/cli/command.h"

namespace hawser::vipd {

std::vector<cli::Hint> foreign_words_for_vipd();
std::vector<cli::Hint> foreign_words_for_vipctl();

}  // namespace hawser::vipd
