#include "lbctl/import/rule_line.h"

#include <algorithm>
#include <array>
#include <optional>

namespace hawser::lbctl {

namespace {

struct RuleCommand {
  std::string_view brief, name;
  char command;
};
constexpr std::array<RuleCommand, 16> kCommands{{
    {"-A", "--add-service", 'A'},
    {"-E", "--edit-service", 'E'},
    {"-D", "--delete-service", 'D'},
    {"-C", "--clear", 'C'},
    {"-a", "--add-server", 'a'},
    {"-e", "--edit-server", 'e'},
    {"-d", "--delete-server", 'd'},
    {"", "--set", kTimeouts},
    {"", "--start-daemon", kStartDaemon},
    {"", "--stop-daemon", kOtherCommand},
    {"-L", "--list", kOtherCommand},
    {"-l", "", kOtherCommand},
    {"-Z", "--zero", kOtherCommand},
    {"-S", "--save", kOtherCommand},
    {"-R", "--restore", kOtherCommand},
    {"-v", "--version", kOtherCommand},
}};

enum class Takes : std::uint8_t { kNothing, kValue, kMaybe };
constexpr std::string_view kOnService = "AEDaed";
constexpr std::string_view kOfService = "AE";
constexpr std::string_view kOnReal = "aed";
constexpr std::string_view kOfReal = "ae";

struct RuleOption {
  char brief;  // 0: none
  std::string_view name;
  Takes takes;
  std::string_view commands;  // that have it
};
constexpr std::array<RuleOption, 33> kOptions{{
    {'t', "tcp-service", Takes::kValue, kOnService},
    {'u', "udp-service", Takes::kValue, kOnService},
    {0, "sctp-service", Takes::kValue, kOnService},
    {'f', "fwmark-service", Takes::kValue, kOnService},
    {'6', "ipv6", Takes::kNothing, kOnService},
    {'s', "scheduler", Takes::kValue, kOfService},
    {'p', "persistent", Takes::kMaybe, kOfService},
    {'M', "netmask", Takes::kValue, kOfService},
    {0, "pe", Takes::kValue, kOfService},
    {'o', "ops", Takes::kNothing, kOfService},
    {'b', "sched-flags", Takes::kValue, kOfService},
    {'r', "real-server", Takes::kValue, kOnReal},
    {'g', "gatewaying", Takes::kNothing, kOfReal},
    {'i', "ipip", Takes::kNothing, kOfReal},
    {'m', "masquerading", Takes::kNothing, kOfReal},
    {'w', "weight", Takes::kValue, kOfReal},
    {'x', "u-threshold", Takes::kValue, kOfReal},
    {'y', "l-threshold", Takes::kValue, kOfReal},
    {0, "tun-type", Takes::kValue, kOfReal},
    {0, "tun-port", Takes::kValue, kOfReal},
    {0, "tun-nocsum", Takes::kNothing, kOfReal},
    {0, "tun-csum", Takes::kNothing, kOfReal},
    {0, "tun-remcsum", Takes::kNothing, kOfReal},
    {0, "syncid", Takes::kValue, "s"},
    {0, "sync-maxlen", Takes::kValue, "s"},
    {0, "mcast-interface", Takes::kValue, "s"},
    {0, "mcast-group", Takes::kValue, "s"},
    {0, "mcast-port", Takes::kValue, "s"},
    {0, "mcast-ttl", Takes::kValue, "s"},
    {'n', "numeric", Takes::kNothing, "AEDaed"},
    {0, "sort", Takes::kNothing, "AEDaed"},
    {0, "nosort", Takes::kNothing, "AEDaed"},
    {'X', "exact", Takes::kNothing, "AEDaed"},
}};

const RuleCommand* command_of(std::string_view word) {
  const auto* const found = std::ranges::find_if(kCommands, [&](const RuleCommand& one) {
    return !word.empty() && (word == one.brief || word == one.name);
  });
  return found == kCommands.end() ? nullptr : found;
}

class OptionReader {
 public:
  OptionReader(std::span<const std::string> words, RuleLine& line) : words_(words), line_(line) {}

  Status read() {
    while (!words_.empty()) {
      const auto word = words_.front();
      words_ = words_.subspan(1);
      auto done = Status();
      if (word.starts_with("--"))
        done = read_long(std::string_view(word).substr(2));
      else if (word.size() > 1 && word.front() == '-')
        done = read_short(std::string_view(word).substr(1));
      else
        line_.words.push_back(word);
      if (!done) return done;
    }
    return {};
  }

 private:
  // "--scheduler wlc" or "--scheduler=wlc".
  Status read_long(std::string_view word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto* const found = std::ranges::find(kOptions, name, &RuleOption::name);
    if (found == kOptions.end()) return fail("--{} is no option of ipvsadm", name);
    if (equals == std::string_view::npos) return take(*found, std::nullopt);
    if (found->takes == Takes::kNothing) return fail("--{} takes no value", name);
    return take(*found, std::string(word.substr(equals + 1)));
  }

  // "-gw5" is "-g -w 5".
  Status read_short(std::string_view letters) {
    while (!letters.empty()) {
      const auto* const found = std::ranges::find(kOptions, letters.front(), &RuleOption::brief);
      if (found == kOptions.end()) return fail("-{} is no option of ipvsadm", letters.front());
      letters.remove_prefix(1);
      const bool has_rest = found->takes != Takes::kNothing && !letters.empty();
      if (has_rest && letters.front() == '=') letters.remove_prefix(1);
      if (auto taken = take(*found, has_rest ? std::optional<std::string>(letters) : std::nullopt); !taken)
        return taken;
      if (has_rest) return {};
    }
    return {};
  }

  Status take(const RuleOption& option, std::optional<std::string> value) {
    if (option.commands.find(line_.command) == std::string_view::npos)
      return fail("--{} does not belong to {}", option.name, line_.command_word);
    const bool is_there = !words_.empty() && !words_.front().starts_with("-");
    if (!value && option.takes != Takes::kNothing && is_there) {
      value = words_.front();
      words_ = words_.subspan(1);
    }
    if (!value && option.takes == Takes::kValue) return fail("--{} has no value", option.name);
    if (!line_.options.try_emplace(std::string(option.name), value.value_or("")).second)
      return fail("--{} is there twice", option.name);
    return {};
  }

  std::span<const std::string> words_;
  RuleLine& line_;
};

}  // namespace

Result<RuleLine> parse_rule_line(std::span<const std::string> words) {
  if (!words.empty() && words.front() == "ipvsadm") words = words.subspan(1);
  if (words.empty()) return fail("it holds no command");
  const auto* const command = command_of(words.front());
  if (command == nullptr) return fail("{} is no command of ipvsadm", words.front());
  RuleLine line{command->command, words.front(), {}, {}};
  if (command->command == kOtherCommand) return line;
  if (auto read = OptionReader(words.subspan(1), line).read(); !read) return tl::unexpected(read.error());
  if (!line.words.empty() && command->command != kTimeouts && command->command != kStartDaemon)
    return fail("{} belongs to no option", line.words.front());
  return line;
}

}  // namespace hawser::lbctl
