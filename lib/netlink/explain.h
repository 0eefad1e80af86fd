// Why the kernel refused, in words for people. The kernel's own words are kept where it gave some; many of
// its refusals come with a bare number that means something else for each kind of step.
#pragma once

#include <string>
#include <string_view>

#include "lib/plan/step.h"

namespace hawser::nl {

// `refusal`: errno, and the kernel's words or an interface that is missing. `privileged`: we have
// CAP_NET_ADMIN, so that EPERM is about something else.
std::string explain(const Step& step, const Error& refusal, bool privileged);

// GENL_ADMIN_PERM of the IPVS family: root of a user namespace does not have it.
inline constexpr std::string_view kIpvsRight = "needs CAP_NET_ADMIN in the initial user namespace";

// CAP_NET_ADMIN is among our effective capabilities.
bool has_net_admin();

}  // namespace hawser::nl
