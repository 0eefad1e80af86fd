#include "vipd/vrrp/refusal_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
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
    const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
    const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
    if (!v4 && !v6) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(item), sizeof(error));
    return static_cast<int>(error.ee_errno);
  }
  return std::nullopt;
}

// Where the packet was to go.
IpAddress address_of(const sockaddr_in6& to, Family family) {
  std::array<std::uint8_t, 16> bytes{};
  const bool v4 = family == Family::kIpv4;
  if (v4)
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(to).sin_addr, 4);
  else
    std::memcpy(bytes.data(), &to.sin6_addr, bytes.size());
  return IpAddress::from_bytes(std::span(bytes).first(v4 ? 4 : 16)).value_or(IpAddress());
}

bool report_errors(int fd, Family family) {
  const int on = 1;
  const bool v4 = family == Family::kIpv4;
  return ::setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof(on)) ==
         0;
}

}  // namespace

Result<RefusalSocket> RefusalSocket::open(Family family) {
  const int domain = family == Family::kIpv4 ? AF_INET : AF_INET6;
  Fd fd(::socket(domain, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kVrrpProtocol));
  if (!fd || !take_no_packets(fd.get()) || !report_errors(fd.get(), family))
    return fail_with(errno, "open a socket for the errors of VRRP: {}", std::strerror(errno));
  return RefusalSocket(std::move(fd), family);
}

std::map<IpAddress, int> RefusalSocket::take() {
  std::map<IpAddress, int> refused;
  for (int count = 0; count < kMostRefusals; ++count) {
    sockaddr_in6 to{};
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
    if (const auto code = code_in(header)) refused[address_of(to, family_)] = *code;
  }
  return refused;
}

}  // namespace hawser::vipd
