#include "tests/contract/drift.h"

namespace hawser::contract {
namespace {

class NetworkDrift : public HostTest {
 public:
  // eth0 with addresses and routes, eth1 with nothing.
  static State wanted() {
    State state;
    auto& eth0 = state.links["eth0"];
    eth0.up = true;
    Address address;
    address.protocol = static_cast<std::uint8_t>(Owner::kNetd);
    eth0.addresses[*Prefix::parse("192.0.2.11/24")] = address;
    eth0.addresses[*Prefix::parse("203.0.113.1/32")] = address;
    address.no_dad = true;
    eth0.addresses[*Prefix::parse("2001:db8::11/64")] = address;
    state.links["eth1"].up = true;
    state.links["eth1"].mtu = 1400;
    state.links["eth1"].mac = MacAddress{{2, 0, 0, 0, 0, 0x11}};
    Route route{"eth0", *IpAddress::parse("192.0.2.254"), std::nullopt, false, 1300, 201};
    state.routes[RouteKey{254, *Prefix::parse("0.0.0.0/0"), 0}] = route;
    route.via = *IpAddress::parse("2001:db8::fe");
    route.mtu = 0;
    state.routes[RouteKey{254, *Prefix::parse("2001:db8:1::/48"), 1024}] = route;
    return state;
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NetworkDrift);
INSTANTIATE_TEST_SUITE_P(, NetworkDrift, testing::ValuesIn(real_hosts(Need::kNothing)), name_of_host);

TEST_P(NetworkDrift, ThePlanNamesExactlyTheAttributeThatIpChanged) {
  plug_in("eth0");
  plug_in("eth1");
  const std::vector<Drift> drifts{
      {"ip link set eth1 mtu 1300", {"eth1: set mtu 1300 -> 1400"}},
      {"ip link set eth1 address 02:00:00:00:00:77",
       {"eth1: set mac 02:00:00:00:00:77 -> 02:00:00:00:00:11"}},
      {"ip link set eth1 down", {"eth1: set up"}},
      {"ip address delete 203.0.113.1/32 dev eth0", {"eth0: add address 203.0.113.1/32"}},
      {"ip -6 address change 2001:db8::11/64 dev eth0 nodad noprefixroute",
       {"eth0: change address 2001:db8::11/64: no_prefix_route on -> off, protocol none -> netd"}},
      {"ip route change default via 192.0.2.253 dev eth0 mtu 1300 proto 201",
       {"route default: change via 192.0.2.253 -> 192.0.2.254"}},
      {"ip route change default via 192.0.2.254 dev eth0 mtu 1200 proto 201",
       {"route default: change mtu 1200 -> 1300"}},
      {"ip route change default via 192.0.2.254 dev eth0 mtu 1300 proto static", {}},
      {"ip route change default via 192.0.2.254 dev eth0 mtu 1200 proto static",
       {"route default: change mtu 1200 -> 1300, protocol static -> netd"}},
      {"ip route change default via 192.0.2.254 dev eth0 mtu 1300 proto 201 onlink",
       {"route default: change onlink on -> off"}},
      {"ip route change default via 192.0.2.254 dev eth0 mtu 1300 proto 201 src 203.0.113.1",
       {"route default: change source 203.0.113.1 -> none"}},
      {"ip route delete 192.0.2.0/24 dev eth0",
       {"route 192.0.2.0/24 dev eth0: add, source 192.0.2.11, as the kernel makes it"}},
      {"ip -6 route delete 2001:db8::/64 dev eth0",
       {"route 2001:db8::/64 metric 256 dev eth0: add, as the kernel makes it"}},
      {"ip route flush dev eth0",
       {"route 192.0.2.0/24 dev eth0: add, source 192.0.2.11, as the kernel makes it",
        "route default via 192.0.2.254 dev eth0: add, mtu 1300"}},
      {"ip route delete default", {"route default via 192.0.2.254 dev eth0: add, mtu 1300"}},
      {"ip -6 route change 2001:db8:1::/48 via 2001:db8::fd dev eth0 metric 1024 proto 201",
       {"route 2001:db8:1::/48: change via 2001:db8::fd -> 2001:db8::fe"}},
      {"ip -6 route delete 2001:db8:1::/48", {"route 2001:db8:1::/48 via 2001:db8::fe dev eth0: add"}},
  };
  for (const auto& drift : drifts) expect_repaired(*this, wanted(), drift);
}

// Newer kernels take the owner's number away together with the lifetime, and then it is put back with it.
TEST_P(NetworkDrift, ThePlanNamesTheLifetimeThatIpChanged) {
  plug_in("eth0");
  plug_in("eth1");
  const Desired desired{wanted(), Owner::kNetd, {}};
  make_so(*this, desired);
  run("ip address change 203.0.113.1/32 dev eth0 preferred_lft 0");
  const bool is_anonymous = link("eth0").addresses.at(*Prefix::parse("203.0.113.1/32")).protocol == 0;
  const std::string line = "eth0: change address 203.0.113.1/32: preferred_lifetime 0s -> forever";
  EXPECT_EQ(plan_in_words(*this, desired),
            std::vector<std::string>{line + (is_anonymous ? ", protocol none -> netd" : "")});
  make_so(*this, desired);
}

TEST_P(NetworkDrift, AnAddressThatWasThereBeforeIsRightAsItIs) {
  plug_in_and_up("eth0");
  plug_in("eth1");
  run("ip address add 192.0.2.11/24 dev eth0");
  run("ip -6 address add 2001:db8::11/64 dev eth0 nodad");
  const Desired desired{wanted(), Owner::kNetd, {}};
  make_so(*this, desired);
  EXPECT_EQ(link("eth0").addresses.at(*Prefix::parse("192.0.2.11/24")).protocol, 0);
  EXPECT_EQ(link("eth0").addresses.at(*Prefix::parse("2001:db8::11/64")).protocol, 0);
}

}  // namespace
}  // namespace hawser::contract
