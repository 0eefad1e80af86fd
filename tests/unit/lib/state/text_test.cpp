// The text forms of keys: what people read in plans and write in the file.
#include <gtest/gtest.h>

#include "lib/state/ipvs.h"
#include "lib/state/network.h"

namespace hawser {
namespace {

TEST(ServiceKey, ReadsWhatItPrints) {
  for (const auto* text :
       {"tcp 192.0.2.100:80", "udp [2001:db8::1]:53", "sctp 192.0.2.1:0", "fwmark 7", "fwmark6 4294967295"}) {
    const auto key = ServiceKey::parse(text);
    ASSERT_TRUE(key) << key.error().text;
    EXPECT_EQ(to_string(*key), text);
    EXPECT_EQ(fmt::format("{}", *key), text);
  }
}

TEST(ServiceKey, KnowsItsFamilyAndMark) {
  EXPECT_EQ(ServiceKey::parse("fwmark 7")->family(), Family::kIpv4);
  EXPECT_EQ(ServiceKey::parse("fwmark6 7")->family(), Family::kIpv6);
  EXPECT_EQ(ServiceKey::parse("fwmark6 7")->fwmark, 7U);
  EXPECT_EQ(ServiceKey::parse("tcp [2001:db8::1]:80")->virtual_address.port, 80);
  EXPECT_NE(*ServiceKey::parse("fwmark 7"), *ServiceKey::parse("fwmark6 7"));
}

TEST(ServiceKey, RefusesWhatIsNotAService) {
  for (const auto* text : {"", "tcp", "tcp ", "192.0.2.1:80", "icmp 192.0.2.1:80"})
    EXPECT_EQ(
        ServiceKey::parse(text).error().text,
        fmt::format("\"{}\" is not a virtual service such as \"tcp 192.0.2.1:80\" or \"fwmark 7\"", text));
  EXPECT_EQ(ServiceKey::parse("fwmark 0").error().text, "\"0\" is not a mark from 1 to 4294967295");
  EXPECT_EQ(ServiceKey::parse("fwmark6 1x").error().text, "\"1x\" is not a mark from 1 to 4294967295");
  EXPECT_EQ(ServiceKey::parse("tcp 192.0.2.1").error().text, "\"192.0.2.1\" has no port: write ADDRESS:PORT");
}

RouteKey key(const char* to, std::uint32_t table, std::uint32_t metric) {
  return {table, *Prefix::parse(to), metric};
}

TEST(RouteKey, PrintsOnlyWhatIsUnusual) {
  EXPECT_EQ(to_string(key("0.0.0.0/0", 254, 0)), "default");
  EXPECT_EQ(to_string(key("::/0", 254, 1024)), "IPv6 default");
  EXPECT_EQ(to_string(key("198.51.100.0/24", 100, 5)), "198.51.100.0/24 table 100 metric 5");
  EXPECT_EQ(to_string(key("2001:db8::/32", 254, 5)), "2001:db8::/32 metric 5");
  EXPECT_EQ(to_string(key("128.0.0.0/1", 254, 0)), "128.0.0.0/1");
}

TEST(SchedulerFlags, AreNamedByTheSchedulerTheyAreOf) {
  const auto names = [](const char* scheduler) {
    return fmt::format("{}", fmt::join(scheduler_flags({scheduler, 0x38, 0, 32, "", {}}), " "));
  };
  EXPECT_EQ(names("sh"), "sh-fallback sh-port flag-3");
  EXPECT_EQ(names("mh"), "mh-fallback mh-port flag-3");
  EXPECT_EQ(names("wlc"), "flag-1 flag-2 flag-3");
  EXPECT_EQ(scheduler_flag("mh-port"), ServiceFlag::kSched2);
  EXPECT_EQ(scheduler_flag("flag-1"), ServiceFlag::kSched1);
  EXPECT_EQ(scheduler_flag("rr-port"), std::nullopt);
  EXPECT_EQ(scheduler_flag("sh-flag-3"), std::nullopt);
  EXPECT_TRUE(is_flag_of("sh-port", "sh") && is_flag_of("flag-2", "mh"));
  EXPECT_FALSE(is_flag_of("sh-port", "mh") || is_flag_of("best", "sh"));
}

}  // namespace
}  // namespace hawser
