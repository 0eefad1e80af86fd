// Timeouts, sync daemons and what the module says, as bytes. Those of a dump are what Linux 6.1 sent.
#include <gtest/gtest.h>

#include "captures.h"
#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {
namespace {

constexpr std::uint16_t kFamily = 0x20;
const SyncDaemon kDaemon{"bond0", 7, 1472, IpAddress::v4(224, 0, 0, 82), 8849, 3};

TEST(IpvsHostCodec, SaysADaemonByteForByte) {
  const auto message = encode_start_daemon(kFamily, SyncRole::kBackup, kDaemon);
  const auto bytes = message.bytes();
  const Bytes body(bytes.begin() + 16, bytes.end());
  EXPECT_EQ(body, (Bytes{9,    1, 0, 0,                         // IPVS_CMD_NEW_DAEMON
                         0x40, 0, 3, 0x80,                      // IPVS_CMD_ATTR_DAEMON, nested
                         8,    0, 1, 0,    2,    0,    0,   0,  // backup
                         10,   0, 2, 0,    'b',  'o',  'n', 'd', '0', 0, 0, 0,  // interface
                         8,    0, 3, 0,    7,    0,    0,   0,                  // sync id
                         6,    0, 4, 0,    0xc0, 5,    0,   0,                  // maxlen, machine's order
                         8,    0, 5, 0,    224,  0,    0,   82,                 // group, network order
                         6,    0, 7, 0,    0x91, 0x22, 0,   0,                  // port, machine's order
                         5,    0, 8, 0,    3,    0,    0,   0}));               // ttl
}

TEST(IpvsHostCodec, HearsWhatItSays) {
  for (const auto& daemon : {kDaemon, SyncDaemon{"eth0", 255, 1, *IpAddress::parse("ff02::81"), 1, 255}}) {
    const auto message = encode_start_daemon(kFamily, SyncRole::kMaster, daemon);
    auto rest = message.bytes();
    const auto heard = decode_daemon(*next_message(rest));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->role, SyncRole::kMaster);
    EXPECT_EQ(heard->daemon, daemon);
  }
  const auto message = encode_timeouts(kFamily, {900, 120, 300});
  auto rest = message.bytes();
  EXPECT_EQ(decode_timeouts(*next_message(rest)), (IpvsTimeouts{900, 120, 300}));
}

TEST(IpvsHostCodec, LeavesAnOpenLengthToTheKernel) {
  auto open = kDaemon;
  open.maxlen = 0;
  const auto message = encode_start_daemon(kFamily, SyncRole::kMaster, open);
  EXPECT_EQ(message.bytes().size(),
            encode_start_daemon(kFamily, SyncRole::kMaster, kDaemon).bytes().size() - 8);
}

TEST(IpvsHostCodec, RefusesADaemonWithoutARole) {
  Message message{kFamily, 0};
  message.raw(Bytes{9, 1, 0, 0});
  message.nest(3, [&] { message.text(2, "eth0"); });
  auto rest = message.bytes();
  EXPECT_FALSE(decode_daemon(*next_message(rest)));
}

TEST(IpvsHostCodec, ReadsTheVersion) {
  Message message{kFamily, 0};
  message.raw(Bytes{14, 1, 0, 0});
  message.number(1, std::uint32_t{0x010201});
  message.number(2, std::uint32_t{4096});
  auto rest = message.bytes();
  EXPECT_EQ(decode_facts(*next_message(rest)), (IpvsFacts{0x010201, 4096}));
}

TEST(IpvsHostCodec, RefusesEveryTruncation) {
  const auto message = encode_start_daemon(kFamily, SyncRole::kMaster, kDaemon);
  const Bytes bytes(message.bytes().begin(), message.bytes().end());
  expect_truncations_refused(bytes, 4, decode_daemon);
}

TEST(IpvsHostCodec, SetsCountersToZeroOfOneServiceOrAll) {
  const auto all = encode_zero(kFamily, std::nullopt);
  EXPECT_EQ(all.bytes().size(), 20U);
  EXPECT_EQ(all.bytes()[16], 16);
  EXPECT_GT(encode_zero(kFamily, *ServiceKey::parse("fwmark 7")).bytes().size(), 20U);
}

}  // namespace
}  // namespace hawser::nl
