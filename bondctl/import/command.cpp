#include "bondctl/import/command.h"

#include <algorithm>
#include <span>

#include "bondctl/import/address.h"
#include "bondctl/import/stanzas.h"
#include "lib/foreign/lines.h"

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

// "-fv" is "-f -v".
bool has_flag(const std::string& word, char flag, std::string_view name) {
  return word == name || (!word.starts_with("--") && word.find(flag) != std::string::npos);
}

// --force, and how much it says, make no difference to a file; what else it can do is no list of ports.
bool is_of_no_account(const std::string& option) {
  if (option.starts_with("--")) return option == "--force" || option == "--verbose";
  return option.find_first_not_of("fv", 1) == std::string::npos;
}

std::optional<Command> ifenslave_command(std::span<const std::string> words, const std::string& device) {
  std::vector<std::string> names;
  for (const auto& word : words) {
    const bool is_option = word.starts_with("-");
    if (is_option && has_flag(word, 'd', "--detach")) return CommandUndone{};
    if (is_option && !is_of_no_account(word)) return std::nullopt;
    if (!is_option) names.push_back(is_device(word, device) ? device : word);
  }
  if (names.size() < 2) return std::nullopt;
  return CommandPorts{names.front(), {names.begin() + 1, names.end()}};
}

std::string_view program_name(std::string_view program) {
  return program.substr(program.rfind('/') + 1);
}

std::optional<Command> read_command(std::vector<std::string> words, const std::string& device) {
  if (words.size() < 2 || !is_plain(words)) return std::nullopt;
  const auto program = program_name(words.front());
  const auto rest = std::span<const std::string>(words).subspan(1);
  if (program == "ip") return ip_command(rest, device);
  if (program == "ifenslave") return ifenslave_command(rest, device);
  return program == "route" ? route_command(rest, device) : std::nullopt;
}

// The words of each command of a line.
std::vector<std::vector<std::string>> commands_in(const std::string& text) {
  std::vector<std::vector<std::string>> commands(1);
  for (auto word : words_of(text)) {
    const bool ends = word == "&&" || word.ends_with(";");
    if (word.ends_with(";")) word.pop_back();
    if (!word.empty() && word != "&&") commands.back().push_back(std::move(word));
    if (ends) commands.emplace_back();
  }
  if (commands.back().empty()) commands.pop_back();
  return commands;
}

}  // namespace

std::vector<Command> read_commands(const std::string& text, const std::string& device) {
  std::vector<Command> commands;
  for (auto& words : commands_in(text)) {
    auto command = read_command(std::move(words), device);
    if (!command) return {};
    commands.push_back(std::move(*command));
  }
  return commands;
}

}  // namespace hawser::bondctl
