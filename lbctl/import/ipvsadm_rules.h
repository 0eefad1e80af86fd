// What `ipvsadm -S` prints and `ipvsadm -R` reads.
#pragma once

#include "lbctl/import/draft.h"
#include "lib/config/engine/problem.h"

namespace hawser::lbctl {

void import_ipvsadm_rules(const config::Source& source, Draft& draft);

}  // namespace hawser::lbctl
