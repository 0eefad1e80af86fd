// What our nftables table is made of, for nft_encode.cpp and nft_decode.cpp alone.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "lib/netlink/nft_build.h"
#include "lib/state/nft.h"

namespace hawser::nl::nft_table {

inline constexpr const char* kTable = "hawser";
inline constexpr std::string_view kSign = "made by netd of Hawser: changed here, it is put back";
enum class Serves : std::uint8_t { kMarks, kNats };

// A map to marks, or a set of who gets source NAT: both have the same key.
struct MapOf {
  Serves serves;
  Family family;
  const char* name;
  std::uint32_t id;  // within a transaction
  std::uint32_t address_type;
  std::uint32_t at, size;    // of the destination address in its header
  std::uint8_t protocol;     // NFPROTO_*
  std::uint32_t tracked_as;  // NFT_CT_*: the same address of a connection
};
inline constexpr std::array<MapOf, 4> kMaps{
    {{Serves::kMarks, Family::kIpv4, "marks4", 1, kTypeIpv4, 16, 4, NFPROTO_IPV4, NFT_CT_DST_IP},
     {Serves::kMarks, Family::kIpv6, "marks6", 2, kTypeIpv6, 24, 16, NFPROTO_IPV6, NFT_CT_DST_IP6},
     {Serves::kNats, Family::kIpv4, "source_nat4", 3, kTypeIpv4, 16, 4, NFPROTO_IPV4, NFT_CT_DST_IP},
     {Serves::kNats, Family::kIpv6, "source_nat6", 4, kTypeIpv6, 24, 16, NFPROTO_IPV6, NFT_CT_DST_IP6}}};

struct ChainOf {
  Serves serves;
  const char* name;
  const char* type;
  std::uint32_t hook;
  std::int32_t priority;
};
// IPVS looks at what is sent here at NF_IP_PRI_NAT_DST + 2, at what is received in another hook.
// NAT of sources belongs at NF_IP_PRI_NAT_SRC.
inline constexpr std::array<ChainOf, 3> kChains{
    {{Serves::kMarks, "prerouting", "filter", NF_INET_PRE_ROUTING, 1000},
     {Serves::kMarks, "output", "filter", NF_INET_LOCAL_OUT, -99},
     {Serves::kNats, "source_nat", "nat", NF_INET_POST_ROUTING, 100}}};

constexpr std::uint32_t flags_of(const MapOf& map) {
  const std::uint32_t of_both = NFT_SET_INTERVAL | NFT_SET_CONCAT;
  return map.serves == Serves::kMarks ? of_both | NFT_SET_MAP : of_both;
}
constexpr std::uint32_t value_size(const MapOf& map) {
  return map.serves == Serves::kMarks ? kWord : 0;
}
constexpr std::uint32_t key_size(const MapOf& map) {
  return kWord + map.size + kWord;
}

// Whether a table has this map or chain: the chain of NAT brings connection tracking to the whole host.
inline bool is_there(Serves serves, bool with_nat) {
  return serves == Serves::kMarks || with_nat;
}

// "meta mark set meta l4proto . ip daddr . th dport map @marks4",
// "meta l4proto tcp meta l4proto . ct original ip daddr . ct original proto-dst @source_nat4 masquerade":
// nft(8) knows what proto-dst is only where the protocol is said before, and does not read its own words
// otherwise.
struct RuleOf {
  const ChainOf& chain;
  const MapOf& map;
  std::optional<Transport> transport;  // nullopt: of any
};
Rule rule_of(const RuleOf& which);
// Each chain's rules, in order: one for each map that serves what the chain serves, or one for each protocol.
std::vector<RuleOf> rules_of(bool with_nat);

}  // namespace hawser::nl::nft_table
