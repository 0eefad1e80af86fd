#include "vipd/vrrp/vrrp_socket.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/uio.h>

namespace hawser::vipd {

namespace {

constexpr int kMostPackets = 64;
constexpr int kWhole = 4096;  // more than the buffer holds
// A thousand routers whose timers end together need not ask a thousand times.
constexpr std::chrono::milliseconds kStillDrained{1};
// An advertisement is at most 4,088 bytes; a flood must not cost memory (it once cost keepalived gigabytes).
constexpr int kReceiveBuffer = 256 * 1024;
constexpr std::size_t kLongestPacket = 4096 + 64;
constexpr int kInternetworkControl = 0xC0;
// What belongs to an IPv6 packet beside its bytes: where it went, and its hop limit.
constexpr std::size_t kControl = CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int));

template <class Value>
bool set(int fd, int level, int option, const Value& value) {
  return setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

in_addr raw_v4(const IpAddress& address) {
  in_addr raw{};
  std::memcpy(&raw, address.bytes().data(), sizeof(raw));
  return raw;
}

in6_addr raw_v6(const IpAddress& address) {
  in6_addr raw{};
  std::memcpy(&raw, address.bytes().data(), sizeof(raw));
  return raw;
}

IpAddress address_in(const in6_addr& raw) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &raw, bytes.size());
  return IpAddress::from_bytes(bytes).value_or(IpAddress());
}

bool bind_to(int fd, const std::string& interface) {
  return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                    static_cast<socklen_t>(interface.size())) == 0 &&
         set(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
}

bool configure_v4(int fd, IfIndex index) {
  ip_mreqn group{};
  group.imr_multiaddr = raw_v4(kVrrpGroup);
  group.imr_ifindex = index.value;
  return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) && set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) &&
         set(fd, IPPROTO_IP, IP_MULTICAST_TTL, int{kVrrpTtl}) && set(fd, IPPROTO_IP, IP_TTL, int{kVrrpTtl}) &&
         set(fd, IPPROTO_IP, IP_TOS, kInternetworkControl) && set(fd, IPPROTO_IP, IP_MULTICAST_IF, group) &&
         set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
}

bool configure_v6(int fd, IfIndex index) {
  ipv6_mreq group{};
  group.ipv6mr_multiaddr = raw_v6(kVrrpGroup6);
  group.ipv6mr_interface = static_cast<unsigned>(index.value);
  return set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) && set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, int{kVrrpTtl}) &&
         set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, int{kVrrpTtl}) &&
         set(fd, IPPROTO_IPV6, IPV6_TCLASS, kInternetworkControl) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index.value) &&
         set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) && set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
         set(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, group);
}

// How many bytes the next packet has; none: nothing has arrived.
std::optional<std::size_t> receive(int fd, msghdr& header, std::size_t control) {
  // Anything but "nothing there" is an error of an earlier moment (the link went down), reported once and
  // then gone.
  constexpr int kMostErrors = 8;
  for (int errors = 0; errors < kMostErrors; ++errors) {
    header.msg_controllen = control;
    const auto length = recvmsg(fd, &header, MSG_DONTWAIT);
    if (length >= 0) return static_cast<std::size_t>(length);
    if (errno == EAGAIN) break;
  }
  return std::nullopt;
}

bool is_ours(int fd, Family family) {
  int domain = 0;
  int protocol = 0;
  socklen_t size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
         getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == kVrrpProtocol &&
         domain == (family == Family::kIpv4 ? AF_INET : AF_INET6);
}

Result<Fd> open_raw(const std::string& interface, Family family, IfIndex index) {
  const bool v4 = family == Family::kIpv4;
  Fd fd(socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, kVrrpProtocol));
  const bool made = fd && bind_to(fd.get(), interface) &&
                    (v4 ? configure_v4(fd.get(), index) : configure_v6(fd.get(), index));
  if (!made) return fail_with(errno, "{}: open a socket for VRRP: {}", interface, std::strerror(errno));
  return fd;
}

