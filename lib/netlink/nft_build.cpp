#include "lib/netlink/nft_build.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include <libnftnl/common.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

namespace hawser::nl::nft_table {

namespace {
constexpr std::size_t kRoom = 128U << 10U;  // for a message that is being built
}

Bytes user_data(std::uint8_t type, ByteView value) {
  Bytes data{type, static_cast<std::uint8_t>(value.size())};
  data.insert(data.end(), value.begin(), value.end());
  return data;
}

Bytes user_word(std::uint8_t type, std::uint32_t value) {
  std::array<std::uint8_t, sizeof value> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  return user_data(type, bytes);
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

NftMessage table_message(std::uint16_t type, std::uint16_t flags, const char* name, std::string_view sign) {
  const Table table(nftnl_table_alloc());
  nftnl_table_set_u32(table.get(), NFTNL_TABLE_FAMILY, kInet);
  nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, name);
  const auto signed_with = comment(NFTNL_UDATA_TABLE_COMMENT, sign);
  if (type == NFT_MSG_NEWTABLE)
    nftnl_table_set_data(table.get(), NFTNL_TABLE_USERDATA, signed_with.data(), size_of(signed_with));
  return message_of(type, flags, [&](nlmsghdr* to) { nftnl_table_nlmsg_build_payload(to, table.get()); });
}

NftMessage chain_message(const BaseChain& wanted) {
  const Chain chain(nftnl_chain_alloc());
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, wanted.table);
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, wanted.name);
  nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, wanted.type);
  nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, wanted.hook);
  nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, wanted.priority);
  nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
  return message_of(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL,
                    [&](nlmsghdr* to) { nftnl_chain_nlmsg_build_payload(to, chain.get()); });
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

void compare(const Rule& rule, std::uint32_t how, std::uint8_t with) {
  add(rule, "cmp", [&](nftnl_expr* one) {
    nftnl_expr_set_u32(one, NFTNL_EXPR_CMP_SREG, kKey);
    nftnl_expr_set_u32(one, NFTNL_EXPR_CMP_OP, how);
    nftnl_expr_set(one, NFTNL_EXPR_CMP_DATA, &with, sizeof with);
  });
}

void compare_meta(const Rule& rule, std::uint32_t key, std::uint8_t wanted) {
  load_meta(rule, key, kKey);
  compare(rule, NFT_CMP_EQ, wanted);
}

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

std::optional<ByteView> value_of(nftnl_set_elem* element, std::uint16_t attribute) {
  if (!nftnl_set_elem_is_set(element, attribute)) return std::nullopt;
  std::uint32_t size = 0;
  const auto* data = nftnl_set_elem_get(element, attribute, &size);
  if (data == nullptr) return std::nullopt;
  return ByteView{static_cast<const std::uint8_t*>(data), size};
}

std::uint16_t kind_of_message(std::uint16_t type) {
  return NFNL_SUBSYS_ID(type) == NFNL_SUBSYS_NFTABLES ? NFNL_MSG_TYPE(type)
                                                      : std::numeric_limits<std::uint16_t>::max();
}

bool can_be_read(ByteView message) {
  const auto* header = reinterpret_cast<const nlmsghdr*>(message.data());
  return mnl_nlmsg_ok(header, static_cast<int>(message.size())) &&
         message.size() >= MNL_ALIGN(header->nlmsg_len) &&
         mnl_nlmsg_get_payload_len(header) >= sizeof(nfgenmsg);
}

}  // namespace hawser::nl::nft_table
