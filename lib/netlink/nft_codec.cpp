#include "lib/netlink/nft_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

namespace hawser::nl {

namespace {

constexpr const char* kTable = "hawser";
constexpr std::string_view kSign = "made by netd of Hawser: changed here, it is put back";
constexpr std::uint32_t kInet = NFPROTO_INET;

// Numbers of nft's own types, by which it prints keys and values (datatype.h of nftables).
constexpr std::uint32_t kTypeMark = 19, kTypeIpv4 = 7, kTypeIpv6 = 8, kTypeProtocol = 12, kTypePort = 13;
constexpr unsigned kTypeBits = 6;
constexpr std::uint32_t kHostOrder = 1, kNetworkOrder = 2;  // enum byteorder there

// 16 bytes each, and the same in pieces of 4.
constexpr std::uint32_t kFirst = NFT_REG_1;
constexpr std::uint32_t kPiece = NFT_REG32_00;

constexpr std::size_t kWord = 4;            // a piece of a concatenated key
constexpr std::size_t kAtOnce = 200;        // elements of one message, which holds 64 KiB of them
constexpr std::size_t kRoom = 128U << 10U;  // for a message that is being built

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

// --- what our table is made of ---

struct MapOf {
  Family family;
  const char* name;
  std::uint32_t id;  // within a transaction
  std::uint32_t address_type;
  std::uint32_t at, size;  // of the destination address in its header
  std::uint8_t protocol;   // NFPROTO_*
};
constexpr std::array<MapOf, 2> kMaps{{{Family::kIpv4, "marks4", 1, kTypeIpv4, 16, 4, NFPROTO_IPV4},
                                      {Family::kIpv6, "marks6", 2, kTypeIpv6, 24, 16, NFPROTO_IPV6}}};

struct ChainOf {
  const char* name;
  std::uint32_t hook;
  std::int32_t priority;
};
// IPVS looks at what is sent here at NF_IP_PRI_NAT_DST + 2, at what is received in another hook.
constexpr std::array<ChainOf, 2> kChains{
    {{"prerouting", NF_INET_PRE_ROUTING, 1000}, {"output", NF_INET_LOCAL_OUT, -99}}};

const MapOf& map_for(Family family) {
  return family == Family::kIpv4 ? kMaps[0] : kMaps[1];
}

// --- building ---

Bytes user_data(std::uint8_t type, ByteView value) {
  Bytes data{type, static_cast<std::uint8_t>(value.size())};
  data.insert(data.end(), value.begin(), value.end());
  return data;
}

Bytes comment(std::uint8_t type, std::string_view text) {
  Bytes with_end(text.begin(), text.end());
  with_end.push_back(0);
  return user_data(type, with_end);
}

std::uint32_t size_of(const Bytes& bytes) {
  return static_cast<std::uint32_t>(bytes.size());
}

NftMessage message_of(std::uint16_t type, std::uint16_t flags, const std::function<void(nlmsghdr*)>& fill) {
  std::vector<char> buffer(kRoom);
  auto* header = nftnl_nlmsg_build_hdr(buffer.data(), type, NFPROTO_INET, flags, 0);
  fill(header);
  const auto* data = reinterpret_cast<const std::uint8_t*>(buffer.data());
  return {data, data + header->nlmsg_len};
}

NftMessage table_message(std::uint16_t type, std::uint16_t flags) {
  const Table table(nftnl_table_alloc());
  nftnl_table_set_u32(table.get(), NFTNL_TABLE_FAMILY, kInet);
  nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, kTable);
  const auto sign = comment(NFTNL_UDATA_TABLE_COMMENT, kSign);
  if (type == NFT_MSG_NEWTABLE)
    nftnl_table_set_data(table.get(), NFTNL_TABLE_USERDATA, sign.data(), size_of(sign));
  return message_of(type, flags, [&](nlmsghdr* to) { nftnl_table_nlmsg_build_payload(to, table.get()); });
}

NftMessage make_chain(const ChainOf& wanted) {
  const Chain chain(nftnl_chain_alloc());
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, kTable);
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, wanted.name);
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, "filter");
  nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, wanted.hook);
  nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, wanted.priority);
  nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
  return message_of(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
                    [&](nlmsghdr* to) { nftnl_chain_nlmsg_build_payload(to, chain.get()); });
}

// "inet_proto . ipv4_addr . inet_service : mark", as nft has it: each field in 4 bytes of its own.
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

std::uint32_t key_size(const MapOf& map) {
  return kWord + map.size + kWord;
}

constexpr std::uint32_t kMapFlags = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_CONCAT;

