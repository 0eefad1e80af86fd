// The declared-once table as a whole: what hawser.toml(5) is made of.
#include "lib/config/engine/schema.h"

#include <set>

#include <gtest/gtest.h>

#include "lib/config/engine/kinds.h"
#include "lib/config/engine/value.h"

namespace hawser::config {
namespace {

const KeyInfo& key(const std::string& section, const std::string& name) {
  static const auto keys = describe_keys();
  for (const auto& info : keys)
    if (info.section == section && info.key == name) return info;
  throw std::runtime_error("no such key: " + name);
}

TEST(Schema, EveryKeyIsDescribedOnce) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& info : describe_keys()) {
    EXPECT_TRUE(seen.emplace(info.section, info.key).second) << info.section << " " << info.key;
    if (!info.supported) continue;
    EXPECT_FALSE(info.type.empty()) << info.section << " " << info.key;
    EXPECT_FALSE(info.help.empty()) << info.section << " " << info.key;
  }
}

TEST(Schema, DefaultsAreThoseOfTheStructs) {
  EXPECT_EQ(key("[vip.NAME]", "advertisement_interval").default_value, "\"1s\"");
  EXPECT_EQ(key("[vip.NAME]", "advertisement_interval").range, "10ms to 40950ms in steps of 10ms");
  EXPECT_EQ(key("[vip.NAME]", "priority").default_value, "100");
  EXPECT_EQ(key("[vip.NAME]", "preempt").default_value, "true");
  EXPECT_EQ(key("[vip.NAME]", "transport").range, "\"multicast\" or \"unicast\"");
  EXPECT_EQ(key("[vip.NAME]", "source").default_value, "");
  EXPECT_EQ(key("[bond.NAME]", "miimon").default_value, "\"100ms\"");
  EXPECT_EQ(key("[bond.NAME]", "miimon").type, "duration");
  EXPECT_EQ(key("[bond.NAME]", "arp_missed_max").default_value, "2");
  EXPECT_EQ(key("[service.NAME]", "scheduler").default_value, "\"wlc\"");
  EXPECT_EQ(key("[[pool.NAME.real]]", "weight").range, "0 to 2147483647");
  EXPECT_EQ(key("[netd]", "ipvs_check").default_value, "\"5s\"");
  EXPECT_FALSE(key("[vip.NAME]", "track").supported);
}

TEST(Schema, ASectionConcernsADaemon) {
  EXPECT_EQ(part_of("pool.web"), Part::kNetd);
  EXPECT_EQ(part_of("vip.web.priority"), Part::kVipd);
  EXPECT_EQ(part_of("on.lb1.vip.web"), Part::kVipd);
  EXPECT_EQ(part_of("defaults.check.interval"), Part::kNetd);
  EXPECT_EQ(part_of("nodes"), Part::kAll);
  EXPECT_EQ(part_of("nonsense"), Part::kAll);
  EXPECT_EQ(part_of("on."), Part::kAll);
}

TEST(Quote, IsATomlString) {
  EXPECT_EQ(quote("a\"b\\c\n\x7f"), "\"a\\\"b\\\\c\\u000A\\u007F\"");
  EXPECT_EQ(quote("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST(ValidDevice, IsWhatTheKernelTakes) {
  for (const auto* good : {"eth0", "bond0.100", "a", "123456789012345"})
    EXPECT_EQ(device_fault(good), "") << good;
  for (const auto* bad : {"", ".", "..", "a b", "a/b", "a:b", "1234567890123456", "a\tb"})
    EXPECT_NE(device_fault(bad), "") << bad;
}

}  // namespace
}  // namespace hawser::config
