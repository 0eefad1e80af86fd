#include "vipd/router/dispatch.h"

#include <list>

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

  // As the socket does it.
  VirtualRouter* dispatch(ByteView bytes, const std::vector<VirtualRouter*>& here) {
    if (const auto split = split_ipv4(bytes)) {
      const auto id = router_id_in(split->payload);
      const auto found = std::ranges::find_if(
          here, [&](const auto* router) { return router->vip().virtual_router_id == id; });
      auto* router = found == here.end() ? nullptr : *found;
      return vipd::dispatch(*split, router, others) ? router : nullptr;
    }
    others.count(BadPacket::kLength);
    return nullptr;
  }

  static config::Vip vip(int router_id, config::VrrpTransport transport = config::VrrpTransport::kMulticast) {
    config::Vip vip;
    vip.name = "web";
    vip.interface = "front";
    vip.virtual_router_id = Vrid(static_cast<std::uint8_t>(router_id));
    vip.addresses = {{*Prefix::parse("192.0.2.100"), "front"}};
    vip.manner.change().transport = transport;
    vip.manner.change().peers = {kPeer};
    return vip;
  }
  VirtualRouter& router(const config::Vip& of) {
    auto& made = made_.emplace_back(of, effects);
    made.interface_usable(kOurs);
    return made;
  }
  static std::uint64_t received(const VirtualRouter& router) { return router.status().counters.received; }
  static std::uint64_t bad(const VirtualRouter& router, BadPacket reason) {
    return router.status().counters.bad.of(reason);
  }

 private:
  std::list<VirtualRouter> made_;
};

TEST_F(ReceptionTest, GoesToTheRouterWithItsId) {
  auto& first = router(vip(51));
  auto& second = router(vip(52));
  EXPECT_EQ(dispatch(packet(message(52)), {&first, &second}), &second);
  EXPECT_EQ(received(first), 0U);
  EXPECT_EQ(received(second), 1U);
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, AnIdThatNobodyHereHasIsCountedOnTheInterface) {
  auto& first = router(vip(51));
  EXPECT_EQ(dispatch(packet(message(77)), {&first}), nullptr);
  EXPECT_EQ(others.of(BadPacket::kRouterId), 1U);
  EXPECT_EQ(received(first), 0U);
  EXPECT_EQ(first.status().counters.bad, BadPackets{});
}

TEST_F(ReceptionTest, ABadPacketIsCountedAtTheVipWhoseIdItBears) {
  auto& first = router(vip(51));
  dispatch(packet(message(), kPeer, kVrrpGroup, 64), {&first});
  EXPECT_EQ(bad(first, BadPacket::kTtl), 1U);
  auto broken = message();
  broken.at(7) ^= 1;
  dispatch(packet(broken), {&first});
  EXPECT_EQ(bad(first, BadPacket::kChecksum), 1U);
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, WhatIsTooShortForAnIdIsCountedOnTheInterface) {
  auto& first = router(vip(51));
  dispatch(packet(Bytes{0x31}), {&first});
  dispatch(Bytes{0x45}, {&first});
  EXPECT_EQ(others.of(BadPacket::kLength), 2U);
}

TEST_F(ReceptionTest, OurOwnPacketIsNothing) {
  auto& first = router(vip(51));
  const auto ours =
      encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {IpAddress::v4(192, 0, 2, 100)}},
             {3, VrrpChecksum::kPseudoHeader, {}}, kOurs, kVrrpGroup);
  dispatch(packet(ours, kOurs), {&first});
  EXPECT_EQ(first.status().counters, Counters{});
  EXPECT_EQ(others, BadPackets{});
}

TEST_F(ReceptionTest, AVipIsHeardByItsOwnTransportAlone) {
  auto& multicast = router(vip(51));
  dispatch(packet(message(51, kOurs), kPeer, kOurs), {&multicast});
  EXPECT_EQ(bad(multicast, BadPacket::kDestination), 1U);
  auto& unicast = router(vip(51, config::VrrpTransport::kUnicast));
  dispatch(packet(message()), {&unicast});
  EXPECT_EQ(bad(unicast, BadPacket::kDestination), 1U);
  dispatch(packet(message(51, kOurs), kPeer, kOurs, 64), {&unicast});
  EXPECT_EQ(received(unicast), 1U);
}

TEST_F(ReceptionTest, UnicastFromAStrangerIsCountedAsSuch) {
  auto& unicast = router(vip(51, config::VrrpTransport::kUnicast));
  const auto stranger = IpAddress::v4(192, 0, 2, 99);
  const auto theirs =
      encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {IpAddress::v4(192, 0, 2, 100)}},
             {3, VrrpChecksum::kPlain, {}}, stranger, kOurs);
  dispatch(packet(theirs, stranger, kOurs), {&unicast});
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
  vip.manner.change().version = 2;
  vip.manner.change().password_text = password;
  return vip;
}

TEST_F(ReceptionTest, ARouterHearsItsOwnVersion) {
  auto& old = router(old_vip());
  EXPECT_EQ(dispatch(packet(old_message()), {&old}), &old);
  EXPECT_EQ(dispatch(packet(message()), {&old}), nullptr);
  EXPECT_EQ(bad(old, BadPacket::kVersion), 1U);
  EXPECT_EQ(old.status().unheard->why,
            "192.0.2.12 advertises router id 51 in another version of VRRP than 2: it is not listened to");
  auto& young = router(vip(51));
  EXPECT_EQ(dispatch(packet(old_message()), {&young}), nullptr);
  EXPECT_EQ(bad(young, BadPacket::kVersion), 1U);
}

