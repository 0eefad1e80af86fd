#include "lib/reconcile/own_kernel.h"

namespace hawser {

Result<Observed> OwnKernel::observe(const Scope& scope) {
  auto observed = kernel_.observe(scope);
  if (!observed) return observed;
  if (scope.has(Look::kLinks)) {
    book_.saw(*observed);
    if (auto written = book_.flush(); !written) on_error_(written.error());
  }
  hide_addresses(observed->state, vips_);
  return observed;
}

Status OwnKernel::perform(const Step& step) {
  if (auto written = book_.will_do({&step, 1}); !written) on_error_(written.error());
  auto done = kernel_.perform(step);
  if (done)
    book_.did(step);
  else
    book_.did_not(step);
  return done;
}

}  // namespace hawser
