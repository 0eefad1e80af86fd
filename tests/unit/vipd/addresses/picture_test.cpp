#include "vipd/addresses/picture.h"

#include <deque>
#include <functional>
#include <random>

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

constexpr std::uint8_t kVipd = 202;
constexpr std::uint8_t kNetd = 201;

AddressKey key(const std::string& interface, const std::string& prefix) {
  return {interface, *Prefix::parse(prefix)};
}

Picture two_links() {
  Picture picture;
  picture.link_is(IfIndex{5}, {"eth0", true, true, {}});
  picture.link_is(IfIndex{6}, {"back", true, true, {}});
  picture.address_is(IfIndex{5}, *Prefix::parse("192.0.2.100"), {kVipd, {}});
  picture.address_is(IfIndex{6}, *Prefix::parse("198.51.100.1"), {kNetd, {}});
  return picture;
}

TEST(Picture, TellsOursFromWhatOthersPutThere) {
  const auto picture = two_links();
  EXPECT_EQ(picture.holding(key("eth0", "192.0.2.100")), Holding::kOurs);
  EXPECT_EQ(picture.holding(key("back", "198.51.100.1")), Holding::kForeign);
  EXPECT_EQ(picture.holding(key("back", "192.0.2.100")), Holding::kNo);
  EXPECT_EQ(picture.holding(key("eth9", "192.0.2.100")), Holding::kNo);
}

TEST(Picture, AnAddressThatWeRemovedIsNotThere) {
  auto picture = two_links();
  EXPECT_TRUE(picture.address_is_gone(IfIndex{5}, *Prefix::parse("192.0.2.100")));
  EXPECT_EQ(picture.holding(key("eth0", "192.0.2.100")), Holding::kNo);
  EXPECT_FALSE(picture.address_is_gone(IfIndex{5}, *Prefix::parse("192.0.2.100"))) << "no news";
}

TEST(Picture, AnotherProtocolNumberMakesItSomebodyElses) {
  auto picture = two_links();
  EXPECT_TRUE(picture.address_is(IfIndex{5}, *Prefix::parse("192.0.2.100"), {0, {}}));
  EXPECT_EQ(picture.holding(key("eth0", "192.0.2.100")), Holding::kForeign);
  EXPECT_FALSE(picture.address_is(IfIndex{5}, *Prefix::parse("192.0.2.100"), {0, {}}));
}

TEST(Picture, AFreshLookAndANotificationSayTheSameOfAPort) {
  Observed observed;
  observed.state.links["br0"].up = true;
  observed.state.links["eth0"].up = true;
  observed.state.links["eth0"].master = "br0";
  observed.links["br0"].index = IfIndex{3};
  observed.links["br0"].kind = "bridge";
  observed.links["eth0"].index = IfIndex{5};
  for (auto& [name, status] : observed.links) status.carrier = true;
  Picture looked;
  looked.see(observed);
  Picture told;
  told.link_is(IfIndex{3}, {"br0", true, true, {}, "bridge"});
  told.link_is(IfIndex{5}, {"eth0", true, true, {}, "", IfIndex{3}});
  EXPECT_EQ(looked, told);
}

TEST(Picture, ARenamedLinkKeepsItsAddressesUnderTheNewName) {
  auto picture = two_links();
  EXPECT_TRUE(picture.link_is(IfIndex{5}, {"lan0", true, true, {}}));
  EXPECT_EQ(picture.find("eth0"), nullptr);
  EXPECT_EQ(picture.holding(key("lan0", "192.0.2.100")), Holding::kOurs);
}

TEST(Picture, TwoLinksMaySwapTheirNames) {
  auto picture = two_links();
  picture.link_is(IfIndex{5}, {"tmp", true, true, {}});
  picture.link_is(IfIndex{6}, {"eth0", true, true, {}});
  picture.link_is(IfIndex{5}, {"back", true, true, {}});
  EXPECT_EQ(picture.index_of("eth0"), IfIndex{6});
  EXPECT_EQ(picture.holding(key("back", "192.0.2.100")), Holding::kOurs);
  EXPECT_EQ(picture.links().size(), 2U);
}

TEST(Picture, ADeletedLinkTakesItsAddressesAlongAndComesBackWithoutThem) {
  auto picture = two_links();
  EXPECT_TRUE(picture.link_is_gone(IfIndex{5}));
  EXPECT_EQ(picture.ours(), 0U);
  EXPECT_TRUE(picture.link_is(IfIndex{9}, {"eth0", true, true, {}}));
  EXPECT_EQ(picture.holding(key("eth0", "192.0.2.100")), Holding::kNo);
}

TEST(Picture, AnIpv6AddressIsOneOnItsLinkWhateverItsPrefix) {
  auto picture = two_links();
  picture.address_is(IfIndex{5}, *Prefix::parse("2001:db8::100/64"), {0, {}});
  picture.address_is(IfIndex{5}, *Prefix::parse("192.0.2.101/24"), {0, {}});
  EXPECT_EQ(picture.holding(key("eth0", "2001:db8::100")), Holding::kForeign);
  EXPECT_EQ(picture.holding(key("eth0", "2001:db8::101")), Holding::kNo);
  EXPECT_EQ(picture.holding(key("eth0", "192.0.2.101")), Holding::kNo) << "IPv4 has one for each prefix";
}