NftMessage make_map(const MapOf& map) {
  const auto set = set_of(map);
  nftnl_set_set_u32(set.get(), NFTNL_SET_ID, map.id);
  nftnl_set_set_u32(set.get(), NFTNL_SET_FLAGS, kMapFlags);
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, key_type(map));
  nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, key_size(map));
  nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_TYPE, kTypeMark);
  nftnl_set_set_u32(set.get(), NFTNL_SET_DATA_LEN, sizeof(std::uint32_t));
  const std::array<std::uint8_t, 3> fields{1, static_cast<std::uint8_t>(map.size), 2};
  nftnl_set_set_data(set.get(), NFTNL_SET_DESC_CONCAT, fields.data(), fields.size());
  const auto word = [](std::uint8_t type, std::uint32_t value) {
    std::array<std::uint8_t, sizeof value> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    return user_data(type, bytes);
  };
  auto user = word(NFTNL_UDATA_SET_KEYBYTEORDER, kNetworkOrder);
  const auto of_mark = word(NFTNL_UDATA_SET_DATABYTEORDER, kHostOrder);
  user.insert(user.end(), of_mark.begin(), of_mark.end());
  nftnl_set_set_data(set.get(), NFTNL_SET_USERDATA, user.data(), size_of(user));
  return message_of(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL,
                    [&](nlmsghdr* to) { nftnl_set_nlmsg_build_payload(to, set.get()); });
}

void add(const Rule& rule, const char* name, const std::function<void(nftnl_expr*)>& fill) {
  auto* expression = nftnl_expr_alloc(name);
  fill(expression);
  nftnl_rule_add_expr(rule.get(), expression);
}

void load_meta(const Rule& rule, std::uint32_t key, std::uint32_t into) {
  add(rule, "meta", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_DREG, into);
  });
}

void load_payload(const Rule& rule, std::uint32_t base, std::uint32_t at, std::uint32_t size,
                  std::uint32_t into) {
  add(rule, "payload", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(one, NFTNL_EXPR_PAYLOAD_OFFSET, at);
    nftnl_expr_set_u32(one, NFTNL_EXPR_PAYLOAD_LEN, size);
    nftnl_expr_set_u32(one, NFTNL_EXPR_PAYLOAD_DREG, into);
  });
}

// "meta mark set meta l4proto . ip daddr . th dport map @marks4"
Rule rule_of(const ChainOf& chain, const MapOf& map) {
  Rule rule(nftnl_rule_alloc());
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_TABLE, kTable);
  nftnl_rule_set_str(rule.get(), NFTNL_RULE_CHAIN, chain.name);
  load_meta(rule, NFT_META_NFPROTO, kFirst);
  add(rule, "cmp", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_CMP_SREG, kFirst);
    nftnl_expr_set_u32(one, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
    nftnl_expr_set(one, NFTNL_EXPR_CMP_DATA, &map.protocol, sizeof map.protocol);
  });
  load_meta(rule, NFT_META_L4PROTO, kFirst);
  load_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, map.at, map.size, kPiece + 1);
  load_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2,
               kPiece + 1 + static_cast<std::uint32_t>(map.size / kWord));
  add(rule, "lookup", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_SREG, kFirst);
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_DREG, kFirst);
    nftnl_expr_set_str(one, NFTNL_EXPR_LOOKUP_SET, map.name);
    nftnl_expr_set_u32(one, NFTNL_EXPR_LOOKUP_FLAGS, 0);
  });
  add(rule, "meta", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_KEY, NFT_META_MARK);
    nftnl_expr_set_u32(one, NFTNL_EXPR_META_SREG, kFirst);
  });
  return rule;
}

NftMessage make_rule(const ChainOf& chain, const MapOf& map) {
  const auto rule = rule_of(chain, map);
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

nftnl_set_elem* element_of(const Marked& packets, const NftMark& mark) {
  auto* element = nftnl_set_elem_alloc();
  const auto first = key_of(packets, packets.first_port);
  const auto last = key_of(packets, packets.last_port);
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, first.data(), size_of(first));
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY_END, last.data(), size_of(last));
  nftnl_set_elem_set(element, NFTNL_SET_ELEM_DATA, &mark.mark, sizeof mark.mark);
  const auto whose = comment(NFTNL_UDATA_SET_ELEM_COMMENT, mark.service);
  if (!mark.service.empty())
    nftnl_set_elem_set(element, NFTNL_SET_ELEM_USERDATA, whose.data(), size_of(whose));
  return element;
}

