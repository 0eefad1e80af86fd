#include "vipd/daemon/check_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;

config::Vip web() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("198.51.100.100"), "back"}};
  return vip;
}

std::vector<std::string> lines_of(const std::vector<config::Vip>& vips,
                                  const std::map<std::string, bool>& here, const std::string& called = "") {
  std::vector<std::string> lines;
  for (const auto& note : notes_on(vips, here, [&](const std::string&) { return called; }))
    lines.push_back(note_text(note));
  return lines;
}

TEST(CheckNotes, AreNoneWhereEveryInterfaceIsThereAndCanAdvertise) {
  EXPECT_THAT(lines_of({web()}, {{"front", true}, {"back", false}}), IsEmpty());
}

TEST(CheckNotes, NameWhatWouldLeaveAStoreUnanswered) {
  auto vip = web();
  const auto ignore = [](const std::string& interface) { return interface == "front" ? 1 : 0; };
  EXPECT_THAT(notes_on_stores({vip}, ignore), IsEmpty());
  vip.store = config::Store::kSpread;
  const auto notes = notes_on_stores({vip}, ignore);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(note_text(notes.front()), testing::StartsWith("vip.web: note: front: arp_ignore is 1"));
  EXPECT_THAT(notes_on_stores({vip}, [](const std::string&) { return 0; }), IsEmpty());
}

TEST(CheckNotes, NameEveryInterfaceThatThisHostLacks) {
  EXPECT_THAT(lines_of({web()}, {{"lo", true}}),
              ElementsAre("vip.web: note: this host has no interface back now: vipd waits for it",
                          "vip.web: note: this host has no interface front now: vipd waits for it"));
}

// vipd makes it.
TEST(CheckNotes, DoNotMissTheDeviceOfAVirtualMac) {
  auto vip = web();
  vip.virtual_mac = true;
  vip.virtual_router_id = Vrid(51);
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "v4-51-front"}};
  EXPECT_THAT(lines_of({vip}, {{"front", true}}), IsEmpty());
}

TEST(CheckNotes, DoNotMissTheDummiesOfAStore) {
  auto vip = web();
  vip.virtual_router_id = Vrid(51);
  vip.store = config::Store::kSpread;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "s51-0-front"}};
  EXPECT_THAT(lines_of({vip}, {{"front", true}}), IsEmpty());
}

TEST(CheckNotes, SayThatAdvertisementsNeedAnIpv4Address) {
  EXPECT_THAT(
      lines_of({web()}, {{"front", false}, {"back", false}}),
      ElementsAre(
          "vip.web: note: front has no IPv4 address now, and advertisements come from one: give it one"));
}

TEST(CheckNotes, SayWhatAnInterfaceIsCalledWhoseOtherNameIsInTheFile) {
  EXPECT_THAT(lines_of({web()}, {{"front", true}, {"eth0", true}}, "eth0"),
              ElementsAre("vip.web: note: back is another name of eth0: write eth0 in [vip.web]"));
}

TEST(CheckNotes, TheKernelNamesWhatIsHereAndNothingElse) {
  EXPECT_EQ(kernel_name_of("lo"), "lo");
  EXPECT_EQ(kernel_name_of("nosuch0"), "");
}

TEST(CheckNotes, TheLoopbackInterfaceIsHere) {
  EXPECT_THAT(interfaces_here(), Contains(Key("lo")));
}

}  // namespace
}  // namespace hawser::vipd
