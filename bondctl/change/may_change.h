// Whether a verb may change a bond now: netd does not keep it, and no other bondctl is at work.
#pragma once

#include <filesystem>
#include <string>

#include "lib/base/duration.h"
#include "lib/daemon/namespace_lock.h"

namespace hawser::bondctl {

// What netd keeps it takes back at its next look. Error: it keeps this bond, and where that is said; or
// whether it does is not known.
Status is_ours_to_change(const std::filesystem::path& runtime_dir, const std::string& bond);

// Two that plan on one table undo each other's work. Error: another one is still at it after `patience`.
Result<NamespaceLock> alone(const std::string& bond, Milliseconds patience = Milliseconds{0});

}  // namespace hawser::bondctl
