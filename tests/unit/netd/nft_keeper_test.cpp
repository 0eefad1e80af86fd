// Our nftables table, as netd keeps it.
#include "netd/nft_keeper.h"

#include <cerrno>

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ServiceKey kByMark = key("fwmark 268435463");
const Marked kPorts{Transport::kTcp, *IpAddress::parse("192.0.2.100"), 8000, 8099};
const NftTable kTable{true, true, {{{kPorts, {268435463, "web"}}}}};

class NetdNft : public Netd {
 protected:
  static config::Config ranged() {
    auto config = web();
    config.services["web"].keys = {kByMark};
    config.services["web"].marked = {{kByMark, {{kPorts}, 0}}};
    return config;
  }
  [[nodiscard]] bool looked() const {
    return std::ranges::any_of(kernel.looks(), [](const auto& scope) { return scope.has(Look::kNft); });
  }
};

TEST_F(NetdNft, IsNotAskedForWhereNothingIsWanted) {
  start_in_service();
  controller->nft_changed(now);
  pass(seconds{60});
  EXPECT_FALSE(looked());
  EXPECT_FALSE(controller->nft().concerned());
}

TEST_F(NetdNft, IsMadeAfterItsServiceAndRemovedWithIt) {
  start(ranged());
  EXPECT_EQ(kernel.state().nft, kTable);
  ASSERT_TRUE(kernel.state().services.contains(kByMark));
  EXPECT_TRUE(is<AddService>(kernel.performed().front()));
  EXPECT_THAT(lines, Contains(HasSubstr("nftables inet hawser: make table: fwmark 268435463 of web: tcp "
                                        "192.0.2.100 port 8000-8099")));
  EXPECT_TRUE(journal.names.nft) << "on the disk before it is done";
  reload(web());
  EXPECT_EQ(kernel.state().nft, std::nullopt);
  EXPECT_FALSE(journal.names.nft);
  EXPECT_FALSE(controller->nft().concerned());
}

TEST_F(NetdNft, HidesTheClientsOfAPoolWithSourceNat) {
  start_in_service();
  auto config = web();
  for (auto& [name, pool] : config.pools) pool.source_nat = true;
  reload(config);
  const auto& table = kernel.state().nft;
  ASSERT_TRUE(table);
  EXPECT_FALSE(table->contents.nats.empty());
  EXPECT_EQ(kernel.state().ipvs.sysctls.at(IpvsSysctl::kConntrack), 1U);
  reload(web());
  EXPECT_EQ(kernel.state().nft, std::nullopt);
  EXPECT_EQ(kernel.state().ipvs.sysctls.at(IpvsSysctl::kConntrack), 0U) << "as it was before us";
}

TEST_F(NetdNft, IsTakenOverByTheNextProcessWithoutAStep) {
  start(ranged());
  const auto performed = kernel.performs();
  start(ranged());
  pass(seconds{60});
  EXPECT_EQ(kernel.performs(), performed);
  start(web());  // and yet another, with another file
  EXPECT_EQ(kernel.state().nft, std::nullopt);
}

TEST_F(NetdNft, IsOursByItsCommentWhenTheJournalIsLost) {
  start(ranged());
  journal = Made{"this boot", {}, {}};
  start(ranged());
  EXPECT_TRUE(journal.names.nft);
  reload(web());
  EXPECT_EQ(kernel.state().nft, std::nullopt);
}

TEST_F(NetdNft, ComesBackWhenItIsFlushedAndSaysSoOnce) {
  start(ranged());
  forget_lines();
  kernel.set_nft(std::nullopt);
  controller->nft_changed(now);
  work();
  EXPECT_EQ(kernel.state().nft, kTable);
  controller->nft_changed(now);  // of what we did ourselves
  pass(seconds{60});
  EXPECT_THAT(lines,
              ElementsAre(HasSubstr("make table: fwmark 268435463 of web: tcp 192.0.2.100 port 8000-8099: "
                                    "removed by somebody else")));
}

TEST_F(NetdNft, IsLookedAtEvenWithoutANotification) {
  start(ranged());
  kernel.set_nft(NftTable{true, false, kTable.contents});
  forget_lines();
  pass(seconds{6});
  EXPECT_EQ(kernel.state().nft, kTable);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("make table anew")));
}

TEST_F(NetdNft, FollowsTheFileInOneStep) {
  start(ranged());
  auto config = ranged();
  auto wider = kPorts;
  wider.last_port = 8199;
  config.services["web"].marked = {{kByMark, {{wider}, 0}}};
  forget_lines();
  reload(config);
  EXPECT_EQ(kernel.state().nft->contents.marks, (NftMarks{{wider, {268435463, "web"}}}));
  EXPECT_THAT(lines, ElementsAre(HasSubstr("change table: remove")));
}

TEST_F(NetdNft, ThatSomebodyElseHasIsLeftAloneAndSaidOnce) {
  const NftTable foreign{false, false, {}};
  kernel.set_nft(foreign);
  start(ranged());
  pass(seconds{60});
  EXPECT_EQ(kernel.state().nft, foreign);
  EXPECT_THAT(warnings, testing::SizeIs(1)) << testing::PrintToString(warnings);
  EXPECT_THAT(controller->nft().upkeep().refusals().waiting(), Not(IsEmpty()));
  reload(web());
  EXPECT_EQ(kernel.state().nft, foreign);
}

TEST_F(NetdNft, IsTriedAgainWhenTheKernelRefuses) {
  kernel.refuse_always([](const Step& step) { return is<MakeNftTable>(step); }, {"no", EOPNOTSUPP});
  start(ranged());
  pass(seconds{20});
  EXPECT_THAT(warnings, testing::SizeIs(1));
  kernel.refuse_always({}, {});
  pass(seconds{61});
  EXPECT_EQ(kernel.state().nft, kTable);
  EXPECT_THAT(controller->nft().upkeep().refusals().waiting(), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd
