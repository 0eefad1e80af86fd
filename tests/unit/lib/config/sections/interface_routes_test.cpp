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

TEST(RouteRules, TheKernelsOwnRouteIsNotMadeAgain) {
  const auto own = [](const std::string& to, const std::string& address) {
    return "t.toml:5:18: bond.b.routes.to: the kernel makes the route to " + to + " by itself, for " +
           address + " on \"b\": leave it out, or give it another metric";
  };
  const auto v4 = own("192.0.2.0/24", "192.0.2.1/24");
  EXPECT_THAT(with("{ to = \"192.0.2.0/24\" }"), Lines(v4));
  EXPECT_THAT(with("{ to = \"192.0.2.0/24\", via = \"192.0.2.9\" }"), Lines(v4));
  EXPECT_THAT(with("{ to = \"2001:db8::/64\", metric = 256 }"),
              Lines(own("2001:db8::/64", "2001:db8::1/64")));
  for (const auto* good : {R"({ to = "192.0.2.0/24", metric = 5 })", R"({ to = "192.0.2.0/25" })",
                           R"({ to = "192.0.2.0/24", table = 9 })", R"({ to = "2001:db8::/64" })"})
    EXPECT_THAT(with(good), IsEmpty()) << good;
}

TEST(RouteRules, TheKernelsOwnRouteIsOfWhicheverDeviceAndInItsVrf) {
  const auto on = [](const std::string& more, const std::string& route_more) {
    return problems_of(
        "[link.red]\nkind = \"vrf\"\ntable = 9\n[link.d]\nkind = \"dummy\"\naddresses = "
        "[\"192.0.2.1/24\", \"203.0.113.1/32\"]\n" +
        more +
        "[link.e]\nkind = \"dummy\"\nroutes = [{ to = \"192.0.2.0/24\" }, { to = "
        "\"203.0.113.1/32\" }]\n" +
        route_more);
  };
  const std::string said =
      "the kernel makes the route to 192.0.2.0/24 by itself, for 192.0.2.1/24 on \"d\": "
      "leave it out, or give it another metric";
  EXPECT_THAT(on("", ""), Lines("t.toml:9:18: link.e.routes.to: " + said));
  EXPECT_THAT(on("vrf = \"red\"\n", "vrf = \"red\"\n"), Lines("t.toml:10:18: link.e.routes.to: " + said));
  EXPECT_THAT(on("vrf = \"red\"\n", ""), IsEmpty());
  EXPECT_THAT(on("up = false\n", ""), IsEmpty());
  // On lo a network is a range of own addresses.
  EXPECT_THAT(problems_of("[link.lo]\nkind = \"physical\"\naddresses = [\"192.0.2.1/24\"]\n[link.e]\nkind = "
                          "\"dummy\"\nroutes = [{ to = \"192.0.2.0/24\" }]\n"),
              IsEmpty());
}

TEST(RouteRules, AGatewayIsNotBehindAnother) {
  const std::string routes =
      R"({ to = "198.51.100.0/24", via = "192.0.2.9" }, { to = "203.0.113.0/24", via = "198.51.100.9" })";
  const std::string said = "198.51.100.9 is itself behind a gateway, 192.0.2.9 (t.toml:";
  const std::string remedy =
      "), and the kernel takes none that is not on the link: write via = \"192.0.2.9\"";
  EXPECT_THAT(with(routes), Lines("t.toml:5:89: bond.b.routes.via: " + said + "5" + remedy));
  // Others may give a card addresses, but none that the file itself says are elsewhere.
  const auto card = [](const std::string& all) {
    return problems_of("[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.1/24\"]\nroutes = [" + all +
                       "]\n");
  };
  EXPECT_THAT(card(routes), Lines("t.toml:4:89: link.eth0.routes.via: " + said + "4" + remedy));
  // A default route says nothing of where a gateway is.
  EXPECT_THAT(
      card(R"({ to = "default", via = "192.0.2.9" }, { to = "203.0.113.0/24", via = "198.51.100.9" })"),
      IsEmpty());
  EXPECT_THAT(
      card(R"({ to = "192.0.2.128/25", via = "192.0.2.9" }, { to = "203.0.113.0/24", via = "192.0.2.200" })"),
      IsEmpty());
  EXPECT_THAT(card(R"({ to = "198.51.100.0/24", via = "192.0.2.9", table = 9 }, )"
                   R"({ to = "203.0.113.0/24", via = "198.51.100.9" })"),
              IsEmpty());
  EXPECT_THAT(card(R"({ to = "198.51.100.0/24", via = "192.0.2.9" }, )"
                   R"({ to = "203.0.113.0/24", via = "198.51.100.9", onlink = true })"),
              IsEmpty());
}

TEST(RouteRules, AGatewayThatMovesIsAskedAbout) {
  const auto loaded =
      load_text(text("{ to = \"default\", via = \"192.0.2.100\" }",
                     "[vip.a]\ninterface = \"b\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.100\"]\n"));
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(notes(loaded),
              Lines("t.toml:5:35: bond.b.routes.via: note: 192.0.2.100 is of [vip.a]: the kernel "
                    "takes the route only while another host holds it"));
}

TEST(RouteRules, ASourceOfNobodyIsAskedAbout) {
  const auto from = [](const std::string& source, const std::string& more = {}) {
    return load_text(text("{ to = \"default\", via = \"192.0.2.254\", source = \"" + source + "\" }", more));
  };
  const auto asked = from("192.0.2.7");
  EXPECT_THAT(lines(asked), IsEmpty());
  EXPECT_THAT(
      notes(asked),
      Lines("t.toml:5:59: bond.b.routes.source: note: 192.0.2.7 is no address of this host in the file: "
            "the kernel takes the route only while something else gives it to the host"));
  for (const auto* held : {"192.0.2.1", "127.0.0.1"}) EXPECT_THAT(notes(from(held)), IsEmpty()) << held;
  EXPECT_THAT(
      notes(from("203.0.113.7", "[link.lo]\nkind = \"physical\"\naddresses = [\"203.0.113.0/24\"]\n")),
      IsEmpty());
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
