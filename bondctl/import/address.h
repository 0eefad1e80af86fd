// Addresses as older files have them: with a netmask beside them.
#pragma once

#include <string_view>

#include "lib/base/address.h"

namespace hawser::bondctl {

// "192.0.2.1" and "255.255.255.0" or "24". Errors: no address, no mask of ones followed by zeros.
Result<Prefix> with_mask(std::string_view address, std::string_view mask);

}  // namespace hawser::bondctl
