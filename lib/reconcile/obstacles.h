// What on this host keeps clients from being served though every real server is up. Pure: what the host says
// comes in as HostFacts. Only what is certain from here: what routers and real servers do cannot be seen.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/reconcile/layout.h"

namespace hawser {

struct HostFacts {
  bool forwards_ipv4 = true;
  bool forwards_ipv6 = true;
  bool tracks_connections = true;  // IPVS can: this kernel has net.ipv4.vs.conntrack (CONFIG_IP_VS_NFCT)
  std::set<IpAddress> local;       // of the virtual and real addresses of a layout: packets to them stay here

  bool operator==(const HostFacts&) const = default;
};

struct Obstacle {
  // kAddress alone may be as it should: on a standby the address is another host's business to hold.
  enum class Kind : std::uint8_t { kForwarding, kTracking, kAddress };
  Kind kind = Kind::kForwarding;
  std::string text;

  bool operator==(const Obstacle&) const = default;
};

// One line each: "net.ipv4.ip_forward is 0: answers of real servers behind masquerade (service web) are not
// passed on to their clients: set it to 1",
// "web: tcp 192.0.2.100:80: no interface has the address and no vip of the file names it: nothing reaches the
// service".
std::vector<Obstacle> obstacles(const Layout& layout, const HostFacts& facts);

}  // namespace hawser
