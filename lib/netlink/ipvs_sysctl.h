// /proc/sys/net/ipv4/vs, of this network namespace. CAP_NET_ADMIN suffices to write it
// (net_ctl_permissions()).
#pragma once

#include <map>

#include "lib/base/result.h"
#include "lib/state/ipvs.h"

namespace hawser::nl {

// What this kernel has of them; without the module nothing.
std::map<IpvsSysctl, std::uint32_t> read_ipvs_sysctls();
// Errors: the errno of opening or writing.
Status write_ipvs_sysctl(IpvsSysctl which, std::uint32_t value);

}  // namespace hawser::nl
