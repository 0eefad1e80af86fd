// From the file's services and pools to what stands behind each virtual address. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "probes/probe.h"

namespace hawser {

// A real server of the file behind one virtual address.
struct Member {
  std::string name;  // "web1"
  Endpoint real;
  RealServer server;                     // as configured
  std::vector<probes::ProbeKey> probes;  // none: always up
  bool sorry = false;                    // answers where the quorum of the others is lost
  bool operator==(const Member&) const = default;
};

// One virtual address of a service of the file.
struct VirtualServer {
  std::string service;  // "web"
  Service wanted;       // without real servers
  config::PoolPolicy policy;
  std::vector<Member> members;
  std::vector<Marked> marked{};  // what netd gives the mark in the key
  bool source_nat = false;       // an address of this host stands for the client's
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

}  // namespace hawser
