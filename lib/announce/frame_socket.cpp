#include "lib/announce/frame_socket.h"

#include <cerrno>
#include <cstring>

#include <linux/if_packet.h>
#include <sys/socket.h>

namespace hawser {

Result<FrameSocket> FrameSocket::open() {
  // Protocol 0: the socket is handed no packets at all.
  Fd fd(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail_with(errno, "open a socket for gratuitous ARP: {}", std::strerror(errno));
  return FrameSocket(std::move(fd));
}

Status FrameSocket::send(IfIndex interface, ByteView frame) const {
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = interface.value;
  const auto sent = sendto(fd_.get(), frame.data(), frame.size(), MSG_DONTWAIT,
                           reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  if (sent < 0) return fail_with(errno, "{}", std::strerror(errno));
  return {};
}

}  // namespace hawser