// RFC 3768 7.1
TEST_F(ReceptionTest, VersionTwoWantsTheSameInterval) {
  auto& old = router(old_vip());
  EXPECT_EQ(dispatch(packet(old_message({}, Centiseconds(200))), {&old}), nullptr);
  EXPECT_EQ(bad(old, BadPacket::kInterval), 1U);
  EXPECT_EQ(
      old.status().unheard->why,
      "192.0.2.12 advertises router id 51 at another interval than the 1s here, which version 2 wants to be "
      "the same: it is not listened to, and both may be Active; the files differ");
}

TEST_F(ReceptionTest, VersionTwoWantsTheSamePassword) {
  auto& open = router(old_vip());
  auto& closed = router(old_vip("1111"));
  EXPECT_EQ(dispatch(packet(old_message("1111")), {&open}), nullptr);
  EXPECT_EQ(dispatch(packet(old_message()), {&closed}), nullptr);
  EXPECT_EQ(dispatch(packet(old_message("1112")), {&closed}), nullptr);
  EXPECT_EQ(bad(open, BadPacket::kAuthentication), 1U);
  EXPECT_EQ(bad(closed, BadPacket::kAuthentication), 2U);
  EXPECT_EQ(closed.status().unheard->why,
            "192.0.2.12 advertises router id 51 with another password than here, or without: it is not "
            "listened to, "
            "and both may be Active; the files differ");
  EXPECT_EQ(dispatch(packet(old_message("1111")), {&closed}), &closed);
}

TEST_F(ReceptionTest, VersionTwoIsSentWithItsPassword) {
  auto& closed = router(old_vip("1111"));
  effects.time = *closed.due();
  closed.on_time();
  EXPECT_EQ(closed.role(), RoleName::kActive);
  ASSERT_FALSE(effects.sent.empty());
  const auto heard = decode(effects.sent.back(), {kOurs, kVrrpGroup, 255}, 2);
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->form.password, "1111");
}

// --- IPv6

const IpAddress kOurs6 = *IpAddress::parse("fe80::11");
const IpAddress kPeer6 = *IpAddress::parse("fe80::12");

bool hear_v6(const IpAddress& from, VirtualRouter& router, BadPackets& others) {
  const auto bytes =
      encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {*IpAddress::parse("2001:db8::100")}},
             {}, from, kVrrpGroup6);
  return dispatch(Packet{{from, kVrrpGroup6, 255}, bytes}, &router, others);
}

TEST_F(ReceptionTest, ARouterOfIpv6HearsAndSaysIpv6) {
  auto of = vip(51);
  of.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  VirtualRouter six(of, effects);
  six.interface_usable(kOurs6);
  EXPECT_EQ(key_of(of).family, Family::kIpv6);
  EXPECT_TRUE(hear_v6(kPeer6, six, others));
  EXPECT_FALSE(six.status().differs);
  effects.time = *six.due();
  six.on_time();
  ASSERT_FALSE(effects.sent.empty());
  EXPECT_EQ(effects.sent_to.back(), kVrrpGroup6);
  const auto heard = decode(effects.sent.back(), {kOurs6, kVrrpGroup6, 255});
  ASSERT_TRUE(heard.has_value());
  EXPECT_EQ(heard->advertisement.addresses, std::vector{*IpAddress::parse("2001:db8::100")});
}

TEST_F(ReceptionTest, OfIpv6ALinkLocalAddressComesFirst) {
  auto of = vip(51);
  of.addresses = {{*Prefix::parse("2001:db8::100"), "front"}, {*Prefix::parse("fe80::100"), "front"}};
  EXPECT_EQ(advertised_addresses(of),
            (std::vector{*IpAddress::parse("fe80::100"), *IpAddress::parse("2001:db8::100")}));
}

TEST_F(ReceptionTest, OurOwnIpv6PacketThatTheNetworkSendsBackIsNoTwin) {
  auto of = vip(51);
  of.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  VirtualRouter six(of, effects);
  six.interface_usable(kOurs6);
  effects.time = *six.due();
  six.on_time();
  ASSERT_EQ(six.role(), RoleName::kActive);
  effects.time += std::chrono::milliseconds(1);
  EXPECT_FALSE(hear_v6(kOurs6, six, others));
  EXPECT_FALSE(six.status().unheard);
}

TEST_F(ReceptionTest, WhoeverAdvertisesFromOurOwnIpv6AddressIsATwin) {
  auto of = vip(51);
  of.addresses = {{*Prefix::parse("2001:db8::100"), "front"}};
  VirtualRouter six(of, effects);
  six.interface_usable(kOurs6);
  EXPECT_FALSE(hear_v6(kOurs6, six, others));
  EXPECT_EQ(
      six.status().unheard->why,
      "another host has this host's own address fe80::11 too: neither hears the other, and both would be "
      "Active; give one of the two another");
}

}  // namespace
}  // namespace hawser::vipd
