// What lbctl report is made of.
#include "lbctl/report.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/look.h"

namespace hawser::lbctl {
namespace {

namespace json = boost::json;

TEST(Report, IsPartsWithATitleEach) {
  const Report report{{"host", "lb1\n"}, {"services", "none\nreally\n"}};
  EXPECT_EQ(render(report), "== host ==\nlb1\n\n== services ==\nnone\nreally\n");
  EXPECT_EQ(
      json::serialize(to_json(report)),
      R"({"format":1,"parts":[{"title":"host","text":"lb1\n"},{"title":"services","text":"none\nreally\n"}]})");
}

TEST(Report, NamesTheModulesThatMatter) {
  EXPECT_EQ(modules_text("xfs 1 2 - Live 0x0\nip_vs_wrr 16384 2 - Live 0x0\nnf_conntrack 1 1 x, Live 0x0\n"
                         "ip_vs 180224 8 ip_vs_wrr, Live 0x0\nip_vsx"),
            "ip_vs\nip_vs_wrr\nip_vsx\nnf_conntrack\n");
  EXPECT_EQ(modules_text("xfs 1 2 - Live 0x0\n"),
            "none is loaded; what is built into the kernel is not listed\n");
}

TEST(Report, CountsConnections) {
  const Connection one{"TCP",
                       *Endpoint::parse("192.0.2.7:4000"),
                       *Endpoint::parse("192.0.2.100:80"),
                       *Endpoint::parse("198.51.100.21:8080"),
                       "ESTABLISHED",
                       9,
                       {},
                       {}};
  auto other = one;
  other.client = *Endpoint::parse("192.0.2.8:4000");
  auto closing = one;
  closing.state = "FIN_WAIT";
  EXPECT_EQ(connections_text({{one, closing, other}, 2}),
            "protocol  service         real server         state        connections\n"
            "TCP       192.0.2.100:80  198.51.100.21:8080  ESTABLISHED            2\n"
            "TCP       192.0.2.100:80  198.51.100.21:8080  FIN_WAIT               1\n"
            "2 lines could not be read\n");
  EXPECT_EQ(connections_text({}), "none\n");
  EXPECT_EQ(connections_text({{}, 1}), "1 lines could not be read\n");
}

TEST(Report, TellsWhatNetdFinds) {
  const auto status = json::parse(R"({"version": "0.1", "pid": 7, "state": "degraded", "findings": [
      {"object": "web", "state": "degraded", "text": "web1 is down"}]})");
  EXPECT_EQ(findings_text(status), "netd 0.1, pid 7: degraded\nweb: degraded: web1 is down\n");
}

TEST(Report, TellsTheLastEvents) {
  const auto events = json::parse(
      R"({"events": [{"at": "1", "line": "a"}, {"at": "2", "line": "b"}, {"at": "3", "line": "c"}]})");
  EXPECT_EQ(events_text(events, 2), "2 b\n3 c\n");
  EXPECT_EQ(events_text(events, 9), "1 a\n2 b\n3 c\n");
  EXPECT_EQ(events_text(json::parse("{}"), 9), "none\n");
}

TEST(Report, TellsWhatNetdsTableDoes) {
  EXPECT_EQ(nft_text({}), "no table inet hawser\n");
  NftTable table;
  table.contents.nats[{Transport::kTcp, *IpAddress::parse("192.0.2.100"), 80, 80}] = "web";
  EXPECT_EQ(nft_text(table), "source NAT of web: tcp 192.0.2.100 port 80\n");
  table.whole = false;
  EXPECT_EQ(nft_text(table),
            "somebody else changed something in it\nsource NAT of web: tcp 192.0.2.100 port 80\n");
  EXPECT_EQ(nft_text(NftTable{false, false, {}}), "table inet hawser is not netd's\n");
}

TEST(Look, AsksForNetdsTableOnlyWhereSomethingHintsAtIt) {
  State table;
  table.services[*ServiceKey::parse("tcp 192.0.2.100:80")];
  table.ipvs.sysctls[IpvsSysctl::kConntrack] = 0;
  EXPECT_FALSE(may_have_nft_table(table));
  auto tracked = table;
  tracked.ipvs.sysctls[IpvsSysctl::kConntrack] = 1;
  EXPECT_TRUE(may_have_nft_table(tracked)) << "source NAT needs no mark";
  table.services[*ServiceKey::parse("fwmark 7")];
  EXPECT_TRUE(may_have_nft_table(table));
}

TEST(Report, ShowsNoControlCharacters) {
  EXPECT_EQ(sysctls_text({{"net.x", "a\033b"}, {"net.y", "1"}}), "net.x = a?b\nnet.y = 1\n");
  EXPECT_EQ(sysctls_text({}), "none: IPVS is not loaded\n");
}

}  // namespace
}  // namespace hawser::lbctl
