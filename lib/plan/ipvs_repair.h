// Brings one IPVS service to what it should be, as far as the kernel lets us: what is refused costs nothing
// else. A message that carries several attributes and is refused is sent again with one at a time; a service
// whose scheduler is missing serves with another one rather than not at all. What protects traffic (a dead
// real server out, or to weight 0) comes first and waits for nothing.
// Used by the daemon and by `netd apply --keep-going`; all or nothing is lib/plan/apply.h.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/plan/ipvs_unit.h"
#include "lib/plan/kernel.h"

namespace hawser {

struct IpvsTask {
  ServiceKey key;
  std::optional<Service> wanted;  // nullopt: it is ours and has to go
  std::optional<Service> there;   // in the kernel, as it was last seen
  std::set<Endpoint> dead;        // real servers that must get no new connection
  std::set<IpvsUnit> leave;       // refused not long ago: left as they are, but for the dead in service
};

struct IpvsRefusal {
  IpvsUnit unit;
  Step step;  // that the kernel did not take
  Error why;
  std::string meanwhile;  // "served with wlc until then"
};

struct IpvsRepair {
  std::optional<Service> there;  // in the kernel afterwards, by what it answered
  std::vector<Step> done;
  std::vector<IpvsRefusal> refused;
};

// What there is to do, in order; empty: nothing.
std::vector<Step> plan_repair(const IpvsTask& task);
IpvsRepair repair_ipvs(const IpvsTask& task, Kernel& kernel);

// What an IPVS step changes; nothing for a step of the network.
std::vector<IpvsUnit> ipvs_units_of(const Step& step);

// What serves most like it, best first, where a scheduler is missing.
std::vector<std::string> schedulers_instead_of(const std::string& scheduler);

}  // namespace hawser
