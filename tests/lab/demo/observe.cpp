#include "tests/lab/demo/observe.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "lib/base/address.h"
#include "lib/base/json_in.h"

namespace hawser::demo {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

template <class Visitor>
void for_each_line(std::string_view text, Visitor&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!(line = trim(line)).empty()) {
    const auto end = std::min(line.find_first_of(kBlanks), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

// "C0000264:1F90" as /proc/net/ip_vs writes it; empty for anything else, IPv6 among it (the demo has none).
std::string endpoint(std::string_view text) {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
  if (text.size() != 13 || text[8] != ':') return {};
  const auto* const middle = text.data() + 8;
  if (std::from_chars(text.data(), middle, address, 16).ptr != middle) return {};
  const auto* const end = text.data() + text.size();
  if (std::from_chars(middle + 1, end, port, 16).ptr != end) return {};
  return to_string(Endpoint{IpAddress::v4(address), port});
}

}  // namespace

std::string active_port(std::string_view bonding) {
  constexpr std::string_view kKey = "Currently Active Slave: ";
  std::string port;
  for_each_line(bonding, [&](std::string_view line) {
    if (line.starts_with(kKey)) port = line.substr(kKey.size());
  });
  return port == "None" ? "" : port;
}

std::vector<std::string> ports_up(std::string_view bonding) {
  constexpr std::string_view kPort = "Slave Interface: ";
  std::vector<std::string> ports;
  std::string_view port;
  for_each_line(bonding, [&](std::string_view line) {
    if (line.starts_with(kPort)) port = line.substr(kPort.size());
    // The first status is the bond's own: no port has been named yet.
    if (line == "MII Status: up" && !port.empty()) ports.emplace_back(port);
  });
  return ports;
}

std::vector<std::string> real_servers(std::string_view ip_vs) {
  std::vector<std::string> servers;
  for_each_line(ip_vs, [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 4 || words[0] != "->" || words[3] == "0") return;
    if (auto server = endpoint(words[1]); !server.empty()) servers.push_back(std::move(server));
  });
  std::ranges::sort(servers);
  return servers;
}

bool holds_address(std::string_view fib_trie, std::string_view address) {
  const std::string leaf = fmt::format("|-- {}", address);
  bool in_leaf = false;
  bool holds = false;
  for_each_line(fib_trie, [&](std::string_view line) {
    if (line.starts_with("|--") || line.starts_with("+--")) in_leaf = line == leaf;
    if (in_leaf && line == "/32 host LOCAL") holds = true;
  });
  return holds;
}

std::string first_role(std::string_view status) {
  boost::system::error_code wrong;
  const auto all = boost::json::parse(status, wrong);
  const auto& vips = list_in(all, "vips");
  return vips.empty() ? std::string() : text_in(vips.front(), "role");
}

}  // namespace hawser::demo
