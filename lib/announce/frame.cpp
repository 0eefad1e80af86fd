#include "lib/announce/frame.h"

#include <algorithm>
#include <fstream>

namespace hawser {

namespace {

constexpr MacAddress kBroadcast{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};
constexpr std::uint16_t kEtherArp = 0x0806;
constexpr std::uint16_t kEtherIpv6 = 0x86DD;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kNeighborSolicitation = 135;
constexpr std::uint8_t kNeighborAdvertisement = 136;
constexpr std::uint8_t kSourceLinkLayer = 1;
constexpr std::uint8_t kTargetLinkLayer = 2;
constexpr std::uint32_t kRouter = 0x80000000;
constexpr std::uint32_t kOverride = 0x20000000;
constexpr std::size_t kIcmpChecksumOffset = 2;

void ethernet(Writer& writer, const MacAddress& to, const MacAddress& from, std::uint16_t type) {
  writer.put(to.bytes);
  writer.put(from.bytes);
  writer.u16(type);
}

IpAddress all_nodes() {
  return *IpAddress::parse("ff02::1");
}

// RFC 4291 2.7.1: ff02::1:ff00:0/104 and the last three bytes.
IpAddress solicited_nodes(const IpAddress& address) {
  const auto group = *IpAddress::parse("ff02::1:ff00:0");
  Bytes bytes(group.bytes().begin(), group.bytes().end());
  std::ranges::copy(address.bytes().last(3), bytes.end() - 3);
  return *IpAddress::from_bytes(bytes);
}

// With its checksum (RFC 4443 2.3).
Bytes summed(Writer icmp, const IpAddress& from, const IpAddress& to) {
  Writer pseudo;
  pseudo.put(from.bytes());
  pseudo.put(to.bytes());
  pseudo.u32(static_cast<std::uint32_t>(icmp.size()));
  pseudo.u32(kIcmpv6);
  icmp.set_u16(kIcmpChecksumOffset,
               checksum_finish(checksum_add(icmp.bytes(), checksum_add(pseudo.bytes()))));
  return icmp.take();
}

Writer icmp_begin(std::uint8_t type, std::uint32_t flags, const IpAddress& target) {
  Writer icmp;
  icmp.u8(type);
  icmp.u8(0);   // code
  icmp.u16(0);  // checksum, below
  icmp.u32(flags);
  icmp.put(target.bytes());
  return icmp;
}

void link_layer_option(Writer& icmp, std::uint8_t type, const MacAddress& mac) {
  icmp.u8(type);
  icmp.u8(1);  // its length in units of 8 bytes
  icmp.put(mac.bytes);
}

Bytes icmp_message(const UnsolicitedNeighbor& neighbor) {
  const auto flags = kOverride | (neighbor.role == NeighborRole::kRouter ? kRouter : 0);
  auto icmp = icmp_begin(kNeighborAdvertisement, flags, neighbor.address);
  link_layer_option(icmp, kTargetLinkLayer, neighbor.mac);
  return summed(std::move(icmp), neighbor.address, all_nodes());
}

// In front of an ICMPv6 message that goes to a group.
Bytes ipv6_frame(const MacAddress& mac, const IpAddress& from, const IpAddress& group, const Bytes& icmp) {
  const auto bytes = group.bytes();
  Writer writer;
  ethernet(writer, MacAddress{{0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]}}, mac, kEtherIpv6);
  writer.u32(0x60000000);  // version 6
  writer.u16(static_cast<std::uint16_t>(icmp.size()));
  writer.u8(kIcmpv6);
  writer.u8(255);  // hop limit: anything else is dropped (RFC 4861 7.1.2)
  writer.put(from.bytes());
  writer.put(group.bytes());
  writer.put(icmp);
  return writer.take();
}

// As far as the sender's hardware address.
Writer arp_to_everybody(const MacAddress& from, ArpForm form) {
  Writer writer;
  ethernet(writer, kBroadcast, from, kEtherArp);
  writer.u16(1);       // hardware: Ethernet
  writer.u16(0x0800);  // protocol: IPv4
  writer.u8(6);
  writer.u8(4);
  writer.u16(static_cast<std::uint16_t>(form));
  writer.put(from.bytes);
  return writer;
}

}  // namespace

Bytes encode(const ArpProbe& probe) {
  auto writer = arp_to_everybody(probe.mac, ArpForm::kRequest);
  writer.u32(0);
  writer.put(MacAddress{}.bytes);
  writer.put(probe.address.bytes());
  return writer.take();
}

Bytes encode(const GratuitousArp& arp) {
  auto writer = arp_to_everybody(arp.mac, arp.form);
  writer.put(arp.address.bytes());
  writer.put(kBroadcast.bytes);  // not looked at in a request; a reply is addressed to everybody
  writer.put(arp.address.bytes());
  return writer.take();
}

Bytes encode(const UnsolicitedNeighbor& neighbor) {
  return ipv6_frame(neighbor.mac, neighbor.address, all_nodes(), icmp_message(neighbor));
}

Bytes encode(const NeighborProbe& probe) {
  const auto group = solicited_nodes(probe.address);
  auto icmp = icmp_begin(kNeighborSolicitation, 0, probe.address);
  link_layer_option(icmp, kSourceLinkLayer, probe.mac);
  return ipv6_frame(probe.mac, probe.from, group, summed(std::move(icmp), probe.from, group));
}

NeighborRole role_on(const std::string& link) {
  std::ifstream file("/proc/sys/net/ipv6/conf/" + link + "/forwarding");
  int forwarding = 0;
  file >> forwarding;
  return forwarding > 0 ? NeighborRole::kRouter : NeighborRole::kHost;
}

std::vector<Bytes> announcement_of(const IpAddress& address, const MacAddress& mac, NeighborRole role) {
  if (address.is_v6()) return {encode(UnsolicitedNeighbor{mac, address, role})};
  return {encode(GratuitousArp{ArpForm::kRequest, mac, address}),
          encode(GratuitousArp{ArpForm::kReply, mac, address})};
}

}  // namespace hawser
