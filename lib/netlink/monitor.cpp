#include "lib/netlink/monitor.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/local_route_codec.h"

namespace hawser {

namespace {

// Holds some thousand notifications: enough for all addresses of a takeover to arrive while we sleep.
constexpr int kReceiveBuffer = 4 << 20;

LinkFact fact_of(const nl::DecodedLink& link) {
  LinkFact fact;
  fact.name = link.name;
  fact.index = link.index;
  fact.up = link.up;
  fact.carrier = link.carrier;
  fact.removed = link.removed;
  fact.master = link.master;
  if (link.port_kind == "bond") fact.port = link.port.status;
  fact.active_port = link.bond.active_port;
  fact.mac = link.mac;
  fact.kind = link.kind;
  fact.failover = link.event == IFLA_EVENT_BONDING_FAILOVER;
  fact.announced = link.event == IFLA_EVENT_NOTIFY_PEERS;
  fact.carrier_changes = link.carrier_changes;
  if (link.kind == "bond") fact.mode = link.bond.bond.mode;
  fact.primary = link.bond.primary;
  fact.prio = link.port.options.prio;
  if (link.bond.aggregator) fact.aggregator = link.bond.aggregator->id;
  fact.lacp = link.port.lacp;
  return fact;
}

// A bridge sends link messages of its own (AF_BRIDGE, br_info_notify() in the kernel) of what is or was its
// port. They know nothing of a bond, and their RTM_DELLINK means that the link left the bridge.
bool is_of_the_link_itself(const nl::MessageView& message) {
  return !message.payload.empty() && message.payload.front() == AF_UNSPEC;
}

void note_local(const nl::MessageView& message, Changes& changes) {
  const auto route = nl::decode_local_route(message);
  if (!route || !*route || (*route)->protocol != static_cast<std::uint8_t>(Owner::kVipd)) return;
  changes.local_routes.push_back({.link = (*route)->device,
                                  .prefix = (*route)->to,
                                  .protocol = (*route)->protocol,
                                  .removed = message.type == RTM_DELROUTE});
}

void note(const nl::MessageView& message, Changes& changes) {
  switch (message.type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
      changes.addresses = true;
      if (const auto address = nl::decode_address(message))
        changes.address_facts.push_back({address->link, address->prefix, address->address.protocol,
                                         message.type == RTM_DELADDR, address->detection,
                                         is_fleeting(address->prefix, address->address)});
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      changes.routes = true;
      note_local(message, changes);
      break;
    case RTM_NEWLINK:
    case RTM_DELLINK:
      changes.links = true;
      if (!is_of_the_link_itself(message)) break;
      if (const auto link = nl::decode_link(message)) changes.facts.push_back(fact_of(*link));
      break;
    default:
      break;
  }
}

void note_loss(Changes& changes) {
  changes.links = changes.addresses = changes.routes = changes.lost = true;
}

// More than the system's limit where we are privileged, else as much as it grants.
void enlarge_buffer(int fd) {
  const int size = kReceiveBuffer;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

// What does not even get into the socket. The filter sees the kernel's one message a datagram from its first
// byte, and loads in network order; a jump is as many steps as it leaves out.
bool drop_what_is_no_news(int fd, const Interest::Own& own) {
  constexpr std::uint32_t kType = offsetof(nlmsghdr, nlmsg_type);
  constexpr std::uint32_t kPort = offsetof(nlmsghdr, nlmsg_pid);
  constexpr std::uint32_t kProtocol = NLMSG_HDRLEN + offsetof(rtmsg, rtm_protocol);
  constexpr std::uint32_t kAll = 0xffffffff;
  std::array<sock_filter, 10> program{{
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kType),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWADDR), 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kPort),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(own.port), 5, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 2),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kProtocol),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own.protocol, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, kAll),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog filter{static_cast<std::uint16_t>(program.size()), program.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0;
}

}  // namespace

Result<Monitor> Monitor::open(Interest interest) {
  auto socket = nl::Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  enlarge_buffer(socket->fd());
  bool ok = nl_socket_set_nonblocking(socket->get()) == 0;
  if (interest.own) ok = ok && drop_what_is_no_news(socket->fd(), *interest.own);
  std::vector<int> groups{RTNLGRP_LINK};
  if (interest.addresses) groups.insert(groups.end(), {RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR});
  if (interest.routes) groups.insert(groups.end(), {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE});
  for (const int group : groups) ok = ok && nl_socket_add_membership(socket->get(), group) == 0;
  if (!ok) return fail_with(errno, "netlink: listen for changes: {}", std::strerror(errno));
  return Monitor{std::move(*socket)};
}

Result<Changes> Monitor::drain() {
  Changes changes;
  while (true) {
    const auto datagram = socket_.receive();
    const int code = datagram ? 0 : datagram.error().code;
    if (code == EAGAIN) return changes;
    if (datagram)
      note_changes(datagram->bytes(), changes);
    else if (code == ENOBUFS || code == EMSGSIZE)
      note_loss(changes);
    else
      return fail_with(code, "netlink: read changes: {}", std::strerror(code));
  }
}

// On a socket of its own: between notifications an answer would be lost.
Result<std::vector<LinkFact>> Monitor::look() {
  auto socket = nl::Socket::open(NETLINK_ROUTE);
  if (!socket) return tl::unexpected(socket.error());
  const auto links = socket->collect(nl::encode_get_links(), nl::decode_link);
  if (!links) return fail_because("links: read", links.error());
  std::vector<LinkFact> facts;
  facts.reserve(links->size());
  for (const auto& link : *links) facts.push_back(fact_of(link));
  return facts;
}

void note_changes(ByteView datagram, Changes& changes) {
  while (!datagram.empty()) {
    const auto message = nl::next_message(datagram);
    if (!message) return note_loss(changes);
    note(*message, changes);
  }
}

}  // namespace hawser
