#include "netd/health/silence.h"

#include <algorithm>

namespace hawser::netd {

void Silence::heard(const probes::ProbeKey& probe, const probes::Verdict& verdict) {
  if (verdict.outcome == probes::Outcome::kNotRun) return;
  if (verdict.silent)
    silent_.insert(probe.target.address);
  else
    silent_.clear();
}

bool Silence::covers(const std::set<IpAddress>& asked) const {
  return asked.size() > 1 && std::ranges::includes(silent_, asked);
}

}  // namespace hawser::netd
