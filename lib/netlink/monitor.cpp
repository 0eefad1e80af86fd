#include "lib/netlink/monitor.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"

namespace hawser {

namespace {

constexpr std::size_t kBuffer = 32768;
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
  return fact;
}

// A bridge sends link messages of its own (AF_BRIDGE, br_info_notify() in the kernel) of what is or was its
// port. They know nothing of a bond, and their RTM_DELLINK means that the link left the bridge.
bool is_of_the_link_itself(const nl::MessageView& message) {
  return !message.payload.empty() && message.payload.front() == AF_UNSPEC;
}

void note(const nl::MessageView& message, Changes& changes) {
  switch (message.type) {
    case RTM_NEWADDR:
    case RTM_DELADDR:
      changes.addresses = true;
      if (const auto address = nl::decode_address(message))
        changes.address_facts.push_back({address->link, address->prefix, address->address.protocol,
                                         message.type == RTM_DELADDR, address->detection});
      break;
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      changes.routes = true;
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

bool join(int fd, int group) {
  return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) == 0;
}

// More than the system's limit where we are privileged, else as much as it grants.
void enlarge_buffer(int fd) {
  const int size = kReceiveBuffer;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

}  // namespace

Result<Monitor> Monitor::open(Interest interest) {
  Fd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
  sockaddr_nl any{};
  any.nl_family = AF_NETLINK;
  bool ok = fd.get() >= 0 && bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof(any)) == 0;
  if (ok) enlarge_buffer(fd.get());
  std::vector<int> groups{RTNLGRP_LINK};
  if (interest.addresses) groups.insert(groups.end(), {RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR});
  if (interest.routes) groups.insert(groups.end(), {RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE});
  for (const int group : groups) ok = ok && join(fd.get(), group);
  if (!ok) return fail_with(errno, "netlink: listen for changes: {}", std::strerror(errno));
  return Monitor{std::move(fd)};
}

Monitor::Monitor(Fd fd) : fd_(std::move(fd)), buffer_(kBuffer) {}

Result<Changes> Monitor::drain() {
  Changes changes;
  while (true) {
    const auto length = recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == EAGAIN) return changes;
    if (length < 0 && errno != ENOBUFS)
      return fail_with(errno, "netlink: read changes: {}", std::strerror(errno));
    if (length < 0 || static_cast<std::size_t>(length) > buffer_.size())
      note_loss(changes);
    else
      note_changes(ByteView{buffer_}.first(static_cast<std::size_t>(length)), changes);
  }
}

void note_changes(ByteView datagram, Changes& changes) {
  while (!datagram.empty()) {
    const auto message = nl::next_message(datagram);
    if (!message) return note_loss(changes);
    note(*message, changes);
  }
}

}  // namespace hawser
