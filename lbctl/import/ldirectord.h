// What ldirectord.cf means (ldirectord(8)).
#pragma once

#include "lbctl/import/draft.h"
#include "lib/config/engine/problem.h"

namespace hawser::lbctl {

void import_ldirectord(const config::Source& source, Draft& draft);

}  // namespace hawser::lbctl
