#include "lib/reconcile/put_back.h"

#include "lib/plan/restore.h"

namespace hawser {

namespace {

constexpr int kRounds = 4;  // a step has consequences that only the next look shows

Scope scope_of(std::span<const Step> planned) {
  for (const auto& step : planned)
    if (is_service_step(step)) return {};
  return kNetworkOnly;
}

}  // namespace

Status put_back(Kernel& kernel, const State& before, std::span<const Step> planned, Owner owner) {
  const auto scope = scope_of(planned);
  Status last;
  for (int round = 0; round < kRounds; ++round) {
    const auto now = kernel.observe(scope);
    if (!now) return tl::unexpected(now.error());
    const auto steps = way_back(before, now->state, planned, owner);
    if (steps.empty()) return {};
    last = {};
    for (const auto& step : steps)
      if (auto done = kernel.perform(step); !done && last) last = done;
  }
  return last;
}

}  // namespace hawser
