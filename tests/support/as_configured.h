// The state that a file asks the kernel for while every check passes, as netd lays it out.
#pragma once

#include "lib/reconcile/nft.h"
#include "lib/reconcile/weight.h"

namespace hawser::test {

inline State as_configured(const config::Config& config) {
  const auto layout = lay_out(config);
  auto state = config.network;
  state.services = desired_services(layout, assume_up(probes_of(layout, config)), {}).services;
  state.nft = nft_of(layout);
  return state;
}

}  // namespace hawser::test
