#include "lib/netlink/ipvs_sockopt.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <linux/ip_vs.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace hawser::nl {

namespace {

// One more than there should be, so that one that came since is seen.
constexpr std::uint32_t kRoomForMore = 1;

IpAddress ipv4_of(std::uint32_t in_network_order) {
  return IpAddress::from_bytes({reinterpret_cast<const std::uint8_t*>(&in_network_order), 4})
      .value_or(IpAddress{});
}

std::uint32_t in_network_order(const IpAddress& address) {
  std::uint32_t number = 0;
  const auto bytes = address.bytes();
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof(number)));
  return number;
}

// A question, which the kernel writes its answer into.
template <class Header, class Entry>
Bytes room_for(std::size_t entries) {
  Bytes bytes(sizeof(Header) + entries * sizeof(Entry), 0);
  return bytes;
}

template <class Header>
Header& head_of(Bytes& bytes) {
  return *reinterpret_cast<Header*>(bytes.data());
}

// Zeroes are what the kernel has not written: no real server is 0.0.0.0 (ip_vs_add_dest() refuses it).
bool is_unwritten(const ip_vs_dest_entry& entry) {
  return entry.addr == 0;
}

DecodedReal real_of(const ip_vs_dest_entry& entry) {
  DecodedReal real;
  real.endpoint = {ipv4_of(entry.addr), ntohs(entry.port)};
  real.server.forwarding = static_cast<Forwarding>(entry.conn_flags & kForwardingMask);
  real.server.weight = static_cast<std::uint32_t>(entry.weight);
  real.server.upper_threshold = entry.u_threshold;
  real.server.lower_threshold = entry.l_threshold;
  real.status.active = entry.activeconns;
  real.status.inactive = entry.inactconns;
  real.status.persistent = entry.persistconns;
  return real;
}

ServiceKey service_of(const ip_vs_service_entry& entry) {
  if (entry.fwmark != 0) return {Transport::kFwmark, {ipv4_of(0), 0}, entry.fwmark};
  return {static_cast<Transport>(entry.protocol), {ipv4_of(entry.addr), ntohs(entry.port)}, 0};
}

}  // namespace

std::optional<std::vector<DecodedReal>> decode_real_entries(ByteView entries, std::uint32_t size) {
  std::vector<DecodedReal> reals;
  reals.reserve(size);
  for (Reader reader{entries}; reader.left() >= sizeof(ip_vs_dest_entry);) {
    const auto entry = reader.native<ip_vs_dest_entry>();
    if (is_unwritten(entry)) break;
    reals.push_back(real_of(entry));
    if (reals.back().server.forwarding == Forwarding::kTunnel) return std::nullopt;
  }
  if (reals.size() != size) return std::nullopt;
  return reals;
}

std::map<ServiceKey, std::uint32_t> decode_service_entries(ByteView entries) {
  std::map<ServiceKey, std::uint32_t> sizes;
  for (Reader reader{entries}; reader.left() >= sizeof(ip_vs_service_entry);) {
    const auto entry = reader.native<ip_vs_service_entry>();
    if (entry.protocol == 0 && entry.fwmark == 0) break;
    sizes.emplace(service_of(entry), entry.num_dests);
  }
  return sizes;
}

// Any socket of the family will do (nf_getsockopt()); one for datagrams needs no right of its own.
IpvsSockopt IpvsSockopt::open() {
  return IpvsSockopt{Fd{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)}};
}

bool IpvsSockopt::ask(int what, Bytes& answer) const {
  auto size = static_cast<socklen_t>(answer.size());
  return socket_ && ::getsockopt(socket_.get(), IPPROTO_IP, what, answer.data(), &size) == 0;
}

std::map<ServiceKey, std::uint32_t> IpvsSockopt::sizes() const {
  Bytes about(sizeof(ip_vs_getinfo), 0);
  if (!ask(IP_VS_SO_GET_INFO, about)) return {};
  const auto services = Reader{about}.native<ip_vs_getinfo>().num_services;
  auto answer = room_for<ip_vs_get_services, ip_vs_service_entry>(services);
  head_of<ip_vs_get_services>(answer).num_services = services;
  if (!ask(IP_VS_SO_GET_SERVICES, answer)) return {};
  return decode_service_entries(ByteView{answer}.subspan(offsetof(ip_vs_get_services, entrytable)));
}

std::optional<std::vector<DecodedReal>> IpvsSockopt::reals(const ServiceKey& key, std::uint32_t size) const {
  const auto room = size + kRoomForMore;
  auto answer = room_for<ip_vs_get_dests, ip_vs_dest_entry>(room);
  auto& head = head_of<ip_vs_get_dests>(answer);
  head.protocol = static_cast<std::uint16_t>(key.transport);
  head.addr = in_network_order(key.virtual_address.address);
  head.port = htons(key.virtual_address.port);
  head.fwmark = key.fwmark;
  head.num_dests = room;
  if (!ask(IP_VS_SO_GET_DESTS, answer)) return std::nullopt;
  return decode_real_entries(ByteView{answer}.subspan(offsetof(ip_vs_get_dests, entrytable)), size);
}

}  // namespace hawser::nl
