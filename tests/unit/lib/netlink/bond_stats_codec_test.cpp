#include "lib/netlink/bond_stats_codec.h"

#include "captures.h"

namespace hawser::nl {
namespace {

TEST(BondStats, ReadsTheLacpCountersOfABondAndOfAPort) {
  const auto of_bond = capture("stats_bond8");
  const auto bond = decode_bond_stats(view_of(of_bond));
  ASSERT_TRUE(bond && *bond);
  EXPECT_EQ(**bond, (LacpCounters{.lacpdu_rx = 28, .lacpdu_tx = 32}));
  const auto of_port = capture("stats_lag0");
  const auto port = decode_bond_stats(view_of(of_port));
  ASSERT_TRUE(port && *port);
  EXPECT_EQ(**port, (LacpCounters{.lacpdu_rx = 15, .lacpdu_tx = 17}));
}

TEST(BondStats, ReadsEachCounterIntoItsOwnPlace) {
  Message message{92, 0};  // RTM_NEWSTATS
  message.raw(Bytes(12));
  message.nest(2, [&] {
    message.nest(2, [&] {
      message.nest(1, [&] {
        for (int type = 0; type < 9; ++type) message.number(type, static_cast<std::uint64_t>(10 + type));
      });
    });
  });
  const auto counters = decode_bond_stats(view_of(message));
  ASSERT_TRUE(counters && *counters);
  EXPECT_EQ(**counters, (LacpCounters{10, 11, 12, 13, 14, 15, 16, 17, 18}));
}

TEST(BondStats, WhatTheKernelDoesNotCountIsNotZero) {
  Message message{92, 0};
  message.raw(Bytes(12));
  const auto counters = decode_bond_stats(view_of(message));
  ASSERT_TRUE(counters);
  EXPECT_FALSE(*counters);
}

TEST(BondStats, RefusesEveryTruncation) {
  expect_truncations_refused(capture("stats_lag0"), 12, decode_bond_stats);
}

TEST(BondStats, AsksAsIprouteDoes) {
  // nlmsghdr, if_stats_msg, of `ip link xstats type bond dev X`, but for the number of the sequence
  EXPECT_EQ(encode_get_bond_stats(IfIndex{5}, StatsOf::kPort),
            bytes_of_hex("1c0000005e0005000000000000000000000000000500000004000000"));
  EXPECT_EQ(encode_get_bond_stats(IfIndex{2}, StatsOf::kBond),
            bytes_of_hex("1c0000005e0005000000000000000000000000000200000002000000"));
}

TEST(Speed, IsReadFromEthtoolsAnswer) {
  const auto answer = capture("speed_lag0");
  EXPECT_EQ(decode_speed(view_of(answer)), (LinkSpeed{10000, Duplex::kFull}));
}

TEST(Speed, ThatTheDriverDoesNotKnowIsZero) {
  Message message{20, 0};
  message.raw(Bytes(4));
  message.number(5, std::uint32_t{0xFFFFFFFF});
  message.number(6, std::uint8_t{0xFF});
  EXPECT_EQ(decode_speed(view_of(message)), (LinkSpeed{0, Duplex::kUnknown}));
}

TEST(Speed, RefusesEveryTruncation) {
  expect_truncations_refused(capture("speed_lag0"), 4, decode_speed);
}

TEST(Speed, IsAskedForByIndexWithShortBitsets) {
  EXPECT_EQ(encode_get_speed(20, IfIndex{5}), bytes_of_hex("2800000014000500000000000000000004010000"
                                                           "14000180080001000500000008000300"
                                                           "01000000"));
}

}  // namespace
}  // namespace hawser::nl
