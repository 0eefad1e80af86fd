#include "vipd/addresses/parent_arp.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using nl::InetSetting;

constexpr IfIndex kFront{5};

nl::InetConf front(std::uint32_t ignore, std::uint32_t announce, const std::string& name = "front") {
  return {kFront, name, {{InetSetting::kArpIgnore, ignore}, {InetSetting::kArpAnnounce, announce}}};
}

const ArpBefore kIgnore0{kFront, InetSetting::kArpIgnore, 0};
const ArpBefore kAnnounce1{kFront, InetSetting::kArpAnnounce, 1};

TEST(ParentArpPlan, WhatDoesNotDoIsJournalledAndSet) {
  EXPECT_EQ(plan_arp({}, {"front"}, {front(0, 1)}),
            (ArpPlan{{kIgnore0, kAnnounce1},
                     {},
                     {{kFront, InetSetting::kArpIgnore, 1}, {kFront, InetSetting::kArpAnnounce, 2}}}));
  // By scope, not by interface.
  EXPECT_EQ(plan_arp({}, {"front"}, {front(3, 2)}).set.size(), 1U);
}

TEST(ParentArpPlan, WhatDoesAlreadyIsNoneOfOurBusiness) {
  for (const std::uint32_t ignore : {1U, 2U, 8U})
    EXPECT_EQ(plan_arp({}, {"front"}, {front(ignore, 2)}), ArpPlan{}) << ignore;
  EXPECT_EQ(plan_arp({}, {}, {front(1, 2)}), ArpPlan{}) << "nor when nobody wants it";
}

TEST(ParentArpPlan, WhatWeSetStaysInTheJournalAndIsRestoredUnderWhateverName) {
  EXPECT_EQ(plan_arp({kIgnore0}, {"front"}, {front(1, 2)}), (ArpPlan{{kIgnore0}, {}, {}}));
  EXPECT_EQ(plan_arp({kIgnore0}, {}, {front(1, 2)}),
            (ArpPlan{{}, {{kFront, InetSetting::kArpIgnore, 0}}, {}}));
  EXPECT_EQ(plan_arp({kIgnore0}, {"front"}, {front(1, 2, "lan0")}),
            (ArpPlan{{}, {{kFront, InetSetting::kArpIgnore, 0}}, {}}));
}

// The administrator's last word is what is kept, or restored.
TEST(ParentArpPlan, WhatSomebodyChangedAfterUsIsHis) {
  EXPECT_EQ(plan_arp({kIgnore0}, {}, {front(2, 2)}), ArpPlan{});
  EXPECT_EQ(plan_arp({kIgnore0}, {"front"}, {front(2, 2)}), ArpPlan{}) << "and does";
  EXPECT_EQ(plan_arp({{kFront, InetSetting::kArpIgnore, 2}}, {"front"}, {front(0, 2)}),
            (ArpPlan{{kIgnore0}, {}, {{kFront, InetSetting::kArpIgnore, 1}}}));
}

TEST(ParentArpPlan, ALinkThatIsGoneLeavesTheJournal) {
  EXPECT_EQ(plan_arp({kIgnore0}, {"front"}, {}), ArpPlan{});
}

}  // namespace
}  // namespace hawser::vipd
