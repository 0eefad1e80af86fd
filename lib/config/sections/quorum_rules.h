// A quorum that can be had and lost; of [pool.NAME] and of the unnamed pool in a service.
#pragma once

#include "lib/config/engine/rules.h"
#include "lib/config/sections/pool.h"

namespace hawser::config {

// keepalived takes such a pool, and never serves it.
template <class S>
void quorum_can_be_reached(const Section<S>& pool, Report& report) {
  const std::uint64_t quorum = pool.spec.quorum;
  const std::uint64_t hysteresis = pool.spec.quorum_hysteresis;
  if (hysteresis > 0 && hysteresis >= quorum)
    return fault(report, pool, "quorum_hysteresis",
                 fmt::format("{} must be below quorum, {}: it would never be lost", hysteresis, quorum));
  std::uint64_t together = 0;
  for (const auto& real : pool.spec.reals) together += real.spec.weight;
  if (quorum > 1 && !pool.spec.reals.empty() && quorum + hysteresis > together)
    fault(report, pool, hysteresis > 0 ? "quorum_hysteresis" : "quorum",
          fmt::format(
              "{} cannot be reached: the real servers weigh {} together",
              hysteresis > 0 ? fmt::format("quorum {} + {}", quorum, hysteresis) : fmt::format("{}", quorum),
              together));
}

}  // namespace hawser::config
