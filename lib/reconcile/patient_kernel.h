// A Kernel for one-shot apply, which cannot retry later as the daemon does. An IPv6 address that was just
// added is tentative for a second or two (duplicate address detection, RFC 4862 5.4), and until then Linux
// refuses a route with that source; the daemon retries such a route, `netd apply` waits for it. Just so the
// active role of a bond: a port that has joined anew gets it once the bond has seen its carrier.
#pragma once

#include <functional>

#include "lib/base/duration.h"
#include "lib/plan/kernel.h"

namespace hawser {

class PatientKernel : public Kernel {
 public:
  // For all that waits together. Linux waits up to a second at random before it asks, then one for an answer,
  // and a bond has a carrier only with a tick of its monitor.
  static constexpr Milliseconds kPatience{4000};
  static constexpr Milliseconds kPause{50};
  using Sleep = std::function<void(Milliseconds)>;

  explicit PatientKernel(Kernel& kernel, Sleep sleep = sleep_for)
      : kernel_(kernel), sleep_(std::move(sleep)) {}

  Result<Observed> observe(const Scope& scope) override { return kernel_.observe(scope); }
  Status perform(const Step& step) override;

 private:
  static void sleep_for(Milliseconds pause);

  Kernel& kernel_;
  Sleep sleep_;
  Milliseconds left_ = kPatience;
};

}  // namespace hawser
