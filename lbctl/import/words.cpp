#include "lbctl/import/words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "lbctl/import/draft.h"

namespace hawser::lbctl {

namespace {

// Of the letter in UTF-8 that begins here; 0: none does, or none to be shown.
std::size_t letter_size(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const auto first = at(0);
  if (first < 0x80) return (first < 0x20 && first != '\t') || first == 0x7F ? 0 : 1;
  const auto size = first >= 0xF5 ? 0U : first >= 0xF0 ? 4U : first >= 0xE0 ? 3U : first >= 0xC2 ? 2U : 0U;
  if (size == 0 || bytes.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at(i) & 0xC0U) != 0x80U) return 0;
  const bool overlong = (first == 0xE0 && at(1) < 0xA0) || (first == 0xF0 && at(1) < 0x90);
  const bool beyond = (first == 0xED && at(1) >= 0xA0) || (first == 0xF4 && at(1) >= 0x90);
  return overlong || beyond || (first == 0xC2 && at(1) < 0xA0) ? 0 : size;  // the last: C1 controls
}

}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t most) {
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || text.front() == '-' || problem != std::errc{} || stop != end || number > most)
    return std::nullopt;
  return number;
}

std::optional<std::uint16_t> port_number(std::string_view text) {
  const auto number = whole_number(text, std::numeric_limits<std::uint16_t>::max());
  return number ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

std::optional<Milliseconds> seconds_in(std::string_view text) {
  constexpr std::int64_t kMost = 31LL * 24 * 3600;
  constexpr std::size_t kDigits = 3;
  const auto dot = text.find('.');
  const auto whole = whole_number(text.substr(0, dot), kMost);
  if (!whole) return std::nullopt;
  std::string fraction(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  while (fraction.size() > kDigits && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > kDigits) return std::nullopt;
  fraction.resize(kDigits, '0');
  const auto part = whole_number(fraction);
  return part ? std::optional(Milliseconds(*whole * 1000 + *part)) : std::nullopt;
}

std::optional<int> mask_length(std::string_view dotted) {
  const auto mask = IpAddress::parse(dotted);
  if (!mask || !mask->is_v4()) return std::nullopt;
  const auto bits = mask->v4_host_order();
  const int length = std::countl_one(bits);
  return std::popcount(bits) == length ? std::optional(length) : std::nullopt;
}

Result<Endpoint> endpoint_in(std::string_view text) {
  auto address = text;
  auto port = std::string_view("0");
  const auto colon = text.rfind(':');
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail("{} has no closing bracket", text);
    address = text.substr(1, close - 1);
    if (close + 1 < text.size()) {
      if (text[close + 1] != ':') return fail("{} is not [ADDRESS]:PORT", text);
      port = text.substr(close + 2);
    }
  } else if (colon != std::string_view::npos && text.find(':') == colon) {
    address = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto number = port_number(port);
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return fail("{} is no address, and names are not looked up", address);
  if (!number) return fail("{} is no port from 0 to 65535, and names are not looked up", port);
  return Endpoint{*parsed, *number};
}

std::string address_text(const Endpoint& endpoint) {
  return endpoint.port == 0 ? to_string(endpoint.address) : to_string(endpoint);
}

std::string as_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const auto size = letter_size(bytes);
    if (size == 0)
      text += '?';
    else
      text += bytes.substr(0, size);
    bytes.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return text;
}

std::string without_secret(std::string_view line) {
  constexpr auto kSecrets =
      std::to_array<std::string_view>({"auth_pass", "passwd", "password", "secret", "key"});
  for (const auto name : kSecrets)
    for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
      const bool begins = at == 0 || std::string_view(" \t{\"").find(line[at - 1]) != std::string_view::npos;
      const auto end = at + name.size();
      const bool ends =
          end < line.size() && std::string_view(" \t=").find(line[end]) != std::string_view::npos;
      if (begins && ends) return std::string(line.substr(0, end)) + " ...";
    }
  return std::string(line);
}

std::string service_name(const ServiceKey& key) {
  return bare_name(to_string(key));
}

}  // namespace hawser::lbctl
