#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nfnetlink.h>

#include "lib/netlink/nft_codec.h"
#include "lib/netlink/nft_parts.h"

namespace hawser::nl {

using namespace nft_table;

namespace {

const MapOf& map_for(NftPart part) {
  return kMaps.at(static_cast<std::size_t>(part) - static_cast<std::size_t>(NftPart::kMarks4));
}

NftMessage table_message(std::uint16_t type, std::uint16_t flags) {
  return nft_table::table_message(type, flags, kTable, kSign);
}

NftMessage make_chain(const ChainOf& wanted) {
  return chain_message({kTable, wanted.name, wanted.type, wanted.hook, wanted.priority});
}

Set set_of(const MapOf& map) {
  Set set(nftnl_set_alloc());
  nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, kTable);
  nftnl_set_set_str(set.get(), NFTNL_SET_NAME, map.name);
  nftnl_set_set_u32(set.get(), NFTNL_SET_FAMILY, kInet);
  return set;
}

std::uint32_t key_type(const MapOf& map) {
  return (((kTypeProtocol << kTypeBits) | map.address_type) << kTypeBits) | kTypePort;
}

// "inet_proto . ipv4_addr . inet_service : mark", as nft has it: each field in 4 bytes of its own.
NftMessage make_map(const MapOf& map) {
  const auto set = set_of(map);
  nftnl_set_set_u32(set.get(), NFTNL_SET_ID, map.id);
  nftnl_set_set_u32(set.get(), NFTNL_SET_FLAGS, flags_of(map));
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, key_type(map));
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, key_size(map));
  const std::array<std::uint8_t, 3> fields{1, static_cast<std::uint8_t>(map.size), 2};
  nftnl_set_set_data(set.get(), NFTNL_SET_DESC_CONCAT, fields.data(), fields.size());
  auto user = user_word(NFTNL_UDATA_SET_KEYBYTEORDER, kNetworkOrder);
  if (map.serves == Serves::kMarks) {
    nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_TYPE, kTypeMark);
    nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_LEN, value_size(map));
    const auto of_mark = user_word(NFTNL_UDATA_SET_DATABYTEORDER, kHostOrder);
    user.insert(user.end(), of_mark.begin(), of_mark.end());
  }
  nftnl_set_set_data(set.get(), NFTNL_SET_USERDATA, user.data(), size_of(user));
  return message_of(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL,
                    [&](nlmsghdr* to) { nftnl_set_nlmsg_build_payload(to, set.get()); });
}

// As the first packet of the connection had it, before IPVS and NAT changed it.
void load_tracked(const Rule& rule, std::uint32_t key, std::uint32_t into) {
  add(rule, "ct", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_CT_KEY, key);
    nftnl_expr_set_u8(one, NFTNL_EXPR_CT_DIR, IP_CT_DIR_ORIGINAL);
    nftnl_expr_set_u32(one, NFTNL_EXPR_CT_DREG, into);
  });
}

void look_up(const Rule& rule, const MapOf& map) {
  add(rule, "lookup", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_SREG, kKey);
    if (map.serves == Serves::kMarks) nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_DREG, kKey);
    nftnl_expr_set_str(one, NFTNL_EXPR_LOOKUP_SET, map.name);
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_FLAGS, 0);
  });
}

}  // namespace

Rule nft_table::rule_of(const RuleOf& which) {
  const auto& [chain, map, transport] = which;
  Rule rule(nftnl_rule_alloc());
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_TABLE, kTable);
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_CHAIN, chain.name);
  compare_meta(rule, NFT_META_NFPROTO, map.protocol);
  if (transport) compare_meta(rule, NFT_META_L4PROTO, static_cast<std::uint8_t>(*transport));
  load_meta(rule, NFT_META_L4PROTO, kKey);
  const std::uint32_t port = kPiece + 1 + map.size / static_cast<std::uint32_t>(kWord);
  if (map.serves == Serves::kNats) {
    load_tracked(rule, map.tracked_as, kPiece + 1);
    load_tracked(rule, NFT_CT_PROTO_DST, port);
    look_up(rule, map);
    add(rule, "masq", [](nftnl_expr* /*one*/) {});
    return rule;
  }
  load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, map.at, map.size, kPiece + 1);
  load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, port);
  look_up(rule, map);
  add(rule, "meta", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_KEY, NFT_META_MARK);
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_SREG, kKey);
  });
  return rule;
}

std::vector<RuleOf> nft_table::rules_of(bool with_nat) {
  std::vector<RuleOf> rules;
  for (const auto& chain : kChains)
    for (const auto& map : kMaps) {
      if (map.serves != chain.serves || !is_there(chain.serves, with_nat)) continue;
      if (chain.serves == Serves::kMarks) {
        rules.push_back({chain, map, std::nullopt});
        continue;
      }
      for (const auto transport : {Transport::kTcp, Transport::kUdp, Transport::kSctp})
        rules.push_back({chain, map, transport});
    }
  return rules;
}

