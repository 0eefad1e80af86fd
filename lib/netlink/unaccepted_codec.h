// vipd's nftables table as messages of nf_tables, by libnftnl. No socket.
//
//   table inet hawser_vipd            with a comment that says whose it is
//     set addresses4, addresses6      to these nothing is accepted
//     set on_links                    the same of link-local ones, each with its interface
//     chain input                     after IPVS and NAT: what these lead elsewhere does not come by.
//     Neighbour
//                                     discovery passes, everything else to the addresses is dropped
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/netlink/nft_codec.h"
#include "lib/state/unaccepted.h"

namespace hawser::nl {

inline constexpr std::string_view kUnacceptedTable = "hawser_vipd";

// What makes the table, in the order of a transaction. EEXIST: a table of that name is there.
std::vector<NftMessage> encode_unaccepted(const Unaccepted& wanted);
std::vector<NftMessage> encode_delete_unaccepted();
// What is to be asked for to know it whole, the table first. ENOENT for that one: there is none.
std::vector<NftMessage> unaccepted_questions();

struct UnacceptedTable {
  bool ours = true;   // it bears our comment: no other table of that name is touched
  bool whole = true;  // it is as we make it
  Unaccepted contents;
  bool operator==(const UnacceptedTable&) const = default;
};

// What was heard of it, piece by piece.
class UnacceptedHearing {
 public:
  // One message of an answer; what is of another table is passed over.
  Status hear(ByteView message);
  // nullopt: there is no table.
  [[nodiscard]] std::optional<UnacceptedTable> table() const;

 private:
  bool hear_table(const void* message);
  bool hear_chain(const void* message);
  bool hear_rule(const void* message);
  bool hear_set(const void* message);
  bool hear_elements(const void* message);

  bool there_ = false, ours_ = false, strange_ = false;
  std::multiset<std::string> parts_;  // chains, sets and rules, in words
  int rules_ = 0;                     // heard so far
  Unaccepted contents_;
};

}  // namespace hawser::nl
