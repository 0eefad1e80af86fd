// What the provider's answers mean to a virtual router. Pure.
#pragma once

#include <map>
#include <string>

#include "vipd/addresses/routed.h"
#include "vipd/router/router.h"
#include "vipd/worker/route_events.h"

namespace hawser::vipd {

using RouteReports = std::map<std::pair<std::string, IpAddress>, RouteReport>;  // by vip and address

// `fence`: null where none was reported.
ProviderWord word_of(const config::Vip& vip, const RouteReports& reports, const FenceReport* fence);

}  // namespace hawser::vipd
