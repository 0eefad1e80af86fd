// Why the kernel refused, in words for people. The kernel's own words are kept where it gave some; many of
// its refusals come with a bare number that means something else for each kind of step.
#pragma once

#include <string>

#include "lib/plan/step.h"

namespace hawser::nl {

// `refusal`: errno, and the kernel's words or an interface that is missing. `privileged`: we have
// CAP_NET_ADMIN, so that EPERM is about something else.
std::string explain(const Step& step, const Error& refusal, bool privileged);

// CAP_NET_ADMIN is among our effective capabilities.
bool has_net_admin();

}  // namespace hawser::nl
