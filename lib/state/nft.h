// Netd's own nftables table:
// - which packets get which firewall mark before IPVS sees them. What IPVS cannot name by address and port, a
//   range of ports or many addresses, is one service of such a mark;
// - which of the packets that IPVS masqueraded get an address of this host as their source too, so that real
//   servers whose default route leads elsewhere answer here.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "lib/state/ipvs.h"

namespace hawser {

// "tcp 192.0.2.100:8000-8099": what one element of our maps and sets covers.
struct Marked {
  Transport transport = Transport::kTcp;  // not kFwmark
  IpAddress address;
  std::uint16_t first_port = 0, last_port = 0;  // both are in

  auto operator<=>(const Marked&) const = default;
};

std::string to_string(const Marked& marked);

struct NftMark {
  std::uint32_t mark = 0;
  std::string service;  // whose it is, for people: the element's comment

  bool operator==(const NftMark&) const = default;
};

using NftMarks = std::map<Marked, NftMark>;

// The service whose clients' addresses are hidden, by the virtual addresses and ports that they came to.
using NftNats = std::map<Marked, std::string>;

struct NftContents {
  NftMarks marks;
  NftNats nats{};

  [[nodiscard]] bool empty() const { return marks.empty() && nats.empty(); }
  bool operator==(const NftContents&) const = default;
};

// What `one` has and `other` has not, or with another mark or service.
NftContents without(const NftContents& one, const NftContents& other);

struct NftTable {
  bool ours = true;   // it bears our comment: no other table of that name is touched
  bool whole = true;  // its maps, chains and rules are those that we make, and no others
  NftContents contents;

  bool operator==(const NftTable&) const = default;
};

inline constexpr std::size_t kLongestNftComment = 127;  // of an element, as nft(8) has it

}  // namespace hawser

template <>
struct fmt::formatter<hawser::Marked> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const hawser::Marked& value, Context& context) const {
    return fmt::formatter<std::string>::format(hawser::to_string(value), context);
  }
};
