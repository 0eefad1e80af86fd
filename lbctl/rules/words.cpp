#include "lbctl/rules/words.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace hawser::lbctl {

namespace {

Result<std::uint16_t> parse_rule_port(std::string_view text, Transport transport, const RuleNames& names) {
  if (const auto number = parse_rule_number(text, 0, 65535)) return static_cast<std::uint16_t>(*number);
  if (const auto port = names.port(std::string(text), transport)) return *port;
  return fail("\"{}\" is neither a port from 0 to 65535 nor the name of one", text);
}

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

RuleNames no_names() {
  return {[](const std::string& /*name*/) { return std::nullopt; },
          [](const std::string& /*name*/, Transport /*transport*/) { return std::nullopt; }};
}

Result<std::uint32_t> parse_rule_number(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end || number < least || number > most)
    return fail("\"{}\" is not a number from {} to {}", text, least, most);
  return number;
}

Result<std::uint32_t> parse_rule_mark(std::string_view text) {
  if (!text.starts_with("-")) return parse_rule_number(text, 1, 0xffffffff);
  const auto below_zero = parse_rule_number(text.substr(1), 1, 0x80000000);
  if (!below_zero) return fail("\"{}\" is not a mark from 1 to 4294967295", text);
  return ~*below_zero + 1;
}

Result<RuleAddress> parse_rule_address(std::string_view text, Transport transport, const RuleNames& names) {
  RuleAddress result;
  const auto colon = text.rfind(':');
  if (text.find(':') != colon)
    if (const auto bare = IpAddress::parse(text); bare && bare->is_v6()) return RuleAddress{*bare, {}};
  auto host = text.substr(0, colon);
  const bool in_brackets = text.starts_with("[");
  if (in_brackets && (colon == std::string_view::npos || !host.ends_with("]")))
    return fail("\"{}\" needs its port: write [ADDRESS]:PORT", text);
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (const auto address = IpAddress::parse(host); address && (in_brackets || address->is_v4())) {
    result.address = *address;
  } else if (const auto named =
                 in_brackets || all_digits(host) ? std::nullopt : names.host(std::string(host))) {
    result.address = *named;
  } else {
    return fail("\"{}\" is not an address such as 192.0.2.1:80 or [2001:db8::1]:80", text);
  }
  if (colon == std::string_view::npos) return result;
  const auto port = parse_rule_port(text.substr(colon + 1), transport, names);
  if (!port) return tl::unexpected(port.error());
  result.port = *port;
  return result;
}

Result<std::uint32_t> parse_rule_netmask(std::string_view text, Family family) {
  if (family == Family::kIpv6) return parse_rule_number(text, 1, 128);
  const auto mask = IpAddress::parse(text);
  const auto bits = mask && mask->is_v4() ? mask->v4_host_order() : 0U;
  const auto length = static_cast<std::uint32_t>(std::countl_one(bits));
  if (length == 0 || static_cast<std::uint32_t>(std::popcount(bits)) != length)
    return fail("\"{}\" is not a mask such as 255.255.255.0", text);
  return length;
}

Result<std::uint32_t> parse_rule_flags(std::string_view text, std::string_view scheduler) {
  std::uint32_t flags = 0;
  while (true) {
    const auto comma = text.find(',');
    const auto word = text.substr(0, comma);
    const auto flag = scheduler_flag(word);
    if (!flag) return fail("\"{}\" is not a flag of a scheduler", word);
    if (!is_flag_of(word, scheduler))
      return fail("\"{}\" is a flag of {}, not of {}", word, word.substr(0, 2), scheduler);
    flags |= static_cast<std::uint32_t>(*flag);
    if (comma == std::string_view::npos) return flags;
    text.remove_prefix(comma + 1);
  }
}

Result<std::uint32_t> parse_missing_rule_flags(std::string_view scheduler) {
  if (scheduler != "sh" && scheduler != "mh") return fail("-b: needs a value");
  return static_cast<std::uint32_t>(ServiceFlag::kSched3);
}

}  // namespace hawser::lbctl
