// Elections over IPv6 (RFC 9568 5.1.2).
#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

const std::string kWeb6 = "2001:db8::100";

class VipdIpv6 : public VipTest {
 protected:
  static bool elects(const VipHost& host, const std::string& name, const std::string& role) {
    return eventually(20s, [&] {
      const auto status = host.status();
      if (!status.is_object()) return false;
      for (const auto& vip : status.at("vips").as_array())
        if (vip.at("name").as_string() == name) return vip.at("role").as_string() == role;
      return false;
    });
  }
  static bool moves_to(const VipHost& from, const VipHost& to, const std::string& address) {
    return eventually(20s, [&] { return to.holds(address) && !from.holds(address); });
  }
};

TEST_F(VipdIpv6, ByMulticastTheRoleGoesToTheOtherAndComesBack) {
  both({.addresses = R"(["2001:db8::100", "192.0.2.100"])", .more = "lead = \"ipv6\"\n"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  ASSERT_EQ(lb2.role(), "Backup");
  const auto heard = std::string(lb2.web().at("heard").at("address").as_string());
  EXPECT_EQ(heard.substr(0, 6), "fe80::");
  EXPECT_EQ(lb1.web().at("source").as_string(), heard);
  EXPECT_EQ(lb1.web().at("family").as_string(), "ipv6");
  EXPECT_TRUE(lb1.holds(kWeb6));
  EXPECT_TRUE(lb1.holds("192.0.2.100")) << "rides along";
  segment.where().set_link("lb1-front", false);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(moves_to(lb1, lb2, kWeb6));
  segment.where().set_link("lb1-front", true);
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(moves_to(lb2, lb1, kWeb6));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(moves_to(lb1, lb2, "192.0.2.100"));
}

TEST_F(VipdIpv6, ByUnicastItGoesBetweenTheNodes) {
  for (auto* host : {&lb1, &lb2}) {
    host->host().ip({fmt::format("address add 2001:db8::{}/64 dev front nodad", host == &lb1 ? 11 : 12)});
    host->write_text(
        "format = 1\n[nodes]\nlb1 = \"2001:db8::11\"\nlb2 = \"2001:db8::12\"\n[vipd]\nrealtime = "
        "0\n[vip.web]\n"
        "interface = \"front\"\naddresses = [\"2001:db8::100\"]\nvirtual_router_id = 51\n"
        "priority = { lb1 = 200, lb2 = 100 }\nadvertisement_interval = \"100ms\"\ntransport = \"unicast\"\n");
  }
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(10s, [&] { return lb1.logged("2001:db8::12 runs no VRRP"); }))
      << lb1.daemon_output();
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  EXPECT_EQ(lb2.web().at("heard").at("address").as_string(), "2001:db8::11");
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(moves_to(lb1, lb2, kWeb6));
}

TEST_F(VipdIpv6, BothFamiliesElectEachForItself) {
  both({.addresses = R"(["2001:db8::100", "192.0.2.100"])", .more = "lead = \"both\"\n"});
  lb1.start();
  lb2.start();
  for (const auto* name : {"web/ipv4", "web/ipv6"}) {
    ASSERT_TRUE(elects(lb1, name, "Active")) << name;
    ASSERT_TRUE(elects(lb2, name, "Backup")) << name;
  }
  ASSERT_TRUE(lb2.hears_somebody());
  EXPECT_NE(lb2.vipctl({"is-active", "web"}).text.find("write web/ipv4 or web/ipv6"), std::string::npos);
  EXPECT_EQ(lb2.vipctl({"take", "web/ipv6"}).status, 0);
  EXPECT_TRUE(moves_to(lb1, lb2, kWeb6));
  EXPECT_TRUE(lb1.holds("192.0.2.100")) << "the other stays";
  EXPECT_EQ(lb1.vipctl({"is-active", "web/ipv4"}).status, 0);
  EXPECT_EQ(lb1.vipctl({"is-active", "web/ipv6"}).status, 3);
}

TEST_F(VipdIpv6, WithoutALinkLocalAddressThereIsNoRoleUntilThereIsOne) {
  both({.addresses = R"(["2001:db8::100"])"});
  lb1.host().check({"sysctl", "-qw", "net.ipv6.conf.front.disable_ipv6=1"});
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] { return lb1.logged("no link-local IPv6 address to advertise from"); }));
  EXPECT_EQ(lb1.role(), "Initialize");
  lb1.host().check({"sysctl", "-qw", "net.ipv6.conf.front.disable_ipv6=0"});
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.holds(kWeb6));
  lb1.host().check({"sysctl", "-qw", "net.ipv6.conf.front.disable_ipv6=1"});
  EXPECT_TRUE(lb1.becomes("Initialize"));
  lb1.host().check({"sysctl", "-qw", "net.ipv6.conf.front.disable_ipv6=0"});
  lb2.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup")) << "its socket hears again: " << lb1.daemon_output();
}

}  // namespace
}  // namespace hawser::lab
