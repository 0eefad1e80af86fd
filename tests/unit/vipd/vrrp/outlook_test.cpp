#include "vipd/vrrp/outlook.h"

#include "tests/unit/vipd/router/driven.h"

namespace hawser::vipd {
namespace {

std::string outlook(const Driven& driven, TimePoint now) {
  return outlook_of(driven.config, driven.machine, now);
}

TEST(Outlook, OfWhoHasNotBegun) {
  Driven driven(configured());
  EXPECT_EQ(outlook(driven, kStart), "takes part when it is started and its interface can be used");
  driven.give(Startup{kStart, false, kStart + 3s});
  EXPECT_EQ(outlook(driven, kStart + 1s), "takes part in 2s, when its delay is over");
}

TEST(Outlook, OfABackup) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}});
  EXPECT_EQ(outlook(driven, kStart + 1s), "takes over in 2.5s, if nobody else does") << "nobody heard yet";
  driven.give(heard(kStart + 1s, 200));
  EXPECT_EQ(outlook(driven, kStart + 2s), "takes over if 192.0.2.12 (priority 200) is not heard for 3.5s");
  driven.give(heard(kStart + 2s, 0));
  EXPECT_EQ(outlook(driven, kStart + 2s), "takes over in 0.5s, if nobody else does") << "it left";
}

TEST(Outlook, OfABackupThatIsAboveTheActiveRouter) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 100));
  EXPECT_EQ(outlook(driven, kStart + 1s), "takes over in 2.5s: priority 128 is above the 100 of 192.0.2.12");
  Driven later(configured(128, true, 60000ms));
  later.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 100));
  EXPECT_EQ(outlook(later, kStart + 1s), "takes over in 60s: priority 128 is above the 100 of 192.0.2.12");
  later.give(heard(kStart + 2s, 100));
  EXPECT_EQ(outlook(later, kStart + 2s), "takes over in 59s: priority 128 is above the 100 of 192.0.2.12");
  Driven never(configured(128, false));
  never.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 100));
  EXPECT_EQ(outlook(never, kStart + 1s),
            "takes over if 192.0.2.12 (priority 100) is not heard for 3.5s, and not "
            "before: preempt is off");
}

TEST(Outlook, OfWhoListens) {
  Driven driven(configured());
  driven.give(Startup{kStart, true, {}});
  EXPECT_EQ(outlook(driven, kStart), "takes the role in 1.5s, if no other router is heard");
  Driven stalled(configured());
  stalled.give(Startup{kStart, false, {}}).give(Timer{kStart + 4s}).give(Timer{kStart + 60s});
  EXPECT_EQ(outlook(stalled, kStart + 60s), "goes on in 1s, if no other router is heard");
  Driven slept(configured());
  slept.give(Startup{kStart, false, {}}).give(Timer{kStart + 60s});
  EXPECT_EQ(outlook(slept, kStart + 60s), "takes the role in 1.5s, if no other router is heard");
  slept.give(heard(kStart + 61s, 100));
  EXPECT_EQ(outlook(slept, kStart + 61s), "takes over in 0.5s: priority 128 is above the 100 of 192.0.2.12");
}

TEST(Outlook, OfTheActiveRouter) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(Timer{kStart + 4s});
  EXPECT_EQ(outlook(driven, kStart + 4s),
            "yields to a priority above 128, or 128 with an address above 192.0.2.11");
  Driven owner(configured(255));
  owner.give(Startup{kStart, false, {}});
  EXPECT_EQ(outlook(owner, kStart), "yields to priority 255 with an address above 192.0.2.11");
}

TEST(Outlook, OfWhoLeaves) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(Timer{kStart + 4s}).give(Shutdown{kStart + 5s});
  EXPECT_EQ(outlook(driven, kStart + 5s), "drops the addresses in 3.5s, if no other router is heard");
  driven.give(heard(kStart + 6s, 100));
  EXPECT_EQ(outlook(driven, kStart + 6s), "drops the addresses in 0.1s: 192.0.2.12 is Active");
  Driven hands(configured());
  hands.give(Startup{kStart, false, {}}).give(Timer{kStart + 4s}).give(HandOver{kStart + 5s});
  EXPECT_EQ(outlook(hands, kStart + 5s), "is Active again in 3.5s, if no other router is heard");
}

// Between a resume and the next advertisement.
TEST(Outlook, OfABackupWhosePriorityHasBecomeTheHigherOne) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 200));
  EXPECT_EQ(outlook_of(configured(201), driven.machine, kStart + 1s),
            "takes over from 192.0.2.12 (priority 200): priority 201 is above that");
  EXPECT_EQ(outlook_of(configured(201, false), driven.machine, kStart + 1s),
            "takes over if 192.0.2.12 (priority 200) is not heard for 3.21s, and not before: preempt is off");
}

TEST(Foretold, AHandover) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 100)).give(Timer{kStart + 4s});
  const auto before = driven.machine;
  EXPECT_EQ(
      foretold(driven.config, driven.machine, HandOver{kStart + 8s}, kStart + 8s),
      "Active here: would send priority 0 and go on answering until another router is Active; then it is "
      "Active again in 3.5s, if no other router is heard; 192.0.2.12 (priority 100) was heard 7s ago");
  EXPECT_EQ(driven.machine, before);
}

TEST(Foretold, ARoleThatIsTaken) {
  Driven driven(configured(254));
  driven.give(Startup{kStart, false, {}});
  EXPECT_EQ(
      foretold(driven.config, driven.machine, TakeRole{kStart + 1s}, kStart + 1s),
      "Backup here: would advertise priority 254, hold the addresses and be Active; then it yields to a "
      "priority above 254, or 254 with an address above 192.0.2.11; no other router was heard");
}

TEST(Foretold, WhatIsNoMoreThanAPriority) {
  Driven driven(configured());
  driven.give(Startup{kStart, false, {}}).give(heard(kStart + 1s, 200));
  EXPECT_EQ(
      foretold(configured(1), driven.machine, PriorityChanged{kStart + 1s}, kStart + 1s),
      "Backup here: would go on with priority 1; then it takes over if 192.0.2.12 (priority 200) is not "
      "heard for 4s; 192.0.2.12 (priority 200) was heard 0s ago");
}

}  // namespace
}  // namespace hawser::vipd