namespace {

NftMessage make_rule(const RuleOf& which) {
  const auto rule = rule_of(which);
  return message_of(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
                    [&](nlmsghdr* to) { nftnl_rule_nlmsg_build_payload(to, rule.get()); });
}

Bytes key_of(const Marked& packets, std::uint16_t port) {
  const auto bytes = packets.address.bytes();
  Bytes key(kWord, 0);
  key[0] = static_cast<std::uint8_t>(packets.transport);
  key.insert(key.end(), bytes.begin(), bytes.end());
  key.push_back(static_cast<std::uint8_t>(port >> 8U));
  key.push_back(static_cast<std::uint8_t>(port & 0xffU));
  key.resize(key.size() + 2, 0);
  return key;
}

struct Element {
  const Marked& packets;
  const std::uint32_t* mark;  // null: of a set
  const std::string& service;
};

nftnl_set_elem* encode(const Element& one) {
  const auto& packets = one.packets;
  auto* element = nftnl_set_elem_alloc();
  const auto first = key_of(packets, packets.first_port);
  const auto last = key_of(packets, packets.last_port);
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, first.data(), size_of(first));
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY_END, last.data(), size_of(last));
  if (one.mark != nullptr) nftnl_set_elem_set(element, NFTNL_SET_ELEM_DATA, one.mark, sizeof *one.mark);
  const auto whose = comment(NFTNL_UDATA_SET_ELEM_COMMENT, one.service);
  if (!one.service.empty())
    nftnl_set_elem_set(element, NFTNL_SET_ELEM_USERDATA, whose.data(), size_of(whose));
  return element;
}

std::vector<Element> elements_of(const MapOf& map, const NftContents& contents) {
  std::vector<Element> elements;
  const auto put = [&](const Element& one) {
    if (one.packets.address.family() == map.family) elements.push_back(one);
  };
  if (map.serves == Serves::kMarks)
    for (const auto& [packets, mark] : contents.marks) put({packets, &mark.mark, mark.service});
  else
    for (const auto& [packets, service] : contents.nats) put({packets, nullptr, service});
  return elements;
}

void put_elements(std::vector<NftMessage>& messages, std::uint16_t type, std::uint16_t flags,
                  const NftContents& contents) {
  for (const auto& map : kMaps) {
    auto set = set_of(map);
    std::size_t held = 0;
    const auto send = [&] {
      if (std::exchange(held, 0) == 0) return;
      messages.push_back(
          message_of(type, flags, [&](nlmsghdr* to) { nftnl_set_elems_nlmsg_build_payload(to, set.get()); }));
      set = set_of(map);
    };
    for (const auto& element : elements_of(map, contents)) {
      nftnl_set_elem_add(set.get(), encode(element));
      if (++held == kAtOnce) send();
    }
    send();
  }
}

}  // namespace

std::vector<NftMessage> encode_make(const NftContents& contents) {
  const bool with_nat = !contents.nats.empty();
  std::vector<NftMessage> messages{table_message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL)};
  for (const auto& map : kMaps)
    if (is_there(map.serves, with_nat)) messages.push_back(make_map(map));
  for (const auto& chain : kChains)
    if (is_there(chain.serves, with_nat)) messages.push_back(make_chain(chain));
  for (const auto& which : rules_of(with_nat)) messages.push_back(make_rule(which));
  put_elements(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, contents);
  return messages;
}

std::vector<NftMessage> encode_delete() {
  return {table_message(NFT_MSG_DELTABLE, 0)};
}

std::vector<NftMessage> encode_change(const NftContents& from, const NftContents& to) {
  std::vector<NftMessage> messages;
  put_elements(messages, NFT_MSG_DELSETELEM, 0, without(from, to));
  put_elements(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, without(to, from));
  return messages;
}

NftMessage encode_question(NftPart part) {
  switch (part) {
    case NftPart::kTable:
      break;
    case NftPart::kChains:
      return message_of(NFT_MSG_GETCHAIN, NLM_F_DUMP, [](nlmsghdr* /*to*/) {});
    case NftPart::kRules:
      return message_of(NFT_MSG_GETRULE, NLM_F_DUMP,
                        [](nlmsghdr* to) { mnl_attr_put_strz(to, NFTA_RULE_TABLE, kTable); });
    case NftPart::kSets:
      return message_of(NFT_MSG_GETSET, NLM_F_DUMP,
                        [](nlmsghdr* to) { mnl_attr_put_strz(to, NFTA_SET_TABLE, kTable); });
    case NftPart::kMarks4:
    case NftPart::kMarks6:
    case NftPart::kNats4:
    case NftPart::kNats6: {
      const auto& map = map_for(part);
      return message_of(NFT_MSG_GETSETELEM, NLM_F_DUMP, [&](nlmsghdr* to) {
        mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_TABLE, kTable);
        mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_SET, map.name);
      });
    }
  }
  return table_message(NFT_MSG_GETTABLE, NLM_F_ACK);
}

}  // namespace hawser::nl
