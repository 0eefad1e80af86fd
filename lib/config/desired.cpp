#include "lib/config/desired.h"

#include "lib/config/services.h"

namespace hawser::config {

State desired_state(const Config& config) {
  auto state = config.network;
  state.services = services_of(config);
  return state;
}

}  // namespace hawser::config
