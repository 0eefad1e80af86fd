#include "lbctl/import/keepalived_group.h"

#include <algorithm>
#include <charconv>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

constexpr std::uint32_t kMostInRange = 1024;

// The last 32 bits of an address, which is where ranges are.
std::uint32_t low_bits(const IpAddress& address) {
  std::uint32_t bits = 0;
  for (const auto byte : address.bytes().last(4)) bits = bits << 8U | byte;
  return bits;
}

IpAddress with_low_bits(const IpAddress& address, std::uint32_t bits) {
  std::vector<std::uint8_t> bytes(address.bytes().begin(), address.bytes().end());
  for (auto at = bytes.rbegin(); at != bytes.rbegin() + 4; ++at, bits >>= 8U)
    *at = static_cast<std::uint8_t>(bits & 0xFFU);
  return *IpAddress::from_bytes(bytes);
}

Result<std::vector<IpAddress>> addresses_from(const IpAddress& first, const IpAddress& last) {
  const auto from = low_bits(first), to = low_bits(last);
  if (with_low_bits(first, 0) != with_low_bits(last, 0)) return fail("its two ends lie too far apart");
  if (from > to || to - from >= kMostInRange)
    return fail("it is no range of 1 to {} addresses", kMostInRange);
  std::vector<IpAddress> list;
  for (auto bits = from;; ++bits) {
    list.push_back(with_low_bits(first, bits));
    if (bits == to) return list;
  }
}

// The end of "192.0.2.1-9" and "2001:db8::2-f": the last part of the address.
Result<IpAddress> end_of_range(const IpAddress& first, std::string_view end) {
  constexpr int kDecimal = 10, kHexadecimal = 16;
  std::uint32_t number = 0;
  const auto* const stop = end.data() + end.size();
  const auto [at, problem] =
      std::from_chars(end.data(), stop, number, first.is_v6() ? kHexadecimal : kDecimal);
  const auto most = first.is_v6() ? 0xFFFFU : 0xFFU;
  if (problem != std::errc{} || at != stop || number > most) return fail("{} ends no range", end);
  return with_low_bits(first, (low_bits(first) & ~most) | number);
}

Result<std::vector<IpAddress>> addresses_of_prefix(std::string_view text) {
  const auto prefix = Prefix::parse(text);
  if (!prefix) return tl::unexpected(prefix.error());
  const auto free = prefix->address.bits() - prefix->length;
  constexpr unsigned kMostBits = 10;  // 1024
  if (free > kMostBits) return fail("it is no network of at most {} addresses", kMostInRange);
  const auto first = prefix->network().address;
  return addresses_from(first, with_low_bits(first, low_bits(first) | ((1U << free) - 1)));
}

struct Ports {
  std::uint16_t first = 0, last = 0;
};

std::optional<Ports> ports_in(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = port_number(text.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == std::string_view::npos) return Ports{*first, 0};
  const auto last = port_number(text.substr(dash + 1));
  if (!last || *first == 0 || *last < *first) return std::nullopt;
  return Ports{*first, *last == *first ? std::uint16_t{0} : *last};
}

Result<ServiceKey> mark_key(const KaNode& line, Family family) {
  if (line.words.size() < 2) return fail("it names no mark");
  if (line.words.size() > 2 && line.words[2] == "inet6") family = Family::kIpv6;
  return ServiceKey::parse(fmt::format("fwmark{} {}", family == Family::kIpv6 ? "6" : "", line.words[1]));
}

}  // namespace

Result<std::vector<IpAddress>> addresses_in_range(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return addresses_of_prefix(text);
  const auto dash = text.find('-');
  const auto first = IpAddress::parse(text.substr(0, dash));
  if (!first) return tl::unexpected(first.error());
  if (dash == std::string_view::npos) return std::vector{*first};
  const auto rest = text.substr(dash + 1);
  const auto whole = IpAddress::parse(rest);
  if (whole && whole->family() != first->family()) return fail("its two ends are of two families");
  const auto last = whole ? Result<IpAddress>(*whole) : end_of_range(*first, rest);
  if (!last) return tl::unexpected(last.error());
  return addresses_from(*first, *last);
}

std::string to_string(const GroupKey& key) {
  const auto text = to_string(key.key);
  return key.last_port == 0 ? text : fmt::format("{}-{}", text, key.last_port);
}

std::vector<GroupKey> group_keys(const KaNode& group, Transport transport, Family mark_family, Draft& draft) {
  std::vector<GroupKey> keys;
  for (const auto& line : group.inside) {
    if (line.words.front() == "fwmark") {
      if (const auto key = mark_key(line, mark_family))
        keys.push_back({*key, line.origin});
      else
        draft.leave_out(line.origin, key.error().text);
      continue;
    }
    const auto ports = ports_in(line.words.size() > 1 ? line.words[1] : "0");
    const auto addresses = addresses_in_range(line.words.front());
    if (!addresses || !ports || line.words.size() > 2) {
      leave_out_all(draft, line, addresses ? "it is not ADDRESS PORT" : addresses.error().text);
      continue;
    }
    for (const auto& address : *addresses)
      keys.push_back({{transport, {address, ports->first}, 0}, line.origin, ports->last});
  }
  return keys;
}

}  // namespace hawser::lbctl
