// TCP connections of this host by their local address, and ending them (sock_diag(7), net/ipv4/inet_diag.c,
// SOCK_DESTROY of net/ipv4/tcp_diag.c): whoever waits on one whose address has gone to another host waits for
// minutes otherwise.
#pragma once

#include <array>
#include <vector>

#include "lib/netlink/socket.h"

namespace hawser::nl {

// One connection, by all that the kernel tells it from others by.
struct TcpConnection {
  std::uint8_t family = 0;            // AF_INET6 for one of a dual socket too
  std::array<std::uint8_t, 48> id{};  // inet_diag_sockid
  bool operator==(const TcpConnection&) const = default;
};

// Asks for those with that local address, by sockets of that family (AF_INET6 sockets may have IPv4
// addresses). Listening ones are none.
Message encode_get_tcp(std::uint8_t family, const IpAddress& local);
Result<TcpConnection> decode_tcp(const MessageView& message);
// The program that has it sees ECONNABORTED.
Message encode_end_tcp(const TcpConnection& connection);

// How many were ended. `socket` is one of NETLINK_SOCK_DIAG. Error: EOPNOTSUPP where the kernel was built
// without CONFIG_INET_DIAG_DESTROY.
Result<std::size_t> end_tcp_of(Socket& socket, const IpAddress& local);

}  // namespace hawser::nl
