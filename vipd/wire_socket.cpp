#include "vipd/wire_socket.h"

#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "vipd/wire.h"

namespace hawser::vipd {

namespace {

// An advertisement is at most 1,028 bytes; a flood must not cost memory (it once cost keepalived gigabytes).
constexpr int kReceiveBuffer = 256 * 1024;
constexpr std::size_t kLongestPacket = 2048;
constexpr int kInternetworkControl = 0xC0;

template <class Value>
bool set(int fd, int level, int option, const Value& value) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

in_addr raw_address(const IpAddress& address) {
  in_addr raw{};
  std::memcpy(&raw, address.bytes().data(), sizeof(raw));
  return raw;
}

bool configure(int fd, const std::string& interface, IfIndex index) {
  ip_mreqn group{};
  group.imr_multiaddr = raw_address(kVrrpGroup);
  group.imr_ifindex = index.value;
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                    static_cast<socklen_t>(interface.size())) == 0 &&
         set(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer) && set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) &&
         set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) && set(fd, IPPROTO_IP, IP_MULTICAST_TTL, int{kVrrpTtl}) &&
         set(fd, IPPROTO_IP, IP_TTL, int{kVrrpTtl}) && set(fd, IPPROTO_IP, IP_TOS, kInternetworkControl) &&
         set(fd, IPPROTO_IP, IP_MULTICAST_IF, group) && set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
}

}  // namespace

WireSocket::WireSocket(Fd fd, IfIndex index) : fd_(std::move(fd)), index_(index), buffer_(kLongestPacket) {}

Result<WireSocket> WireSocket::open(const std::string& interface, IfIndex index) {
  Fd fd(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kVrrpProtocol));
  if (!fd || !configure(fd.get(), interface, index))
    return fail_with(errno, "{}: open a socket for VRRP: {}", interface, std::strerror(errno));
  WireSocket opened(std::move(fd), index);
  // What came in on other interfaces before the socket was bound to this one.
  while (opened.receive()) continue;
  return opened;
}

Status WireSocket::send(const IpAddress& source, const IpAddress& destination, ByteView message) const {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr = raw_address(destination);
  iovec data{const_cast<std::uint8_t*>(message.data()), message.size()};  // NOLINT: sendmsg does not write
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  msghdr header{};
  header.msg_name = &to;
  header.msg_namelen = sizeof(to);
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  in_pktinfo info{};
  info.ipi_ifindex = index_.value;
  info.ipi_spec_dst = raw_address(source);  // the kernel's own choice could be a floating address
  auto* item = CMSG_FIRSTHDR(&header);
  item->cmsg_level = IPPROTO_IP;
  item->cmsg_type = IP_PKTINFO;
  item->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(item), &info, sizeof(info));
  if (sendmsg(fd_.get(), &header, MSG_DONTWAIT) >= 0) return {};
  return fail_with(errno, "{}", std::strerror(errno));
}

std::optional<ByteView> WireSocket::receive() {
  while (true) {
    const auto length = recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (length >= 0) return ByteView(buffer_).first(static_cast<std::size_t>(length));
    // Anything but "nothing there" is an error of an earlier moment (the link went down), reported once and
    // then gone.
    if (errno == EAGAIN) return std::nullopt;
  }
}

}  // namespace hawser::vipd
