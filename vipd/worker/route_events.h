// What is worth a line of where an address leads: once per change. Pure.
#pragma once

#include <vector>

#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

// Whom it leads to: "lb1 (192.0.2.11)", "nobody", "192.0.2.99".
std::string whose(const RouteReport& report);
// `is_taken`: this host has the role, or asks for it.
std::vector<Event> route_events(const RouteReport& before, const RouteReport& now, bool is_taken);
// The provider told nothing of it.
Event trouble_event(const RouteReport& report, Milliseconds asked_again_in);

}  // namespace hawser::vipd
