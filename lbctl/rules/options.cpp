#include "lbctl/rules/options.h"

#include <algorithm>

namespace hawser::lbctl {

namespace {

enum class Takes : std::uint8_t { kNothing, kValue, kPerhaps, kValueUnlessLast };

struct OptionRow {
  char letter;  // 0: none
  std::string_view name;
  Takes takes;
  RuleOption option;
};

using enum RuleOption;
constexpr OptionRow kOptionRows[] = {
    {'A', "add-service", Takes::kNothing, kAddService},
    {'E', "edit-service", Takes::kNothing, kEditService},
    {'D', "delete-service", Takes::kNothing, kDeleteService},
    {'C', "clear", Takes::kNothing, kClear},
    {'L', "list", Takes::kNothing, kList},
    {'l', "list", Takes::kNothing, kList},
    {'Z', "zero", Takes::kNothing, kZero},
    {'a', "add-server", Takes::kNothing, kAddServer},
    {'e', "edit-server", Takes::kNothing, kEditServer},
    {'d', "delete-server", Takes::kNothing, kDeleteServer},
    {0, "set", Takes::kNothing, kSet},
    {'h', "help", Takes::kNothing, kHelp},
    {'v', "version", Takes::kNothing, kVersion},
    {'R', "restore", Takes::kNothing, kRestore},
    {'S', "save", Takes::kNothing, kSave},
    {0, "start-daemon", Takes::kValue, kStartDaemon},
    {0, "stop-daemon", Takes::kValue, kStopDaemon},
    {'t', "tcp-service", Takes::kValue, kTcp},
    {'u', "udp-service", Takes::kValue, kUdp},
    {0, "sctp-service", Takes::kValue, kSctp},
    {'f', "fwmark-service", Takes::kValue, kFwmark},
    {'6', "ipv6", Takes::kNothing, kIpv6},
    {'s', "scheduler", Takes::kValue, kScheduler},
    {'b', "sched-flags", Takes::kValueUnlessLast, kSchedFlags},
    {'p', "persistent", Takes::kPerhaps, kPersistent},
    {'M', "netmask", Takes::kValue, kNetmask},
    {0, "pe", Takes::kValue, kPe},
    {'o', "ops", Takes::kNothing, kOps},
    {'r', "real-server", Takes::kValue, kRealServer},
    {'m', "masquerading", Takes::kNothing, kMasquerading},
    {'i', "ipip", Takes::kNothing, kIpip},
    {'g', "gatewaying", Takes::kNothing, kGatewaying},
    {'w', "weight", Takes::kValue, kWeight},
    {'x', "u-threshold", Takes::kValue, kUThreshold},
    {'y', "l-threshold", Takes::kValue, kLThreshold},
    {0, "tun-type", Takes::kValue, kTunType},
    {0, "tun-port", Takes::kValue, kTunPort},
    {0, "tun-nocsum", Takes::kNothing, kTunNocsum},
    {0, "tun-csum", Takes::kNothing, kTunCsum},
    {0, "tun-remcsum", Takes::kNothing, kTunRemcsum},
    {0, "mcast-interface", Takes::kValue, kMcastInterface},
    {0, "syncid", Takes::kValue, kSyncid},
    {0, "sync-maxlen", Takes::kValue, kSyncMaxlen},
    {0, "mcast-group", Takes::kValue, kMcastGroup},
    {0, "mcast-port", Takes::kValue, kMcastPort},
    {0, "mcast-ttl", Takes::kValue, kMcastTtl},
    {'n', "numeric", Takes::kNothing, kListing},
    {'c', "connection", Takes::kNothing, kListing},
    {'X', "exact", Takes::kNothing, kListing},
    {0, "timeout", Takes::kNothing, kListing},
    {0, "daemon", Takes::kNothing, kListing},
    {0, "stats", Takes::kNothing, kListing},
    {0, "rate", Takes::kNothing, kListing},
    {0, "thresholds", Takes::kNothing, kListing},
    {0, "persistent-conn", Takes::kNothing, kListing},
    {0, "tun-info", Takes::kNothing, kListing},
    {0, "sort", Takes::kNothing, kListing},
    {0, "nosort", Takes::kNothing, kListing},
};

class OptionReader {
 public:
  explicit OptionReader(const std::vector<std::string>& words) : words_(words) {}

  Result<GivenOptions> read() {
    for (; at_ < words_.size(); ++at_)
      if (auto taken = take(words_[at_]); !taken) return tl::unexpected(taken.error());
    return std::move(given_);
  }

 private:
  Status take(const std::string& word) {
    if (word.size() < 2 || word[0] != '-' || word == "--") {
      given_.leftover.push_back(word);
      return {};
    }
    return word[1] == '-' ? take_long(word) : take_letters(word);
  }

  Status take_long(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto* row = std::ranges::find(kOptionRows, std::string_view(name).substr(2), &OptionRow::name);
    if (row == std::end(kOptionRows)) return fail("{}: no such option", name);
    if (equals == std::string::npos) return add(*row, name, nullptr);
    if (row->takes == Takes::kNothing) return fail("{}: takes no value", name);
    const auto value = word.substr(equals + 1);
    return add(*row, name, &value);
  }

  Status take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto name = fmt::format("-{}", word[i]);
      const auto* row = std::ranges::find(kOptionRows, word[i], &OptionRow::letter);
      if (row == std::end(kOptionRows)) return fail("{}: no such option", name);
      if (row->takes == Takes::kNothing || i + 1 == word.size()) {
        if (auto added = add(*row, name, nullptr); !added) return added;
        continue;
      }
      const auto value = word.substr(i + 1);
      return add(*row, name, &value);
    }
    return {};
  }

  Status add(const OptionRow& row, const std::string& name, const std::string* attached) {
    GivenOption option{row.option, name, {}, false};
    if (attached != nullptr) {
      option.value = *attached;
      option.has_value = true;
    } else if (row.takes != Takes::kNothing) {
      const bool last = at_ + 1 == words_.size();
      const bool there = !last && (row.takes != Takes::kPerhaps || !words_[at_ + 1].starts_with("-"));
      if (!there && row.takes == Takes::kValue) return fail("{}: needs a value", name);
      if (there) option.value = words_[++at_];
      option.has_value = there;
    }
    given_.options.push_back(std::move(option));
    return {};
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  GivenOptions given_;
};

}  // namespace

Result<GivenOptions> read_options(const std::vector<std::string>& words) {
  return OptionReader(words).read();
}

bool is_command(RuleOption option) {
  return option <= kStopDaemon;
}

std::string_view long_name(RuleOption option) {
  const auto* row = std::ranges::find(kOptionRows, option, &OptionRow::option);
  return row == std::end(kOptionRows) ? std::string_view("?") : row->name;
}

}  // namespace hawser::lbctl
