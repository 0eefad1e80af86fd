// The shape of `ipvsadm -Ln`, and connections out of /proc/net/ip_vs_conn.
#include "lbctl/listing.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/connections.h"
#include "lbctl/watch.h"

namespace hawser::lbctl {
namespace {

using testing::HasSubstr;

Observed table() {
  const auto web = *ServiceKey::parse("tcp 192.0.2.100:80");
  const auto six = *ServiceKey::parse("udp [2001:db8::1]:53");
  const auto mark = *ServiceKey::parse("fwmark6 7");
  const auto first = *Endpoint::parse("198.51.100.21:8080");
  Observed observed;
  observed.ipvs = IpvsFacts{0x010201, 4096};
  observed.state.services[web] = {
      "sh", 0x1 | 0x8 | 0x10, 300, 24, "", {{first, {Forwarding::kMasquerade, 5, 20, 10, {}}}}};
  observed.state.services[six] = {
      "wlc", 0x4, 0, 128, "", {{*Endpoint::parse("[2001:db8:1::1]:53"), {Forwarding::kDirect, 1, 0, 0, {}}}}};
  observed.state.services[mark] = {
      "rr", 0, 0, 128, "", {{*Endpoint::parse("[2001:db8:1::1]:0"), {Forwarding::kTunnel, 1, 0, 0, {}}}}};
  auto& status = observed.services[web];
  status.traffic = {1, 2, 3, 123456789, 5};
  status.rate = {10, 20, 30, 40, 50};
  status.reals[first] = {3, 12, 4, {1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}};
  return observed;
}

// As ipvsadm 1.31 printed it for the same table.
TEST(IpvsadmListing, HasItsColumns) {
  EXPECT_EQ(ipvsadm_listing(table(), Listing::kPlain),
            "IP Virtual Server version 1.2.1 (size=4096)\n"
            "Prot LocalAddress:Port Scheduler Flags\n"
            "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n"
            "TCP  192.0.2.100:80 sh (sh-fallback,sh-port) persistent 300 mask 255.255.255.0\n"
            "  -> 198.51.100.21:8080           Masq    5      3          12        \n"
            "UDP  [2001:db8::1]:53 wlc ops\n"
            "  -> [2001:db8:1::1]:53           Route   1      0          0         \n"
            "FWM  7 IPv6 rr\n"
            "  -> [2001:db8:1::1]:0            Tunnel  1      0          0         \n");
}

TEST(IpvsadmListing, HasCountersRatesThresholdsAndPersistentConnections) {
  const auto line = [](Listing listing, int number) {
    auto text = ipvsadm_listing(table(), listing);
    for (; number > 0; --number) text.erase(0, text.find('\n') + 1);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(line(Listing::kStats, 1),
            "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes");
  EXPECT_EQ(line(Listing::kStats, 3),
            "TCP  192.0.2.100:80                      1        2        3  123456K        5");
  EXPECT_EQ(line(Listing::kStats, 4),
            "  -> 198.51.100.21:8080                  1        2        3        4        5");
  EXPECT_EQ(line(Listing::kRate, 4),
            "  -> 198.51.100.21:8080                  6        7        8        9       10");
  EXPECT_EQ(line(Listing::kThresholds, 4),
            "  -> 198.51.100.21:8080           20         10         3          12        ");
  EXPECT_EQ(line(Listing::kPersistentConn, 4),
            "  -> 198.51.100.21:8080           5         4           3          12        ");
}

TEST(IpvsadmListing, CutsLargeNumbers) {
  EXPECT_EQ(large_number(99'999'999), " 99999999");
  EXPECT_EQ(large_number(100'000'000), "  100000K");
  EXPECT_EQ(large_number(1'000'000'000), "    1000M");
  EXPECT_EQ(large_number(100'000'000'000), "     100G");
  EXPECT_EQ(large_number(100'000'000'000'000), "     100T");
}

TEST(LbWatch, DrawsRatesOfServicesAndTheirRealServers) {
  const auto text = render_rates(table(), 0);
  EXPECT_THAT(text, HasSubstr("tcp 192.0.2.100:80"));
  EXPECT_THAT(text, HasSubstr("  198.51.100.21:8080        6          7           8           9           "
                              "10       5       3        12\n"));
}

constexpr std::string_view kConnectionLines =
    "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n"
    "TCP C6336405 C350 C0000264 0050 C6336415 1F90 ESTABLISHED     892\n"
    "UDP CB007101 13C4 C0000264 13C4 C6336415 13C4 UDP             299 sip call-7\n"
    "TCP 2001:0db8:0000:0000:0000:0000:0000:0009 0400 2001:0db8:0000:0000:0000:0000:0000:0001 0050 "
    "2001:0db8:0001:0000:0000:0000:0000:0021 0050 FIN_WAIT         61\n"
    "IP  C6336405 0000 00000007 0000 C6336415 0000 NONE             59\n"
    "something else\n";

TEST(LbConnections, AreReadOutOfTheKernelsText) {
  const auto read = read_connections(kConnectionLines);
  ASSERT_EQ(read.list.size(), 4U);
  EXPECT_EQ(read.unread, 1U);
  EXPECT_EQ(read.list[0],
            (Connection{"TCP", *Endpoint::parse("198.51.100.5:50000"), *Endpoint::parse("192.0.2.100:80"),
                        *Endpoint::parse("198.51.100.21:8080"), "ESTABLISHED", 892, "", ""}));
  EXPECT_EQ(read.list[1].engine_data, "call-7");
  EXPECT_EQ(read.list[2].real, *Endpoint::parse("[2001:db8:1::21]:80"));
  EXPECT_THAT(render(read, 0), HasSubstr("14:52"));
  EXPECT_THAT(render(read, 0), HasSubstr("1 lines of the kernel could not be read"));
  EXPECT_EQ(to_json(read).at("connections").as_array().size(), 4U);
}

TEST(LbConnections, AreFilteredByClientServiceAndRealServer) {
  const auto count = [](const std::vector<std::string>& words) {
    const auto filter = ConnectionFilter::parse(words);
    EXPECT_TRUE(filter) << (filter ? "" : filter.error().text);
    std::size_t wanted = 0;
    for (const auto& one : read_connections(kConnectionLines).list)
      if (filter->wants(one)) ++wanted;
    return wanted;
  };
  EXPECT_EQ(count({}), 4U);
  EXPECT_EQ(count({"client=198.51.100.5"}), 2U);
  EXPECT_EQ(count({"client=198.51.100.5:50000"}), 1U);
  EXPECT_EQ(count({"client=2001:db8::/64"}), 1U);
  EXPECT_EQ(count({"client=::/0"}), 1U);
  EXPECT_EQ(count({"client=0.0.0.0/0"}), 3U);
  EXPECT_EQ(count({"service=192.0.2.100:80"}), 1U);
  EXPECT_EQ(count({"service=udp 192.0.2.100:5060"}), 1U);
  EXPECT_EQ(count({"service=tcp 192.0.2.100:5060"}), 0U);
  EXPECT_EQ(count({"real=198.51.100.0/24", "service=192.0.2.0/24"}), 2U);
  EXPECT_FALSE(ConnectionFilter::parse({"198.51.100.5"}));
  EXPECT_FALSE(ConnectionFilter::parse({"client=web1"}));
  EXPECT_FALSE(ConnectionFilter::parse({"state=NONE"}));
}

}  // namespace
}  // namespace hawser::lbctl
