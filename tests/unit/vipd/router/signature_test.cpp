// Signed advertisements between virtual routers: who is believed, in every step of a change to it.
#include "tests/unit/vipd/router/router_fixture.h"
#include "tests/unit/vipd/vrrp/hmac_keys.h"
#include "vipd/router/dispatch.h"

namespace hawser::vipd {
namespace {

using config::HmacMode;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

config::Vip signing(HmacMode mode = HmacMode::kEnforce, std::vector<HmacKey> keys = {counting_key(1)}) {
  auto vip = web();
  vip.manner.change().hmac = std::move(keys);
  vip.manner.change().hmac_mode = mode;
  return vip;
}

class Signatures : public RouterFixture {
 protected:
  BadPackets others;

  VirtualRouter& router(const config::Vip& vip) {
    auto& made = make(vip);
    made.interface_usable(kOurs);
    return made;
  }

  // What the peer sends now; key 0: unsigned. `ahead`: its clock.
  [[nodiscard]] Bytes theirs(std::uint8_t key, std::chrono::milliseconds ahead = 0ms,
                             const HmacKey& with = counting_key(0), int priority = 200) const {
    const Advertisement advertisement{Vrid(51),
                                      Priority(static_cast<std::uint8_t>(priority)),
                                      Centiseconds(100),
                                      {IpAddress::v4(192, 0, 2, 100)}};
    WireForm form;
    if (key == 0) return encode(advertisement, form, kPeer, kVrrpGroup);
    const auto message = encode(advertisement, form, kPeer, kVrrpGroup);
    form.trailer = sign(message, kPeer, {key, {}, with.secret},
                        next_sequence(0, effects.wall_clock() + ahead, std::nullopt));
    return encode(advertisement, form, kPeer, kVrrpGroup);
  }
  bool is_heard(VirtualRouter& router, ByteView message) {
    return dispatch({{kPeer, kVrrpGroup, 255}, message}, &router, others);
  }
  static std::uint64_t bad(const VirtualRouter& router, BadPacket reason) {
    return router.status().counters.bad.of(reason);
  }
  static std::string why(const VirtualRouter& router) {
    const auto unheard = router.status().unheard;
    return unheard ? unheard->why : "";
  }
};

// ---- who is believed

TEST_F(Signatures, WhereTheyAreEnforcedOnlySignedOnesAreHeard) {
  auto& ours = router(signing());
  EXPECT_TRUE(is_heard(ours, theirs(1)));
  EXPECT_EQ(why(ours), "");
  effects.time += 1s;
  EXPECT_FALSE(is_heard(ours, theirs(0)));
  EXPECT_EQ(bad(ours, BadPacket::kUnsigned), 1U);
  EXPECT_EQ(why(ours),
            "192.0.2.12 advertises router id 51 without a signature: it is not listened to, and both may be "
            "Active; give it the keys, or write hmac_mode = \"permissive\" until every node has them");
  EXPECT_EQ(ours.status().counters.received, 1U);
}

TEST_F(Signatures, BeforeThatWhoDoesNotSignIsHeardToo) {
  for (const auto mode : {HmacMode::kReceiveOnly, HmacMode::kPermissive}) {
    auto& ours = router(signing(mode));
    EXPECT_TRUE(is_heard(ours, theirs(0)));
    EXPECT_EQ(ours.status().senders.at(kPeer).key, std::nullopt);
    EXPECT_TRUE(is_heard(ours, theirs(1)));
    EXPECT_EQ(ours.status().senders.at(kPeer).key, 1);
    // But whoever signs has to sign rightly.
    EXPECT_FALSE(is_heard(ours, theirs(1, 1s, letter_key(1))));
    EXPECT_EQ(bad(ours, BadPacket::kForged), 1U);
  }
}

TEST_F(Signatures, ByAKeyThatIsNotHere) {
  auto& ours = router(signing());
  EXPECT_FALSE(is_heard(ours, theirs(9)));
  EXPECT_EQ(bad(ours, BadPacket::kUnknownKey), 1U);
  EXPECT_EQ(why(ours),
            "192.0.2.12 signs router id 51 with key 9, which hmac does not have here: it is not listened to, "
            "and both may be Active; every node has to have a key before one signs with it");
}

TEST_F(Signatures, ByAnotherKeyOfThatNumber) {
  auto& ours = router(signing());
  EXPECT_FALSE(is_heard(ours, theirs(1, 0ms, letter_key(1))));
  EXPECT_EQ(bad(ours, BadPacket::kForged), 1U);
  EXPECT_EQ(
      why(ours),
      "192.0.2.12 signs router id 51 wrongly for key 1 of this host: it is not listened to, and both may "
      "be Active; the keys differ, or somebody else sends in its name");
  EXPECT_TRUE(is_heard(ours, theirs(1))) << "what is forged moves nothing";
}

TEST_F(Signatures, AnyOfTheKeysVerifies) {
  auto& ours = router(signing(HmacMode::kEnforce, {counting_key(1), letter_key(2)}));
  EXPECT_TRUE(is_heard(ours, theirs(1)));
  EXPECT_TRUE(is_heard(ours, theirs(2, 0ms, letter_key(2))));
}

TEST_F(Signatures, ARecordingIsNotHeardAgain) {
  auto& ours = router(signing());
  const auto recorded = theirs(1);
  EXPECT_TRUE(is_heard(ours, recorded));
  EXPECT_FALSE(is_heard(ours, recorded));
  EXPECT_EQ(bad(ours, BadPacket::kReplayed), 1U);
  EXPECT_EQ(
      why(ours),
      "an advertisement from 192.0.2.12 for router id 51 is not later than one that was heard: it is not "
      "listened to; somebody sends it again, or the clock there was put back");
  effects.time += 10s;
  EXPECT_FALSE(is_heard(ours, recorded));
  EXPECT_EQ(bad(ours, BadPacket::kStale), 1U);
}

TEST_F(Signatures, ARecordedFarewellTakesNothingAway) {
  auto& ours = router(signing());
  const auto farewell = theirs(1, 0ms, counting_key(1), 0);
  EXPECT_TRUE(is_heard(ours, farewell));
  effects.time += 1s;
  EXPECT_TRUE(is_heard(ours, theirs(1)));
  const auto due = ours.due();
  EXPECT_FALSE(is_heard(ours, farewell));
  EXPECT_EQ(ours.due(), due);
}

TEST_F(Signatures, AClockThatIsWrongIsNamedWithTheDifference) {
  auto& ours = router(signing());
  EXPECT_FALSE(is_heard(ours, theirs(1, 65s)));
  EXPECT_EQ(
      why(ours),
      "the clock of 192.0.2.12 is about 1m ahead of this host's, and no more than 5s may lie between "
      "them: it is not listened to, and both may be Active; set the clocks; if they are right, somebody "
      "sends again what was sent then");
  EXPECT_FALSE(is_heard(ours, theirs(1, -2h)));
  EXPECT_THAT(why(ours), HasSubstr("is about 2h behind this host's"));
  EXPECT_EQ(bad(ours, BadPacket::kStale), 2U);
  EXPECT_TRUE(is_heard(ours, theirs(1)));
  EXPECT_THAT(effects.log, testing::Not(Contains(HasSubstr("beyond"))));
  effects.time += 1s;
  EXPECT_TRUE(is_heard(ours, theirs(1, 4s)));
  EXPECT_EQ(ours.status().senders.at(kPeer).clock_lead, 4s);
  EXPECT_THAT(effects.log,
              Contains(HasSubstr("the clock of 192.0.2.12 is about 4s ahead of this host's: beyond "
                                 "5s it is not listened to; set the clocks")));
}

TEST_F(Signatures, WhatCameDuringOurOwnStallIsNoWrongClock) {
  auto& ours = active(signing());
  const auto before = theirs(1);
  effects.time += 60s;  // nobody called it meanwhile
  EXPECT_FALSE(is_heard(ours, before));
  EXPECT_EQ(bad(ours, BadPacket::kStale), 1U);
  EXPECT_EQ(why(ours), "");
}

TEST_F(Signatures, TheWindowIsThreeIntervalsOrWhatIsWritten) {
  auto slow = signing();
  slow.manner.change().advertisement_interval = 10s;
  auto& of_slow = router(slow);
  EXPECT_TRUE(is_heard(of_slow, theirs(1, -30s)));
  auto strict = signing();
  strict.manner.change().hmac_window.length = 2s;
  auto& of_strict = router(strict);
  EXPECT_FALSE(is_heard(of_strict, theirs(1, 3s)));
  auto without = signing();
  without.manner.change().hmac_window.off = true;
  auto& of_without = router(without);
  EXPECT_TRUE(is_heard(of_without, theirs(1, -24h)));
  EXPECT_TRUE(is_heard(of_without, theirs(1, 24h)));
  EXPECT_FALSE(is_heard(of_without, theirs(1)));
  EXPECT_EQ(bad(of_without, BadPacket::kReplayed), 1U);
}

// Where nothing is asked nothing is refused: a node that signs already does not make a second Active of one
// that has no keys yet.
TEST_F(Signatures, WithoutKeysASignatureIsSaidAndNotLookedAt) {
  auto& ours = router(web());
  EXPECT_TRUE(is_heard(ours, theirs(1, 24h, letter_key(1))));
  EXPECT_THAT(effects.log, Contains(HasSubstr("192.0.2.12 signs router id 51, and here are no keys for it")));
  EXPECT_THAT(ours.status().senders, IsEmpty());
}

TEST_F(Signatures, SendersAreCountedToALimit) {
  auto& ours = router(signing(HmacMode::kPermissive));
  const auto message = [](const IpAddress& from) {
    return encode(Advertisement{Vrid(51), Priority(200), Centiseconds(100), {IpAddress::v4(192, 0, 2, 100)}},
                  {}, from, kVrrpGroup);
  };
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto from = IpAddress::v4(0xC6336400U + i);
    EXPECT_TRUE(dispatch({{from, kVrrpGroup, 255}, message(from)}, &ours, others));
  }
  EXPECT_EQ(ours.status().senders.size(), 16U);
}

// ---- what is sent

std::optional<HmacTrailer> trailer_of(ByteView message, const IpAddress& to = kVrrpGroup) {
  const auto decoded = decode(message, {kOurs, to, 255});
  EXPECT_TRUE(decoded.has_value());
  return decoded ? decoded->form.trailer : std::nullopt;
}

TEST_F(Signatures, TheFirstKeySignsUnlessNobodySignsYet) {
  active(signing(HmacMode::kPermissive, {letter_key(2), counting_key(1)}));
  ASSERT_FALSE(effects.sent.empty());
  const auto trailer = trailer_of(effects.sent.back());
  ASSERT_TRUE(trailer.has_value());
  EXPECT_EQ(trailer->key, 2);
  const auto message = ByteView(effects.sent.back()).first(effects.sent.back().size() - kHmacTrailer);
  EXPECT_TRUE(is_signed_by(message, kOurs, *trailer, letter_key(2)));
  EXPECT_EQ(clock_lead(trailer->sequence, effects.wall_clock()).count() / 2, 0);
  forget();
  active(signing(HmacMode::kReceiveOnly));
  ASSERT_FALSE(effects.sent.empty());
  EXPECT_EQ(trailer_of(effects.sent.back()), std::nullopt);
}

TEST_F(Signatures, EveryAdvertisementIsLaterAndTheFarewellToo) {
  auto& ours = active(signing(), 10s);
  ours.shutdown();
  HmacSequence last = 0;
  for (const auto& message : effects.sent) {
    const auto trailer = trailer_of(message);
    ASSERT_TRUE(trailer.has_value());
    EXPECT_GT(trailer->sequence, last);
    last = trailer->sequence;
  }
  EXPECT_EQ(decode(effects.sent.back(), {kOurs, kVrrpGroup, 255})->advertisement.priority, Priority(0));
}

TEST_F(Signatures, TheFarewellOfALostInterfaceIsSignedToo) {
  auto& ours = active(signing(), 10s);
  forget();
  ours.interface_unusable("is down");
  ASSERT_EQ(effects.sent.size(), 1U);
  EXPECT_TRUE(trailer_of(effects.sent.back()));
}

TEST_F(Signatures, OnePerAdvertisementForAllPeers) {
  auto vip = signing();
  vip.manner.change().transport = config::VrrpTransport::kUnicast;
  vip.manner.change().peers = {kPeer, IpAddress::v4(192, 0, 2, 13)};
  active(vip);
  ASSERT_GE(effects.sent.size(), 2U);
  const auto first = trailer_of(effects.sent.at(0), effects.sent_to.at(0));
  EXPECT_EQ(first, trailer_of(effects.sent.at(1), effects.sent_to.at(1)));
  EXPECT_TRUE(first.has_value());
  EXPECT_NE(effects.sent_to.at(0), effects.sent_to.at(1));
}

TEST_F(Signatures, AClockThatIsPutBackLocksNobodyOut) {
  effects.midnight += 1h;
  auto& ours = active(signing());
  forget();
  effects.midnight -= 1h;
  pass(ours, 2s);
  ASSERT_FALSE(effects.sent.empty());
  const auto trailer = trailer_of(effects.sent.back());
  ASSERT_TRUE(trailer.has_value());
  EXPECT_LE(std::chrono::abs(clock_lead(trailer->sequence, effects.wall_clock())), 2s);
  effects.midnight -= 3s;  // within the window: it goes on from where it was
  forget();
  pass(ours, 1s);
  EXPECT_GT(trailer_of(effects.sent.back())->sequence, trailer->sequence);
}

// ---- restarts

TEST_F(Signatures, ARestartGoesOnWithBothSequences) {
  auto& before = active(signing(), 10s);
  const auto recorded = theirs(1, 0ms, counting_key(1), 50);
  EXPECT_TRUE(is_heard(before, recorded));
  const auto last = trailer_of(effects.sent.back())->sequence;
  const auto state = before.state();
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->signing.sent, last);
  effects.midnight -= 3s;  // in between
  forget();
  VirtualRouter after(signing(), effects);
  after.go_on_with(*state);
  after.interface_usable(kOurs);
  finish(after);
  EXPECT_FALSE(is_heard(after, recorded));
  EXPECT_EQ(bad(after, BadPacket::kReplayed), 1U);
  pass(after, 1s);
  ASSERT_FALSE(effects.sent.empty());
  EXPECT_GT(trailer_of(effects.sent.back())->sequence, last);
}

