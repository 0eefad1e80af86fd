// What IPVS has once on a host, as a file wants it: timeouts, sync daemons, and the sysctls without which
// clients stay with a real server that is out. What was there before us stands in the journal, and is put
// back when nothing wants ours any more. Pure.
#pragma once

#include <map>
#include <string>

#include "lib/plan/ipvs_host_steps.h"
#include "lib/reconcile/layout.h"

namespace hawser {

// Of the file: [ipvs], and what its services need.
// - expire_nodest_conn, where a service has UDP, a mark or persistence: without it a client that goes on
//   sending from one port goes on being sent to a real server that was taken out, into nothing, for as long
//   as it sends.
// - expire_quiescent_template, where a service has persistence: without it persistence leads new connections
//   to a real server of weight 0, one that failed or is being drained.
// - conntrack, where a pool has source_nat: without it NAT of nftables never sees a connection of IPVS.
IpvsHost ipvs_host_of(const config::Config& config, const Layout& layout);

// Whether there is anything to do or to give back; what is not asked for need not be looked at.
bool concerns_ipvs_host(const IpvsHost& wanted, const std::map<std::string, std::string>& before);

// The wish, and with it what is to be given back of what was before us (the journal's values, by name).
IpvsHost with_what_was(const IpvsHost& wanted, const std::map<std::string, std::string>& before);

// Under which name the journal has what a step changes, and what it has of it:
// "net.ipv4.vs.expire_nodest_conn" and "0"; "ipvs timeouts" and "0 0 300", where 0 was not ours to change;
// "sync master" and "". Empty: nothing to remember.
struct HostValue {
  std::string name, value;
};
HostValue value_before(const IpvsHostStep& step);
HostValue value_after(const IpvsHostStep& step);
// Of two values of before us the older; of timeouts, of each of the three.
std::string older_value(const std::string& name, const std::string& known, const std::string& was);
// It is `now` what it was.
bool is_again(const std::string& name, const std::string& was, const std::string& now);
// What is given back: in the journal, and wanted by nobody any more.
bool is_given_back(const std::string& name, const IpvsHost& wanted);

}  // namespace hawser
