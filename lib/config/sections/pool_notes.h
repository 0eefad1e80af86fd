// What of a pool does nothing; of [pool.NAME] and of the unnamed pool in a service.
#pragma once

#include <algorithm>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/pool.h"

namespace hawser::config {

template <class S>
void checks_decide(const Section<S>& pool, Report& report) {
  const bool any = !pool.spec.checks.empty() || std::ranges::any_of(pool.spec.reals, [](const auto& real) {
    return real.spec.checks && !real.spec.checks->empty();
  });
  for (const std::string_view key : {"need", "on_failure", "panic_threshold"})
    if (!any && pool.has(key) && !pool.spec.reals.empty())
      note(report, pool, key, "has no effect without checks");
}

// Of weight 1 there is no part.
template <class S>
void ramp_has_steps(const Section<S>& pool, Report& report) {
  const auto is_one = [](const auto& real) { return real.spec.weight <= 1; };
  if (pool.spec.slow_start > Milliseconds(0) && !pool.spec.reals.empty() &&
      std::ranges::all_of(pool.spec.reals, is_one))
    note(report, pool, "slow_start", "has no effect with weights of 1: write weight = 100");
}

template <class S>
void note_pool(const Section<S>& pool, Report& report) {
  checks_decide(pool, report);
  ramp_has_steps(pool, report);
  const auto written = [&](const std::vector<CheckRef>& checks) {
    for (const auto& check : checks)
      if (check.written) note_check(*check.written, report);
  };
  written(pool.spec.checks);
  for (const auto& real : pool.spec.reals)
    if (real.spec.checks) written(*real.spec.checks);
  for (const auto& real : pool.spec.sorry)
    if (real.spec.checks) written(*real.spec.checks);
}

}  // namespace hawser::config
