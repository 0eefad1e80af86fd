#include "tests/bench/wire.h"

#include <algorithm>
#include <set>

#include "lib/base/bytes.h"

namespace hawser::bench {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint8_t kVrrp = 112;

std::uint16_t skip_ethernet(Reader& reader) {
  reader.skip(12);
  return reader.u16();
}

std::vector<std::uint8_t> sender_of(const lab::Packet& packet) {
  Reader reader(packet.bytes);
  reader.skip(6);
  const auto mac = reader.take(6);
  return {mac.begin(), mac.end()};
}

}  // namespace

bool is_advertisement(const lab::Packet& packet, int priority) {
  Reader reader(packet.bytes);
  if (skip_ethernet(reader) != kIpv4) return false;
  const unsigned words = reader.u8() & 0x0fU;
  reader.skip(8);
  const bool vrrp = reader.u8() == kVrrp;
  if (words < 5) return false;
  reader.skip(words * 4 - 10);
  const bool version3 = reader.u8() == 0x31;
  reader.skip(1);
  return reader.u8() == priority && vrrp && version3 && reader.ok();
}

std::optional<IpAddress> gratuitous_arp(const lab::Packet& packet) {
  Reader reader(packet.bytes);
  if (skip_ethernet(reader) != kArp) return std::nullopt;
  reader.skip(8 + 6);
  const auto sender = IpAddress::from_bytes(reader.take(4));
  reader.skip(6);
  const auto target = IpAddress::from_bytes(reader.take(4));
  if (!reader.ok() || !sender || !target || *sender != *target) return std::nullopt;
  return *sender;
}

bool is_gratuitous_arp(const lab::Packet& packet) {
  const auto address = gratuitous_arp(packet);
  return address && to_string(*address) == kFloating;
}

bool is_answer(const lab::Packet& packet) {
  constexpr std::uint8_t kUdp = 17;
  Reader reader(packet.bytes);
  if (skip_ethernet(reader) != kIpv4) return false;
  reader.skip(9);
  const bool udp = reader.u8() == kUdp;
  reader.skip(2);
  const auto source = IpAddress::from_bytes(reader.take(4));
  return udp && reader.ok() && source && to_string(*source) == kFloating;
}

namespace {

// What begins with the header of TCP; nullopt: it is none over IPv4.
std::optional<Reader> tcp_in(const lab::Packet& packet) {
  constexpr std::uint8_t kTcp = 6;
  Reader reader(packet.bytes);
  if (skip_ethernet(reader) != kIpv4) return std::nullopt;
  const unsigned words = reader.u8() & 0x0fU;
  reader.skip(8);
  const bool tcp = reader.u8() == kTcp;
  if (!tcp || words < 5) return std::nullopt;
  reader.skip(words * 4 - 10);
  return reader;
}

std::set<std::uint16_t> clients_of(std::span<const lab::Packet> packets) {
  std::set<std::uint16_t> ports;
  for (const auto& packet : packets) {
    auto tcp = tcp_in(packet);
    if (!tcp) continue;
    const auto port = tcp->u16();
    if (tcp->ok()) ports.insert(port);
  }
  return ports;
}

}  // namespace

bool is_syn(const lab::Packet& packet) {
  constexpr unsigned kSyn = 0x02;
  constexpr unsigned kAck = 0x10;
  auto tcp = tcp_in(packet);
  if (!tcp) return false;
  tcp->skip(13);
  const unsigned flags = tcp->u8();
  return tcp->ok() && (flags & (kSyn | kAck)) == kSyn;
}

std::size_t cut_in_two(std::span<const lab::Packet> one, std::span<const lab::Packet> other) {
  const auto others = clients_of(other);
  return static_cast<std::size_t>(
      std::ranges::count_if(clients_of(one), [&](std::uint16_t port) { return others.contains(port); }));
}

std::chrono::nanoseconds active_down(std::chrono::nanoseconds interval) {
  return 3 * interval + (256 - kLowPriority) * interval / 256;
}

namespace {

template <class Is>
std::optional<double> first_of_the_other(std::span<const lab::Packet> packets,
                                         std::chrono::nanoseconds interval, Is is) {
  const auto from_active = [](const lab::Packet& packet) { return is_advertisement(packet, kHighPriority); };
  const auto last = std::find_if(packets.rbegin(), packets.rend(), from_active);
  if (last == packets.rend()) return std::nullopt;
  const auto first = std::find_if(last.base(), packets.end(), [&](const lab::Packet& packet) {
    return is(packet) && sender_of(packet) != sender_of(*last);
  });
  if (first == packets.end()) return std::nullopt;
  return std::chrono::duration<double, std::milli>(first->time - last->time - active_down(interval)).count();
}

}  // namespace

std::optional<double> takeover_lateness(std::span<const lab::Packet> packets,
                                        std::chrono::nanoseconds interval) {
  return first_of_the_other(packets, interval, is_gratuitous_arp);
}

std::optional<double> first_answer(std::span<const lab::Packet> packets, std::chrono::nanoseconds interval) {
  return first_of_the_other(packets, interval, is_answer);
}

std::optional<double> whole_takeover(std::span<const lab::Packet> packets,
                                     std::chrono::nanoseconds interval) {
  const auto from_active = [](const lab::Packet& packet) { return is_advertisement(packet, kHighPriority); };
  const auto last = std::find_if(packets.rbegin(), packets.rend(), from_active);
  if (last == packets.rend()) return std::nullopt;
  std::set<IpAddress> announced;
  std::chrono::nanoseconds newest{};
  std::for_each(last.base(), packets.end(), [&](const lab::Packet& packet) {
    const auto address = gratuitous_arp(packet);
    if (address && sender_of(packet) != sender_of(*last) && announced.insert(*address).second)
      newest = packet.time;
  });
  if (announced.empty()) return std::nullopt;
  return std::chrono::duration<double, std::milli>(newest - last->time - active_down(interval)).count();
}

std::optional<double> longest_pause(std::span<const lab::Packet> packets, int priority) {
  std::optional<double> longest;
  std::optional<std::chrono::nanoseconds> last;
  for (const auto& packet : packets) {
    if (!is_advertisement(packet, priority)) continue;
    if (last) {
      const std::chrono::duration<double, std::milli> pause = packet.time - *last;
      longest = std::max(longest.value_or(0), pause.count());
    }
    last = packet.time;
  }
  return longest;
}

}  // namespace hawser::bench
