// The options of 'vipctl provider', and the environment beside them.
#pragma once

#include "lib/cli/command.h"
#include "vipd/provider/account.h"

namespace hawser::vipd {

std::vector<cli::Option> provider_options();
Result<provider::Settings> settings_in(const cli::Arguments& arguments);

std::string type_in(const cli::Arguments& arguments);  // --type of fence

inline constexpr const char* kWait = "--wait";
inline constexpr const char* kDryRun = "--dry-run";

}  // namespace hawser::vipd
