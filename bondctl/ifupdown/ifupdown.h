// The verb that ifup and ifdown call by way of /etc/network/if-*.d/hawser: ifenslave's place.
#pragma once

#include "lib/cli/command.h"

namespace hawser::bondctl {

int ifupdown_verb(const cli::Arguments& arguments);

}  // namespace hawser::bondctl
