// Rules of routes: what the kernel refuses because of where the gateway is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::IsEmpty;

// Routes of a bond with an address of each family: they are line 5.
std::string text(const std::string& routes, const std::string& more = {}) {
  return "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\naddresses = [\"192.0.2.1/24\", "
         "\"2001:db8::1/64\"]\nroutes = [" +
         routes + "]\n" + more;
}
std::vector<std::string> with(const std::string& routes, const std::string& more = {}) {
  return problems_of(text(routes, more));
}

TEST(RouteRules, AGatewayIsInANetworkOfItsDevice) {
  EXPECT_THAT(
      with("{ to = \"default\", via = \"198.51.100.1\" }"),
      Lines("t.toml:5:35: bond.b.routes.via: 198.51.100.1 is in no network of \"b\": write onlink = true "
            "if it is on this link all the same"));
  EXPECT_THAT(with("{ to = \"default\", via = \"2001:db8:1::1\" }"),
              Lines("t.toml:5:35: bond.b.routes.via: 2001:db8:1::1 is in no network of \"b\": write onlink = "
                    "true if it is on this link all the same"));
  for (const auto* good : {R"({ to = "default", via = "192.0.2.254" })",
                           R"({ to = "default", via = "198.51.100.1", onlink = true })",
                           R"({ to = "198.51.100.1" }, { to = "default", via = "198.51.100.1" })",
                           R"({ to = "default", via = "fe80::1" })"})
    EXPECT_THAT(with(good), IsEmpty()) << good;
  EXPECT_THAT(with(R"({ to = "default", via = "198.51.100.1" })",
                   "[vip.a]\ninterface = \"b\"\nvirtual_router_id = 1\naddresses = [\"198.51.100.9/24\"]\n"),
              IsEmpty());
}

TEST(RouteRules, ASourceIsAHost) {
  EXPECT_THAT(with(R"({ to = "default", via = "192.0.2.254", source = "255.255.255.255" })"),
              Lines("t.toml:5:59: bond.b.routes.source: 255.255.255.255 is not an address that a host can "
                    "have"));
}

// DHCP, router advertisements and other tools bring addresses that no file names.
TEST(RouteRules, WhatAnotherMayHaveGivenIsNotRefused) {
  EXPECT_THAT(
      problems_of("[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\nroutes = [{ to = \"default\", "
                  "via = \"192.0.2.254\" }]\n"),
      IsEmpty());
  const auto card = load_text(
      "[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.1/24\"]\nroutes = [{ to = \"default\", via = "
      "\"198.51.100.1\" }]\n");
  EXPECT_THAT(lines(card), IsEmpty());
  EXPECT_THAT(
      notes(card),
      Lines("t.toml:4:35: link.eth0.routes.via: note: 198.51.100.1 is in no network of \"eth0\": write "
            "onlink = true if it is on this link all the same"));
}

TEST(RouteRules, AGatewayIsAnotherHost) {
  const std::string where = "t.toml:5:35: bond.b.routes.via: ";
  const auto via = [](const std::string& address) {
    return with("{ to = \"default\", via = \"" + address + "\", onlink = true }");
  };
  EXPECT_THAT(via("192.0.2.1"), Lines(where + "192.0.2.1 is this host's own address, of \"b\""));
  EXPECT_THAT(via("192.0.2.255"), Lines(where + "192.0.2.255 is the broadcast address of 192.0.2.0/24"));
  EXPECT_THAT(via("0.0.0.0"), Lines(where + "0.0.0.0 is not an address that a host can have"));
  EXPECT_THAT(via("127.0.0.1"), Lines(where + "127.0.0.1 is a loopback address: no other host has it"));
  EXPECT_THAT(via("255.255.255.255"),
              Lines(where + "255.255.255.255 is not an address that a host can have"));
}

TEST(RouteRules, TheKernelsTableIsTheKernels) {
  EXPECT_THAT(with("{ to = \"203.0.113.0/24\", via = \"192.0.2.254\", table = 255 }"),
              Lines("t.toml:5:65: bond.b.routes.table: 255 is the kernel's own, of this host's addresses"));
}

TEST(RouteRules, ADeviceThatIsDownHasNoRoutes) {
  EXPECT_THAT(with("{ to = \"default\", via = \"192.0.2.254\" }", "up = false\n"),
              Lines("t.toml:5:10: bond.b.routes: the kernel takes none through a device with up = false"));
}

TEST(RouteRules, ASourceThatMovesIsAskedAbout) {
  const auto loaded =
      load_text(text("{ to = \"default\", via = \"192.0.2.254\", source = \"192.0.2.100\" }",
                     "[vip.a]\ninterface = \"b\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.100\"]\n"));
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(
      notes(loaded),
      Lines("t.toml:5:59: bond.b.routes.source: note: 192.0.2.100 is of [vip.a]: the kernel takes the "
            "route only while this host holds it"));
}

}  // namespace
}  // namespace hawser::config
