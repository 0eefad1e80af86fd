// What the messages of any nftables table of ours are built from and read by; for the codecs in this folder
// alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter/nf_tables.h>

#include "lib/base/bytes.h"
#include "lib/netlink/nft_codec.h"

namespace hawser::nl::nft_table {

inline constexpr std::uint32_t kInet = 1;  // NFPROTO_INET

// Numbers of nft's own types, by which it prints keys and values (datatype.h of nftables).
inline constexpr std::uint32_t kTypeMark = 19, kTypeIpv4 = 7, kTypeIpv6 = 8, kTypeProtocol = 12,
                               kTypePort = 13, kTypeInterface = 41;
inline constexpr unsigned kTypeBits = 6;
inline constexpr std::uint32_t kHostOrder = 1, kNetworkOrder = 2;  // enum byteorder there

inline constexpr std::size_t kWord = 4;  // a piece of a concatenated key

// 16 bytes each, and the same in pieces of 4.
inline constexpr std::uint32_t kKey = NFT_REG_1;
inline constexpr std::uint32_t kPiece = NFT_REG32_00;

inline constexpr std::size_t kAtOnce = 200;  // elements of one message, which holds 64 KiB of them

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

// ---- building

Bytes user_data(std::uint8_t type, ByteView value);
// Byte order or another number that nft keeps with an object.
Bytes user_word(std::uint8_t type, std::uint32_t value);
// As nft(8) keeps comments, of an object's user data.
Bytes comment(std::uint8_t type, std::string_view text);
std::uint32_t size_of(const Bytes& bytes);

NftMessage message_of(std::uint16_t type, std::uint16_t flags, const std::function<void(nlmsghdr*)>& fill);
// The table itself, of the family inet; `sign` is its comment when it is made.
NftMessage table_message(std::uint16_t type, std::uint16_t flags, const char* name, std::string_view sign);

struct BaseChain {
  const char* table;
  const char* name;
  const char* type;
  std::uint32_t hook;
  std::int32_t priority;
};
NftMessage chain_message(const BaseChain& wanted);

void add(const Rule& rule, const char* name, const std::function<void(nftnl_expr*)>& fill);
void load_meta(const Rule& rule, std::uint32_t key, std::uint32_t into);
void load_payload(const Rule& rule, std::uint32_t base, std::uint32_t at, std::uint32_t size,
                  std::uint32_t into);
void compare(const Rule& rule, std::uint32_t how, std::uint8_t with);  // NFT_CMP_*, of what is in kKey
void compare_meta(const Rule& rule, std::uint32_t key, std::uint8_t wanted);

// ---- reading

// The first comment of user data; other things that nft notes there say nothing to us.
std::string comment_in(const void* data, std::uint32_t size, std::uint8_t type);
// "prerouting; meta load nfproto => reg 1; ..": by it two rules are compared.
std::string words_of_rule(const nftnl_rule* rule);
std::string words_of_chain(const char* name, std::uint32_t hook, std::int32_t priority, std::uint32_t policy,
                           std::string_view type);
std::string words_of_map(const char* name, std::uint32_t flags, std::uint32_t size, std::uint32_t data);
std::optional<ByteView> value_of(nftnl_set_elem* element, std::uint16_t attribute);
// Which message of nf_tables it is, NFT_MSG_*; 0xffff: it is another subsystem's.
std::uint16_t kind_of_message(std::uint16_t type);
// Whole, so that libnftnl, which reads in whole words, reads nothing beyond it.
bool can_be_read(ByteView message);

}  // namespace hawser::nl::nft_table
