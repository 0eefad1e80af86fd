// What the virtual machine promises to every other test: the modules that build machines lack.
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

class KernelTest : public NetworkTest {};

TEST_F(KernelTest, ABondMovesToItsOtherCableAndTheClientGoesOn) {
  const Namespace& lb1 = network.host("lb1");
  lb1.ip({"link add bond0 type bond mode active-backup miimon 20", "link set eth0 master bond0",
          "link set eth1 master bond0", "link set bond0 up", "addr add 192.0.2.11/24 dev bond0"});
  const Backend backend(lb1, 80);
  const Client client(network.host("client"), {.address = "192.0.2.11"});
  ASSERT_TRUE(eventually(20s, [&] { return client.answered_in_a_row(20, TimePoint::min()); }));
  const TimePoint pulled = network.pull("lb1", "eth0");
  EXPECT_TRUE(eventually(20s, [&] { return client.answered_in_a_row(20, pulled); }));
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/bonding/active_slave"}), "eth1\n");
}

TEST_F(KernelTest, IpvsBalancesOverTheWebServersThroughTheInnerAddress) {
  const Namespace& lb1 = network.host("lb1");
  lb1.ip({"link set eth0 up", "addr add 192.0.2.100/24 dev eth0", "addr add 198.51.100.1/24 dev eth0"});
  const Backend web1(network.host("web1"), 8080);
  const Backend web3(network.host("web3"), 8080);
  lb1.check({"ipvsadm", "-A", "-t", "192.0.2.100:80", "-s", "rr"});
  lb1.check({"ipvsadm", "-a", "-t", "192.0.2.100:80", "-r", "198.51.100.21:8080", "-m"});
  lb1.check({"ipvsadm", "-a", "-t", "192.0.2.100:80", "-r", "198.51.100.23:8080", "-m"});
  const Client client(network.host("client"), {.address = address::kFloating});
  const auto answers = [&](const char* server) { return client.report().answers.contains(server); };
  EXPECT_TRUE(eventually(20s, [&] { return answers("web1") && answers("web3"); }));
}

TEST_F(KernelTest, HasVlansAndDummies) {
  const Namespace& lb1 = network.host("lb1");
  lb1.ip({"link add front link eth0 type vlan id 100", "link add quiet type dummy",
          "link add red type vrf table 10"});
  EXPECT_EQ(lb1.run({"ip", "link", "show", "quiet"}).status, 0);
}

}  // namespace
}  // namespace hawser::lab
