// The edge of obstacles.h: what the kernel says of forwarding and of addresses.
#pragma once

#include "lib/reconcile/obstacles.h"
#include "lib/state/state.h"

namespace hawser {

// `known`: addresses that are this host's as far as is known already, or another program's business (vips).
// Whether the others are is asked of the kernel, which may also have them as a local route; of very many only
// the first are asked for, and the rest are taken for local.
HostFacts look_at_host(const Layout& layout, std::set<IpAddress> known);

// Of all links.
std::set<IpAddress> addresses_of(const State& state);

// What of this host stands in the way of the file's services.
std::vector<Obstacle> obstacles_here(const config::Config& config, const State& there);

}  // namespace hawser
