#include "lib/netlink/bonding_proc.h"

#include <gtest/gtest.h>

#include "lib/base/atomic_file.h"

namespace hawser::nl {
namespace {

std::string taken() {
  return read_file(HAWSER_SOURCE_DIR "/tests/unit/lib/netlink/captures/proc_bond8.txt").value();
}

MacAddress mac(std::string_view text) {
  return MacAddress::parse(text).value();
}

TEST(BondingProc, TellsBothEndsOfEachPort) {
  const auto ports = parse_bonding_proc(taken());
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports.at("lag0").actor, (LacpEnd{65535, mac("02:00:00:00:00:08"), 15, 255, 1}));
  EXPECT_EQ(ports.at("lag1").partner, (LacpEnd{65535, mac("02:00:00:00:00:09"), 15, 255, 2}));
  EXPECT_EQ(ports.at("lag1").actor_churn, Churn::kMonitoring);
  EXPECT_EQ(ports.at("lag1").partner_churns, 0U);
}

TEST(BondingProc, KeepsTheEndsApart) {
  const auto ports = parse_bonding_proc(
      "Slave Interface: a\nActor Churned Count: 3\ndetails actor lacp pdu:\n    port key: 1\n"
      "details partner lacp pdu:\n    oper key: 2\nSlave Interface: b\n    port key: 9\n");
  EXPECT_EQ(ports.at("a").actor->key, 1);
  EXPECT_EQ(ports.at("a").partner->key, 2);
  EXPECT_EQ(ports.at("a").actor_churns, 3U);
  EXPECT_FALSE(ports.at("b").actor) << "what the kernel does not tell the unprivileged is not made up";
}

TEST(BondingProc, MakesWhatItCanOfAnyText) {
  EXPECT_TRUE(parse_bonding_proc("").empty());
  EXPECT_TRUE(parse_bonding_proc("\n:\n::\nport key: 3").empty());
  const auto ports =
      parse_bonding_proc("Slave Interface: a\ndetails actor lacp pdu:\nport key: x\nport number: 99999");
  EXPECT_EQ(ports.at("a").actor, LacpEnd{});
}

TEST(BondingProc, CutAnywhereItIsStillRead) {
  const auto whole = taken();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const auto ports = parse_bonding_proc(std::string_view(whole).substr(0, size));
    EXPECT_LE(ports.size(), 2U + 1U) << size;  // a cut name is a name
  }
}

}  // namespace
}  // namespace hawser::nl
