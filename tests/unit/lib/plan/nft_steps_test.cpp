// Our nftables table: from what is there to a wish, and in words.
#include "lib/plan/nft_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/plan/object.h"
#include "lib/plan/restore.h"
#include "lib/plan/simulate.h"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Marked ports(const std::string& address, std::uint16_t first, std::uint16_t last) {
  return {Transport::kTcp, *IpAddress::parse(address), first, last};
}

const NftMark kMark{7, "web"};
const NftMarks kMarks{{ports("192.0.2.100", 8000, 8099), kMark}};
const NftTable kTable{true, true, {kMarks}};

std::vector<std::string> lines(const std::vector<NftStep>& steps) {
  std::vector<std::string> all;
  all.reserve(steps.size());
  for (const auto& step : steps) all.push_back(family::describe(step));
  return all;
}

NftContents contents_in(const std::optional<NftTable>& table) {
  return table ? table->contents : NftContents{};
}

TEST(NftSteps, MakeChangeAndDelete) {
  EXPECT_THAT(
      lines(towards_nft({}, kTable)),
      ElementsAre("nftables inet hawser: make table: fwmark 7 of web: tcp 192.0.2.100 port 8000-8099"));
  auto more = kTable;
  more.contents.marks[ports("2001:db8::1", 80, 80)] = {8, "six"};
  EXPECT_THAT(
      lines(towards_nft(kTable, more)),
      ElementsAre("nftables inet hawser: change table: add fwmark6 8 of six: tcp [2001:db8::1] port 80"));
  auto moved = kTable;
  moved.contents.marks[ports("192.0.2.100", 8000, 8099)] = {9, "wob"};
  EXPECT_THAT(lines(towards_nft(kTable, moved)),
              ElementsAre("nftables inet hawser: change table: remove fwmark 7 of web: tcp 192.0.2.100 port "
                          "8000-8099; add fwmark 9 of wob: tcp 192.0.2.100 port 8000-8099"));
  EXPECT_THAT(lines(towards_nft(kTable, {})), ElementsAre("nftables inet hawser: delete table"));
  EXPECT_THAT(towards_nft(kTable, kTable), IsEmpty());
  EXPECT_THAT(towards_nft({}, {}), IsEmpty());
}

TEST(NftSteps, MakeAnewWhatSomebodyElseTouched) {
  EXPECT_THAT(
      lines(towards_nft(NftTable{true, false, {kMarks}}, kTable)),
      ElementsAre("nftables inet hawser: make table anew: fwmark 7 of web: tcp 192.0.2.100 port 8000-8099"));
}

TEST(NftSteps, MakeAnewForTheFirstSourceNatAndForTheLast) {
  auto hidden = kTable;
  hidden.contents.nats = {{ports("192.0.2.100", 80, 80), "web"}, {ports("192.0.2.101", 80, 80), "web"}};
  EXPECT_THAT(
      lines(towards_nft(kTable, hidden)),
      ElementsAre("nftables inet hawser: make table anew: source NAT of web: tcp "
                  "192.0.2.100-192.0.2.101 port 80; fwmark 7 of web: tcp 192.0.2.100 port 8000-8099"));
  EXPECT_THAT(towards_nft(hidden, kTable), ElementsAre(NftStep(RemakeNftTable{kTable.contents})));
  auto fewer = hidden;
  fewer.contents.nats.erase(ports("192.0.2.101", 80, 80));
  EXPECT_THAT(
      lines(towards_nft(hidden, fewer)),
      ElementsAre("nftables inet hawser: change table: remove source NAT of web: tcp 192.0.2.101 port 80"));
}

TEST(NftSteps, LeaveATableOfSomebodyElseAlone) {
  const NftTable foreign{false, false, {}};
  EXPECT_THAT(towards_nft(foreign, {}), IsEmpty());
  EXPECT_THAT(towards_nft(kTable, foreign), IsEmpty());
  EXPECT_THAT(towards_nft(foreign, kTable), ElementsAre(NftStep(MakeNftTable{{kMarks}})))
      << "refused by the kernel";
}

TEST(NftSteps, NameRunsOfAddressesAndNotEachOfMany) {
  NftMarks marks;
  for (const auto* address : {"192.0.2.254", "192.0.2.255", "192.0.3.0", "192.0.2.1", "192.0.2.9"})
    marks[ports(address, 80, 80)] = kMark;
  EXPECT_THAT(in_words({marks}),
              ElementsAre("fwmark 7 of web: tcp 192.0.2.1, 192.0.2.9, 192.0.2.254-192.0.3.0 port 80"));
  for (int i = 10; i < 100; i += 2) marks[ports(fmt::format("192.0.2.{}", i), 80, 80)] = kMark;
  EXPECT_THAT(in_words({marks}),
              ElementsAre("fwmark 7 of web: tcp 192.0.2.1, 192.0.2.9-192.0.2.10, 192.0.2.12, "
                          "192.0.2.14 and 43 more port 80"));
}

TEST(NftSteps, LeadWhereTheyWereToLeadAndBack) {
  auto other = kTable;
  other.contents.marks = {{ports("192.0.2.7", 1, 2), kMark}};
  auto hidden = kTable;
  hidden.contents.nats = {{ports("192.0.2.100", 80, 80), "web"}};
  const std::vector<std::optional<NftTable>> tables{std::nullopt, kTable, other, hidden,
                                                    NftTable{true, false, {kMarks}}};
  for (const auto& from : tables)
    for (const auto& wish : tables) {
      State state;
      state.nft = from;
      const State before = state;
      std::vector<Step> done;
      for (const auto& step : towards_nft(from, wish)) {
        simulate(state, step);
        done.emplace_back(step);
      }
      EXPECT_EQ(state.nft.has_value(), wish.has_value());
      EXPECT_EQ(contents_in(state.nft), contents_in(wish));
      for (const auto& step : way_back(before, state, done, Owner::kNetd)) simulate(state, step);
      EXPECT_EQ(state.nft.has_value(), from.has_value());
      EXPECT_EQ(contents_in(state.nft), contents_in(from));
    }
}

}  // namespace
}  // namespace hawser