// kill -9: the clock is all that is left, and it has gone on.
TEST_F(Signatures, WhoBeginsAnewIsHeardAtOnce) {
  auto& peers_view = router(signing());
  EXPECT_TRUE(is_heard(peers_view, theirs(1)));
  effects.time += 50ms;
  EXPECT_TRUE(is_heard(peers_view, theirs(1)));
}

TEST_F(Signatures, AnotherKeyInAReloadKeepsTheRole) {
  auto& ours = active(signing(), 10s);
  forget();
  ours.reconfigure(signing(HmacMode::kEnforce, {counting_key(1), letter_key(2)}));
  ours.reconfigure(signing(HmacMode::kEnforce, {letter_key(2), counting_key(1)}));
  finish(ours);
  pass(ours, 1s);
  EXPECT_EQ(ours.role(), RoleName::kActive);
  ASSERT_FALSE(effects.sent.empty());
  EXPECT_EQ(trailer_of(effects.sent.back())->key, 2);
}

TEST_F(Signatures, WithKeysOneAddressOfIpv6LessIsNamedInEveryMode) {
  std::vector<std::string> many;
  for (int i = 1; i <= 95; ++i) many.push_back(fmt::format("2001:db8::{:x}", i));
  auto vip = web(many);
  EXPECT_EQ(advertised_addresses(vip).size(), 90U);
  for (const auto mode : {HmacMode::kReceiveOnly, HmacMode::kPermissive, HmacMode::kEnforce}) {
    vip.manner.change().hmac = {counting_key(1)};
    vip.manner.change().hmac_mode = mode;
    EXPECT_EQ(advertised_addresses(vip).size(), 89U);
  }
}

}  // namespace
}  // namespace hawser::vipd
