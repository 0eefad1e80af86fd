#include "lib/netlink/unaccepted_codec.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <libnftnl/common.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <net/if.h>

#include "lib/netlink/nft_build.h"

namespace hawser::nl {

using namespace nft_table;

namespace {

constexpr const char* kName = kUnacceptedTable.data();
constexpr const char* kInput = "input";
constexpr std::string_view kSigned = "made by vipd of Hawser: changed here, it is put back";
// IPVS takes what is for it at NF_IP_PRI_NAT_SRC - 2.
constexpr std::int32_t kAfterAllOthers = 1000;

enum class Holds : std::uint8_t { kIpv4, kIpv6, kOnLinks };

struct AddressSet {
  Holds holds;
  const char* name;
  std::uint32_t id;  // within a transaction
  std::uint32_t key_type, key_size, flags;
  std::uint8_t protocol;     // NFPROTO_*
  std::uint32_t at, size;    // of the destination address in its header
  std::uint32_t address_in;  // the register for it
};

// The register behind an interface's name, by the word that the kernel has for it when it is asked: 16 bytes
// of the first one are that name.
constexpr std::uint32_t kBehindTheName = NFT_REG_2;
static_assert(IFNAMSIZ == NFT_REG_SIZE);

constexpr std::array<AddressSet, 3> kSets{
    {{Holds::kIpv4, "addresses4", 1, kTypeIpv4, 4, 0, NFPROTO_IPV4, 16, 4, kKey},
     {Holds::kIpv6, "addresses6", 2, kTypeIpv6, 16, 0, NFPROTO_IPV6, 24, 16, kKey},
     {Holds::kOnLinks, "on_links", 3, (kTypeInterface << kTypeBits) | kTypeIpv6, IFNAMSIZ + 16,
      NFT_SET_CONCAT, NFPROTO_IPV6, 24, 16, kBehindTheName}}};

void give_verdict(const Rule& rule, int verdict) {
  add(rule, "immediate", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(one, NFTNL_EXPR_IMM_VERDICT, static_cast<std::uint32_t>(verdict));
  });
}

Rule empty_rule() {
  Rule rule(nftnl_rule_alloc());
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_TABLE, kName);
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_CHAIN, kInput);
  return rule;
}

// RFC 9568 6.1: neighbour solicitations and advertisements must not be dropped. The types of RFC 4861: 133 to
// 137.
Rule pass_discovery() {
  constexpr std::uint8_t kIcmpv6 = 58, kFirstType = 133, kLastType = 137;
  auto rule = empty_rule();
  compare_meta(rule, NFT_META_NFPROTO, NFPROTO_IPV6);
  compare_meta(rule, NFT_META_L4PROTO, kIcmpv6);
  load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, kKey);
  compare(rule, NFT_CMP_GTE, kFirstType);
  compare(rule, NFT_CMP_LTE, kLastType);
  give_verdict(rule, NF_ACCEPT);
  return rule;
}

Rule drop_those_of(const AddressSet& set) {
  auto rule = empty_rule();
  compare_meta(rule, NFT_META_NFPROTO, set.protocol);
  if (set.holds == Holds::kOnLinks) load_meta(rule, NFT_META_IIFNAME, kKey);
  load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, set.at, set.size, set.address_in);
  add(rule, "lookup", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_SREG, kKey);
    nftnl_expr_set_str(one, NFTNL_EXPR_LOOKUP_SET, set.name);
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_FLAGS, 0);
  });
  give_verdict(rule, NF_DROP);
  return rule;
}

std::vector<Rule> our_rules_of_input() {
  std::vector<Rule> rules;
  rules.push_back(pass_discovery());
  for (const auto& set : kSets) rules.push_back(drop_those_of(set));
  return rules;
}

Set named(const AddressSet& wanted) {
  Set set(nftnl_set_alloc());
  nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, kName);
  nftnl_set_set_str(set.get(), NFTNL_SET_NAME, wanted.name);
  nftnl_set_set_u32(set.get(), NFTNL_SET_FAMILY, kInet);
  return set;
}

NftMessage make_set(const AddressSet& wanted) {
  const auto set = named(wanted);
  nftnl_set_set_u32(set.get(), NFTNL_SET_ID, wanted.id);
  nftnl_set_set_u32(set.get(), NFTNL_SET_FLAGS, wanted.flags);
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, wanted.key_type);
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, wanted.key_size);
  const std::array<std::uint8_t, 2> fields{IFNAMSIZ, 16};
  if (wanted.holds == Holds::kOnLinks)
    nftnl_set_set_data(set.get(), NFTNL_SET_DESC_CONCAT, fields.data(), fields.size());
  const auto user = user_word(NFTNL_UDATA_SET_KEYBYTEORDER, kNetworkOrder);
  nftnl_set_set_data(set.get(), NFTNL_SET_USERDATA, user.data(), size_of(user));
  return message_of(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL,
                    [&](nlmsghdr* to) { nftnl_set_nlmsg_build_payload(to, set.get()); });
}

