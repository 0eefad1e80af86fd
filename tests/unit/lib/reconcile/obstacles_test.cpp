#include "lib/reconcile/obstacles.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

HostFacts good_host() {
  return {true, true, true, {kWeb.virtual_address.address}};
}

std::vector<std::string> texts_of(const std::vector<Obstacle>& list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (const auto& one : list) texts.push_back(one.text);
  return texts;
}

TEST(Obstacles, AreNoneOnAHostThatForwardsAndHasTheAddress) {
  EXPECT_THAT(texts_of(obstacles(lay_out(web()), good_host())), IsEmpty());
}

TEST(Obstacles, NameForwardingThatIsOffWhereMasqueradeNeedsIt) {
  auto facts = good_host();
  facts.forwards_ipv4 = false;
  facts.forwards_ipv6 = false;
  EXPECT_THAT(texts_of(obstacles(lay_out(web()), facts)),
              ElementsAre("net.ipv4.ip_forward is 0: answers of real servers behind masquerade (service web) "
                          "are not passed on to their clients: set it to 1"));
  facts.local.insert({kWeb1.address, kWeb2.address});  // real servers on this host answer without it
  EXPECT_THAT(texts_of(obstacles(lay_out(web()), facts)), IsEmpty());
  auto direct = web();
  for (auto& real : direct.pools["web"].reals) real.server.forwarding = Forwarding::kDirect;
  facts.local = {kWeb.virtual_address.address};
  EXPECT_THAT(texts_of(obstacles(lay_out(direct), facts)), IsEmpty());
}

TEST(Obstacles, NameSourceNatThatTheKernelCannotDo) {
  auto facts = good_host();
  facts.tracks_connections = false;
  EXPECT_THAT(texts_of(obstacles(lay_out(web()), facts)), IsEmpty());
  auto hidden = web();
  hidden.pools["web"].source_nat = true;
  EXPECT_THAT(
      texts_of(obstacles(lay_out(hidden), facts)),
      ElementsAre(HasSubstr("web: source_nat has no effect: IPVS of this kernel tracks no connections")));
  EXPECT_THAT(texts_of(obstacles(lay_out(hidden), good_host())), IsEmpty());
}

TEST(Obstacles, NameAnAddressThatIsNowhereOnce) {
  auto config = web();
  config.services["web"].keys = {key("tcp 192.0.2.100:443"), kWeb, key("fwmark 7")};
  auto facts = good_host();
  facts.local.clear();
  EXPECT_THAT(
      texts_of(obstacles(lay_out(config), facts)),
      ElementsAre("web: tcp 192.0.2.100:80: no interface has the address and no vip of the file names "
                  "it: nothing reaches the service"));
}

TEST(Obstacles, NameAFewOfManyServices) {
  auto config = web();
  for (int i = 0; i < 200; ++i) {
    auto service = config.services["web"];
    service.name = fmt::format("s{}", i);
    service.keys = {key(fmt::format("tcp 203.0.113.{}:80", 1 + i))};
    config.services[service.name] = service;
  }
  auto facts = good_host();
  facts.forwards_ipv4 = false;
  const auto list = texts_of(obstacles(lay_out(config), facts));
  ASSERT_EQ(list.size(), 5U);
  EXPECT_THAT(list.front(), HasSubstr("(services s0, s1, s10 and 198 more)"));
  EXPECT_EQ(list.back(), "197 more virtual addresses are on no interface and in no vip of the file");
}

class ObstaclesOfNetd : public Netd {
 protected:
  ObstaclesOfNetd() {
    look_at_host = [this](const Layout&, std::set<IpAddress> local) {
      asked = std::move(local);
      return facts;
    };
  }
  HostFacts facts = good_host();
  std::set<IpAddress> asked;
};

TEST_F(ObstaclesOfNetd, AreSaidOnceWhenTheyLast) {
  auto config = web();
  config.vips["v"].addresses = {{*Prefix::parse("192.0.2.200/32"), "eth0"}};
  start(config);
  EXPECT_TRUE(asked.contains(*IpAddress::parse("192.0.2.200")));
  forget_lines();
  facts.forwards_ipv4 = false;
  pass(seconds{5});
  EXPECT_THAT(warnings, IsEmpty()) << "it may be a moment";
  for (int i = 0; i < 5; ++i) pass(seconds{5});
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("net.ipv4.ip_forward is 0")));
  EXPECT_THAT(texts_of(controller->obstacles()), ElementsAre(HasSubstr("net.ipv4.ip_forward is 0")));
  facts.forwards_ipv4 = true;
  pass(seconds{5});
  EXPECT_THAT(texts_of(controller->obstacles()), IsEmpty());
}

}  // namespace
}  // namespace hawser
