// 'vipctl provider fence': a server is switched off, or reset, by its provider.
#pragma once

#include "lib/cli/command.h"
#include "vipd/provider/account.h"

namespace hawser::vipd {

int fence(const cli::Arguments& arguments, provider::Account& account);

}  // namespace hawser::vipd
