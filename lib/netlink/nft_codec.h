// Our nftables table as messages of nf_tables, by libnftnl: building it, and taking apart what the kernel
// tells of it. No socket.
//
//   table inet hawser                 with a comment that says whose it is
//     map marks4, map marks6          protocol, address and ports -> mark; each element names its service
//     chain prerouting                after all others there, since the last mark is the one that IPVS sees
//     chain output                    just before IPVS looks at what is sent here
//   and only where somebody wants source NAT:
//     set source_nat4, source_nat6    the virtual address and ports that a connection came to
//     chain source_nat                gives what IPVS masqueraded an address of this host as its source
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/bytes.h"
#include "lib/base/result.h"
#include "lib/state/nft.h"

namespace hawser::nl {

using NftMessage = std::vector<std::uint8_t>;  // one netlink message; its number is the socket's

// What makes the table, in the order of a transaction. EEXIST: a table of that name is there.
std::vector<NftMessage> encode_make(const NftContents& contents);
std::vector<NftMessage> encode_delete();
// From `from`, which is what the kernel has, to `to`.
std::vector<NftMessage> encode_change(const NftContents& from, const NftContents& to);

enum class NftPart : std::uint8_t { kTable, kChains, kRules, kSets, kMarks4, kMarks6, kNats4, kNats6 };
// The question for one of these; ENOENT for kTable: there is none.
NftMessage encode_question(NftPart part);

// What was heard of our table, piece by piece.
class NftHearing {
 public:
  // One message of an answer; what is of another table is passed over.
  Status hear(ByteView message);
  // nullopt: there is no table.
  [[nodiscard]] std::optional<NftTable> table() const;

 private:
  Status hear_table(const void* message);
  Status hear_chain(const void* message);
  Status hear_rule(const void* message);
  Status hear_set(const void* message);
  Status hear_elements(const void* message);

  bool there_ = false, ours_ = false, strange_ = false;
  std::set<std::string> parts_;  // chains, maps and rules, in words
  std::vector<std::string> rules_;
  NftContents contents_;
};

// A notification of nf_tables: whether it is about the table of that name, of the family inet.
bool is_about(std::string_view wanted, ByteView message);
// The same of the table of this codec.
bool is_about_our_table(ByteView message);

}  // namespace hawser::nl
