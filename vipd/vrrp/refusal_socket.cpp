#include "vipd/vrrp/refusal_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

namespace {

constexpr int kMostRefusals = 64;

// Every packet is dropped before it costs memory; errors do not pass through the filter.
bool take_no_packets(int fd) {
  sock_filter nothing{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &nothing};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

std::optional<int> code_in(msghdr& header) {
  for (auto* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level != IPPROTO_IP || item->cmsg_type != IP_RECVERR) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(item), sizeof(error));
    return static_cast<int>(error.ee_errno);
  }
  return std::nullopt;
}

}  // namespace

Result<RefusalSocket> RefusalSocket::open() {
  Fd fd(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kVrrpProtocol));
  const int on = 1;
  if (!fd || !take_no_packets(fd.get()) ||
      ::setsockopt(fd.get(), IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) != 0)
    return fail_with(errno, "open a socket for the errors of VRRP: {}", std::strerror(errno));
  return RefusalSocket(std::move(fd));
}

std::map<IpAddress, int> RefusalSocket::take() {
  std::map<IpAddress, int> refused;
  for (int count = 0; count < kMostRefusals; ++count) {
    sockaddr_in to{};
    std::array<std::uint8_t, 64> packet{};
    iovec data{packet.data(), packet.size()};
    alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
    msghdr header{};
    header.msg_name = &to;
    header.msg_namelen = sizeof(to);
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    if (::recvmsg(fd_.get(), &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &to.sin_addr, bytes.size());
    if (const auto code = code_in(header))
      refused[IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3])] = *code;
  }
  return refused;
}

}  // namespace hawser::vipd
