// What the host says of forwarding and of addresses, asked of a real kernel.
#include "lib/reconcile/host_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/namespace.h"

namespace hawser::lab {
namespace {

IpAddress ip(const std::string& text) {
  return *IpAddress::parse(text);
}

// A service on each address.
Layout services_on(const std::vector<std::string>& addresses) {
  Layout layout;
  for (const auto& address : addresses)
    layout[ServiceKey{Transport::kTcp, Endpoint{ip(address), 80}, 0}].service = address;
  return layout;
}

class HostFactsOf : public testing::Test {
 protected:
  HostFactsOf() { host.ip({"link add eth0 type veth peer name far", "link set eth0 up"}); }
  [[nodiscard]] HostFacts look(const Layout& layout, const std::set<IpAddress>& known = {}) const {
    return host.inside([&] { return look_at_host(layout, known); });
  }

  Namespace host{"facts"};
};

TEST_F(HostFactsOf, AHostThatForwardsNothingSaysSo) {
  for (const auto* key : {"net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"})
    host.sysctl(key, "0");
  const auto facts = look({});
  EXPECT_FALSE(facts.forwards_ipv4);
  EXPECT_FALSE(facts.forwards_ipv6);
}

TEST_F(HostFactsOf, AHostThatForwardsSaysSoByFamily) {
  for (const auto* key : {"net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding"})
    host.sysctl(key, "0");
  host.sysctl("net.ipv4.ip_forward", "1");
  EXPECT_TRUE(look({}).forwards_ipv4);
  EXPECT_FALSE(look({}).forwards_ipv6);
  host.sysctl("net.ipv6.conf.all.forwarding", "1");
  EXPECT_TRUE(look({}).forwards_ipv6);
}

TEST_F(HostFactsOf, OneInterfaceThatForwardsIsEnoughOfIpv4) {
  host.sysctl("net.ipv4.conf.all.forwarding", "0");
  host.sysctl("net.ipv4.conf.eth0.forwarding", "1");
  EXPECT_TRUE(look({}).forwards_ipv4);
}

TEST_F(HostFactsOf, AnAddressIsLocalOnAnInterfaceAndByALocalRoute) {
  host.ip({"address add 192.0.2.1/24 dev eth0", "address add 2001:db8::1/64 dev eth0 nodad",
           "route add local 198.51.100.0/24 dev lo"});
  const auto facts =
      look(services_on({"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "198.51.100.7"}));
  EXPECT_EQ(facts.local, (std::set<IpAddress>{ip("192.0.2.1"), ip("2001:db8::1"), ip("198.51.100.7")}));
}

TEST_F(HostFactsOf, WhatIsKnownIsNotAskedAndARealServerIs) {
  host.ip({"address add 192.0.2.1/24 dev eth0"});
  auto layout = services_on({"203.0.113.9"});
  Member here;
  here.real = Endpoint{ip("192.0.2.1"), 8080};
  auto elsewhere = here;
  elsewhere.real.address = ip("192.0.2.2");
  layout.begin()->second.members = {here, elsewhere};
  EXPECT_EQ(look(layout, {ip("203.0.113.9")}).local,
            (std::set<IpAddress>{ip("203.0.113.9"), ip("192.0.2.1")}));
}

}  // namespace
}  // namespace hawser::lab
