// `lbctl apply [-c FILE] [SERVICE...]`: the services of the file once, without netd, and nothing else of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/cli/command.h"
#include "lib/config/config.h"
#include "lib/plan/plan.h"
#include "lib/reconcile/journal.h"
#include "lib/reconcile/known_health.h"

namespace hawser::lbctl {

int apply_verb(const cli::Arguments& given);
std::vector<cli::Option> apply_options();

// --- the part that decides, for tests ---

// What is wanted of IPVS by these services of the file. All of them are: `names` empty, and what an earlier
// file made goes. Of some: nothing goes, and what IPVS has once stays as it is, but for the sysctls without
// which they would not work.
Desired wanted_of(const config::Config& config, const std::set<std::string>& names, const KnownHealth& known,
                  const JournalBook& book, const State& there);

}  // namespace hawser::lbctl
