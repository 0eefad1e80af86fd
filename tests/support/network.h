// The network of the demo, the shell and the lab tests:
//
//    client   web1              web2   web3
//       \      /                   \   /
//        [ sw1 ]-------------------[ sw2 ]         two switches, cabled to each other
//         |   |                     |   |
//       eth0 eth0                 eth1 eth1
//        lb1  lb2                  lb1  lb2        each load balancer has a port on both
//
// Two networks share these wires. In front 192.0.2.0/24: the client, the load balancers, the floating address
// 192.0.2.100. Behind 198.51.100.0/24: the web servers, the load balancers, and the floating inner address
// 198.51.100.1, which is the web servers' default gateway: answers return through whoever holds it, so that
// one vip must carry both addresses (masquerade forwarding needs that). The load balancers' bond and
// addresses are netd's business; here their interfaces exist, are down, and bear no address.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/cable.h"
#include "tests/support/namespace.h"
#include "tests/support/switch.h"

namespace hawser::lab {

namespace address {
inline constexpr const char* kFloating = "192.0.2.100";
inline constexpr const char* kInner = "198.51.100.1";
inline constexpr const char* kClient = "192.0.2.200";
inline constexpr const char* kFrontLb1 = "192.0.2.11/24";
inline constexpr const char* kFrontLb2 = "192.0.2.12/24";
inline constexpr const char* kBackLb1 = "198.51.100.11/24";
inline constexpr const char* kBackLb2 = "198.51.100.12/24";
inline constexpr const char* kWeb1 = "198.51.100.21";
inline constexpr const char* kWeb2 = "198.51.100.22";
inline constexpr const char* kWeb3 = "198.51.100.23";
}  // namespace address

class Network {
 public:
  explicit Network(Namespace::Naming naming = Namespace::Naming::kUnique);

  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // lb1, lb2, sw1, sw2, web1, web2, web3, client. Failure for another name.
  [[nodiscard]] const Namespace& host(const std::string& name) const;
  [[nodiscard]] Cable& cable(const std::string& host, const std::string& interface);

  TimePoint pull(const std::string& host, const std::string& interface) {
    return cable(host, interface).pull();
  }
  TimePoint plug(const std::string& host, const std::string& interface) {
    return cable(host, interface).plug();
  }
  // Every cable of a host at once, and back; the instant before the first.
  TimePoint cut(const std::string& host);
  TimePoint mend(const std::string& host);

 private:
  void connect(const std::string& name, const std::string& interface, Switch& to);

  Switch sw1_;
  Switch sw2_;
  std::map<std::string, Namespace> hosts_;
  std::map<std::pair<std::string, std::string>, Cable> cables_;
  std::vector<Cable> trunks_;
};

}  // namespace hawser::lab
