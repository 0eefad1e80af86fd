#include "lib/base/address.h"

#include <gtest/gtest.h>

namespace hawser {
namespace {

TEST(IpAddress, ReadsAndPrintsBothFamilies) {
  EXPECT_EQ(to_string(*IpAddress::parse("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(*IpAddress::parse("2001:0db8:0:0::1")), "2001:db8::1");
}

TEST(IpAddress, RefusesWhatIsNotAnAddress) {
  for (const auto* text :
       {"", "192.0.2", "192.0.2.256", "192.0.2.1/24", "2001:db8::g", "fe80::1%eth0", "[2001:db8::1]", "host"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, OrdersAsUnsignedNumbersInNetworkOrder) {
  EXPECT_LT(*IpAddress::parse("192.0.2.9"), *IpAddress::parse("192.0.2.10"));
  EXPECT_LT(*IpAddress::parse("9.255.255.255"), *IpAddress::parse("192.0.2.1"));
  EXPECT_LT(*IpAddress::parse("255.255.255.255"), *IpAddress::parse("::"));
}

TEST(IpAddress, KnowsItsClasses) {
  EXPECT_TRUE(IpAddress::parse("224.0.0.18")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("ff02::12")->is_multicast());
  EXPECT_FALSE(IpAddress::parse("192.0.2.1")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("fe80::1")->is_link_local());
  EXPECT_TRUE(IpAddress::parse("169.254.3.4")->is_link_local());
  EXPECT_FALSE(IpAddress::parse("169.253.3.4")->is_link_local());
  EXPECT_TRUE(IpAddress::parse("127.0.0.2")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("1::1")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
}

TEST(Prefix, KeepsHostBitsAndFindsItsNetwork) {
  const auto prefix = *Prefix::parse("192.0.2.139/25");
  EXPECT_EQ(to_string(prefix), "192.0.2.139/25");
  EXPECT_EQ(to_string(prefix.network()), "192.0.2.128/25");
  EXPECT_EQ(to_string(Prefix::parse("2001:db8:ffff::1/35")->network()), "2001:db8:e000::/35");
  EXPECT_EQ(to_string(Prefix::parse("192.0.2.1/0")->network()), "0.0.0.0/0");
}

TEST(Prefix, DefaultsToTheFullLength) {
  EXPECT_EQ(Prefix::parse("192.0.2.1")->length, 32);
  EXPECT_EQ(Prefix::parse("2001:db8::1")->length, 128);
}

TEST(Prefix, RefusesALengthOutsideTheFamily) {
  for (const auto* text :
       {"192.0.2.1/33", "2001:db8::/129", "192.0.2.1/", "192.0.2.1/-1", "192.0.2.1/024", "192.0.2.1/24x"})
    EXPECT_FALSE(Prefix::parse(text)) << text;
}

TEST(Prefix, ContainsOnlyItsOwnFamilyAndNetwork) {
  const auto prefix = *Prefix::parse("192.0.2.11/24");
  EXPECT_TRUE(prefix.contains(*IpAddress::parse("192.0.2.254")));
  EXPECT_FALSE(prefix.contains(*IpAddress::parse("192.0.3.1")));
  EXPECT_FALSE(prefix.contains(*IpAddress::parse("::")));
}

TEST(MacAddress, ReadsAndPrints) {
  EXPECT_EQ(to_string(*MacAddress::parse("52:54:00:AB:cd:0f")), "52:54:00:ab:cd:0f");
  for (const auto* text :
       {"", "52:54:00:ab:cd", "52-54-00-ab-cd-0f", "52:54:00:ab:cd:0g", "52:54:00:ab:cd:0f:"})
    EXPECT_FALSE(MacAddress::parse(text)) << text;
}

TEST(Endpoint, ReadsBothFamilies) {
  EXPECT_EQ(to_string(*Endpoint::parse("192.0.2.1:80")), "192.0.2.1:80");
  EXPECT_EQ(to_string(*Endpoint::parse("[2001:db8::1]:65535")), "[2001:db8::1]:65535");
  for (const auto* text :
       {"192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "2001:db8::1:80", "[192.0.2.1]:80", ":80", "a:80"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
}

}  // namespace
}  // namespace hawser
