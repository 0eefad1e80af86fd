#include "lib/reconcile/nft.h"

#include <algorithm>
#include <set>

namespace hawser {

namespace {

// As many whole characters as nft(8) reads back of what it printed; it has no way to write quotes.
std::string as_comment(std::string name) {
  std::ranges::replace(name, '"', '\'');
  if (name.size() <= kLongestNftComment) return name;
  auto end = kLongestNftComment;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0U) == 0x80U) --end;
  name.resize(end);
  return name;
}

// Every packet that a service of an address takes, by its own key or by the mark that netd gives it.
std::vector<Marked> packets_of(const ServiceKey& key, const VirtualServer& service) {
  if (key.transport == Transport::kFwmark) return service.marked;
  const auto& [address, port] = key.virtual_address;
  const std::uint16_t last = port == 0 ? 65535 : port;
  return {{key.transport, address, port, last}};
}

bool has_any_port(const Marked& packets) {
  return packets.first_port == 0;
}

// A service of any port gets what no other one of its address takes (ip_vs_service_find()).
std::vector<Marked> left_for(const Marked& any_port, const std::set<Marked>& all) {
  std::vector<Marked> left;
  std::uint32_t next = 0;
  for (const auto& other : all) {
    if (other.transport != any_port.transport || other.address != any_port.address || has_any_port(other))
      continue;
    if (other.first_port > next)
      left.push_back({any_port.transport, any_port.address, static_cast<std::uint16_t>(next),
                      static_cast<std::uint16_t>(other.first_port - 1)});
    next = std::max(next, other.last_port + 1U);
  }
  if (next <= any_port.last_port)
    left.push_back(
        {any_port.transport, any_port.address, static_cast<std::uint16_t>(next), any_port.last_port});
  return left;
}

NftNats nats_of(const Layout& layout) {
  std::set<Marked> all;
  for (const auto& [key, service] : layout)
    for (const auto& packets : packets_of(key, service)) all.insert(packets);
  NftNats nats;
  for (const auto& [key, service] : layout) {
    if (!service.source_nat) continue;
    for (const auto& packets : packets_of(key, service))
      for (const auto& part : has_any_port(packets) ? left_for(packets, all) : std::vector{packets})
        nats.emplace(part, as_comment(service.service));
  }
  return nats;
}

}  // namespace

std::optional<NftTable> nft_of(const Layout& layout) {
  NftTable table;
  for (const auto& [key, service] : layout)
    for (const auto& packets : service.marked)
      table.contents.marks.emplace(packets, NftMark{key.fwmark, as_comment(service.service)});
  table.contents.nats = nats_of(layout);
  return table.contents.empty() ? std::nullopt : std::optional(std::move(table));
}

}  // namespace hawser