// Takes everything that has come in already.
void empty(int fd, Bytes& buffer) {
  iovec data{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  while (receive(fd, header, 0)) continue;
}

template <class Info>
void put_info(msghdr& header, int level, int type, const Info& info) {
  auto* item = CMSG_FIRSTHDR(&header);
  item->cmsg_level = level;
  item->cmsg_type = type;
  item->cmsg_len = CMSG_LEN(sizeof(info));
  std::memcpy(CMSG_DATA(item), &info, sizeof(info));
}

// The kernel's own choice of a source could be a floating address.
Status send_from(int fd, msghdr header, const IpAddress& source, IfIndex index) {
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
  header.msg_control = control.data();
  header.msg_controllen = source.is_v4() ? CMSG_SPACE(sizeof(in_pktinfo)) : CMSG_SPACE(sizeof(in6_pktinfo));
  if (source.is_v4()) {
    in_pktinfo info{};
    info.ipi_ifindex = index.value;
    info.ipi_spec_dst = raw_v4(source);
    put_info(header, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    put_info(header, IPPROTO_IPV6, IPV6_PKTINFO,
             in6_pktinfo{raw_v6(source), static_cast<unsigned>(index.value)});
  }
  if (sendmsg(fd, &header, MSG_DONTWAIT) >= 0) return {};
  return fail_with(errno, "{}", std::strerror(errno));
}

sockaddr_storage address_to(const IpAddress& destination, IfIndex index) {
  sockaddr_storage to{};
  if (destination.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(to);
    v4.sin_family = AF_INET;
    v4.sin_addr = raw_v4(destination);
    return to;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(to);
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = raw_v6(destination);
  if (destination.is_link_local() || destination.is_multicast())
    v6.sin6_scope_id = static_cast<std::uint32_t>(index.value);
  return to;
}

// An IPv6 socket hands over no header; what it said comes beside the bytes.
PacketHeader header_of(const msghdr& message) {
  PacketHeader header{address_in(static_cast<const sockaddr_in6*>(message.msg_name)->sin6_addr), {}, 0};
  auto& mutable_message = const_cast<msghdr&>(message);  // NOLINT: the macros want one
  for (auto* item = CMSG_FIRSTHDR(&mutable_message); item != nullptr;
       item = CMSG_NXTHDR(&mutable_message, item)) {
    if (item->cmsg_level != IPPROTO_IPV6) continue;
    if (item->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(item), sizeof(info));
      header.destination = address_in(info.ipi6_addr);
    } else if (item->cmsg_type == IPV6_HOPLIMIT) {
      int hops = 0;
      std::memcpy(&hops, CMSG_DATA(item), sizeof(hops));
      header.ttl = static_cast<std::uint8_t>(hops);
    }
  }
  return header;
}

}  // namespace

VrrpSocket::VrrpSocket(boost::asio::io_context& context, std::string interface, Family family,
                       OnPacket on_packet)
    : interface_(std::move(interface)),
      family_(family),
      on_packet_(std::move(on_packet)),
      buffer_(kLongestPacket),
      readable_(context) {}

Status VrrpSocket::open(IfIndex index) {
  if (is_open() && index_ == index) return {};
  close();
  auto opened = open_raw(interface_, family_, index);
  if (!opened) return tl::unexpected(opened.error());
  empty(opened->get(), buffer_);  // what came in on other interfaces before it was bound to this one
  adopt(std::move(*opened), index);
  return {};
}

void VrrpSocket::adopt(Fd fd, IfIndex index) {
  close();
  if (!is_ours(fd.get(), family_)) return;
  // What this version sets, whatever the one before it did; it is in the group already.
  (void)(family_ == Family::kIpv4 ? configure_v4(fd.get(), index) : configure_v6(fd.get(), index));
  fd_ = std::move(fd);
  index_ = index;
  readable_.assign(fd_.get());
  wait();
}

int VrrpSocket::copy_for_exec() const {
  return is_open() ? ::fcntl(fd_.get(), F_DUPFD, 3) : -1;
}

void VrrpSocket::close() {
  if (!is_open()) return;
  readable_.release();  // cancels the wait and leaves the descriptor to us
  fd_ = Fd();
}

Status VrrpSocket::send(const IpAddress& source, const IpAddress& destination, ByteView message) const {
  if (!is_open()) return fail("{}: interface not usable", interface_);
  auto to = address_to(destination, index_);
  iovec data{const_cast<std::uint8_t*>(message.data()), message.size()};  // NOLINT: sendmsg does not write
  msghdr header{};
  header.msg_name = &to;
  header.msg_namelen = destination.is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  auto sent = send_from(fd_.get(), header, source, index_);
  if (!sent) return fail_because(interface_, sent.error());
  return sent;
}

void VrrpSocket::hand_over(std::size_t length, const msghdr& header) {
  const auto bytes = ByteView(buffer_).first(length);
  if (family_ == Family::kIpv6) return on_packet_(*this, {header_of(header), bytes});
  if (const auto packet = split_ipv4(bytes)) return on_packet_(*this, *packet);
  bad_.count(BadPacket::kLength);
}

void VrrpSocket::drain() {
  take(kMostPackets);
}

void VrrpSocket::drain_whole(TimePoint now) {
  if (now - drained_at_ < kStillDrained) return;
  drained_at_ = now;
  take(kWhole);
}

void VrrpSocket::take(int most) {
  sockaddr_in6 from{};
  alignas(cmsghdr) std::array<std::uint8_t, kControl> control{};
  iovec data{buffer_.data(), buffer_.size()};
  msghdr header{};
  header.msg_name = &from;
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  for (int count = 0; is_open() && count < most; ++count) {
    header.msg_namelen = sizeof(from);
    const auto length = receive(fd_.get(), header, control.size());
    if (!length) return;
    hand_over(*length, header);
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
