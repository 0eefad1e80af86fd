// A script beside netd that takes an address away again and again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netd/controller.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser::netd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Prefix kFought = *Prefix::parse("192.0.2.1/24");
const Prefix kOther = *Prefix::parse("198.51.100.1/24");

State one_card() {
  State state;
  state.links["eth0"].up = true;
  return state;
}

class Fought : public testing::Test {
 protected:
  Fought() {
    config::Config config;
    config.network = one_card();
    config.network.links["eth0"].addresses = {{kFought, Address{}}, {kOther, Address{}}};
    controller.configure(config, Why::kStart, now);
    pass({});
    said.clear();
  }
  void pass(milliseconds time) {
    now += time;
    for (int i = 0; i < 100 && controller.work(now); ++i) {
    }
  }
  [[nodiscard]] bool has(const Prefix& address) const {
    return kernel.state().links.at("eth0").addresses.contains(address);
  }
  void take_away(const Prefix& address) {
    if (has(address)) (void)kernel.perform(RemoveAddress{"eth0", address});
    controller.network_changed(now);
    pass(milliseconds{100});
  }
  void fight(milliseconds time) {
    for (const auto end = now + time; now < end;) take_away(kFought);
  }
  [[nodiscard]] std::size_t repairs() const {
    std::size_t count = 0;
    for (const auto& step : kernel.performed())
      if (const auto* add = as<AddAddress>(step)) count += add->prefix == kFought ? 1 : 0;
    return count;
  }

  FakeKernel kernel{one_card()};
  std::vector<std::string> said;
  TimePoint now{seconds{1000}};
  Controller controller{kernel, Made{"this boot", {}, {}}, [](const std::string&) -> Status { return {}; },
                        [this](const Event& event) { said.push_back(line_of(event)); }};
};

TEST_F(Fought, IsPutBackEverMoreSeldomAndNamedOnce) {
  fight(seconds{600});
  EXPECT_LE(repairs(), 25U);
  EXPECT_LE(said.size(), 6U);
  EXPECT_THAT(said.back(),
              HasSubstr("eth0: add address 192.0.2.1/24: removed by somebody else 5 times in 10s"));
}

TEST_F(Fought, KeepsNothingElseWaiting) {
  fight(seconds{20});
  take_away(kOther);
  EXPECT_TRUE(has(kOther));
}

TEST_F(Fought, OfTwoThingsBothAreNamed) {
  for (int i = 0; i < 200; ++i) {
    take_away(kFought);
    take_away(kOther);
  }
  EXPECT_LE(repairs(), 15U);
  EXPECT_LE(said.size(), 12U);
}

TEST_F(Fought, IsAsTheFileWantsItOnceTheOtherStops) {
  fight(seconds{60});
  said.clear();
  for (int i = 0; i < 200; ++i) pass(seconds{1});
  EXPECT_TRUE(has(kFought));
  ASSERT_THAT(said, ElementsAre(HasSubstr("put back at once again")));
  take_away(kFought);
  EXPECT_TRUE(has(kFought));
}

TEST_F(Fought, IsBegunAnewByAReload) {
  fight(seconds{60});
  config::Config config;
  config.network = one_card();
  config.network.links["eth0"].addresses = {{kFought, Address{}}};
  controller.configure(config, Why::kReload, now);
  pass({});
  EXPECT_TRUE(has(kFought));
  EXPECT_THAT(controller.network().contested(), IsEmpty());
}

TEST_F(Fought, IsInTheStatusWhileItLasts) {
  fight(seconds{60});
  EXPECT_THAT(controller.network().contested(),
              ElementsAre(HasSubstr("eth0: add address 192.0.2.1/24: removed by somebody else")));
}

}  // namespace
}  // namespace hawser::netd
