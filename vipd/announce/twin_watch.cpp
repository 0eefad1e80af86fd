#include "vipd/announce/twin_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lib/base/bytes.h"

namespace hawser::vipd {

namespace {

constexpr std::size_t kMostWatched = 64;  // a filter jumps 255 instructions at most
constexpr int kMostReplies = 64;
constexpr std::uint32_t kSenderAddress = 14;  // its offset in ARP for IPv4 over Ethernet
constexpr std::uint32_t kWhole = 64;

std::uint32_t number_of(const IpAddress& address) {
  Reader reader(address.bytes());
  return reader.u32();
}

// Not what we send ourselves, and only what one of these says of itself.
std::vector<sock_filter> filter_for(const std::set<IpAddress>& own) {
  const auto count = std::min(own.size(), kMostWatched);
  const auto packet_type = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
  std::vector<sock_filter> program{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, packet_type},
      {BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(count + 1), 0, PACKET_OUTGOING},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, kSenderAddress}};
  auto left = count;
  for (const auto& address : own) {
    if (left == 0) break;
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(left), 0, number_of(address)});
    --left;
  }
  program.push_back({BPF_RET | BPF_K, 0, 0, 0});
  program.push_back({BPF_RET | BPF_K, 0, 0, kWhole});
  return program;
}

bool attach(int fd, const std::set<IpAddress>& own) {
  auto program = filter_for(own);
  const sock_fprog attached{static_cast<unsigned short>(program.size()), program.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof(attached)) == 0;
}

}  // namespace

Result<TwinWatch> TwinWatch::open() {
  Fd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETHERTYPE_ARP);
  if (!fd || !attach(fd.get(), {}) ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&all), sizeof(all)) != 0)
    return fail_with(errno, "open a socket for ARP: {}", std::strerror(errno));
  return TwinWatch(std::move(fd));
}

Status TwinWatch::watch(const std::set<IpAddress>& own) {
  if (attach(fd_.get(), own)) return {};
  return fail_with(errno, "listen to ARP: {}", std::strerror(errno));
}

std::vector<TwinWatch::Heard> TwinWatch::take() {
  std::vector<Heard> heard;
  for (int count = 0; count < kMostReplies; ++count) {
    std::array<std::uint8_t, kWhole> packet{};
    sockaddr_ll from{};
    socklen_t size = sizeof(from);
    const auto length = ::recvfrom(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) break;
    if (const auto sender = arp_sender(ByteView(packet).first(static_cast<std::size_t>(length))))
      heard.push_back({IfIndex{from.sll_ifindex}, *sender});
  }
  return heard;
}

}  // namespace hawser::vipd
