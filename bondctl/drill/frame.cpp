#include "bondctl/drill/frame.h"

namespace hawser::bondctl::drill {

namespace {

constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherArp = 0x0806, kEtherIpv6 = 0x86DD;
constexpr std::uint16_t kVlan = 0x8100, kServiceVlan = 0x88A8;
constexpr std::uint8_t kIcmp = 1, kIcmpv6 = 58;
constexpr std::uint8_t kEchoReply = 0, kEchoRequest = 8;
constexpr std::uint8_t kEchoRequest6 = 128, kEchoReply6 = 129, kNeighborAdvertisement = 136;
constexpr std::uint32_t kSolicited = 0x40000000;
constexpr std::uint8_t kTargetLinkLayerAddress = 2;

IpAddress read_address(Reader& reader, std::size_t size) {
  return IpAddress::from_bytes(reader.take(size)).value_or(IpAddress{});
}

MacAddress read_mac(Reader& reader) {
  MacAddress mac;
  const auto bytes = reader.take(mac.bytes.size());
  std::ranges::copy(bytes, mac.bytes.begin());
  return mac;
}

Sight arp(Reader reader) {
  reader.skip(8);  // hardware, protocol, lengths, operation: both forms announce
  const auto mac = read_mac(reader);
  const auto sender = read_address(reader, 4);
  reader.skip(6);
  const auto target = read_address(reader, 4);
  if (!reader.ok() || sender != target || sender.is_unspecified()) return {};
  return Told{sender, mac};
}

Sight echo(Reader& reader, bool is_request, Mark mark) {
  reader.skip(4);  // identifier and sequence: too few bits for a long drill
  const auto seen = reader.u64();
  const auto number = reader.u32();
  if (!reader.ok() || seen != mark.value) return {};
  if (is_request) return Request{number};
  return Reply{number};
}

Sight icmp(Reader reader, Mark mark) {
  const auto type = reader.u8();
  reader.skip(3);
  if (type != kEchoRequest && type != kEchoReply) return {};
  return echo(reader, type == kEchoRequest, mark);
}

Sight advertisement(Reader& reader) {
  const auto flags = reader.u32();
  const auto address = read_address(reader, 16);
  const auto option = reader.u8();
  reader.skip(1);
  const auto mac = read_mac(reader);
  if (!reader.ok() || (flags & kSolicited) != 0 || option != kTargetLinkLayerAddress) return {};
  return Told{address, mac};
}

Sight icmpv6(Reader reader, Mark mark) {
  const auto type = reader.u8();
  reader.skip(3);
  if (type == kNeighborAdvertisement) return advertisement(reader);
  if (type != kEchoRequest6 && type != kEchoReply6) return {};
  return echo(reader, type == kEchoRequest6, mark);
}

Sight ipv4(Reader reader, Mark mark) {
  const auto words = static_cast<std::size_t>(reader.u8() & 0x0FU);
  reader.skip(8);
  const auto protocol = reader.u8();
  reader.skip(10);
  if (!reader.ok() || words < 5 || protocol != kIcmp) return {};
  reader.skip((words - 5) * 4);
  return icmp(reader, mark);
}

Sight ipv6(Reader reader, Mark mark) {
  reader.skip(6);
  const auto next = reader.u8();
  reader.skip(33);
  if (!reader.ok() || next != kIcmpv6) return {};
  return icmpv6(reader, mark);
}

}  // namespace

Bytes encode_probe(Family family, Mark mark, Number number) {
  Writer writer;
  writer.u8(family == Family::kIpv4 ? kEchoRequest : kEchoRequest6);
  writer.u8(0);
  writer.u16(0);  // checksum
  writer.u16(static_cast<std::uint16_t>(mark.value));
  writer.u16(static_cast<std::uint16_t>(number));
  writer.u64(mark.value);
  writer.u32(number);
  if (family == Family::kIpv4) writer.set_u16(2, checksum_finish(checksum_add(writer.bytes())));
  return writer.take();
}

Sight sight_of(ByteView frame, Mark mark) {
  Reader reader(frame);
  reader.skip(12);
  auto type = reader.u16();
  while (type == kVlan || type == kServiceVlan) {
    reader.skip(2);
    type = reader.u16();
  }
  if (type == kEtherArp) return arp(reader);
  if (type == kEtherIpv4) return ipv4(reader, mark);
  if (type == kEtherIpv6) return ipv6(reader, mark);
  return {};
}

}  // namespace hawser::bondctl::drill
