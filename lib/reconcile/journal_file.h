// The journal on the disk: STATE_DIR/netd.journal, of the time since this machine was booted.
#pragma once

#include <string>

#include "lib/cli/command.h"
#include "lib/reconcile/emptiness.h"
#include "lib/reconcile/journal.h"

namespace hawser {

// What earlier runs made since this machine was booted; an unreadable journal is an error, a missing one is
// empty.
Result<Made> read_journal(const cli::Arguments& arguments);
Status write_journal(const cli::Arguments& arguments, const std::string& text);
// As it is on the disk; empty: there is none.
std::string journal_text(const cli::Arguments& arguments);
// What netd made and holds here, by the journal and the kernel; what cannot be read counts as nothing.
Holdings held_here(const cli::Arguments& arguments, Kernel& kernel);
// The kernel's name for the time since it was booted; empty when it does not say.
std::string boot_id();

}  // namespace hawser