void put_elements(std::vector<NftMessage>& messages, std::uint16_t type, std::uint16_t flags,
                  const NftMarks& marks) {
  for (const auto& map : kMaps) {
    auto set = set_of(map);
    std::size_t held = 0;
    const auto send = [&] {
      if (std::exchange(held, 0) == 0) return;
      messages.push_back(
          message_of(type, flags, [&](nlmsghdr* to) { nftnl_set_elems_nlmsg_build_payload(to, set.get()); }));
      set = set_of(map);
    };
    for (const auto& [packets, mark] : marks) {
      if (packets.address.family() != map.family) continue;
      nftnl_set_elem_add(set.get(), element_of(packets, mark));
      if (++held == kAtOnce) send();
    }
    send();
  }
}

NftMarks differing(const NftMarks& one, const NftMarks& other) {
  NftMarks left;
  for (const auto& [packets, mark] : one) {
    const auto there = other.find(packets);
    if (there == other.end() || there->second != mark) left.emplace(packets, mark);
  }
  return left;
}

// --- hearing ---

const nlmsghdr* as_header(const void* message) {
  return static_cast<const nlmsghdr*>(message);
}

Error not_understood(std::string_view what) {
  return {fmt::format("nftables: {} that is not understood", what), 0};
}

bool is_ours(std::uint32_t family, const char* table) {
  return family == kInet && table != nullptr && std::strcmp(table, kTable) == 0;
}

// The first comment of user data; other things that nft notes there say nothing to us.
std::string comment_in(const void* data, std::uint32_t size, std::uint8_t type) {
  if (data == nullptr) return {};
  Reader reader{ByteView{static_cast<const std::uint8_t*>(data), size}};
  while (reader.ok() && reader.left() > 0) {
    const auto kind = reader.u8();
    const auto value = reader.take(reader.u8());
    if (kind == type && reader.ok()) return {value.begin(), std::find(value.begin(), value.end(), 0)};
  }
  return {};
}

std::string words_of_chain(const char* name, std::uint32_t hook, std::int32_t priority, std::uint32_t policy,
                           std::string_view type) {
  return fmt::format("chain {} {} {} {} {}", name, hook, priority, policy, type);
}

std::string words_of_map(const char* name, std::uint32_t flags, std::uint32_t size, std::uint32_t data) {
  return fmt::format("map {} {} {} {}", name, flags, size, data);
}

// "prerouting: meta load nfproto => reg 1; ..": by it two rules are compared.
std::string words_of_rule(const nftnl_rule* rule) {
  std::string text = nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN);
  auto* at = nftnl_expr_iter_create(rule);
  while (const auto* one = nftnl_expr_iter_next(at)) {
    std::array<char, 1024> words{};
    nftnl_expr_snprintf(words.data(), words.size(), one, NFTNL_OUTPUT_DEFAULT, 0);
    text += fmt::format("; {} {}", nftnl_expr_get_str(one, NFTNL_EXPR_NAME), words.data());
  }
  nftnl_expr_iter_destroy(at);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

const std::set<std::string>& our_parts() {
  static const auto parts = [] {
    std::set<std::string> made;
    for (const auto& chain : kChains)
      made.insert(words_of_chain(chain.name, chain.hook, chain.priority, NF_ACCEPT, "filter"));
    for (const auto& map : kMaps)
      made.insert(words_of_map(map.name, kMapFlags, key_size(map), sizeof(std::uint32_t)));
    return made;
  }();
  return parts;
}

std::vector<std::string> our_rules() {
  std::vector<std::string> rules;
  for (const auto& chain : kChains)
    for (const auto& map : kMaps) rules.push_back(words_of_rule(rule_of(chain, map).get()));
  std::ranges::stable_sort(rules);
  return rules;
}

std::optional<ByteView> value_of(nftnl_set_elem* element, std::uint16_t attribute) {
  if (!nftnl_set_elem_is_set(element, attribute)) return std::nullopt;
  std::uint32_t size = 0;
  const auto* data = nftnl_set_elem_get(element, attribute, &size);
  if (data == nullptr) return std::nullopt;
  return ByteView{static_cast<const std::uint8_t*>(data), size};
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

std::optional<std::pair<Marked, NftMark>> read_element(nftnl_set_elem* element, const MapOf& map) {
  const auto first_bytes = value_of(element, NFTNL_SET_ELEM_KEY);
  const auto data = value_of(element, NFTNL_SET_ELEM_DATA);
  if (!first_bytes || !data || data->size() != sizeof(std::uint32_t)) return std::nullopt;
  const auto first = read_key(*first_bytes, map);
  const auto last = read_key(value_of(element, NFTNL_SET_ELEM_KEY_END).value_or(*first_bytes), map);
  // What covers several addresses or protocols is none of ours, and what vanishes by itself is none either.
  if (!first || !last || first->protocol != last->protocol || first->address != last->address ||
      nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_TIMEOUT))
    return std::nullopt;
  const auto transport = static_cast<Transport>(first->protocol);
  if (transport != Transport::kTcp && transport != Transport::kUdp && transport != Transport::kSctp)
    return std::nullopt;
  NftMark mark;
  std::memcpy(&mark.mark, data->data(), sizeof mark.mark);
  if (const auto user = value_of(element, NFTNL_SET_ELEM_USERDATA))
    mark.service =
        comment_in(user->data(), static_cast<std::uint32_t>(user->size()), NFTNL_UDATA_SET_ELEM_COMMENT);
  return std::pair(Marked{transport, first->address, first->port, last->port}, mark);
}

