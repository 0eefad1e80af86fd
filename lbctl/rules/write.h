// A table as ipvsadm's rules: what `ipvsadm -R` reads back, with what `ipvsadm -S` leaves out. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/state/state.h"

namespace hawser::lbctl {

// Services in ipvsadm's order, each with its real servers; then the timeouts as a --set line and
// the sync daemons. Numbers only, no comments. The same table gives the same text.
std::string write_rules(const State& state);

// IPv4 before IPv6, each by protocol, address and port; then marks by number.
using ServiceEntry = std::map<ServiceKey, Service>::value_type;
std::vector<const ServiceEntry*> in_order_of_ipvsadm(const std::map<ServiceKey, Service>& services);

// One of its lines, without a newline: "-A -t 192.0.2.1:80 -s wlc".
std::string service_rule(const ServiceKey& key, const Service& service);
std::string real_rule(const ServiceKey& key, const Endpoint& real, const RealServer& server);
std::string timeouts_rule(const IpvsTimeouts& timeouts);
std::string daemon_rule(SyncRole role, const SyncDaemon& daemon);

// "-t 192.0.2.1:80", "-f 7 -6"
std::string rule_of_key(const ServiceKey& key);
std::string dotted_mask(std::uint32_t length);  // "255.255.255.0"

}  // namespace hawser::lbctl
