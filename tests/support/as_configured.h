// The state that a file asks the kernel for while every check passes, as netd lays it out.
#pragma once

#include "netd/pool.h"

namespace hawser::test {

inline State as_configured(const config::Config& config) {
  const auto layout = netd::lay_out(config);
  auto state = config.network;
  state.services =
      netd::desired_services(layout, netd::assume_up(netd::probes_of(layout, config)), {}).services;
  return state;
}

}  // namespace hawser::test