TEST(Picture, AnIpv6AddressThatDidNotPassDuplicateDetectionAnswersNobody) {
  auto picture = two_links();
  const auto there = [&](const SeenAddress& seen) {
    picture.address_is(IfIndex{5}, *Prefix::parse("2001:db8::100/64"), seen);
    return picture.holding(key("eth0", "2001:db8::100"));
  };
  EXPECT_EQ(there({0, Detection::kGoingOn}), Holding::kForeignTentative);
  EXPECT_EQ(there({0, Detection::kFailed}), Holding::kForeignDuplicate);
  EXPECT_EQ(there({0, Detection::kPassed}), Holding::kForeign);
  EXPECT_EQ(there({kVipd, Detection::kGoingOn}), Holding::kOursMute);
  EXPECT_EQ(there({kVipd, Detection::kFailed}), Holding::kOursMute);
  EXPECT_EQ(picture.ours(), 2U) << "it is ours to remove all the same";
}

// ---- whatever happens, and whatever is lost on the way

// A kernel: what is true, and the notifications that wait to be read. When the queue overflows the reader is
// told so before it reads what is left (netlink(7), ENOBUFS).
class Kernel {
 public:
  explicit Kernel(unsigned seed) : random_(seed) {}

  void anything(Picture& picture) {
    switch (pick(8)) {
      case 0:
        return create();
      case 1:
        return with_link([this](IfIndex link) { erase(link); });
      case 2:
        return with_link([this](IfIndex link) { rename(link, free_name()); });
      case 3:
        return with_link([this](IfIndex link) {
          put(link, prefix(), {pick(2) == 0 ? kNetd : kVipd, static_cast<Detection>(pick(3))});
        });
      case 4:
        return with_link([this](IfIndex link) { remove(link, prefix()); });
      case 5:  // our own steps are in the picture at once
        return with_link([&](IfIndex link) {
          const auto what = prefix();
          put(link, what, {kVipd, {}});
          picture.address_is(link, what, {kVipd, {}});
        });
      case 6:
        return with_link([&](IfIndex link) {
          const auto what = prefix();
          remove(link, what);
          picture.address_is_gone(link, what);
        });
      default:
        return drain(picture);
    }
  }
  void drain(Picture& picture) {
    const bool lost = std::exchange(lost_, false);
    for (const auto& tell : std::exchange(queue_, {})) tell(picture);
    if (lost || pick(10) == 0) picture.see(observe());
  }
  [[nodiscard]] Observed observe() const {
    Observed observed;
    for (const auto& [index, link] : truth_.links()) {
      auto& there = observed.state.links[link.seen.name];
      there.up = link.seen.up;
      there.mac = link.seen.mac;
      observed.links[link.seen.name].index = index;
      observed.links[link.seen.name].carrier = link.seen.carrier;
      for (const auto& [prefix, seen] : link.addresses) {
        there.addresses[prefix].protocol = seen.protocol;
        if (seen.detection != Detection::kPassed)
          observed.links[link.seen.name].undetected[prefix] = seen.detection;
      }
    }
    return observed;
  }
  [[nodiscard]] const Picture& truth() const { return truth_; }

 private:
  using Fact = std::function<void(Picture&)>;

  std::size_t pick(std::size_t below) { return random_() % below; }
  void happens(const Fact& fact) {
    fact(truth_);
    if (queue_.size() >= 6) lost_ = true;
    if (!lost_) queue_.push_back(fact);
  }
  std::string free_name() {
    for (;;) {
      auto name = fmt::format("eth{}", pick(6));
      if (truth_.find(name) == nullptr) return name;
    }
  }
  Prefix prefix() { return {IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(100 + pick(4))), 32}; }
  void with_link(const std::function<void(IfIndex)>& act) {
    if (truth_.links().empty()) return;
    act(std::next(truth_.links().begin(), static_cast<std::ptrdiff_t>(pick(truth_.links().size())))->first);
  }
  void create() {
    if (truth_.links().size() < 4) rename(IfIndex{++indexes_}, free_name());
  }
  void rename(IfIndex link, const std::string& name) {
    happens([=](Picture& picture) { picture.link_is(link, {name, true, true, {}}); });
  }
  void erase(IfIndex link) {
    happens([=](Picture& picture) { picture.link_is_gone(link); });
  }
  void put(IfIndex link, const Prefix& what, const SeenAddress& seen) {
    happens([=](Picture& picture) { picture.address_is(link, what, seen); });
  }
  void remove(IfIndex link, const Prefix& what) {
    happens([=](Picture& picture) { picture.address_is_gone(link, what); });
  }

  std::mt19937 random_;
  Picture truth_;
  std::deque<Fact> queue_;
  bool lost_ = false;
  int indexes_ = 0;
};

TEST(Picture, IsTheTruthOnceEverythingWasReadWhateverHappenedAndWhateverWasLost) {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    Kernel kernel(seed);
    Picture picture;
    for (int i = 0; i < 100; ++i) kernel.anything(picture);
    kernel.drain(picture);
    ASSERT_EQ(picture, kernel.truth()) << "seed " << seed;
    Picture fresh;
    fresh.see(kernel.observe());
    ASSERT_EQ(fresh, kernel.truth()) << "seed " << seed;
    EXPECT_FALSE(picture.see(kernel.observe())) << "a look that finds nothing new is no news";
  }
}

}  // namespace
}  // namespace hawser::vipd
