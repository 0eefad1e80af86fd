// What `check` refuses because the kernel does: both must be true of the same file.
#include <gmock/gmock.h>

#include "lib/config/load.h"
#include "lib/plan/apply.h"
#include "tests/contract/host.h"
#include "tests/support/as_configured.h"

namespace hawser::contract {
namespace {

const std::string kBond = "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\n";
const std::string kCard = "[link.eth0]\nkind = \"physical\"\n";
const std::string kDummy = "[link.d]\nkind = \"dummy\"\n";

std::string vlan(const std::string& name, const std::string& more = {}) {
  return "[link." + name + "]\nkind = \"vlan\"\non = \"b\"\nid = 3\n" + more;
}
std::string route(const std::string& text) {
  return kDummy + "addresses = [\"192.0.2.1/24\"]\nroutes = [" + text + "]\n";
}
std::string real(const std::string& virtual_address, const std::string& address) {
  return "[service.s]\nvirtual = [\"tcp " + virtual_address + ":80\"]\n[[service.s.real]]\naddress = \"" +
         address + "\"\n";
}

class Refused : public HostTest {
 public:
  // Each file on a host of its own.
  static void by_both(const std::vector<std::string>& files) {
    for (const auto& file : files) {
      const auto host = GetParam().make();
      host->plug_in("eth0");
      const auto loaded = config::load({{"t.toml", file}}, {});
      EXPECT_FALSE(loaded.problems.empty()) << file;
      const auto applied =
          apply({test::as_configured(loaded.config), Owner::kNetd, {}}, host->kernel(), Rollback::kNothing);
      ASSERT_TRUE(applied) << file;
      EXPECT_FALSE(applied->complete()) << file;
    }
  }
  // What it only asks about, since others may be at work on the host too.
  static void by_the_kernel_alone(const std::vector<std::string>& files) {
    for (const auto& file : files) {
      const auto host = GetParam().make();
      host->plug_in("eth0");
      const auto loaded = config::load({{"t.toml", file}}, {});
      EXPECT_TRUE(loaded.problems.empty()) << file;
      EXPECT_FALSE(loaded.notes.empty()) << file;
      const auto applied =
          apply({test::as_configured(loaded.config), Owner::kNetd, {}}, host->kernel(), Rollback::kNothing);
      ASSERT_TRUE(applied) << file;
      EXPECT_FALSE(applied->complete()) << file;
    }
  }
  // The other way round: what stands beside the refused is taken.
  static void by_none(const std::vector<std::string>& files) {
    for (const auto& file : files) {
      const auto host = GetParam().make();
      host->plug_in("eth0");
      const auto loaded = config::load({{"t.toml", file}}, {});
      for (const auto& problem : loaded.problems) ADD_FAILURE() << config::to_string(problem);
      const auto applied =
          apply({test::as_configured(loaded.config), Owner::kNetd, {}}, host->kernel(), Rollback::kNothing);
      ASSERT_TRUE(applied) << file;
      for (const auto& refusal : applied->refused)
        ADD_FAILURE() << file << refusal.object << ": " << refusal.why.text;
    }
  }
};

using BondRefused = Refused;
using LinkRefused = Refused;
using IpvsRefused = Refused;
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BondRefused);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LinkRefused);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(IpvsRefused);
INSTANTIATE_TEST_SUITE_P(, BondRefused, testing::ValuesIn(real_hosts(Need::kBonding)), name_of_host);
INSTANTIATE_TEST_SUITE_P(, LinkRefused, testing::ValuesIn(real_hosts(Need::kLinkKinds)), name_of_host);
INSTANTIATE_TEST_SUITE_P(, IpvsRefused, testing::ValuesIn(real_hosts(Need::kIpvs)), name_of_host);

TEST_P(BondRefused, WhatCheckRefusesTheKernelRefuses) {
  by_both({
      kBond + "mac = \"01:00:5e:00:00:01\"\n",
      "[bond.b]\nmode = \"802.3ad\"\nports = [\"eth0\"]\nad_actor_system = \"01:00:00:00:00:01\"\n",
      kBond + "arp_interval = \"1s\"\narp_ip_target = [\"255.255.255.255\"]\n",
      kBond + "fail_over_mac = \"active\"\nmac = \"02:00:00:00:00:55\"\n",
      "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\", \"v\"]\n" + vlan("v"),
      "[bond.b]\nmode = \"active-backup\"\nports = [\"lo\"]\n",
      "[bond.b]\nmode = \"active-backup\"\nports = [\"r\"]\n[link.r]\nkind = \"vrf\"\ntable = 9\n",
      kBond + vlan("v") + vlan("w"),
      kBond + vlan("v", "mtu = 1501\n"),
      kBond + "mtu = 65536\n",
  });
  by_none({
      kBond + vlan("v") + vlan("w", "protocol = \"802.1ad\"\n"),
      kBond + "mtu = 9000\n" + vlan("v", "mtu = 9000\n"),
      kBond + "[bond.b.port.eth0]\nqueue_id = 16\n",
  });
}

