// Timeouts, sync daemons and what the module says of itself. Numbers are in the machine's order, but for an
// IPv4 group; of a daemon even the port is (ip_vs_genl_fill_daemon()).
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {

namespace {

Message host_command(std::uint16_t family, std::uint8_t number, int flags) {
  Message message{family, flags};
  message.header(genlmsghdr{number, IPVS_GENL_VERSION, 0});
  return message;
}

void read_group(Attributes& attributes, IpAddress& group) {
  for (const int type : {IPVS_DAEMON_ATTR_MCAST_GROUP, IPVS_DAEMON_ATTR_MCAST_GROUP6})
    if (const auto attr = attributes.find(type)) group = attr->address();
}

// False: a number that no daemon has.
bool read_daemon(Attributes& attributes, DecodedDaemon& decoded) {
  std::uint32_t role = 0;
  std::uint32_t id = 0;
  auto& daemon = decoded.daemon;
  attributes.read(IPVS_DAEMON_ATTR_STATE, role);
  attributes.read(IPVS_DAEMON_ATTR_MCAST_IFN, daemon.interface);
  attributes.read(IPVS_DAEMON_ATTR_SYNC_ID, id);
  attributes.read(IPVS_DAEMON_ATTR_SYNC_MAXLEN, daemon.maxlen);
  read_group(attributes, daemon.group);
  attributes.read(IPVS_DAEMON_ATTR_MCAST_PORT, daemon.port);
  attributes.read(IPVS_DAEMON_ATTR_MCAST_TTL, daemon.ttl);
  decoded.role = static_cast<SyncRole>(role);
  daemon.id = static_cast<std::uint8_t>(id);
  return (role == IP_VS_STATE_MASTER || role == IP_VS_STATE_BACKUP) && id <= 255;
}

}  // namespace

Result<IpvsTimeouts> decode_timeouts(const MessageView& message) {
  genlmsghdr fixed{};
  Attributes attributes{message, fixed};
  IpvsTimeouts timeouts;
  attributes.read(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp);
  attributes.read(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcp_fin);
  attributes.read(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp);
  if (!attributes.ok()) return fail("IPVS timeouts message malformed");
  return timeouts;
}

Result<DecodedDaemon> decode_daemon(const MessageView& message) {
  genlmsghdr fixed{};
  Attributes attributes{message, fixed};
  DecodedDaemon decoded;
  bool sound = false;
  attributes.inside(IPVS_CMD_ATTR_DAEMON, [&](Attributes& inner) { sound = read_daemon(inner, decoded); });
  if (!attributes.ok() || !sound) return fail("IPVS sync daemon message malformed");
  return decoded;
}

Result<IpvsFacts> decode_facts(const MessageView& message) {
  genlmsghdr fixed{};
  Attributes attributes{message, fixed};
  IpvsFacts facts;
  attributes.read(IPVS_INFO_ATTR_VERSION, facts.version);
  attributes.read(IPVS_INFO_ATTR_CONN_TAB_SIZE, facts.connection_table);
  if (!attributes.ok()) return fail("IPVS information message malformed");
  return facts;
}

Message encode_get_timeouts(std::uint16_t ipvs) {
  return host_command(ipvs, IPVS_CMD_GET_CONFIG, NLM_F_ACK);
}

Message encode_timeouts(std::uint16_t ipvs, const IpvsTimeouts& timeouts) {
  auto message = host_command(ipvs, IPVS_CMD_SET_CONFIG, NLM_F_ACK);
  message.number(IPVS_CMD_ATTR_TIMEOUT_TCP, timeouts.tcp);
  message.number(IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, timeouts.tcp_fin);
  message.number(IPVS_CMD_ATTR_TIMEOUT_UDP, timeouts.udp);
  return message;
}

Message encode_get_daemons(std::uint16_t ipvs) {
  return host_command(ipvs, IPVS_CMD_GET_DAEMON, NLM_F_DUMP);
}

Message encode_start_daemon(std::uint16_t ipvs, SyncRole role, const SyncDaemon& daemon) {
  auto message = host_command(ipvs, IPVS_CMD_NEW_DAEMON, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_DAEMON, [&] {
    message.number(IPVS_DAEMON_ATTR_STATE, static_cast<std::uint32_t>(role));
    message.text(IPVS_DAEMON_ATTR_MCAST_IFN, daemon.interface);
    message.number(IPVS_DAEMON_ATTR_SYNC_ID, std::uint32_t{daemon.id});
    if (daemon.maxlen != 0) message.number(IPVS_DAEMON_ATTR_SYNC_MAXLEN, daemon.maxlen);
    message.address(daemon.group.is_v4() ? IPVS_DAEMON_ATTR_MCAST_GROUP : IPVS_DAEMON_ATTR_MCAST_GROUP6,
                    daemon.group);
    message.number(IPVS_DAEMON_ATTR_MCAST_PORT, daemon.port);
    message.number(IPVS_DAEMON_ATTR_MCAST_TTL, daemon.ttl);
  });
  return message;
}

Message encode_stop_daemon(std::uint16_t ipvs, SyncRole role) {
  auto message = host_command(ipvs, IPVS_CMD_DEL_DAEMON, NLM_F_ACK);
  message.nest(IPVS_CMD_ATTR_DAEMON,
               [&] { message.number(IPVS_DAEMON_ATTR_STATE, static_cast<std::uint32_t>(role)); });
  return message;
}

Message encode_get_facts(std::uint16_t ipvs) {
  return host_command(ipvs, IPVS_CMD_GET_INFO, NLM_F_ACK);
}

}  // namespace hawser::nl
