// The planner's whole view of Linux: two methods, because steps are data (STYLE 2.2).
#pragma once

#include <set>
#include <string>

#include "lib/base/result.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser {

// What to look at; reading the IPVS table costs one dump per service, so a verifier asks only for what it
// changed.
struct Scope {
  bool network = true;  // links, addresses
  bool routes = true;   // with network only: there may be hundreds of thousands
  bool ipvs = true;     // services with their real servers; without the ip_vs module: none, no error
  std::set<ServiceKey> services;  // empty: all of them
};

class Kernel {
 public:
  virtual ~Kernel() = default;
  // Errors: no permission, no netlink, the kernel kept interrupting the dump.
  virtual Result<Observed> observe(const Scope& scope) = 0;
  // Blocks until the kernel acknowledged. Safe to repeat: what is already so is not an error.
  // The error text is "OBJECT: VERB THING: REASON", `code` the errno.
  virtual Status perform(const Step& step) = 0;
};

}  // namespace hawser
