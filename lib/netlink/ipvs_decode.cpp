#include <bit>
#include <optional>

#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <sys/socket.h>

#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {

namespace {

constexpr std::uint32_t kUserFlags = ~std::uint32_t{IP_VS_SVC_F_HASHED};  // HASHED is the kernel's own
constexpr std::uint32_t kForwardingMask = 0x7;  // IP_VS_CONN_F_FWD_MASK: the rest belongs to connections

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

std::uint16_t port_of(const Attr& attr) {
  return Reader{attr.value()}.u16();
}  // network order

void read_traffic(const Attr& attr, Traffic& traffic) {
  switch (attr.type()) {
    case IPVS_STATS_ATTR_CONNS:
      traffic.connections = attr.count();
      break;
    case IPVS_STATS_ATTR_INPKTS:
      traffic.packets_in = attr.count();
      break;
    case IPVS_STATS_ATTR_OUTPKTS:
      traffic.packets_out = attr.count();
      break;
    case IPVS_STATS_ATTR_INBYTES:
      traffic.bytes_in = attr.count();
      break;
    case IPVS_STATS_ATTR_OUTBYTES:
      traffic.bytes_out = attr.count();
      break;
    default:
      break;
  }
}

// The content of the one nested attribute of a dump's message.
ByteView body(const MessageView& message, int type) {
  Reader reader{message.payload};
  reader.skip(GENL_HDRLEN);
  ByteView found;
  const bool ok = for_each_attr(reader.take(reader.left()), [&](const Attr& attr) {
    if (attr.type() == type) found = attr.value();
  });
  return ok ? found : ByteView{};
}

struct RawService {
  std::uint16_t family = 0;
  ByteView address;
  std::uint32_t netmask = 0;
};

void read_service(const Attr& attr, DecodedService& decoded, RawService& raw) {
  auto& service = decoded.service;
  switch (attr.type()) {
    case IPVS_SVC_ATTR_AF:
      raw.family = attr.number<std::uint16_t>();
      break;
    case IPVS_SVC_ATTR_PROTOCOL:
      decoded.key.transport = static_cast<Transport>(attr.number<std::uint16_t>());
      break;
    case IPVS_SVC_ATTR_ADDR:
      raw.address = attr.value();
      break;
    case IPVS_SVC_ATTR_PORT:
      decoded.key.virtual_address.port = port_of(attr);
      break;
    case IPVS_SVC_ATTR_FWMARK:
      decoded.key.fwmark = attr.number<std::uint32_t>();
      break;
    case IPVS_SVC_ATTR_SCHED_NAME:
      service.scheduler = attr.text();
      break;
    case IPVS_SVC_ATTR_FLAGS:
      service.flags = attr.number<ServiceFlags>().flags & kUserFlags;
      break;
    case IPVS_SVC_ATTR_TIMEOUT:
      service.persistence_timeout = attr.number<std::uint32_t>();
      break;
    case IPVS_SVC_ATTR_NETMASK:
      raw.netmask = attr.number<std::uint32_t>();
      break;
    case IPVS_SVC_ATTR_PE_NAME:
      service.persistence_engine = attr.text();
      break;
    case IPVS_SVC_ATTR_STATS64:
      attr.each([&](const Attr& counter) { read_traffic(counter, decoded.traffic); });
      break;
    default:
      break;
  }
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

void read_real(const Attr& attr, DecodedReal& decoded, RawReal& raw) {
  auto& [endpoint, server, status] = decoded;
  switch (attr.type()) {
    case IPVS_DEST_ATTR_ADDR:
      raw.address = attr.value();
      break;
    case IPVS_DEST_ATTR_PORT:
      endpoint.port = port_of(attr);
      break;
    case IPVS_DEST_ATTR_ADDR_FAMILY:
      raw.family = attr.number<std::uint16_t>();
      break;
    case IPVS_DEST_ATTR_FWD_METHOD:
      server.forwarding = static_cast<Forwarding>(attr.number<std::uint32_t>() & kForwardingMask);
      break;
    case IPVS_DEST_ATTR_WEIGHT:
      server.weight = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_U_THRESH:
      server.upper_threshold = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_L_THRESH:
      server.lower_threshold = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_TUN_TYPE:
      server.tunnel.type = static_cast<TunnelType>(attr.number<std::uint8_t>());
      break;
    case IPVS_DEST_ATTR_TUN_PORT:
      server.tunnel.port = port_of(attr);
      break;
    case IPVS_DEST_ATTR_TUN_FLAGS:
      server.tunnel.flags = attr.number<std::uint16_t>();
      break;
    case IPVS_DEST_ATTR_ACTIVE_CONNS:
      status.active = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_INACT_CONNS:
      status.inactive = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_PERSIST_CONNS:
      status.persistent = attr.number<std::uint32_t>();
      break;
    case IPVS_DEST_ATTR_STATS64:
      attr.each([&](const Attr& counter) { read_traffic(counter, status.traffic); });
      break;
    default:
      break;
  }
}

}  // namespace

Result<DecodedService> decode_service(const MessageView& message) {
  DecodedService decoded;
  RawService raw;
  bool ok = for_each_attr(body(message, IPVS_CMD_ATTR_SERVICE),
                          [&](const Attr& attr) { read_service(attr, decoded, raw); });
  const auto family = family_of(raw.family);
  ok = ok && family && finish_key(decoded.key, raw, *family);
  if (!ok) return fail("IPVS service message malformed");
  decoded.service.netmask = prefix_length(raw.netmask, *family);
  return decoded;
}

Result<DecodedReal> decode_real(const MessageView& message, Family family) {
  DecodedReal decoded;
  RawReal raw;
  bool ok = for_each_attr(body(message, IPVS_CMD_ATTR_DEST),
                          [&](const Attr& attr) { read_real(attr, decoded, raw); });
  decoded.endpoint.address = address_of(raw.address, family_of(raw.family).value_or(family), ok);
  if (!ok) return fail("IPVS real server message malformed");
  return decoded;
}

}  // namespace hawser::nl
