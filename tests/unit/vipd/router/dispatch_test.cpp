#include "vipd/router/dispatch.h"

#include <gtest/gtest.h>

#include "tests/unit/vipd/router/fake_effects.h"

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

const IpAddress kOurs = IpAddress::v4(192, 0, 2, 11);
const IpAddress kPeer = IpAddress::v4(192, 0, 2, 12);

Bytes packet(ByteView message, const IpAddress& source = kPeer, const IpAddress& destination = kVrrpGroup,
             std::uint8_t ttl = 255) {
  Writer writer;
  writer.u16(0x45C0);
  writer.u16(static_cast<std::uint16_t>(20 + message.size()));
  writer.u32(0);
  writer.u8(ttl);
  writer.u8(kVrrpProtocol);
  writer.u16(0);
  writer.put(source.bytes());
  writer.put(destination.bytes());
  writer.put(message);
  return writer.take();
}

Bytes message(int router_id = 51, const IpAddress& destination = kVrrpGroup) {
  return encode(Advertisement{Vrid(static_cast<std::uint8_t>(router_id)),
                              Priority(200),
                              Centiseconds(100),
                              {IpAddress::v4(192, 0, 2, 100)}},
                {3, VrrpChecksum::kPseudoHeader, {}}, kPeer, destination);
}

class ReceptionTest : public testing::Test {
 public:
  FakeEffects effects;
  BadPackets others;

  static config::Vip vip(int router_id, config::VrrpTransport transport = config::VrrpTransport::kMulticast) {
    config::Vip vip;
    vip.name = "web";
    vip.interface = "front";
    vip.virtual_router_id = Vrid(static_cast<std::uint8_t>(router_id));
    vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}};
    vip.transport = transport;
    vip.peers = {kPeer};
    return vip;
  }
  VirtualRouter router(const config::Vip& of) {
    VirtualRouter made(of, effects);
    made.interface_usable(kOurs);
    return made;
  }
  static std::uint64_t received(const VirtualRouter& router) { return router.status().counters.received; }
  static std::uint64_t bad(const VirtualRouter& router, BadPacket reason) {
    return router.status().counters.bad.of(reason);
  }
};

TEST_F(ReceptionTest, GoesToTheRouterWithItsId) {
  auto first = router(vip(51));
  auto second = router(vip(52));
  EXPECT_EQ(dispatch(packet(message(52)), {&first, &second}, others), &second);
  EXPECT_EQ(received(first), 0U);
  EXPECT_EQ(received(second), 1U);
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, AnIdThatNobodyHereHasIsCountedOnTheInterface) {
  auto first = router(vip(51));
  EXPECT_EQ(dispatch(packet(message(77)), {&first}, others), nullptr);
  EXPECT_EQ(others.of(BadPacket::kRouterId), 1U);
  EXPECT_EQ(received(first), 0U);
  EXPECT_EQ(first.status().counters.bad, BadPackets{});
}

TEST_F(ReceptionTest, ABadPacketIsCountedAtTheVipWhoseIdItBears) {
  auto first = router(vip(51));
  dispatch(packet(message(), kPeer, kVrrpGroup, 64), {&first}, others);
  EXPECT_EQ(bad(first, BadPacket::kTtl), 1U);
  auto broken = message();
  broken.at(7) ^= 1;
  dispatch(packet(broken), {&first}, others);
  EXPECT_EQ(bad(first, BadPacket::kChecksum), 1U);
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, WhatIsTooShortForAnIdIsCountedOnTheInterface) {
  auto first = router(vip(51));
  dispatch(packet(Bytes{0x31}), {&first}, others);
  dispatch(Bytes{0x45}, {&first}, others);
  EXPECT_EQ(others.of(BadPacket::kLength), 2U);
}

TEST_F(ReceptionTest, OurOwnPacketIsNothing) {
  auto first = router(vip(51));
  const auto ours =
      encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {IpAddress::v4(192, 0, 2, 100)}},
             {3, VrrpChecksum::kPseudoHeader, {}}, kOurs, kVrrpGroup);
  dispatch(packet(ours, kOurs), {&first}, others);
  EXPECT_EQ(first.status().counters, Counters{});
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, AVipIsHeardByItsOwnTransportAlone) {
  auto multicast = router(vip(51));
  dispatch(packet(message(51, kOurs), kPeer, kOurs), {&multicast}, others);
  EXPECT_EQ(bad(multicast, BadPacket::kDestination), 1U);
  auto unicast = router(vip(51, config::VrrpTransport::kUnicast));
  dispatch(packet(message()), {&unicast}, others);
  EXPECT_EQ(bad(unicast, BadPacket::kDestination), 1U);
  dispatch(packet(message(51, kOurs), kPeer, kOurs, 64), {&unicast}, others);
  EXPECT_EQ(received(unicast), 1U);
}