Bytes key_on_link(const std::string& interface, const IpAddress& address) {
  Bytes key(interface.begin(), interface.end());
  key.resize(IFNAMSIZ, 0);
  const auto bytes = address.bytes();
  key.insert(key.end(), bytes.begin(), bytes.end());
  return key;
}

std::vector<Bytes> keys_of(const AddressSet& set, const Unaccepted& wanted) {
  std::vector<Bytes> keys;
  if (set.holds == Holds::kOnLinks) {
    for (const auto& [interface, address] : wanted.on_links) keys.push_back(key_on_link(interface, address));
    return keys;
  }
  for (const auto& address : wanted.addresses)
    if (address.is_v4() == (set.holds == Holds::kIpv4))
      keys.emplace_back(address.bytes().begin(), address.bytes().end());
  return keys;
}

void put_keys(std::vector<NftMessage>& messages, const AddressSet& of, const Unaccepted& wanted) {
  auto set = named(of);
  std::size_t held = 0;
  const auto send = [&] {
    if (std::exchange(held, 0) == 0) return;
    messages.push_back(message_of(NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL,
                                  [&](nlmsghdr* to) { nftnl_set_elems_nlmsg_build_payload(to, set.get()); }));
    set = named(of);
  };
  for (const auto& key : keys_of(of, wanted)) {
    auto* element = nftnl_set_elem_alloc();
    nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key.data(), size_of(key));
    nftnl_set_elem_add(set.get(), element);
    if (++held == kAtOnce) send();
  }
  send();
}

bool is_of_it(std::uint32_t family, const char* table) {
  return family == kInet && table != nullptr && table == kUnacceptedTable;
}

const nlmsghdr* header_at(const void* message) {
  return static_cast<const nlmsghdr*>(message);
}

std::string words_of_set(const AddressSet& set) {
  return words_of_map(set.name, set.flags, set.key_size, 0);
}

const std::multiset<std::string>& parts_as_made() {
  static const auto made = [] {
    std::multiset<std::string> parts{
        words_of_chain(kInput, NF_INET_LOCAL_IN, kAfterAllOthers, NF_ACCEPT, "filter")};
    for (const auto& set : kSets) parts.insert(words_of_set(set));
    int place = 0;
    for (const auto& rule : our_rules_of_input())
      parts.insert(fmt::format("{} {}", place++, words_of_rule(rule.get())));
    return parts;
  }();
  return made;
}

// False: it is none that we make.
bool read_key(ByteView key, const AddressSet& set, Unaccepted& contents) {
  Reader reader{key};
  std::string interface;
  if (set.holds == Holds::kOnLinks) {
    const auto name = reader.take(IFNAMSIZ);
    interface.assign(name.begin(), std::find(name.begin(), name.end(), 0));
  }
  const auto address = IpAddress::from_bytes(reader.take(set.size));
  if (!reader.finished() || !address) return false;
  if (set.holds == Holds::kOnLinks)
    contents.on_links.emplace(interface, *address);
  else
    contents.addresses.insert(*address);
  return true;
}

}  // namespace

std::vector<NftMessage> encode_unaccepted(const Unaccepted& wanted) {
  std::vector<NftMessage> messages{
      table_message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, kName, kSigned)};
  for (const auto& set : kSets) messages.push_back(make_set(set));
  messages.push_back(chain_message({kName, kInput, "filter", NF_INET_LOCAL_IN, kAfterAllOthers}));
  for (const auto& rule : our_rules_of_input())
    messages.push_back(message_of(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
                                  [&](nlmsghdr* to) { nftnl_rule_nlmsg_build_payload(to, rule.get()); }));
  for (const auto& set : kSets) put_keys(messages, set, wanted);
  return messages;
}

std::vector<NftMessage> encode_delete_unaccepted() {
  return {table_message(NFT_MSG_DELTABLE, 0, kName, {})};
}

std::vector<NftMessage> unaccepted_questions() {
  std::vector<NftMessage> questions{table_message(NFT_MSG_GETTABLE, NLM_F_ACK, kName, {})};
  questions.push_back(message_of(NFT_MSG_GETCHAIN, NLM_F_DUMP, [](nlmsghdr* /*to*/) {}));
  questions.push_back(message_of(NFT_MSG_GETRULE, NLM_F_DUMP,
                                 [](nlmsghdr* to) { mnl_attr_put_strz(to, NFTA_RULE_TABLE, kName); }));
  questions.push_back(message_of(NFT_MSG_GETSET, NLM_F_DUMP,
                                 [](nlmsghdr* to) { mnl_attr_put_strz(to, NFTA_SET_TABLE, kName); }));
  for (const auto& set : kSets)
    questions.push_back(message_of(NFT_MSG_GETSETELEM, NLM_F_DUMP, [&](nlmsghdr* to) {
      mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_TABLE, kName);
      mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_SET, set.name);
    }));
  return questions;
}

