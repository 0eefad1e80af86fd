// What the neighbours are told, and when.
#include "netd/announcer.h"

#include <gmock/gmock.h>

#include "tests/unit/lib/plan/world.h"

namespace hawser::netd {
namespace {

using namespace hawser::world;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const MacAddress kOld = mac("52:54:00:00:53:10");
const MacAddress kNew = mac("52:54:00:00:53:11");
const std::set<std::string> kDevices{"bond0", "eth0", "eth1"};
const TimePoint kStart{1000s};

void put(Observed& host, const std::string& name, Link link, const MacAddress& its_mac) {
  link.mac = its_mac;
  host.state.links[name] = std::move(link);
  host.links[name].index = IfIndex{static_cast<int>(host.links.size()) + 1};
  host.links[name].carrier = true;
}

Observed host() {
  Observed host;
  put(host, "bond0", bond(BondMode::kActiveBackup, {"eth0", "eth1"}), kOld);
  put(host, "front", vlan("bond0", 100), kOld);
  put(host, "eth5", card(true), mac("52:54:00:00:53:15"));
  auto& links = host.state.links;
  links["bond0"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  links["bond0"].addresses[prefix("2001:db8::11/64")] = owned_by(kNetd);
  links["front"].addresses[prefix("203.0.113.11/24")] = owned_by(kBoot);
  return host;
}

void set_mac(Observed& host, const MacAddress& to) {
  host.state.links["bond0"].mac = host.state.links["front"].mac = to;
}

std::vector<std::string> told(const Observed& before, const Observed& now,
                              const std::set<std::string>& devices = kDevices) {
  std::vector<std::string> lines;
  for (const auto& [link, address, its_mac] : moved(sight_of(before), sight_of(now), devices))
    lines.push_back(fmt::format("{} {} {}", link, address, its_mac));
  return lines;
}

TEST(Moved, IsNothingWhenNothingMoved) {
  EXPECT_THAT(told(host(), host()), IsEmpty());
}

TEST(Moved, IsEveryAddressOfADeviceWithAnotherMacAndOfTheVlansOnItWhoeverMadeThem) {
  auto now = host();
  set_mac(now, kNew);
  EXPECT_THAT(told(host(), now), UnorderedElementsAre("bond0 192.0.2.11 52:54:00:00:53:11",
                                                      "bond0 2001:db8::11 52:54:00:00:53:11",
                                                      "front 203.0.113.11 52:54:00:00:53:11"));
}

TEST(Moved, IsNotOfDevicesThatTheFileDoesNotName) {
  auto now = host();
  set_mac(now, kNew);
  EXPECT_THAT(told(host(), now, {"eth5"}), IsEmpty());
}

TEST(Moved, IsNotAnAddressThatAnotherDeviceHasToo) {
  auto both = host();
  both.state.links["eth5"].addresses[prefix("192.0.2.11/24")] = owned_by(kNetd);
  EXPECT_THAT(told(both, both, {"eth5"}), IsEmpty());
}

TEST(Moved, IsAnAddressThatWasOnAnotherCard) {
  auto before = host();
  before.state.links["eth5"].addresses[prefix("192.0.2.50/24")] = owned_by(kBoot);
  auto now = host();
  now.state.links["bond0"].addresses[prefix("192.0.2.50/24")] = owned_by(kBoot);
  EXPECT_THAT(told(before, now), ElementsAre("bond0 192.0.2.50 52:54:00:00:53:10"));
}

TEST(Moved, IsANewAddressOfOursAndNotOneThatSomebodyElseAdds) {
  auto now = host();
  now.state.links["bond0"].addresses[prefix("192.0.2.12/24")] = owned_by(kNetd);
  now.state.links["bond0"].addresses[prefix("192.0.2.13/24")] = owned_by(kBoot);
  EXPECT_THAT(told(host(), now), ElementsAre("bond0 192.0.2.12 52:54:00:00:53:10"));
}

TEST(Moved, IsNeitherVipdsNorLinkLocalNorDeprecated) {
  auto before = host();
  auto& addresses = before.state.links["bond0"].addresses;
  addresses.clear();
  addresses[prefix("192.0.2.100/32")] = owned_by(kVipd);
  addresses[prefix("fe80::1/64")] = {};
  addresses[prefix("169.254.1.1/16")] = {};
  addresses[prefix("2001:db8::100/128")].preferred_lifetime = 0;
  before.state.links.erase("front");
  auto now = before;
  now.state.links["bond0"].mac = kNew;
  EXPECT_THAT(told(before, now), IsEmpty());
}

TEST(Moved, IsABondThatWasMadeAnewOrWasDownOrHasAnotherMode) {
  auto now = host();
  now.links["bond0"].index = IfIndex{77};
  EXPECT_EQ(told(host(), now).size(), 3U);
  now = host();
  now.state.links["bond0"].bond->mode = BondMode::kBalanceXor;
  EXPECT_EQ(told(host(), now).size(), 3U);
  auto before = host();
  before.state.links["bond0"].up = false;
  EXPECT_EQ(told(before, host()).size(), 3U);
  now = host();
  now.state.links["bond0"].bond->ports.erase("eth1");
  EXPECT_THAT(told(host(), now), IsEmpty()) << "bonding tells the neighbours of a failover itself";
}

class AnnouncerTest : public testing::Test {
 protected:
  void saw(const Observed& observed, TimePoint now) { announcer.saw(observed, kDevices, now); }
  void work(TimePoint now) { announcer.work(now); }
  std::vector<std::string> take() { return std::exchange(sent, {}); }

  std::vector<std::string> sent;
  std::vector<std::string> said;
  bool sends = true;
  Announcer announcer{[this](const Announcement& what, IfIndex index) {
                        if (sends) sent.push_back(fmt::format("{} {}", index.value, what.address));
                        return sends;
                      },
                      [this](const Event& event) { said.push_back(line_of(event)); }};
};

TEST_F(AnnouncerTest, TellsNobodyOfWhatWasThereAlready) {
  saw(host(), kStart);
  work(kStart);
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_EQ(announcer.next(), TimePoint::max());
}

TEST_F(AnnouncerTest, TellsThreeTimesASecondApartAndSaysItOnce) {
  saw(host(), kStart);
  auto now = host();
  set_mac(now, kNew);
  saw(now, kStart);
  const auto each = UnorderedElementsAre("1 192.0.2.11", "1 2001:db8::11", "2 203.0.113.11");
  for (const auto after : {0s, 1s, 2s}) {
    EXPECT_EQ(announcer.next(), kStart + after);
    work(kStart + after);
    EXPECT_THAT(take(), each);
    saw(now, kStart + after);
  }
  EXPECT_EQ(announcer.next(), TimePoint::max());
  EXPECT_THAT(said, UnorderedElementsAre(
                        "bond0: neighbours are told that 192.0.2.11, 2001:db8::11 is at 52:54:00:00:53:11",
                        "front: neighbours are told that 203.0.113.11 is at 52:54:00:00:53:11"));
}

TEST_F(AnnouncerTest, WaitsForTheCarrierAndNotForEver) {
  saw(host(), kStart);
  auto now = host();
  set_mac(now, kNew);
  now.links["bond0"].carrier = now.links["front"].carrier = false;
  saw(now, kStart);
  work(kStart);
  work(kStart + 5s);
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_TRUE(announcer.waits_for_carrier());
  now.links["bond0"].carrier = now.links["front"].carrier = true;
  saw(now, kStart + 5500ms);
  EXPECT_EQ(announcer.next(), kStart + 5500ms) << "with the carrier, not with the next second";
  work(kStart + 5500ms);
  EXPECT_EQ(sent.size(), 3U);
  work(kStart + 61s);
  EXPECT_EQ(announcer.next(), TimePoint::max());
}

TEST_F(AnnouncerTest, ForgetsWhatIsNoLongerSo) {
  saw(host(), kStart);
  auto now = host();
  set_mac(now, kNew);
  saw(now, kStart);
  work(kStart);
  take();
  saw(host(), kStart + 1s);  // back, which is to be told in turn
  work(kStart + 1s);
  EXPECT_EQ(take().size(), 3U);
  EXPECT_THAT(said.back(), testing::HasSubstr("52:54:00:00:53:10"));
}

TEST_F(AnnouncerTest, TriesAgainWhenAFrameCouldNotBeSent) {
  saw(host(), kStart);
  auto now = host();
  set_mac(now, kNew);
  saw(now, kStart);
  sends = false;
  work(kStart);
  EXPECT_THAT(said, IsEmpty());
  sends = true;
  work(kStart + 1s);
  EXPECT_EQ(take().size(), 3U);
}

}  // namespace
}  // namespace hawser::netd