TEST_P(LinkRefused, WhatCheckRefusesTheKernelRefuses) {
  by_both({
      kDummy + "mac = \"00:00:00:00:00:00\"\n",
      kDummy + "mtu = 1279\naddresses = [\"2001:db8::1/64\"]\n",
      kDummy + "addresses = [\"ff02::5/64\"]\n",
      kDummy + "addresses = [\"::1/128\"]\n",
      "[link.r]\nkind = \"vrf\"\ntable = 9\nmtu = 1279\n",
      "[link.r]\nkind = \"vrf\"\ntable = 9\n[link.s]\nkind = \"vrf\"\ntable = 10\nvrf = \"r\"\n",
      "[link.r]\nkind = \"vrf\"\ntable = 9\n[link.v]\nkind = \"vlan\"\non = \"r\"\nid = 3\n",
      route("{ to = \"default\", via = \"198.51.100.1\" }"),
      route("{ to = \"default\", via = \"192.0.2.1\", onlink = true }"),
      route("{ to = \"default\", via = \"192.0.2.255\" }"),
      route("{ to = \"default\", via = \"127.0.0.1\" }"),
      route("{ to = \"default\", via = \"192.0.2.254\" }") + "up = false\n",
      route("{ to = \"192.0.2.0/24\" }"),
      route("{ to = \"192.0.2.0/24\", via = \"192.0.2.9\" }"),
      kDummy + "addresses = [\"2001:db8::1/64\"]\nroutes = [{ to = \"2001:db8::/64\", metric = 256 }]\n",
      route("{ to = \"198.51.100.0/24\", via = \"192.0.2.9\" }, "
            "{ to = \"203.0.113.0/24\", via = \"198.51.100.9\" }"),
      kCard + "mtu = 65536\n",
      kCard + "up = false\n[link.v]\nkind = \"vlan\"\non = \"eth0\"\nid = 3\n",
  });
  by_the_kernel_alone({
      route("{ to = \"default\", via = \"192.0.2.254\", source = \"192.0.2.7\" }"),
      kDummy +
          "addresses = [\"2001:db8::1/64\"]\nroutes = [{ to = \"default\", via = \"2001:db8::9\", source = "
          "\"2001:db8::7\" }]\n",
  });
  by_none({
      route("{ to = \"192.0.2.0/24\", metric = 5 }, { to = \"192.0.2.0/25\" }"),
      route("{ to = \"192.0.2.128/25\", via = \"192.0.2.9\" }, "
            "{ to = \"203.0.113.0/24\", via = \"192.0.2.200\" }"),
      kDummy + "addresses = [\"2001:db8::1/64\"]\nroutes = [{ to = \"2001:db8::/64\" }]\n",
      kDummy + "mtu = 65536\n",
      "[link.r]\nkind = \"vrf\"\ntable = 9\nmtu = 65536\n",
      kCard + "mtu = 65535\n",
      "[link.lo]\nkind = \"physical\"\naddresses = [\"203.0.113.1/24\"]\n" +
          route("{ to = \"default\", via = \"192.0.2.9\", source = \"203.0.113.7\" }"),
      kDummy + "mtu = 1280\naddresses = [\"2001:db8::1/64\", \"192.0.2.0/31\"]\n",
      "[link.r]\nkind = \"vrf\"\ntable = 9\naddresses = [\"127.0.0.1/8\", \"::1/128\"]\n",
      route("{ to = \"198.51.100.1\" }, { to = \"default\", via = \"198.51.100.1\" }"),
      route("{ to = \"default\", via = \"198.51.100.1\", onlink = true }"),
  });
}

TEST_P(IpvsRefused, WhatCheckRefusesTheKernelRefuses) {
  by_both({
      real("192.0.2.100", "255.255.255.255"),
      real("192.0.2.100", "224.0.0.1"),
      real("[2001:db8::100]", "fe80::9"),
  });
  by_none({real("192.0.2.100", "127.0.0.1"), real("127.0.0.1", "192.0.2.21")});
}

}  // namespace
}  // namespace hawser::contract
