#include "lib/netlink/inet_diag.h"

#include <cerrno>
#include <cstring>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace hawser::nl {

namespace {

static_assert(sizeof(inet_diag_sockid) == std::tuple_size_v<decltype(TcpConnection::id)>);

constexpr std::uint32_t kConnected = (1U << TCP_ESTABLISHED) | (1U << TCP_SYN_SENT) | (1U << TCP_SYN_RECV) |
                                     (1U << TCP_FIN_WAIT1) | (1U << TCP_FIN_WAIT2) | (1U << TCP_CLOSE_WAIT) |
                                     (1U << TCP_LAST_ACK) | (1U << TCP_CLOSING);

inet_diag_req_v2 request_of(std::uint8_t family) {
  inet_diag_req_v2 request{};
  request.sdiag_family = family;
  request.sdiag_protocol = IPPROTO_TCP;
  return request;
}

// The kernel's little program: true for a socket with that local address, whatever its port. A jump to the
// end is yes, one beyond it is no.
Bytes filter_for(const IpAddress& local) {
  inet_diag_bc_op op{};
  inet_diag_hostcond condition{};
  const auto size = sizeof(op) + sizeof(condition) + local.bytes().size();
  op.code = INET_DIAG_BC_S_COND;
  op.yes = static_cast<std::uint8_t>(size);
  op.no = static_cast<std::uint16_t>(size + sizeof(op));
  condition.family = local.is_v4() ? AF_INET : AF_INET6;
  condition.prefix_len = static_cast<std::uint8_t>(local.bits());
  condition.port = -1;
  Bytes program(size);
  std::memcpy(program.data(), &op, sizeof(op));
  std::memcpy(program.data() + sizeof(op), &condition, sizeof(condition));
  std::memcpy(program.data() + sizeof(op) + sizeof(condition), local.bytes().data(), local.bytes().size());
  return program;
}

}  // namespace

Message encode_get_tcp(std::uint8_t family, const IpAddress& local) {
  Message message{SOCK_DIAG_BY_FAMILY, NLM_F_DUMP};
  auto request = request_of(family);
  request.idiag_states = kConnected;
  message.header(request);
  message.bytes(INET_DIAG_REQ_BYTECODE, filter_for(local));
  return message;
}

Result<TcpConnection> decode_tcp(const MessageView& message) {
  inet_diag_msg told{};
  if (message.payload.size() < sizeof(told)) return fail("connection message malformed");
  std::memcpy(&told, message.payload.data(), sizeof(told));
  TcpConnection connection;
  connection.family = told.idiag_family;
  std::memcpy(connection.id.data(), &told.id, sizeof(told.id));
  return connection;
}

Message encode_end_tcp(const TcpConnection& connection) {
  Message message{SOCK_DESTROY, NLM_F_ACK};
  auto request = request_of(connection.family);
  std::memcpy(&request.id, connection.id.data(), sizeof(request.id));
  message.header(request);
  return message;
}

Result<std::size_t> end_tcp_of(Socket& socket, const IpAddress& local) {
  std::vector<std::uint8_t> families{AF_INET6};
  if (local.is_v4()) families.push_back(AF_INET);
  std::size_t ended = 0;
  for (const auto family : families) {
    const auto connections = socket.collect(encode_get_tcp(family, local), decode_tcp);
    if (!connections) return tl::unexpected(connections.error());
    for (const auto& connection : *connections) {
      const auto done = socket.request(encode_end_tcp(connection));
      if (!done && done.error().code != ENOENT)
        return tl::unexpected(done.error());  // ENOENT: it has just ended
      ended += done ? 1 : 0;
    }
  }
  return ended;
}

}  // namespace hawser::nl