std::uint16_t kind_of_message(std::uint16_t type) {
  return NFNL_SUBSYS_ID(type) == NFNL_SUBSYS_NFTABLES ? NFNL_MSG_TYPE(type)
                                                      : std::numeric_limits<std::uint16_t>::max();
}

}  // namespace

std::vector<NftMessage> encode_make(const NftMarks& marks) {
  std::vector<NftMessage> messages{table_message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL)};
  for (const auto& map : kMaps) messages.push_back(make_map(map));
  for (const auto& chain : kChains) messages.push_back(make_chain(chain));
  for (const auto& chain : kChains)
    for (const auto& map : kMaps) messages.push_back(make_rule(chain, map));
  put_elements(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, marks);
  return messages;
}

std::vector<NftMessage> encode_delete() {
  return {table_message(NFT_MSG_DELTABLE, 0)};
}

std::vector<NftMessage> encode_change(const NftMarks& from, const NftMarks& to) {
  std::vector<NftMessage> messages;
  put_elements(messages, NFT_MSG_DELSETELEM, 0, differing(from, to));
  put_elements(messages, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, differing(to, from));
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
    case NftPart::kMarks6: {
      const auto& map = map_for(part == NftPart::kMarks4 ? Family::kIpv4 : Family::kIpv6);
      return message_of(NFT_MSG_GETSETELEM, NLM_F_DUMP, [&](nlmsghdr* to) {
        mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_TABLE, kTable);
        mnl_attr_put_strz(to, NFTA_SET_ELEM_LIST_SET, map.name);
      });
    }
  }
  return table_message(NFT_MSG_GETTABLE, NLM_F_ACK);
}

Status NftHearing::hear(ByteView message) {
  const auto* header = as_header(message.data());
  if (!mnl_nlmsg_ok(header, static_cast<int>(message.size())) ||
      mnl_nlmsg_get_payload_len(header) < sizeof(nfgenmsg))
    return tl::unexpected(not_understood("a message"));
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
    while (auto* element = nftnl_set_elems_iter_next(at)) {
      if (auto read = read_element(element, map))
        marks_.insert(std::move(*read));
      else
        strange_ = true;
    }
    nftnl_set_elems_iter_destroy(at);
  }
  return {};
}

std::optional<NftTable> NftHearing::table() const {
  if (!there_) return std::nullopt;
  auto rules = rules_;
  std::ranges::stable_sort(rules);
  return NftTable{ours_, ours_ && !strange_ && parts_ == our_parts() && rules == our_rules(), marks_};
}

// Every kind of message of nf_tables has the table's name as its attribute 1.
bool is_about_our_table(ByteView message) {
  const auto* header = as_header(message.data());
  if (!mnl_nlmsg_ok(header, static_cast<int>(message.size())) ||
      mnl_nlmsg_get_payload_len(header) < sizeof(nfgenmsg))
    return false;
  const auto kind = kind_of_message(header->nlmsg_type);
  if (kind == std::numeric_limits<std::uint16_t>::max() || kind == NFT_MSG_NEWGEN) return false;
  const auto* fixed = static_cast<const nfgenmsg*>(mnl_nlmsg_get_payload(header));
  if (fixed->nfgen_family != kInet) return false;
  const nlattr* attribute = nullptr;
  std::string_view name;
  for (attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, sizeof(nfgenmsg)));
       mnl_attr_ok(attribute, static_cast<int>(static_cast<const char*>(mnl_nlmsg_get_payload_tail(header)) -
                                               reinterpret_cast<const char*>(attribute)));
       attribute = mnl_attr_next(attribute))
    if (mnl_attr_get_type(attribute) == NFTA_TABLE_NAME &&
        mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING) >= 0)
      name = mnl_attr_get_str(attribute);
  return name == kTable;
}

}  // namespace hawser::nl
