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
constexpr std::uint32_t kWhole = 128;
constexpr std::uint32_t kNextHeader = 6;  // its offset in IPv6

// Where a packet without its Ethernet header names the address: ARP for IPv4 its sender's, a Neighbor
// Advertisement its target, of which the last four bytes will do here.
constexpr std::uint32_t offset_in(Family family) {
  return family == Family::kIpv4 ? 14 : 60;
}

std::uint32_t last_bytes_of(const IpAddress& address) {
  Reader reader(address.bytes().last(4));
  return reader.u32();
}

// Not what we send ourselves, and only what one of these says of itself. (Of IPv6 a packet that is no
// advertisement may have the same four bytes there: neighbor_claim() tells.)
std::vector<sock_filter> filter_for(Family family, const std::vector<IpAddress>& own) {
  const auto count = std::min(own.size(), kMostWatched);
  const auto packet_type = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
  const auto past_addresses = static_cast<std::uint8_t>(count + 1);
  std::vector<sock_filter> program{{BPF_LD | BPF_B | BPF_ABS, 0, 0, packet_type}};
  if (family == Family::kIpv4) {
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, past_addresses, 0, PACKET_OUTGOING});
  } else {  // whatever else of IPv6 comes by is let go at once
    program.push_back(
        {BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(past_addresses + 2), 0, PACKET_OUTGOING});
    program.push_back({BPF_LD | BPF_B | BPF_ABS, 0, 0, kNextHeader});
    program.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, past_addresses, IPPROTO_ICMPV6});
  }
  program.push_back({BPF_LD | BPF_W | BPF_ABS, 0, 0, offset_in(family)});
  auto left = count;
  for (const auto& address : own) {
    if (left == 0) break;
    program.push_back(
        {BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint8_t>(left), 0, last_bytes_of(address)});
    --left;
  }
  program.push_back({BPF_RET | BPF_K, 0, 0, 0});
  program.push_back({BPF_RET | BPF_K, 0, 0, kWhole});
  return program;
}

bool attach(int fd, Family family, const std::vector<IpAddress>& own) {
  auto program = filter_for(family, own);
  const sock_fprog attached{static_cast<unsigned short>(program.size()), program.data()};
  return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof(attached)) == 0;
}

const char* what_of(Family family) {
  return family == Family::kIpv4 ? "ARP" : "Neighbor Advertisements";
}

MacAddress mac_of(const sockaddr_ll& from) {
  MacAddress mac;
  if (from.sll_halen == mac.bytes.size()) std::copy_n(from.sll_addr, mac.bytes.size(), mac.bytes.begin());
  return mac;
}

}  // namespace

Result<TwinWatch> TwinWatch::open(Family family) {
  Fd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(family == Family::kIpv4 ? ETHERTYPE_ARP : ETHERTYPE_IPV6);
  if (!fd || !attach(fd.get(), family, {}) ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&all), sizeof(all)) != 0)
    return fail_with(errno, "open a socket for {}: {}", what_of(family), std::strerror(errno));
  return TwinWatch(family, std::move(fd));
}

Status TwinWatch::watch(const std::set<IpAddress>& own) {
  std::vector<IpAddress> ours;
  std::ranges::copy_if(own, std::back_inserter(ours),
                       [this](const IpAddress& address) { return address.family() == family_; });
  if (attach(fd_.get(), family_, ours)) return {};
  return fail_with(errno, "listen to {}: {}", what_of(family_), std::strerror(errno));
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
    const auto bytes = ByteView(packet).first(static_cast<std::size_t>(length));
    if (const auto claim = family_ == Family::kIpv4 ? arp_claim(bytes) : neighbor_claim(bytes, mac_of(from)))
      heard.push_back({IfIndex{from.sll_ifindex}, *claim});
  }
  return heard;
}

}  // namespace hawser::vipd