Status UnacceptedHearing::hear(ByteView message) {
  const auto understood = [&] {
    if (!can_be_read(message)) return false;
    const auto* header = header_at(message.data());
    switch (kind_of_message(header->nlmsg_type)) {
      case NFT_MSG_NEWTABLE:
        return hear_table(header);
      case NFT_MSG_NEWCHAIN:
        return hear_chain(header);
      case NFT_MSG_NEWRULE:
        return hear_rule(header);
      case NFT_MSG_NEWSET:
        return hear_set(header);
      case NFT_MSG_NEWSETELEM:
        return hear_elements(header);
      default:
        return true;
    }
  };
  return understood() ? Status{} : fail("nftables: a message that is not understood");
}

bool UnacceptedHearing::hear_table(const void* message) {
  const Table table(nftnl_table_alloc());
  if (nftnl_table_nlmsg_parse(header_at(message), table.get()) < 0) return false;
  if (!is_of_it(nftnl_table_get_u32(table.get(), NFTNL_TABLE_FAMILY),
                nftnl_table_get_str(table.get(), NFTNL_TABLE_NAME)))
    return true;
  there_ = true;
  std::uint32_t size = 0;
  const auto* user = nftnl_table_get_data(table.get(), NFTNL_TABLE_USERDATA, &size);
  ours_ = comment_in(user, size, NFTNL_UDATA_TABLE_COMMENT) == kSigned;
  if (nftnl_table_get_u32(table.get(), NFTNL_TABLE_FLAGS) != 0) strange_ = true;  // dormant
  return true;
}

bool UnacceptedHearing::hear_chain(const void* message) {
  const Chain chain(nftnl_chain_alloc());
  if (nftnl_chain_nlmsg_parse(header_at(message), chain.get()) < 0) return false;
  const auto* name = nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_NAME);
  if (name == nullptr || !is_of_it(nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_FAMILY),
                                   nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_TABLE)))
    return true;
  const auto* type = nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_TYPE);
  parts_.insert(words_of_chain(name, nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_HOOKNUM),
                               nftnl_chain_get_s32(chain.get(), NFTNL_CHAIN_PRIO),
                               nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_POLICY),
                               type == nullptr ? "" : type));
  return true;
}

// Their order counts: each is known with its place.
bool UnacceptedHearing::hear_rule(const void* message) {
  const Rule rule(nftnl_rule_alloc());
  if (nftnl_rule_nlmsg_parse(header_at(message), rule.get()) < 0) return false;
  if (nftnl_rule_get_str(rule.get(), NFTNL_RULE_CHAIN) == nullptr ||
      !is_of_it(nftnl_rule_get_u32(rule.get(), NFTNL_RULE_FAMILY),
                nftnl_rule_get_str(rule.get(), NFTNL_RULE_TABLE)))
    return true;
  parts_.insert(fmt::format("{} {}", rules_++, words_of_rule(rule.get())));
  return true;
}

bool UnacceptedHearing::hear_set(const void* message) {
  const Set set(nftnl_set_alloc());
  if (nftnl_set_nlmsg_parse(header_at(message), set.get()) < 0) return false;
  const auto* name = nftnl_set_get_str(set.get(), NFTNL_SET_NAME);
  if (name == nullptr || !is_of_it(nftnl_set_get_u32(set.get(), NFTNL_SET_FAMILY),
                                   nftnl_set_get_str(set.get(), NFTNL_SET_TABLE)))
    return true;
  parts_.insert(words_of_map(name, nftnl_set_get_u32(set.get(), NFTNL_SET_FLAGS),
                             nftnl_set_get_u32(set.get(), NFTNL_SET_KEY_LEN),
                             nftnl_set_get_u32(set.get(), NFTNL_SET_DATA_LEN)));
  return true;
}

bool UnacceptedHearing::hear_elements(const void* message) {
  const Set set(nftnl_set_alloc());
  if (nftnl_set_elems_nlmsg_parse(header_at(message), set.get()) < 0) return false;
  const auto* name = nftnl_set_get_str(set.get(), NFTNL_SET_NAME);
  if (name == nullptr || !is_of_it(nftnl_set_get_u32(set.get(), NFTNL_SET_FAMILY),
                                   nftnl_set_get_str(set.get(), NFTNL_SET_TABLE)))
    return true;
  for (const auto& one : kSets) {
    if (std::strcmp(name, one.name) != 0) continue;
    auto* at = nftnl_set_elems_iter_create(set.get());
    while (auto* element = nftnl_set_elems_iter_next(at)) {
      const auto key = value_of(element, NFTNL_SET_ELEM_KEY);
      if (!key || nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_TIMEOUT) || !read_key(*key, one, contents_))
        strange_ = true;
    }
    nftnl_set_elems_iter_destroy(at);
  }
  return true;
}

std::optional<UnacceptedTable> UnacceptedHearing::table() const {
  if (!there_) return std::nullopt;
  return UnacceptedTable{ours_, ours_ && !strange_ && parts_ == parts_as_made(), contents_};
}

}  // namespace hawser::nl
