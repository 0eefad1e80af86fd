// What our nftables table is made of, for nft_encode.cpp and nft_decode.cpp alone.
#pragma once

#include <array>
#include <memory>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "lib/state/nft.h"

namespace hawser::nl::nft_table {

inline constexpr const char* kTable = "hawser";
inline constexpr std::string_view kSign = "made by netd of Hawser: changed here, it is put back";
inline constexpr std::uint32_t kInet = NFPROTO_INET;

// Numbers of nft's own types, by which it prints keys and values (datatype.h of nftables).
inline constexpr std::uint32_t kTypeMark = 19, kTypeIpv4 = 7, kTypeIpv6 = 8, kTypeProtocol = 12,
                               kTypePort = 13;
inline constexpr unsigned kTypeBits = 6;
inline constexpr std::uint32_t kHostOrder = 1, kNetworkOrder = 2;  // enum byteorder there

inline constexpr std::size_t kWord = 4;  // a piece of a concatenated key

template <auto Free>
struct NftFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Table = std::unique_ptr<nftnl_table, NftFree<nftnl_table_free>>;
using Chain = std::unique_ptr<nftnl_chain, NftFree<nftnl_chain_free>>;
using Rule = std::unique_ptr<nftnl_rule, NftFree<nftnl_rule_free>>;
using Set = std::unique_ptr<nftnl_set, NftFree<nftnl_set_free>>;

struct MapOf {
  Family family;
  const char* name;
  std::uint32_t id;  // within a transaction
  std::uint32_t address_type;
  std::uint32_t at, size;  // of the destination address in its header
  std::uint8_t protocol;   // NFPROTO_*
};
inline constexpr std::array<MapOf, 2> kMaps{{{Family::kIpv4, "marks4", 1, kTypeIpv4, 16, 4, NFPROTO_IPV4},
                                             {Family::kIpv6, "marks6", 2, kTypeIpv6, 24, 16, NFPROTO_IPV6}}};

struct ChainOf {
  const char* name;
  std::uint32_t hook;
  std::int32_t priority;
};
// IPVS looks at what is sent here at NF_IP_PRI_NAT_DST + 2, at what is received in another hook.
inline constexpr std::array<ChainOf, 2> kChains{
    {{"prerouting", NF_INET_PRE_ROUTING, 1000}, {"output", NF_INET_LOCAL_OUT, -99}}};

inline constexpr std::uint32_t kMapFlags = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_CONCAT;
constexpr std::uint32_t key_size(const MapOf& map) {
  return kWord + map.size + kWord;
}

// "meta mark set meta l4proto . ip daddr . th dport map @marks4"
Rule rule_of(const ChainOf& chain, const MapOf& map);

}  // namespace hawser::nl::nft_table
