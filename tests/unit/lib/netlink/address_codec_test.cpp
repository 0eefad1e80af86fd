#include "lib/netlink/address_codec.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "captures.h"

namespace hawser::nl {
namespace {

DecodedAddress decoded(const std::string& name) {
  const auto bytes = capture(name);
  const auto address = decode_address(view_of(bytes));
  EXPECT_TRUE(address.has_value()) << name;
  return address.value_or(DecodedAddress{});
}

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}
Prefix prefix(const char* text) {
  return *Prefix::parse(text);
}

TEST(AddressCodec, ReadsAnIpv4AddressWithItsBroadcast) {
  const auto seen = decoded("address_v4_broadcast");
  EXPECT_EQ(seen.prefix, prefix("192.0.2.11/24"));
  Address expected;
  expected.broadcast = ip("192.0.2.255");
  EXPECT_EQ(seen.address, expected);
  EXPECT_NE(seen.link, IfIndex{});
}

TEST(AddressCodec, ReadsADeprecatedIpv4AddressByItsFlag) {
  Address expected;
  expected.preferred_lifetime = 0;
  expected.no_prefix_route = true;
  EXPECT_EQ(decoded("address_v4_deprecated").address, expected);
}

TEST(AddressCodec, TakesOurEndOfAPointToPointAddress) {
  const auto seen = decoded("address_v4_peer");
  EXPECT_EQ(seen.prefix, prefix("198.51.100.1/32"));
  EXPECT_EQ(seen.address.scope, 253);
}

TEST(AddressCodec, ReadsWhoseAnAddressIs) {
  EXPECT_EQ(decoded("address_v4_owned").address.protocol, 202);
  EXPECT_EQ(decoded("address_v6_owned").address.protocol, 202);
  EXPECT_EQ(decoded("address_v6_owned").prefix, prefix("2001:db8::9/128"));
  EXPECT_EQ(decoded("address_v6_link_local").address.protocol, 3);  // IFAPROT_KERNEL_LL
  EXPECT_EQ(decoded("address_v6_link_local").address.scope, 253);
}

TEST(AddressCodec, ReadsADeprecatedIpv6AddressWithoutDuplicateDetection) {
  const auto seen = decoded("address_v6_deprecated");
  EXPECT_EQ(seen.prefix, prefix("2001:db8::11/64"));
  Address expected;
  expected.preferred_lifetime = 0;
  expected.no_dad = true;
  EXPECT_EQ(seen.address, expected);
}

TEST(AddressCodec, ReadsHowFarDuplicateDetectionCame) {
  const auto with = [](std::uint32_t flags) {
    Message message{RTM_NEWADDR, 0};
    ifaddrmsg fixed{};
    fixed.ifa_family = AF_INET6;
    fixed.ifa_prefixlen = 64;
    fixed.ifa_index = 4;
    message.header(fixed);
    message.address(IFA_ADDRESS, ip("2001:db8::9"));
    message.number(IFA_FLAGS, flags);
    return decode_address(view_of(message)).value_or(DecodedAddress{}).detection;
  };
  EXPECT_EQ(with(IFA_F_PERMANENT), Detection::kPassed);
  EXPECT_EQ(with(IFA_F_PERMANENT | IFA_F_TENTATIVE), Detection::kGoingOn);
  EXPECT_EQ(with(IFA_F_PERMANENT | IFA_F_TENTATIVE | IFA_F_DADFAILED), Detection::kFailed);
  EXPECT_EQ(with(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC), Detection::kPassed) << "it is used meanwhile";
}

TEST(AddressCodec, ReadsThatAnAddressIsNotThereForLong) {
  const auto fleeting = [](std::uint8_t family, const char* text, std::uint32_t flags, std::uint8_t owner) {
    Message message{RTM_NEWADDR, 0};
    ifaddrmsg fixed{};
    fixed.ifa_family = family;
    fixed.ifa_prefixlen = 24;
    fixed.ifa_index = 4;
    message.header(fixed);
    message.address(IFA_ADDRESS, ip(text));
    message.number(IFA_FLAGS, flags);
    message.number(static_cast<std::uint16_t>(11), owner);  // IFA_PROTO
    const auto seen = decode_address(view_of(message)).value_or(DecodedAddress{});
    return is_fleeting(seen.prefix, seen.address);
  };
  EXPECT_TRUE(fleeting(AF_INET6, "2001:db8::9", IFA_F_TEMPORARY, 0));
  EXPECT_TRUE(fleeting(AF_INET6, "2001:db8::9", IFA_F_DEPRECATED, 0));
  EXPECT_FALSE(fleeting(AF_INET6, "2001:db8::9", 0, 0));
  EXPECT_FALSE(fleeting(AF_INET6, "2001:db8::9", IFA_F_DEPRECATED, 202)) << "vipd's own";
  EXPECT_FALSE(fleeting(AF_INET, "192.0.2.9", IFA_F_SECONDARY, 0)) << "the same bit";
}

TEST(AddressCodec, KeepsTheLifetimeOfADynamicAddress) {
  const auto lifetime = decoded("address_v6_dynamic").address.preferred_lifetime;
  EXPECT_GT(lifetime, 1700U);
  EXPECT_LE(lifetime, 1800U);
}

TEST(AddressCodec, RefusesEveryTruncation) {
  for (const auto* name : {"address_v4_broadcast", "address_v6_owned"})
    expect_truncations_refused(capture(name), sizeof(ifaddrmsg), decode_address);
}

TEST(AddressCodec, RefusesAPrefixLongerThanTheAddress) {
  auto bytes = capture("address_v4_broadcast");
  bytes[17] = 33;
  EXPECT_FALSE(decode_address(view_of(bytes)));
}

TEST(AddressCodec, ReadsBackWhatItSends) {
  Address address;
  address.protocol = 202;
  address.preferred_lifetime = 900;
  address.no_prefix_route = true;
  address.no_dad = true;
  const auto six = encode_put_address(Put::kNew, IfIndex{4}, prefix("2001:db8::9/128"), address);
  const auto back = decode_address(view_of(six)).value_or(DecodedAddress{});
  EXPECT_EQ(back.link, IfIndex{4});
  EXPECT_EQ(back.prefix, prefix("2001:db8::9/128"));
  EXPECT_EQ(back.address, address);
  Address four;
  four.broadcast = ip("192.0.2.255");
  four.scope = 253;
  const auto bytes = encode_put_address(Put::kNew, IfIndex{4}, prefix("192.0.2.9/24"), four);
  EXPECT_EQ(decode_address(view_of(bytes)).value_or(DecodedAddress{}).address, four);
}

TEST(AddressCodec, PinsTheMessageThatAddsAFloatingAddress) {
  Address address;
  address.protocol = 202;
  address.preferred_lifetime = 0;
  EXPECT_EQ(encode_put_address(Put::kNew, IfIndex{3}, prefix("192.0.2.100/32"), address),
            bytes_of_hex("4c000000140005060000000000000000"  // RTM_NEWADDR, create, not replace
                         "0220000003000000"
                         "08000200c0000264"
                         "08000100c0000264"
                         "0800080000000000"
                         "14000600"
                         "00000000"
                         "ffffffff"
                         "0000000000000000"     // preferred 0, valid forever
                         "05000b00ca000000"));  // IFA_PROTO 202
}

TEST(AddressCodec, PinsTheMessageThatRemovesAnAddress) {
  EXPECT_EQ(encode_remove_address(IfIndex{3}, prefix("192.0.2.100/32")),
            bytes_of_hex("28000000150005000000000000000000"
                         "0220000003000000"
                         "08000200c0000264"
                         "08000100c0000264"));
}

}  // namespace
}  // namespace hawser::nl
