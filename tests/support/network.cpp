#include "tests/support/network.h"

#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

// Two networks on one wire: a host answers ARP only for what the asked interface bears, and only from there.
void answer_strictly(const Namespace& host) {
  for (const char* scope : {"all", "default"}) {
    host.sysctl(fmt::format("net.ipv4.conf.{}.arp_ignore", scope), "1");
    host.sysctl(fmt::format("net.ipv4.conf.{}.arp_announce", scope), "2");
    host.sysctl(fmt::format("net.ipv4.conf.{}.rp_filter", scope), "0");
  }
}

// Forwards between both networks without telling anybody of a shorter way: that would pass by the address
// translation.
void make_router(const Namespace& host) {
  host.sysctl("net.ipv4.ip_forward", "1");
  for (const char* scope : {"all", "default"})
    host.sysctl(fmt::format("net.ipv4.conf.{}.send_redirects", scope), "0");
}

void address_host(const Namespace& host, const std::string& address, const std::string& gateway) {
  std::vector<std::string> lines{fmt::format("addr add {}/24 dev eth0", address), "link set eth0 up"};
  if (!gateway.empty()) lines.push_back(fmt::format("route add default via {}", gateway));
  host.ip(lines);
}

}  // namespace

Network::Network(Namespace::Naming naming) : sw1_{"sw1", naming}, sw2_{"sw2", naming} {
  for (const char* name : {"lb1", "lb2", "web1", "web2", "web3", "client"}) {
    const auto [entry, added] = hosts_.try_emplace(name, name, naming);
    answer_strictly(entry->second);
  }
  for (const char* name : {"lb1", "lb2"}) {
    make_router(host(name));
    connect(name, "eth0", sw1_);
    connect(name, "eth1", sw2_);
  }
  connect("client", "eth0", sw1_);
  connect("web1", "eth0", sw1_);
  connect("web2", "eth0", sw2_);
  connect("web3", "eth0", sw2_);
  trunks_.push_back(sw1_.connect(sw2_));
  address_host(host("client"), address::kClient, "");
  address_host(host("web1"), address::kWeb1, address::kInner);
  address_host(host("web2"), address::kWeb2, address::kInner);
  address_host(host("web3"), address::kWeb3, address::kInner);
}

Network::~Network() {
  for (auto& [end, cable] : cables_) cable.leave();
  for (Cable& trunk : trunks_) trunk.leave();
}

void Network::connect(const std::string& name, const std::string& interface, Switch& to) {
  cables_.emplace(std::pair(name, interface), to.connect(host(name), interface));
}

const Namespace& Network::host(const std::string& name) const {
  if (name == "sw1") return sw1_.where();
  if (name == "sw2") return sw2_.where();
  const auto found = hosts_.find(name);
  if (found == hosts_.end()) give_up("no host {}", name);
  return found->second;
}

Cable& Network::cable(const std::string& host, const std::string& interface) {
  const auto found = cables_.find({host, interface});
  if (found == cables_.end()) give_up("no cable at {} {}", host, interface);
  return found->second;
}

TimePoint Network::cut(const std::string& host) {
  const TimePoint begin = Clock::now();
  for (auto& [end, cable] : cables_)
    if (end.first == host) cable.pull();
  return begin;
}

TimePoint Network::mend(const std::string& host) {
  const TimePoint begin = Clock::now();
  for (auto& [end, cable] : cables_)
    if (end.first == host) cable.plug();
  return begin;
}

}  // namespace hawser::lab
