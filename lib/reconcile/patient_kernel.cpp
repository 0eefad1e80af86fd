#include "lib/reconcile/patient_kernel.h"

#include <cerrno>
#include <thread>

namespace hawser {
namespace {

bool may_be_taken_later(const Step& step) {
  const auto has_source = [](const Route& route) { return route.source && route.source->is_v6(); };
  if (const auto* add = as<AddRoute>(step)) return has_source(add->route);
  if (const auto* change = as<ChangeRoute>(step)) return has_source(change->to);
  return is<SetActivePort>(step);
}

}  // namespace

void PatientKernel::sleep_for(Milliseconds pause) {
  std::this_thread::sleep_for(pause);
}

Status PatientKernel::perform(const Step& step) {
  auto done = kernel_.perform(step);
  while (!done && done.error().code == EINVAL && may_be_taken_later(step) && left_ > Milliseconds{0}) {
    sleep_(kPause);
    left_ -= kPause;
    done = kernel_.perform(step);
  }
  return done;
}

}  // namespace hawser
