// From the file's services and pools, and from the health of what was probed, to the IPVS table that should
// be. Pure. Every decision about a real server comes with the words that the log and the status show.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/state/state.h"
#include "probes/health.h"
#include "probes/probe.h"

namespace hawser {

using HealthTable = std::map<probes::ProbeKey, probes::Health>;

// A real server of the file behind one virtual address.
struct Member {
  std::string name;  // "web1"
  Endpoint real;
  RealServer server;                     // as configured
  std::vector<probes::ProbeKey> probes;  // none: always up
  bool operator==(const Member&) const = default;
};

// One virtual address of a service of the file.
struct VirtualServer {
  std::string service;  // "web"
  Service wanted;       // without real servers
  config::Need need = config::Need::kAll;
  config::OnFailure on_failure = config::OnFailure::kRemove;
  std::vector<Member> members;
  bool operator==(const VirtualServer&) const = default;
};

// nullptr: the file has no such real server there.
const Member* find_member(const VirtualServer& service, const Endpoint& real);
// "web1 198.51.100.21:8080"; one without a name is its address.
std::string full_name(const Member& member);

using Layout = std::map<ServiceKey, VirtualServer>;

// Each virtual address takes the real addresses of its own family; a real server without one is not behind
// it.
Layout lay_out(const config::Config& config);

// What has to be probed: one entry however many services use it.
std::map<probes::ProbeKey, config::Check> probes_of(const Layout& layout, const config::Config& config);

// Whose business a probe's verdict is.
std::map<probes::ProbeKey, std::vector<ServiceKey>> users_of(const Layout& layout);

// What the checks of a real server say together.
struct Judgement {
  probes::HealthState state = probes::HealthState::kUnknown;
  // Of the state, not of the last result: "3 checks failed", "recovering: 1 of 2 good results", "no checks".
  std::string what;
  std::string evidence;  // "site: connect: Connection refused"; empty: there is none
  // "3 checks failed (site: connect: Connection refused)"
  [[nodiscard]] std::string reason() const;
  bool operator==(const Judgement&) const = default;
};
probes::HealthState state_of(const VirtualServer& service, const Member& member, const HealthTable& health);
Judgement judge(const VirtualServer& service, const Member& member, const HealthTable& health);

// The service as it should be in the kernel. `present` is what the kernel has now (nullptr: nothing): a real
// server whose health is not known yet stays as it is there, in or out, so that neither a restart nor a new
// check makes anything flap. With all of them down the service stays, empty.
Service desired_service(const VirtualServer& service, const HealthTable& health, const Service* present);

// The real servers that their checks call down.
std::set<Endpoint> dead_of(const VirtualServer& service, const HealthTable& health);

State desired_services(const Layout& layout, const HealthTable& health,
                       const std::map<ServiceKey, Service>& present);

// Health for new settings: what is asked the same way keeps everything; what is asked in another way keeps
// the last verdict until its first own result; what is not asked any more is forgotten.
HealthTable carry_over(const HealthTable& old, const std::map<probes::ProbeKey, config::Check>& before,
                       const std::map<probes::ProbeKey, config::Check>& after);

// Every probe up: what `plan` assumes where no daemon can be asked.
HealthTable assume_up(const std::map<probes::ProbeKey, config::Check>& probes);

}  // namespace hawser
