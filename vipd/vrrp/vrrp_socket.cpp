#include "vipd/vrrp/vrrp_socket.h"

#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

namespace {

constexpr int kMostPackets = 64;
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

// The next packet, with its IP header; none: nothing has arrived.
std::optional<ByteView> receive(int fd, Bytes& buffer) {
  while (true) {
    const auto length = recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (length >= 0) return ByteView(buffer).first(static_cast<std::size_t>(length));
    // Anything but "nothing there" is an error of an earlier moment (the link went down), reported once and
    // then gone.
    if (errno == EAGAIN) return std::nullopt;
  }
}

Result<Fd> open_raw(const std::string& interface, IfIndex index) {
  Fd fd(socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kVrrpProtocol));
  if (!fd || !configure(fd.get(), interface, index))
    return fail_with(errno, "{}: open a socket for VRRP: {}", interface, std::strerror(errno));
  return fd;
}

Status send_from(int fd, msghdr header, const IpAddress& source, IfIndex index) {
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  in_pktinfo info{};
  info.ipi_ifindex = index.value;
  info.ipi_spec_dst = raw_address(source);  // the kernel's own choice could be a floating address
  auto* item = CMSG_FIRSTHDR(&header);
  item->cmsg_level = IPPROTO_IP;
  item->cmsg_type = IP_PKTINFO;
  item->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(item), &info, sizeof(info));
  if (sendmsg(fd, &header, MSG_DONTWAIT) >= 0) return {};
  return fail_with(errno, "{}", std::strerror(errno));
}

}  // namespace

VrrpSocket::VrrpSocket(boost::asio::io_context& context, std::string interface, OnPacket on_packet)
    : interface_(std::move(interface)),
      on_packet_(std::move(on_packet)),
      buffer_(kLongestPacket),
      readable_(context) {}

Status VrrpSocket::open(IfIndex index) {
  if (is_open() && index_ == index) return {};
  close();
  auto opened = open_raw(interface_, index);
  if (!opened) return tl::unexpected(opened.error());
  // What came in on other interfaces before the socket was bound to this one.
  while (receive(opened->get(), buffer_)) continue;
  fd_ = std::move(*opened);
  index_ = index;
  readable_.assign(fd_.get());
  wait();
  return {};
}

void VrrpSocket::close() {
  if (!is_open()) return;
  readable_.release();  // cancels the wait and leaves the descriptor to us
  fd_ = Fd();
}

Status VrrpSocket::send(const IpAddress& source, const IpAddress& destination, ByteView message) const {
  if (!is_open()) return fail("{}: interface not usable", interface_);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr = raw_address(destination);
  iovec data{const_cast<std::uint8_t*>(message.data()), message.size()};  // NOLINT: sendmsg does not write
  msghdr header{};
  header.msg_name = &to;
  header.msg_namelen = sizeof(to);
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  auto sent = send_from(fd_.get(), header, source, index_);
  if (!sent) return fail_because(interface_, sent.error());
  return sent;
}

void VrrpSocket::drain() {
  for (int count = 0; is_open() && count < kMostPackets; ++count) {
    const auto packet = receive(fd_.get(), buffer_);
    if (!packet) return;
    on_packet_(*this, *packet);
  }
}

void VrrpSocket::wait() {
  readable_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this](const boost::system::error_code& cancelled) {
                         if (cancelled) return;
                         drain();
                         if (is_open()) wait();
                       });
}

}  // namespace hawser::vipd
