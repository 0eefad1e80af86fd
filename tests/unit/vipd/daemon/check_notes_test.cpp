#include "vipd/daemon/check_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const std::vector<IpAddress> kNothing;
const std::vector<IpAddress> kFour{IpAddress::v4(192, 0, 2, 11)};
const std::vector<IpAddress> kSix{*IpAddress::parse("fe80::11")};
const std::vector<IpAddress> kGlobalSix{*IpAddress::parse("2001:db8::11")};

config::Vip web() {
  config::Vip vip;
  vip.name = "web";
  vip.interface = "front";
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("198.51.100.100"), "back"}};
  return vip;
}

std::vector<std::string> lines_of(const std::vector<config::Vip>& vips, const InterfacesHere& here,
                                  const std::string& called = "") {
  std::vector<std::string> lines;
  for (const auto& note : notes_on(vips, here, [&](const std::string&) { return called; }))
    lines.push_back(note_text(note));
  return lines;
}

TEST(CheckNotes, AreNoneWhereEveryInterfaceIsThereAndCanAdvertise) {
  EXPECT_THAT(lines_of({web()}, {{"front", kFour}, {"back", kNothing}}), IsEmpty());
}

TEST(CheckNotes, NameWhatWouldLeaveAStoreUnanswered) {
  auto vip = web();
  const auto ignore = [](const std::string& interface) { return interface == "front" ? 1 : 0; };
  EXPECT_THAT(notes_on_stores({vip}, ignore), IsEmpty());
  vip.manner.change().store = config::Store::kSpread;
  const auto notes = notes_on_stores({vip}, ignore);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(note_text(notes.front()), testing::StartsWith("vip.web: note: front: arp_ignore is 1"));
  EXPECT_THAT(notes_on_stores({vip}, [](const std::string&) { return 0; }), IsEmpty());
}

TEST(CheckNotes, NameEveryInterfaceThatThisHostLacks) {
  EXPECT_THAT(lines_of({web()}, {{"lo", kFour}}),
              ElementsAre("vip.web: note: this host has no interface back now: vipd waits for it",
                          "vip.web: note: this host has no interface front now: vipd waits for it"));
}

// vipd makes it.
TEST(CheckNotes, DoNotMissTheDeviceOfAVirtualMac) {
  auto vip = web();
  vip.manner.change().virtual_mac = true;
  vip.virtual_router_id = Vrid(51);
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "v4-51-front"}};
  EXPECT_THAT(lines_of({vip}, {{"front", kFour}}), IsEmpty());
}

TEST(CheckNotes, DoNotMissTheDummiesOfAStore) {
  auto vip = web();
  vip.virtual_router_id = Vrid(51);
  vip.manner.change().store = config::Store::kSpread;
  vip.addresses = {{*Prefix::parse("192.0.2.100"), "s51-0-front"}};
  EXPECT_THAT(lines_of({vip}, {{"front", kFour}}), IsEmpty());
}

TEST(CheckNotes, SayThatAdvertisementsNeedAnIpv4Address) {
  EXPECT_THAT(lines_of({web()}, {{"front", kSix}, {"back", kNothing}}),
              ElementsAre("vip.web: note: front: no IPv4 address to advertise from: give it one"));
}

config::Vip six() {
  auto vip = web();
  vip.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  return vip;
}

TEST(CheckNotes, AskForAnIpv4AddressOnlyWhereIpv4Elects) {
  EXPECT_THAT(lines_of({six()}, {{"front", kSix}}), IsEmpty());
  auto both = web();
  both.addresses = {{*Prefix::parse("192.0.2.100"), "front"}, {*Prefix::parse("2001:db8::100"), "front"}};
  EXPECT_EQ(lines_of({both}, {{"front", kSix}}).size(), 1U);
  both.manner.change().lead = config::VrrpLead::kIpv6;
  EXPECT_THAT(lines_of({both}, {{"front", kSix}}), IsEmpty());
}

// RFC 9568 5.1.2.1; by unicast it is one that reaches the peers.
TEST(CheckNotes, AskForALinkLocalAddressWhereIpv6ElectsByMulticast) {
  for (const auto& there : {kFour, kGlobalSix})
    EXPECT_THAT(lines_of({six()}, {{"front", there}}),
                ElementsAre(testing::StartsWith(
                    "vip.web: note: front: no link-local IPv6 address to advertise from: give it one")));
  auto unicast = six();
  unicast.manner.change().transport = config::VrrpTransport::kUnicast;
  unicast.manner.change().peers = {*IpAddress::parse("2001:db8::12")};
  EXPECT_THAT(lines_of({unicast}, {{"front", kGlobalSix}}), IsEmpty());
  EXPECT_THAT(lines_of({unicast}, {{"front", kSix}}),
              ElementsAre(testing::StartsWith("vip.web: note: front: no IPv6 address to advertise from")));
}

TEST(CheckNotes, AskForTheSourceThatTheFileNames) {
  auto vip = web();
  vip.manner.change().source = IpAddress::v4(192, 0, 2, 11);
  EXPECT_THAT(lines_of({vip}, {{"front", kFour}, {"back", kNothing}}), IsEmpty());
  EXPECT_THAT(lines_of({vip}, {{"front", {IpAddress::v4(192, 0, 2, 99)}}, {"back", kNothing}}),
              ElementsAre("vip.web: note: front: does not have the source address 192.0.2.11"));
}

TEST(CheckNotes, SayWhatAnInterfaceIsCalledWhoseOtherNameIsInTheFile) {
  EXPECT_THAT(lines_of({web()}, {{"front", kFour}, {"eth0", kFour}}, "eth0"),
              ElementsAre("vip.web: note: back is another name of eth0: write eth0 in [vip.web]"));
}

TEST(CheckNotes, TheKernelNamesWhatIsHereAndNothingElse) {
  EXPECT_EQ(kernel_name_of("lo"), "lo");
  EXPECT_EQ(kernel_name_of("nosuch0"), "");
}

TEST(CheckNotes, TheLoopbackInterfaceIsHere) {
  EXPECT_THAT(interfaces_here(), Contains(Pair("lo", Contains(IpAddress::v4(127, 0, 0, 1)))));
}

}  // namespace
}  // namespace hawser::vipd