TEST_F(ReceptionTest, UnicastFromAStrangerIsCountedAsSuch) {
  auto unicast = router(vip(51, config::VrrpTransport::kUnicast));
  const auto stranger = IpAddress::v4(192, 0, 2, 99);
  const auto theirs =
      encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {IpAddress::v4(192, 0, 2, 100)}},
             {3, VrrpChecksum::kPlain, {}}, stranger, kOurs);
  dispatch(packet(theirs, stranger, kOurs), {&unicast}, others);
  EXPECT_EQ(bad(unicast, BadPacket::kPeer), 1U);
  EXPECT_EQ(received(unicast), 0U);
}

// --- version 2 ---

Bytes old_message(const std::string& password = {}, Centiseconds interval = Centiseconds(100)) {
  return encode(Advertisement{Vrid(51), Priority(200), interval, {IpAddress::v4(192, 0, 2, 100)}},
                {2, VrrpChecksum::kPlain, password}, kPeer, kVrrpGroup);
}

config::Vip old_vip(const std::string& password = {}) {
  auto vip = ReceptionTest::vip(51);
  vip.version = 2;
  vip.password_text = password;
  return vip;
}

TEST_F(ReceptionTest, ARouterHearsItsOwnVersion) {
  auto old = router(old_vip());
  EXPECT_EQ(dispatch(packet(old_message()), {&old}, others), &old);
  EXPECT_EQ(dispatch(packet(message()), {&old}, others), nullptr);
  EXPECT_EQ(bad(old, BadPacket::kVersion), 1U);
  EXPECT_EQ(old.status().unheard->why,
            "192.0.2.12 advertises router id 51 in another version of VRRP than 2: it is not listened to");
  auto young = router(vip(51));
  EXPECT_EQ(dispatch(packet(old_message()), {&young}, others), nullptr);
  EXPECT_EQ(bad(young, BadPacket::kVersion), 1U);
}

// RFC 3768 7.1
TEST_F(ReceptionTest, VersionTwoWantsTheSameInterval) {
  auto old = router(old_vip());
  EXPECT_EQ(dispatch(packet(old_message({}, Centiseconds(200))), {&old}, others), nullptr);
  EXPECT_EQ(bad(old, BadPacket::kInterval), 1U);
  EXPECT_EQ(
      old.status().unheard->why,
      "192.0.2.12 advertises router id 51 at another interval than the 1s here, which version 2 wants to be "
      "the same: it is not listened to, and both may be Active; the files differ");
}

TEST_F(ReceptionTest, VersionTwoWantsTheSamePassword) {
  auto open = router(old_vip());
  auto closed = router(old_vip("1111"));
  EXPECT_EQ(dispatch(packet(old_message("1111")), {&open}, others), nullptr);
  EXPECT_EQ(dispatch(packet(old_message()), {&closed}, others), nullptr);
  EXPECT_EQ(dispatch(packet(old_message("1112")), {&closed}, others), nullptr);
  EXPECT_EQ(bad(open, BadPacket::kAuthentication), 1U);
  EXPECT_EQ(bad(closed, BadPacket::kAuthentication), 2U);
  EXPECT_EQ(closed.status().unheard->why,
            "192.0.2.12 advertises router id 51 with another password than here, or without: it is not "
            "listened to, "
            "and both may be Active; the files differ");
  EXPECT_EQ(dispatch(packet(old_message("1111")), {&closed}, others), &closed);
}

TEST_F(ReceptionTest, VersionTwoIsSentWithItsPassword) {
  auto closed = router(old_vip("1111"));
  effects.time += std::chrono::seconds(10);
  closed.on_time();
  EXPECT_EQ(closed.role(), RoleName::kActive);
  ASSERT_FALSE(effects.sent.empty());
  const auto heard = decode(effects.sent.back(), {kOurs, kVrrpGroup, 255}, 2);
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->form.password, "1111");
}

}  // namespace
}  // namespace hawser::vipd
