// An account at a provider, from its section of the file.
#pragma once

#include "vipd/provider/account.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

provider::Settings account_settings(const config::Provider& from, const Files& files);

}  // namespace hawser::vipd
