// Our nftables table: made, changed, looked at and deleted, and what others do to it.
#include <cerrno>

#include <gmock/gmock.h>

#include "lib/netlink/nft_monitor.h"
#include "lib/plan/apply.h"
#include "tests/contract/host.h"
#include "tests/contract/tools.h"

namespace hawser::contract {
namespace {

using testing::HasSubstr;

Marked ports(const char* address, std::uint16_t first, std::uint16_t last,
             Transport transport = Transport::kTcp) {
  return {transport, *IpAddress::parse(address), first, last};
}

const NftMarks kMarks{
    {ports("192.0.2.100", 8000, 8099), {0x10000007, "web"}},
    {ports("192.0.2.101", 8000, 8099), {0x10000007, "web"}},
    {ports("2001:db8::100", 8000, 8099), {0x10000007, "web"}},
    {ports("192.0.2.100", 53, 53, Transport::kUdp), {0x10000008, "a name with blanks and ü"}},
    {ports("192.0.2.100", 1, 65535, Transport::kSctp), {0x10000009, ""}},
};

const NftContents kWithNat{kMarks,
                           {{ports("192.0.2.100", 80, 80), "web"},
                            {ports("192.0.2.100", 0, 52, Transport::kUdp), "rest"},
                            {ports("2001:db8::100", 80, 80), "web"}}};

class NftContract : public HostTest {
 public:
  [[nodiscard]] std::optional<NftTable> table() const {
    auto seen = host().kernel().observe(kNftOnly);
    EXPECT_TRUE(seen) << seen.error().text;
    return seen ? seen->state.nft : std::nullopt;
  }
  static NftTable ours(const NftMarks& marks) { return {true, true, {marks}}; }
  static NftTable ours(const NftContents& contents) { return {true, true, contents}; }
};

INSTANTIATE_TEST_SUITE_P(, NftContract, testing::ValuesIn(hosts(Need::kNft)), name_of_host);

TEST_P(NftContract, HasNoTableAtFirst) {
  EXPECT_EQ(table(), std::nullopt);
  perform(NftStep(DeleteNftTable{}));
}

TEST_P(NftContract, MakesTheTableWithAllThatIsInIt) {
  perform(NftStep(MakeNftTable{{kMarks}}));
  EXPECT_EQ(table(), ours(kMarks));
  perform(NftStep(MakeNftTable{{kMarks}}));
  EXPECT_EQ(refused(NftStep(MakeNftTable{})), EEXIST);
  EXPECT_EQ(table(), ours(kMarks));
  perform(NftStep(DeleteNftTable{}));
  EXPECT_EQ(table(), std::nullopt);
}

TEST_P(NftContract, ChangesMarksInOneMoment) {
  perform(NftStep(MakeNftTable{{kMarks}}));
  auto to = kMarks;
  to.erase(ports("192.0.2.101", 8000, 8099));
  to.erase(ports("192.0.2.100", 8000, 8099));
  to[ports("192.0.2.100", 8000, 8199)] = {0x10000007, "web"};  // covers what was there
  to[ports("2001:db8::100", 8000, 8099)] = {0x1000000a, "other"};
  perform(NftStep(SetNftContents{{kMarks}, {to}}));
  EXPECT_EQ(table(), ours(to));
  perform(NftStep(SetNftContents{{kMarks}, {to}}));
  perform(NftStep(SetNftContents{{to}, {}}));
  EXPECT_EQ(table(), ours(NftContents{}));
}

TEST_P(NftContract, RefusesPortsThatTwoMarksCover) {
  perform(NftStep(MakeNftTable{{kMarks}}));
  auto to = kMarks;
  to[ports("192.0.2.100", 8050, 8150)] = {0x1000000b, "late"};
  EXPECT_EQ(refused(NftStep(SetNftContents{{kMarks}, {to}})), EEXIST);
  EXPECT_EQ(table(), ours(kMarks)) << "all or nothing";
}

TEST_P(NftContract, HidesClientsAndStops) {
  perform(NftStep(MakeNftTable{{kMarks}}));
  perform(NftStep(RemakeNftTable{kWithNat}));
  EXPECT_EQ(table(), ours(kWithNat));
  auto fewer = kWithNat;
  fewer.nats.erase(ports("192.0.2.100", 80, 80));
  fewer.nats[ports("192.0.2.100", 80, 81)] = "wider";
  perform(NftStep(SetNftContents{kWithNat, fewer}));
  EXPECT_EQ(table(), ours(fewer));
  EXPECT_EQ(
      refused(NftStep(SetNftContents{
          fewer, {kMarks, {{ports("192.0.2.100", 80, 81), "a"}, {ports("192.0.2.100", 81, 82), "b"}}}})),
      EEXIST);
  EXPECT_EQ(table(), ours(fewer));
  perform(NftStep(RemakeNftTable{{kMarks}}));
  EXPECT_EQ(table(), ours(kMarks));
  EXPECT_EQ(refused(NftStep(SetNftContents{{kMarks}, kWithNat})), ENOENT) << "there are no sets for them";
}

TEST_P(NftContract, HoldsThousandsOfMarks) {
  NftMarks many;
  for (int i = 0; i < 3000; ++i)
    many[ports("192.0.2.1", static_cast<std::uint16_t>(2 * i + 1), static_cast<std::uint16_t>(2 * i + 1))] = {
        0x10000000U + static_cast<std::uint32_t>(i), "service" + std::to_string(i)};
  perform(NftStep(MakeNftTable{{many}}));
  EXPECT_EQ(table(), ours(many));
}

TEST_P(NftContract, LeavesATableOfSomebodyElseAlone) {
  host().make_foreign_nft();
  ASSERT_TRUE(table());
  EXPECT_FALSE(table()->ours);
  EXPECT_EQ(refused(NftStep(MakeNftTable{{kMarks}})), EEXIST);
  EXPECT_EQ(refused(NftStep(RemakeNftTable{{kMarks}})), EEXIST);
  EXPECT_EQ(refused(NftStep(SetNftContents{{}, {kMarks}})), ENOENT);
  perform(NftStep(DeleteNftTable{}));
  ASSERT_TRUE(table());
  EXPECT_FALSE(table()->ours);
}

TEST_P(NftContract, IsBroughtToAWishAndThePlanIsThenEmpty) {
  Desired desired;
  desired.state.nft = NftTable{true, true, {kMarks}};
  for (const bool flushed : {false, true}) {
    if (flushed) host().flush_nft();
    const auto applied = apply(desired, host().kernel(), Rollback::kEverything, kNftOnly);
    ASSERT_TRUE(applied) << applied.error().text;
    EXPECT_TRUE(applied->complete());
    EXPECT_EQ(table(), ours(kMarks));
    EXPECT_TRUE(apply(desired, host().kernel(), Rollback::kEverything, kNftOnly)->done.empty());
  }
  desired.state.nft.reset();
  EXPECT_TRUE(apply(desired, host().kernel(), Rollback::kEverything, kNftOnly)->complete());
  EXPECT_EQ(table(), std::nullopt);
}

// What only the real kernel can show.
class NftKernel : public NftContract {};
INSTANTIATE_TEST_SUITE_P(, NftKernel, testing::ValuesIn(real_hosts(Need::kNft)), name_of_host);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NftKernel);

TEST_P(NftKernel, IsReadByPeopleAsNftPrintsIt) {
  perform(NftStep(MakeNftTable{{kMarks}}));
  const auto text = run("nft list ruleset");
  for (const auto* line : {"comment \"made by netd of Hawser: changed here, it is put back\"",
                           "type inet_proto . ipv4_addr . inet_service : mark", "flags interval",
                           " . 192.0.2.100 . 8000-8099 comment \"web\" : 0x10000007",
                           " . 2001:db8::100 . 8000-8099 comment \"web\" : 0x10000007",
                           "type filter hook prerouting priority 1000; policy accept;",
                           "type filter hook output priority -99; policy accept;",
                           "meta mark set meta l4proto . ip daddr . th dport map @marks4",
                           "meta mark set meta l4proto . ip6 daddr . th dport map @marks6"})
    EXPECT_THAT(text, HasSubstr(line));
  perform(NftStep(RemakeNftTable{kWithNat}));
  const auto hiding = run("nft list ruleset");
  for (const auto* line :
       {"tcp . 192.0.2.100 . 80 comment \"web\"", "udp . 192.0.2.100 . 0-52 comment \"rest\"",
        "type nat hook postrouting priority srcnat; policy accept;",
        "meta l4proto tcp meta l4proto . ct original ip daddr . ct original proto-dst @source_nat4 "
        "masquerade",
        "meta l4proto sctp meta l4proto . ct original ip6 daddr . ct original proto-dst @source_nat6 "
        "masquerade"})
    EXPECT_THAT(hiding, HasSubstr(line));
  // What nft reads of its own words is the same table.
  run("nft list ruleset > /tmp/hawser-nft-$$ && nft flush ruleset && nft -f /tmp/hawser-nft-$$; "
      "s=$?; rm /tmp/hawser-nft-$$; exit $s");
  EXPECT_EQ(run("nft list ruleset"), hiding);
}

TEST_P(NftKernel, SeesWhateverSomebodyElseChangesInTheTable) {
  for (const auto* change :
       {"add rule inet hawser output counter", "flush chain inet hawser prerouting",
        "insert rule inet hawser prerouting accept", "add chain inet hawser more",
        "add set inet hawser more '{ type mark; }'", "add table inet hawser '{ flags dormant; }'",
        "add chain inet hawser output '{ policy drop; }'",
        "add element inet hawser marks4 '{ tcp . 192.0.2.7-192.0.2.9 . 80 : 1 }'",
        "add rule inet hawser source_nat counter", "flush set inet hawser source_nat6",
        "add element inet hawser source_nat4 '{ tcp . 192.0.2.7-192.0.2.9 . 80 }'"}) {
    perform(NftStep(MakeNftTable{kWithNat}));
    run(std::string("nft ") + change);
    const auto seen = table();
    ASSERT_TRUE(seen) << change;
    EXPECT_TRUE(seen->ours) << change;
    EXPECT_NE(seen, ours(kWithNat)) << change;
    perform(NftStep(RemakeNftTable{kWithNat}));
    EXPECT_EQ(table(), ours(kWithNat)) << change;
    perform(NftStep(DeleteNftTable{}));
  }
}

TEST_P(NftKernel, TouchesNoOtherTable) {
  run("nft add table inet other; nft add chain inet other prerouting; nft add map inet other marks4 "
      "'{ type inet_service : mark; }'");
  const auto before = run("nft list ruleset");
  perform(NftStep(MakeNftTable{{kMarks}}));
  EXPECT_EQ(table(), ours(kMarks));
  perform(NftStep(DeleteNftTable{}));
  EXPECT_EQ(run("nft list ruleset"), before);
}

TEST_P(NftKernel, HearsOfItsOwnTableAndOfNoOther) {
  auto monitor = NftMonitor::open();
  ASSERT_TRUE(monitor) << monitor.error().text;
  EXPECT_FALSE(monitor->drain().value());
  run("nft add table inet other; nft add table ip hawser; nft delete table inet other");
  EXPECT_FALSE(monitor->drain().value());
  perform(NftStep(MakeNftTable{{kMarks}}));
  EXPECT_TRUE(monitor->drain().value());
  EXPECT_FALSE(monitor->drain().value());
  run("nft add element inet hawser marks4 '{ tcp . 192.0.2.7 . 80 : 1 }'");
  EXPECT_TRUE(monitor->drain().value());
  run("nft flush ruleset");
  EXPECT_TRUE(monitor->drain().value());
}

}  // namespace
}  // namespace hawser::contract
