#include "lib/reconcile/ipvs_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/reconcile/journal.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr auto kNodest = IpvsSysctl::kExpireNodestConn;
constexpr auto kTemplate = IpvsSysctl::kExpireQuiescentTemplate;

std::map<IpvsSysctl, std::uint32_t> sysctls_of(const config::Config& config) {
  return ipvs_host_of(config, lay_out(config)).sysctls;
}

TEST(IpvsHostWish, IsEmptyWhereNothingNeedsIt) {
  EXPECT_EQ(ipvs_host_of(web(), lay_out(web())), IpvsHost{});
  EXPECT_FALSE(concerns_ipvs_host({}, {{"net.ipv4.ip_forward", "0"}}));
}

TEST(IpvsHostWish, LetsClientsLeaveAServerThatIsGone) {
  auto config = web();
  config.services["web"].keys = {key("udp 192.0.2.100:53")};
  EXPECT_THAT(sysctls_of(config), ElementsAre(Pair(kNodest, 1U)));
  config.services["web"].keys = {key("fwmark 7")};
  EXPECT_THAT(sysctls_of(config), ElementsAre(Pair(kNodest, 1U)));
  config.services["web"].keys = {kWeb};
  config.services["web"].service.flags = static_cast<std::uint32_t>(ServiceFlag::kPersistent);
  EXPECT_THAT(sysctls_of(config), ElementsAre(Pair(kNodest, 1U), Pair(kTemplate, 1U)));
}

TEST(IpvsHostWish, GivesBackWhatNobodyWantsAnyMore) {
  const std::map<std::string, std::string> before{{"ipvs timeouts", "900 120 300"},
                                                  {"net.ipv4.ip_forward", "0"},
                                                  {"net.ipv4.vs.expire_nodest_conn", "0"},
                                                  {"sync master", ""}};
  EXPECT_TRUE(concerns_ipvs_host({}, before));
  const auto wish = with_what_was({}, before);
  EXPECT_EQ(wish.timeouts, (IpvsTimeouts{900, 120, 300}));
  EXPECT_THAT(wish.sysctls, ElementsAre(Pair(kNodest, 0U)));
  EXPECT_THAT(wish.stopped, ElementsAre(SyncRole::kMaster));
  IpvsHost wanted;
  wanted.sysctls[kNodest] = 1;
  EXPECT_THAT(with_what_was(wanted, before).sysctls, ElementsAre(Pair(kNodest, 1U)));
  EXPECT_EQ(with_what_was({}, {{"ipvs timeouts", "nonsense"}}), IpvsHost{});
}

// A journal in which the first old value stays, until it is that again.
class IpvsHostJournal : public testing::Test {
 protected:
  void does(const IpvsHostStep& step, bool taken = true) {
    const Step one(step);
    EXPECT_TRUE(book.will_do({&one, 1}));
    taken ? book.did(one) : book.did_not(one);
  }
  JournalBook book{{}, [](const std::string&) { return Status{}; }};
};

TEST_F(IpvsHostJournal, HasTheValueOfBeforeUsUntilThatIsBack) {
  does(SetIpvsTimeouts{{900, 120, 300}, {0, 0, 30}});
  does(SetIpvsTimeouts{{900, 120, 30}, {0, 0, 60}});
  EXPECT_THAT(book.values(), ElementsAre(Pair("ipvs timeouts", "0 0 300"))) << "the others are not ours";
  does(SetIpvsTimeouts{{900, 120, 60}, {0, 90, 0}});
  EXPECT_THAT(book.values(), ElementsAre(Pair("ipvs timeouts", "0 120 300")));
  does(SetIpvsTimeouts{{60, 90, 60}, {0, 120, 300}});
  EXPECT_THAT(book.values(), IsEmpty());
  does(SetIpvsSysctl{kNodest, 0, 1});
  EXPECT_THAT(book.values(), ElementsAre(Pair("net.ipv4.vs.expire_nodest_conn", "0")));
  does(SetIpvsSysctl{kNodest, 1, 0});
  EXPECT_THAT(book.values(), IsEmpty());
  does(StartSync{SyncRole::kMaster, {}});
  EXPECT_THAT(book.values(), ElementsAre(Pair("sync master", "")));
  does(StopSync{SyncRole::kMaster});
  EXPECT_THAT(book.values(), IsEmpty());
}

TEST_F(IpvsHostJournal, LosesNothingToARefusal) {
  does(SetIpvsTimeouts{{900, 120, 300}, {0, 0, 30}}, false);
  EXPECT_THAT(book.values(), IsEmpty());
  does(SetIpvsTimeouts{{900, 120, 300}, {0, 0, 30}});
  does(SetIpvsTimeouts{{900, 120, 30}, {900, 120, 300}}, false);
  EXPECT_THAT(book.values(), ElementsAre(Pair("ipvs timeouts", "0 0 300")));
}

}  // namespace
}  // namespace hawser
