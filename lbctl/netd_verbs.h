// The verbs that go through netd, since they are about what only netd knows and keeps: lbctl drain, disable,
// enable, why, wait-ready.
#pragma once

#include "lib/cli/command.h"

namespace hawser::lbctl {

int drain_verb(const cli::Arguments& arguments);
int disable_verb(const cli::Arguments& arguments);
int enable_verb(const cli::Arguments& arguments);
int why_verb(const cli::Arguments& arguments);
int wait_ready_verb(const cli::Arguments& arguments);

std::vector<cli::Verb> netd_verbs();

}  // namespace hawser::lbctl
