#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nfnetlink.h>

#include "lib/netlink/attributes.h"
#include "lib/netlink/message.h"
#include "lib/netlink/nft_codec.h"
#include "lib/netlink/nft_parts.h"

namespace hawser::nl {

using namespace nft_table;

namespace {

const nlmsghdr* as_header(const void* message) {
  return static_cast<const nlmsghdr*>(message);
}

Error not_understood(std::string_view what) {
  return {fmt::format("nftables: {} that is not understood", what), 0};
}

bool is_ours(std::uint32_t family, const char* table) {
  return family == kInet && table != nullptr && std::strcmp(table, kTable) == 0;
}

std::set<std::string> our_parts(bool with_nat) {
  std::set<std::string> made;
  for (const auto& chain : kChains)
    if (is_there(chain.serves, with_nat))
      made.insert(words_of_chain(chain.name, chain.hook, chain.priority, NF_ACCEPT, chain.type));
  for (const auto& map : kMaps)
    if (is_there(map.serves, with_nat))
      made.insert(words_of_map(map.name, flags_of(map), key_size(map), value_size(map)));
  return made;
}

std::vector<std::string> our_rules(bool with_nat) {
  std::vector<std::string> rules;
  for (const auto& which : rules_of(with_nat)) rules.push_back(words_of_rule(rule_of(which).get()));
  std::ranges::stable_sort(rules);
  return rules;
}

struct Key {
  std::uint8_t protocol = 0;
  IpAddress address;
  std::uint16_t port = 0;
};

std::optional<Key> read_key(ByteView bytes, const MapOf& map) {
  Reader reader{bytes};
  Key key;
  key.protocol = reader.u8();
  reader.skip(kWord - 1);
  const auto address = IpAddress::from_bytes(reader.take(map.size));
  key.port = reader.u16();
  reader.skip(2);
  if (!reader.finished() || !address) return std::nullopt;
  key.address = *address;
  return key;
}

std::optional<Marked> read_packets(nftnl_set_elem* element, const MapOf& map) {
  const auto first_bytes = value_of(element, NFTNL_SET_ELEM_KEY);
  if (!first_bytes) return std::nullopt;
  const auto first = read_key(*first_bytes, map);
  const auto last = read_key(value_of(element, NFTNL_SET_ELEM_KEY_END).value_or(*first_bytes), map);
  // What covers several addresses or protocols is none of ours, and what vanishes by itself is none either.
  if (!first || !last || first->protocol != last->protocol || first->address != last->address ||
      nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_TIMEOUT))
    return std::nullopt;
  const auto transport = static_cast<Transport>(first->protocol);
  if (transport != Transport::kTcp && transport != Transport::kUdp && transport != Transport::kSctp)
    return std::nullopt;
  return Marked{transport, first->address, first->port, last->port};
}

// False: it is none that we make.
bool read_element(nftnl_set_elem* element, const MapOf& map, NftContents& contents) {
  const auto packets = read_packets(element, map);
  if (!packets) return false;
  std::string service;
  if (const auto user = value_of(element, NFTNL_SET_ELEM_USERDATA))
    service =
        comment_in(user->data(), static_cast<std::uint32_t>(user->size()), NFTNL_UDATA_SET_ELEM_COMMENT);
  if (map.serves == Serves::kNats) {
    contents.nats.emplace(*packets, service);
    return true;
  }
  const auto data = value_of(element, NFTNL_SET_ELEM_DATA);
  NftMark mark{0, service};
  if (!data || data->size() != sizeof mark.mark) return false;
  std::memcpy(&mark.mark, data->data(), sizeof mark.mark);
  contents.marks.emplace(*packets, mark);
  return true;
}

}  // namespace

Status NftHearing::hear(ByteView message) {
  const auto* header = as_header(message.data());
  if (!can_be_read(message)) return tl::unexpected(not_understood("a message"));
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
      return {};
  }
}

Status NftHearing::hear_table(const void* message) {
  const Table table(nftnl_table_alloc());
  if (nftnl_table_nlmsg_parse(as_header(message), table.get()) < 0)
    return tl::unexpected(not_understood("a table"));
  if (!is_ours(nftnl_table_get_u32(table.get(), NFTNL_TABLE_FAMILY),
               nftnl_table_get_str(table.get(), NFTNL_TABLE_NAME)))
    return {};
  there_ = true;
  std::uint32_t size = 0;
  const auto* user = nftnl_table_get_data(table.get(), NFTNL_TABLE_USERDATA, &size);
  ours_ = comment_in(user, size, NFTNL_UDATA_TABLE_COMMENT) == kSign;
  if (nftnl_table_get_u32(table.get(), NFTNL_TABLE_FLAGS) != 0) strange_ = true;  // dormant
  return {};
}

