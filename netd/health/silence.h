// Whether it is this host that hears nothing. When all real servers fall silent at once, it is rather our own
// link, address or switch than all of them, and taking them out would help nobody: the pools stay as they
// are. One that answers, even with a refusal or a wrong status, proves the way there. Pure.
#pragma once

#include <set>

#include "probes/probe.h"

namespace hawser::netd {

class Silence {
 public:
  void heard(const probes::ProbeKey& probe, const probes::Verdict& verdict);
  // Each of `asked` was asked since anybody answered last, and did not. Of one alone nothing is known.
  [[nodiscard]] bool covers(const std::set<IpAddress>& asked) const;

 private:
  std::set<IpAddress> silent_;  // since the last answer of anybody
};

}  // namespace hawser::netd
