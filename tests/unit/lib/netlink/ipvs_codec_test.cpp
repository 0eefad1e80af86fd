#include "lib/netlink/ipvs_codec.h"

#include "captures.h"

namespace hawser::nl {
namespace {

DecodedService service(const std::string& name) {
  const auto bytes = capture(name);
  const auto decoded = decode_service(view_of(bytes));
  EXPECT_TRUE(decoded.has_value()) << name;
  return decoded.value_or(DecodedService{});
}

DecodedReal real(const std::string& name, Family family = Family::kIpv4) {
  const auto bytes = capture(name);
  const auto decoded = decode_real(view_of(bytes), family);
  EXPECT_TRUE(decoded.has_value()) << name;
  return decoded.value_or(DecodedReal{});
}

ServiceKey key(const char* text) {
  return *ServiceKey::parse(text);
}
Endpoint endpoint(const char* text) {
  return *Endpoint::parse(text);
}

constexpr std::uint16_t kFamily = 0x20;

TEST(IpvsCodec, ReadsAPersistentTcpService) {
  const auto seen = service("service_tcp");
  EXPECT_EQ(seen.key, key("tcp 192.0.2.100:80"));
  EXPECT_EQ(seen.service, (Service{"wrr", 0x1, 300, 24, "", {}}));
}

TEST(IpvsCodec, ReadsAnIpv6OnePacketService) {
  const auto seen = service("service_udp");
  EXPECT_EQ(seen.key, key("udp [2001:db8::100]:53"));
  EXPECT_EQ(seen.service, (Service{"rr", 0x4, 0, 128, "", {}}));
}

TEST(IpvsCodec, ReadsAServiceByFirewallMark) {
  const auto seen = service("service_fwmark");
  EXPECT_EQ(seen.key, key("fwmark 7"));
  EXPECT_EQ(seen.service, (Service{"wlc", 0, 0, 32, "", {}}));
}

TEST(IpvsCodec, ReadsAMasqueradedRealServerWithThresholds) {
  const auto seen = real("real_v4_0");
  EXPECT_EQ(seen.endpoint, endpoint("198.51.100.21:8080"));
  EXPECT_EQ(seen.server, (RealServer{Forwarding::kMasquerade, 100, 2000, 1000, {}}));
}

TEST(IpvsCodec, ReadsATunnelledRealServer) {
  const auto seen = real("real_v4_1");
  EXPECT_EQ(seen.endpoint, endpoint("198.51.100.22:80"));
  EXPECT_EQ(seen.server, (RealServer{Forwarding::kTunnel, 0, 0, 0, {TunnelType::kGue, 6080, 1}}));
}

TEST(IpvsCodec, ReadsAnIpv6RealServer) {
  const auto seen = real("real_v6_0", Family::kIpv6);
  EXPECT_EQ(seen.endpoint, endpoint("[2001:db8:1::21]:53"));
  EXPECT_EQ(seen.server, (RealServer{Forwarding::kDirect, 7, 0, 0, {}}));
}

TEST(IpvsCodec, RefusesEveryTruncation) {
  expect_truncations_refused(capture("service_tcp"), 4, decode_service);
  expect_truncations_refused(capture("real_v4_1"), 4,
                             [](const MessageView& message) { return decode_real(message, Family::kIpv4); });
  expect_truncations_refused(capture("real_v6_0"), 4,
                             [](const MessageView& message) { return decode_real(message, Family::kIpv6); });
}

TEST(IpvsCodec, RefusesAServiceOfAnotherProtocol) {
  auto bytes = capture("service_tcp");
  ASSERT_EQ(bytes[36], 6);
  bytes[36] = 51;  // AH
  EXPECT_FALSE(decode_service(view_of(bytes)));
}

TEST(IpvsCodec, ReadsBackTheServicesThatItSends) {
  for (const auto* name : {"service_tcp", "service_udp", "service_fwmark"}) {
    const auto seen = service(name);
    const auto bytes = encode_service(kFamily, Write::kAdd, seen.key, seen.service);
    const auto back = decode_service(view_of(bytes)).value_or(DecodedService{});
    EXPECT_EQ(back.key, seen.key) << name;
    EXPECT_EQ(back.service, seen.service) << name;
  }
}

TEST(IpvsCodec, ReadsBackASecondMarkOfIpv6AndAnEngine) {
  const Service wanted{"mh", 0x19, 60, 64, "sip", {}};
  const auto bytes = encode_service(kFamily, Write::kEdit, key("fwmark6 9"), wanted);
  const auto back = decode_service(view_of(bytes)).value_or(DecodedService{});
  EXPECT_EQ(back.key, key("fwmark6 9"));
  EXPECT_EQ(back.service, wanted);
}

TEST(IpvsCodec, SendsAMissingNetmaskAsTheWholeAddress) {
  const auto four = encode_service(kFamily, Write::kAdd, key("tcp 192.0.2.1:80"), Service{});
  EXPECT_EQ(decode_service(view_of(four)).value_or(DecodedService{}).service.netmask, 32U);
  const auto six = encode_service(kFamily, Write::kAdd, key("tcp [2001:db8::1]:80"), Service{});
  EXPECT_EQ(decode_service(view_of(six)).value_or(DecodedService{}).service.netmask, 128U);
}

TEST(IpvsCodec, KeepsTheKernelsOwnFlagOut) {
  Service hashed;
  hashed.flags = 0x2;
  const auto bytes = encode_service(kFamily, Write::kAdd, key("tcp 192.0.2.1:80"), hashed);
  EXPECT_EQ(decode_service(view_of(bytes)).value_or(DecodedService{}).service.flags, 0U);
}

TEST(IpvsCodec, ReadsBackTheRealServersThatItSends) {
  for (const auto* name : {"real_v4_0", "real_v4_1", "real_v6_0"}) {
    const auto seen = real(name, Family::kIpv6);
    const auto bytes =
        encode_real(kFamily, Write::kEdit, key("tcp 192.0.2.100:80"), seen.endpoint, seen.server);
    const auto back = decode_real(view_of(bytes), Family::kIpv4).value_or(DecodedReal{});
    EXPECT_EQ(back.endpoint, seen.endpoint) << name;
    EXPECT_EQ(back.server, seen.server) << name;
  }
}

TEST(IpvsCodec, TakesTheServicesFamilyWhereAnOldKernelNamesNone) {
  // IPVS_DEST_ATTR_ADDR 2001:db8::1 and PORT 80, no ADDR_FAMILY.
  const auto bytes = bytes_of_hex(
      "34000000200000000000000000000000"
      "05010000"
      "20000280"
      "1400010020010db8000000000000000000000001"
      "0600020000500000");
  EXPECT_EQ(decode_real(view_of(bytes), Family::kIpv6).value_or(DecodedReal{}).endpoint,
            endpoint("[2001:db8::1]:80"));
}

TEST(IpvsCodec, PinsTheMessageThatChangesAWeight) {
  EXPECT_EQ(encode_real(kFamily, Write::kEdit, key("tcp 192.0.2.100:80"), endpoint("198.51.100.21:8080"),
                        RealServer{Forwarding::kMasquerade, 5, 0, 0, {}}),
            bytes_of_hex("a4000000200005000000000000000000"
                         "06010000"  // IPVS_CMD_SET_DEST, version 1
                         "30000180"  // the service
                         "0600010002000000"
                         "0600020006000000"  // AF_INET, TCP
                         "14000300c0000264000000000000000000000000"
                         "0600040000500000"
                         "60000280"  // the real server, whole
                         "06000b0002000000"
                         "14000100c6336415000000000000000000000000"
                         "060002001f900000"
                         "0800030000000000"
                         "0800040005000000"
                         "0800050000000000"
                         "0800060000000000"
                         "05000d0000000000"
                         "06000e0000000000"
                         "06000f0000000000"));
}

TEST(IpvsCodec, CountsTrafficIn64Bits) {
  auto bytes = capture("service_tcp");
  // IPVS_SVC_ATTR_STATS64: the first counter's value, at a known place of the capture.
  const auto nest = bytes_of_hex("7c000c000c000100");
  const auto at = std::search(bytes.begin(), bytes.end(), nest.begin(), nest.end());
  ASSERT_NE(at, bytes.end());
  *(at + 8 + 5) = 1;
  EXPECT_EQ(service("service_tcp").traffic.connections, 0U);
  const auto seen = decode_service(view_of(bytes)).value_or(DecodedService{});
  EXPECT_EQ(seen.traffic.connections, std::uint64_t{1} << 40U);
}

}  // namespace
}  // namespace hawser::nl
