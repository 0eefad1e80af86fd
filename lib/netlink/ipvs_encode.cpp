#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {

namespace {

constexpr int kTunnelType = 13;  // IPVS_DEST_ATTR_TUN_*: an enum in some headers, absent in older ones
constexpr int kTunnelPort = 14;
constexpr int kTunnelFlags = 15;

Message command(std::uint16_t family, std::uint8_t number, int flags) {
  Message message{family, flags};
  message.header(genlmsghdr{number, IPVS_GENL_VERSION, 0});
  return message;
}

std::uint16_t family_number(Family family) {
  return family == Family::kIpv4 ? std::uint16_t{AF_INET} : std::uint16_t{AF_INET6};
}

void put_port(Message& message, int type, std::uint16_t port) {
  Writer raw;
  raw.u16(port);
  message.bytes(type, raw.bytes());
}

// A union of 16 bytes, IPv4 in the first four.
void put_address(Message& message, int type, const IpAddress& address) {
  Writer raw;
  raw.put(address.bytes());
  raw.zeros(16 - raw.size());
  message.bytes(type, raw.bytes());
}

void put_key(Message& message, const ServiceKey& key) {
  message.number(IPVS_SVC_ATTR_AF, family_number(key.family()));
  if (key.transport == Transport::kFwmark) return message.number(IPVS_SVC_ATTR_FWMARK, key.fwmark);
  message.number(IPVS_SVC_ATTR_PROTOCOL, static_cast<std::uint16_t>(key.transport));
  put_address(message, IPVS_SVC_ATTR_ADDR, key.virtual_address.address);
  put_port(message, IPVS_SVC_ATTR_PORT, key.virtual_address.port);
}

// A mask in network order for IPv4, a prefix length for IPv6, of which 0 is refused: 0 means "whole address".
void put_netmask(Message& message, std::uint32_t length, Family family) {
  const std::uint32_t bits = family == Family::kIpv4 ? 32 : 128;
  if (length == 0 || length > bits) length = bits;
  if (family == Family::kIpv6) return message.number(IPVS_SVC_ATTR_NETMASK, length);
  Writer mask;
  mask.u32(~std::uint32_t{0} << (bits - length));
  message.bytes(IPVS_SVC_ATTR_NETMASK, mask.bytes());
}

void put_service(Message& message, const Service& service, Family family) {
  message.text(IPVS_SVC_ATTR_SCHED_NAME, service.scheduler);
  if (!service.persistence_engine.empty()) message.text(IPVS_SVC_ATTR_PE_NAME, service.persistence_engine);
  Writer flags;
  flags.native(service.flags);
  flags.native(~std::uint32_t{0});  // mask: all of them are given
  message.bytes(IPVS_SVC_ATTR_FLAGS, flags.bytes());
  message.number(IPVS_SVC_ATTR_TIMEOUT, service.persistence_timeout);
  put_netmask(message, service.netmask, family);
}

void put_real_key(Message& message, const Endpoint& real) {
  message.number(IPVS_DEST_ATTR_ADDR_FAMILY, family_number(real.address.family()));
  put_address(message, IPVS_DEST_ATTR_ADDR, real.address);
  put_port(message, IPVS_DEST_ATTR_PORT, real.port);
}

void put_real(Message& message, const RealServer& server) {
  message.number(IPVS_DEST_ATTR_FWD_METHOD, static_cast<std::uint32_t>(server.forwarding));
  message.number(IPVS_DEST_ATTR_WEIGHT, server.weight);
  message.number(IPVS_DEST_ATTR_U_THRESH, server.upper_threshold);
  message.number(IPVS_DEST_ATTR_L_THRESH, server.lower_threshold);
  message.number(kTunnelType, static_cast<std::uint8_t>(server.tunnel.type));
  put_port(message, kTunnelPort, server.tunnel.port);
  message.number(kTunnelFlags, server.tunnel.flags);
}

}  // namespace

Message encode_get_services(std::uint16_t ipvs) {
  return command(ipvs, IPVS_CMD_GET_SERVICE, NLM_F_DUMP);
}

Message encode_get_service(std::uint16_t ipvs, const ServiceKey& key) {
  auto message = command(ipvs, IPVS_CMD_GET_SERVICE, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, key); });
  return message;
}

Message encode_get_reals(std::uint16_t ipvs, const ServiceKey& key) {
  auto message = command(ipvs, IPVS_CMD_GET_DEST, NLM_F_DUMP);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, key); });
  return message;
}

Message encode_service(std::uint16_t ipvs, Write write, const ServiceKey& key, const Service& service) {
  auto message = command(ipvs, write == Write::kAdd ? IPVS_CMD_NEW_SERVICE : IPVS_CMD_SET_SERVICE, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] {
    put_key(message, key);
    put_service(message, service, key.family());
  });
  return message;
}

Message encode_delete_service(std::uint16_t ipvs, const ServiceKey& key) {
  auto message = command(ipvs, IPVS_CMD_DEL_SERVICE, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, key); });
  return message;
}

Message encode_real(std::uint16_t ipvs, Write write, const ServiceKey& key, const Endpoint& real,
                    const RealServer& server) {
  auto message = command(ipvs, write == Write::kAdd ? IPVS_CMD_NEW_DEST : IPVS_CMD_SET_DEST, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, key); });
  message.nest(IPVS_CMD_ATTR_DEST, [&] {
    put_real_key(message, real);
    put_real(message, server);
  });
  return message;
}

Message encode_delete_real(std::uint16_t ipvs, const ServiceKey& key, const Endpoint& real) {
  auto message = command(ipvs, IPVS_CMD_DEL_DEST, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, key); });
  message.nest(IPVS_CMD_ATTR_DEST, [&] { put_real_key(message, real); });
  return message;
}

Message encode_zero(std::uint16_t ipvs, const std::optional<ServiceKey>& key) {
  auto message = command(ipvs, IPVS_CMD_ZERO, NLM_F_ACK);
  if (key) message.nest(IPVS_CMD_ATTR_SERVICE, [&] { put_key(message, *key); });
  return message;
}

}  // namespace hawser::nl
