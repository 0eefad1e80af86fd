// `netd apply`: a plan carried out once, without a daemon that would come back to what was refused.
#pragma once

#include "lib/plan/apply.h"
#include "lib/reconcile/own_kernel.h"

namespace hawser {

// kEverything: all or nothing. kNothing: what can be done is done; of a service that is refused in part, all
// the rest. `kernel` is one that keeps `book`. `scope`: what of the host it is about.
Result<Applied> apply_once(const Desired& desired, Kernel& kernel, JournalBook& book, Rollback rollback,
                           const OwnKernel::OnJournalError& on_journal_error, const Scope& scope = {});

}  // namespace hawser
