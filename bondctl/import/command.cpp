#include "bondctl/import/command.h"

#include <algorithm>
#include <span>

#include "bondctl/foreign/lines.h"
#include "bondctl/import/address.h"
#include "bondctl/import/stanzas.h"

namespace hawser::bondctl {

namespace {

using config::plain_value;
using config::Table;

bool is_device(const std::string& word, const std::string& device) {
  return word == device || word == "$IFACE" || word == "${IFACE}" || word == "\"$IFACE\"" ||
         word == "%iface%";
}

// "|| true" makes nothing of a failure; any other sign of the shell makes another command of it.
bool is_plain(std::vector<std::string>& words) {
  const auto size = words.size();
  if (size > 2 && words[size - 2] == "||" && (words[size - 1] == "true" || words[size - 1] == ":"))
    words.resize(size - 2);
  return std::ranges::none_of(
      words, [](const std::string& word) { return word.find_first_of("|&;<>()`*") != std::string::npos; });
}

// --- ip ---

// One "via 192.0.2.1" of ip route; false: it is not one that a file has.
bool take_route_word(Table& route, const std::string& word, const std::string& value,
                     const std::string& device) {
  if (word == "via" || word == "src")
    route.push_back({word == "via" ? "via" : "source", {}, plain_value(value)});
  else if (is_one_of(word, {"metric", "table", "mtu"}) && number_in(value))
    route.push_back({word, {}, plain_value(*number_in(value))});
  else if (word == "table" && value == "main")
    return true;
  else
    return (word == "dev" && is_device(value, device)) ||
           (word == "proto" && is_one_of(value, {"static", "boot"}));
  return true;
}

std::optional<Command> ip_route(std::span<const std::string> words, const std::string& device) {
  if (words.empty()) return std::nullopt;
  Table route{{"to", {}, plain_value(words.front())}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "onlink") {
      route.push_back({"onlink", {}, plain_value(true)});
      continue;
    }
    if (i + 1 == words.size() || !take_route_word(route, words[i], words[i + 1], device)) return std::nullopt;
    ++i;
  }
  return CommandRoute{std::move(route)};
}

std::optional<Command> ip_address(std::span<const std::string> words, const std::string& device) {
  if (words.size() < 3 || words[1] != "dev" || !is_device(words[2], device) || words.size() > 3)
    return std::nullopt;
  const auto prefix = Prefix::parse(words.front());
  return prefix ? std::optional<Command>(CommandAddress{*prefix}) : std::nullopt;
}

std::optional<Command> ip_command(std::span<const std::string> words, const std::string& device) {
  while (!words.empty() && is_one_of(words.front(), {"-4", "-6"})) words = words.subspan(1);
  if (words.size() < 3) return std::nullopt;
  const auto& object = words[0];
  const auto& verb = words[1];
  const bool route = is_one_of(object, {"route", "ro", "r"});
  if (!route && !is_one_of(object, {"address", "addr", "a"})) return std::nullopt;
  if (is_one_of(verb, {"del", "delete", "d"})) return CommandUndone{};
  if (!is_one_of(verb, {"add", "a", "replace", "append"})) return std::nullopt;
  return route ? ip_route(words.subspan(2), device) : ip_address(words.subspan(2), device);
}

// --- route(8) ---

std::optional<Command> route_command(std::span<const std::string> words, const std::string& device) {
  if (words.empty()) return std::nullopt;
  if (words.front() == "del") return CommandUndone{};
  if (words.front() != "add") return std::nullopt;
  words = words.subspan(1);
  std::string to, mask, via;
  Table more;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    const auto next = i + 1 < words.size() ? words[i + 1] : std::string();
    const bool takes_one = is_one_of(word, {"netmask", "gw", "metric", "dev"});
    if (is_one_of(word, {"-net", "-host"})) continue;
    if (word == "netmask")
      mask = next;
    else if (word == "gw")
      via = next;
    else if (word == "metric" && number_in(next))
      more.push_back({"metric", {}, plain_value(*number_in(next))});
    else if (to.empty() && !takes_one)
      to = word;
    else if (word != "dev" || !is_device(next, device))
      return std::nullopt;
    if (takes_one) ++i;
  }
  if (to.empty() || via.empty()) return std::nullopt;
  if (!mask.empty()) {
    const auto prefix = with_mask(to, mask);
    if (!prefix) return std::nullopt;
    to = to_string(*prefix);
  }
  Table route{{"to", {}, plain_value(to)}, {"via", {}, plain_value(via)}};
  route.insert(route.end(), more.begin(), more.end());
  return CommandRoute{std::move(route)};
}

// --- ifenslave(8), which was a program once ---

std::optional<Command> ifenslave_command(std::span<const std::string> words, const std::string& device) {
  if (is_one_of(words.front(), {"-d", "--detach"})) return CommandUndone{};
  if (words.size() < 2 || !is_device(words.front(), device) || words[1].starts_with("-")) return std::nullopt;
  return CommandPorts{{words.begin() + 1, words.end()}};
}

std::string_view program_name(std::string_view program) {
  return program.substr(program.rfind('/') + 1);
}

}  // namespace

std::optional<Command> read_command(const std::string& text, const std::string& device) {
  auto words = words_of(text);
  if (words.size() < 2 || !is_plain(words)) return std::nullopt;
  const auto program = program_name(words.front());
  const auto rest = std::span<const std::string>(words).subspan(1);
  if (program == "ip") return ip_command(rest, device);
  if (program == "ifenslave") return ifenslave_command(rest, device);
  return program == "route" ? route_command(rest, device) : std::nullopt;
}

}  // namespace hawser::bondctl