Status NftHearing::hear_chain(const void* message) {
  const Chain chain(nftnl_chain_alloc());
  if (nftnl_chain_nlmsg_parse(as_header(message), chain.get()) < 0)
    return tl::unexpected(not_understood("a chain"));
  const auto* name = nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_NAME);
  if (name == nullptr || !is_ours(nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_FAMILY),
                                  nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_TABLE)))
    return {};
  const auto* type = nftnl_chain_get_str(chain.get(), NFTNL_CHAIN_TYPE);
  parts_.insert(words_of_chain(name, nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_HOOKNUM),
                               nftnl_chain_get_s32(chain.get(), NFTNL_CHAIN_PRIO),
                               nftnl_chain_get_u32(chain.get(), NFTNL_CHAIN_POLICY),
                               type == nullptr ? "" : type));
  return {};
}

Status NftHearing::hear_rule(const void* message) {
  const Rule rule(nftnl_rule_alloc());
  if (nftnl_rule_nlmsg_parse(as_header(message), rule.get()) < 0)
    return tl::unexpected(not_understood("a rule"));
  if (nftnl_rule_get_str(rule.get(), NFTNL_RULE_CHAIN) == nullptr ||
      !is_ours(nftnl_rule_get_u32(rule.get(), NFTNL_RULE_FAMILY),
               nftnl_rule_get_str(rule.get(), NFTNL_RULE_TABLE)))
    return {};
  rules_.push_back(words_of_rule(rule.get()));
  return {};
}

Status NftHearing::hear_set(const void* message) {
  const Set set(nftnl_set_alloc());
  if (nftnl_set_nlmsg_parse(as_header(message), set.get()) < 0)
    return tl::unexpected(not_understood("a set"));
  const auto* name = nftnl_set_get_str(set.get(), NFTNL_SET_NAME);
  if (name == nullptr ||
      !is_ours(nftnl_set_get_u32(set.get(), NFTNL_SET_FAMILY), nftnl_set_get_str(set.get(), NFTNL_SET_TABLE)))
    return {};
  parts_.insert(words_of_map(name, nftnl_set_get_u32(set.get(), NFTNL_SET_FLAGS),
                             nftnl_set_get_u32(set.get(), NFTNL_SET_KEY_LEN),
                             nftnl_set_get_u32(set.get(), NFTNL_SET_DATA_LEN)));
  return {};
}

Status NftHearing::hear_elements(const void* message) {
  const Set set(nftnl_set_alloc());
  if (nftnl_set_elems_nlmsg_parse(as_header(message), set.get()) < 0)
    return tl::unexpected(not_understood("a set's elements"));
  const auto* name = nftnl_set_get_str(set.get(), NFTNL_SET_NAME);
  if (name == nullptr ||
      !is_ours(nftnl_set_get_u32(set.get(), NFTNL_SET_FAMILY), nftnl_set_get_str(set.get(), NFTNL_SET_TABLE)))
    return {};
  for (const auto& map : kMaps) {
    if (std::strcmp(name, map.name) != 0) continue;
    auto* at = nftnl_set_elems_iter_create(set.get());
    while (auto* element = nftnl_set_elems_iter_next(at))
      if (!read_element(element, map, contents_)) strange_ = true;
    nftnl_set_elems_iter_destroy(at);
  }
  return {};
}

std::optional<NftTable> NftHearing::table() const {
  if (!there_) return std::nullopt;
  auto rules = rules_;
  std::ranges::stable_sort(rules);
  const bool with_nat = !contents_.nats.empty();
  const bool whole = ours_ && !strange_ && parts_ == our_parts(with_nat) && rules == our_rules(with_nat);
  return NftTable{ours_, whole, contents_};
}

// Every kind of message of nf_tables has the table's name as its attribute 1. Taken apart by our own reader:
// libmnl's end of the payload is rounded up, and so beyond a datagram that ends within a word.
bool is_about(std::string_view wanted, ByteView message) {
  const auto view = next_message(message);
  if (!view) return false;
  const auto kind = kind_of_message(view->type);
  if (kind == std::numeric_limits<std::uint16_t>::max() || kind == NFT_MSG_NEWGEN) return false;
  nfgenmsg fixed{};
  Attributes attributes{*view, fixed};
  std::string table;
  attributes.read(NFTA_TABLE_NAME, table);
  return attributes.ok() && fixed.nfgen_family == kInet && table == wanted;
}

bool is_about_our_table(ByteView message) {
  return is_about(kTable, message);
}

}  // namespace hawser::nl
