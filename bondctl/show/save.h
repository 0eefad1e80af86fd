// The running bonds as our file: with their VLANs, VRFs, addresses and routes. What it says is what is there,
// so that `netd plan` over it has nothing to do; what it cannot say is listed. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/state/observed.h"

namespace hawser::bondctl {

struct Saved {
  std::string text;                   // TOML
  std::vector<std::string> left_out;  // "bond0: address 192.0.2.7/24: it has a lifetime, ..."
};

Saved save(const Observed& observed, const std::vector<std::string>& bonds);

}  // namespace hawser::bondctl
