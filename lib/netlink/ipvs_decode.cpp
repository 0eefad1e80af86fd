#include <bit>
#include <optional>

#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <sys/socket.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {

namespace {

constexpr std::uint32_t kUserFlags = ~std::uint32_t{IP_VS_SVC_F_HASHED};  // HASHED is the kernel's own

struct ServiceFlags {
  std::uint32_t flags, mask;
};

// Addresses are a union of 16 bytes; IPv4 is in the first four.
IpAddress address_of(ByteView bytes, Family family, bool& ok) {
  const std::size_t size = family == Family::kIpv4 ? 4 : 16;
  const auto address = IpAddress::from_bytes(bytes.first(std::min(size, bytes.size())));
  if (!address) ok = false;
  return address.value_or(IpAddress{});
}

std::optional<Family> family_of(std::uint16_t number) {
  if (number == AF_INET) return Family::kIpv4;
  if (number == AF_INET6) return Family::kIpv6;
  return std::nullopt;
}

// In network order, unlike all else.
void read_port(const std::optional<Attr>& attr, std::uint16_t& port) {
  if (attr) port = Reader{attr->value()}.u16();
}

void read_traffic(Attributes& counters, Traffic& traffic) {
  counters.read(IPVS_STATS_ATTR_CONNS, traffic.connections);
  counters.read(IPVS_STATS_ATTR_INPKTS, traffic.packets_in);
  counters.read(IPVS_STATS_ATTR_OUTPKTS, traffic.packets_out);
  counters.read(IPVS_STATS_ATTR_INBYTES, traffic.bytes_in);
  counters.read(IPVS_STATS_ATTR_OUTBYTES, traffic.bytes_out);
}

void read_rate(Attributes& counters, Traffic& rate) {
  counters.read(IPVS_STATS_ATTR_CPS, rate.connections);
  counters.read(IPVS_STATS_ATTR_INPPS, rate.packets_in);
  counters.read(IPVS_STATS_ATTR_OUTPPS, rate.packets_out);
  counters.read(IPVS_STATS_ATTR_INBPS, rate.bytes_in);
  counters.read(IPVS_STATS_ATTR_OUTBPS, rate.bytes_out);
}

// The content of the one nested attribute of a dump's message; empty when it is malformed. Walked, since a
// table is not worth its zeroes for one attribute.
ByteView body(const MessageView& message, int type) {
  Reader reader{message.payload};
  reader.skip(sizeof(genlmsghdr));
  ByteView found;
  const bool fits = for_each_attr(reader.take(reader.left()), [&](const Attr& attr) {
    if (attr.type() == type) found = attr.value();
  });
  return fits && reader.ok() ? found : ByteView{};
}

struct RawService {
  std::uint16_t family = 0;
  ByteView address;
  std::uint32_t netmask = 0;
};

void read_service(Attributes& attributes, DecodedService& decoded, RawService& raw) {
  auto& service = decoded.service;
  attributes.read(IPVS_SVC_ATTR_AF, raw.family);
  if (const auto transport = attributes.find(IPVS_SVC_ATTR_PROTOCOL))
    decoded.key.transport = static_cast<Transport>(transport->number<std::uint16_t>());
  attributes.read(IPVS_SVC_ATTR_ADDR, raw.address);
  read_port(attributes.find(IPVS_SVC_ATTR_PORT), decoded.key.virtual_address.port);
  attributes.read(IPVS_SVC_ATTR_FWMARK, decoded.key.fwmark);
  attributes.read(IPVS_SVC_ATTR_SCHED_NAME, service.scheduler);
  if (const auto flags = attributes.find(IPVS_SVC_ATTR_FLAGS))
    service.flags = flags->number<ServiceFlags>().flags & kUserFlags;
  attributes.read(IPVS_SVC_ATTR_TIMEOUT, service.persistence_timeout);
  attributes.read(IPVS_SVC_ATTR_NETMASK, raw.netmask);
  attributes.read(IPVS_SVC_ATTR_PE_NAME, service.persistence_engine);
  attributes.inside(IPVS_SVC_ATTR_STATS64, [&](Attributes& counters) {
    read_traffic(counters, decoded.traffic);
    read_rate(counters, decoded.rate);
  });
}

bool is_transport(Transport transport) {
  return transport == Transport::kTcp || transport == Transport::kUdp || transport == Transport::kSctp;
}

// A mark replaces protocol, address and port; of the address only the family is left.
bool finish_key(ServiceKey& key, const RawService& raw, Family family) {
  const Bytes unspecified(16, 0);
  bool ok = true;
  if (key.fwmark == 0) {
    key.virtual_address.address = address_of(raw.address, family, ok);
    return ok && is_transport(key.transport);
  }
  key.transport = Transport::kFwmark;
  key.virtual_address = Endpoint{address_of(unspecified, family, ok), 0};
  return ok;
}

// The attribute is a mask in network order for IPv4 and a prefix length for IPv6.
std::uint32_t prefix_length(std::uint32_t netmask, Family family) {
  return family == Family::kIpv4 ? static_cast<std::uint32_t>(std::popcount(netmask)) : netmask;
}

struct RawReal {
  ByteView address;
  std::uint16_t family = 0;
};

void read_real(Attributes& attributes, DecodedReal& decoded, RawReal& raw) {
  auto& [endpoint, server, status] = decoded;
  attributes.read(IPVS_DEST_ATTR_ADDR, raw.address);
  read_port(attributes.find(IPVS_DEST_ATTR_PORT), endpoint.port);
  attributes.read(IPVS_DEST_ATTR_ADDR_FAMILY, raw.family);
  if (const auto method = attributes.find(IPVS_DEST_ATTR_FWD_METHOD))
    server.forwarding = static_cast<Forwarding>(method->number<std::uint32_t>() & kForwardingMask);
  attributes.read(IPVS_DEST_ATTR_WEIGHT, server.weight);
  attributes.read(IPVS_DEST_ATTR_U_THRESH, server.upper_threshold);
  attributes.read(IPVS_DEST_ATTR_L_THRESH, server.lower_threshold);
  attributes.read(IPVS_DEST_ATTR_TUN_TYPE, server.tunnel.type);
  read_port(attributes.find(IPVS_DEST_ATTR_TUN_PORT), server.tunnel.port);
  attributes.read(IPVS_DEST_ATTR_TUN_FLAGS, server.tunnel.flags);
  attributes.read(IPVS_DEST_ATTR_ACTIVE_CONNS, status.active);
  attributes.read(IPVS_DEST_ATTR_INACT_CONNS, status.inactive);
  attributes.read(IPVS_DEST_ATTR_PERSIST_CONNS, status.persistent);
  attributes.inside(IPVS_DEST_ATTR_STATS64, [&](Attributes& counters) {
    read_traffic(counters, decoded.status.traffic);
    read_rate(counters, decoded.status.rate);
  });
}

}  // namespace

Result<DecodedService> decode_service(const MessageView& message) {
  DecodedService decoded;
  RawService raw;
  Attributes attributes{body(message, IPVS_CMD_ATTR_SERVICE)};
  read_service(attributes, decoded, raw);
  const auto family = family_of(raw.family);
  if (!attributes.ok() || !family || !finish_key(decoded.key, raw, *family))
    return fail("IPVS service message malformed");
  decoded.service.netmask = prefix_length(raw.netmask, *family);
  return decoded;
}

Result<DecodedReal> decode_real(const MessageView& message, Family family) {
  DecodedReal decoded;
  RawReal raw;
  Attributes attributes{body(message, IPVS_CMD_ATTR_DEST)};
  read_real(attributes, decoded, raw);
  bool ok = attributes.ok();
  decoded.endpoint.address = address_of(raw.address, family_of(raw.family).value_or(family), ok);
  if (!ok) return fail("IPVS real server message malformed");
  return decoded;
}

}  // namespace hawser::nl
