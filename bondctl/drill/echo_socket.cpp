#include "bondctl/drill/echo_socket.h"

#include <cerrno>
#include <cstring>

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace hawser::bondctl::drill {

namespace {

constexpr int kRawLevel = 255;  // SOL_RAW

void hear_nothing(int fd, Family family) {
  // Not essential: what is received and not read only fills a buffer.
  if (family == Family::kIpv4) {
    const icmp_filter all{~0U};
    (void)setsockopt(fd, kRawLevel, ICMP_FILTER, &all, sizeof(all));
  } else {
    std::array<std::uint32_t, 8> all{};
    all.fill(~0U);
    (void)setsockopt(fd, IPPROTO_ICMPV6, ICMPV6_FILTER, all.data(), sizeof(all));
  }
}

int connect_v4(int fd, const IpAddress& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::memcpy(&address.sin_addr, to.bytes().data(), sizeof(address.sin_addr));
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

int connect_v6(int fd, const IpAddress& to, IfIndex device) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  std::memcpy(&address.sin6_addr, to.bytes().data(), sizeof(address.sin6_addr));
  if (to.is_link_local()) address.sin6_scope_id = static_cast<std::uint32_t>(device.value);
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

}  // namespace

Result<EchoSocket> EchoSocket::open(const IpAddress& to, IfIndex device) {
  const bool v4 = to.is_v4();
  Fd fd(::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                 v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6)));
  if (!fd) return fail_with(errno, "open a socket for echo requests: {}", std::strerror(errno));
  hear_nothing(fd.get(), to.family());
  if ((v4 ? connect_v4(fd.get(), to) : connect_v6(fd.get(), to, device)) != 0)
    return fail_with(errno, "{}: {}", to, std::strerror(errno));
  return EchoSocket{std::move(fd)};
}

Status EchoSocket::send(ByteView request) const {
  if (::send(fd_.get(), request.data(), request.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return {};
  return fail_with(errno, "{}", std::strerror(errno));
}

}  // namespace hawser::bondctl::drill
