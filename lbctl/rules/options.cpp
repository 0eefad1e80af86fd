#include "lbctl/rules/options.h"

#include <algorithm>
#include <optional>

namespace hawser::lbctl {

namespace {

enum class Takes : std::uint8_t { kNothing, kValue, kPerhaps, kValueUnlessLast };

struct OptionRow {
  std::string_view name;
  char letter;  // 0: none
  Takes takes;
  RuleOption option;
};

using enum RuleOption;
constexpr OptionRow kOptionRows[] = {
    {"add-service", 'A', Takes::kNothing, kAddService},
    {"edit-service", 'E', Takes::kNothing, kEditService},
    {"delete-service", 'D', Takes::kNothing, kDeleteService},
    {"clear", 'C', Takes::kNothing, kClear},
    {"list", 'L', Takes::kNothing, kList},
    {"list", 'l', Takes::kNothing, kList},
    {"zero", 'Z', Takes::kNothing, kZero},
    {"add-server", 'a', Takes::kNothing, kAddServer},
    {"edit-server", 'e', Takes::kNothing, kEditServer},
    {"delete-server", 'd', Takes::kNothing, kDeleteServer},
    {"set", 0, Takes::kNothing, kSet},
    {"help", 'h', Takes::kNothing, kHelp},
    {"version", 'v', Takes::kNothing, kVersion},
    {"restore", 'R', Takes::kNothing, kRestore},
    {"save", 'S', Takes::kNothing, kSave},
    {"start-daemon", 0, Takes::kValue, kStartDaemon},
    {"stop-daemon", 0, Takes::kValue, kStopDaemon},
    {"tcp-service", 't', Takes::kValue, kTcp},
    {"udp-service", 'u', Takes::kValue, kUdp},
    {"sctp-service", 0, Takes::kValue, kSctp},
    {"fwmark-service", 'f', Takes::kValue, kFwmark},
    {"ipv6", '6', Takes::kNothing, kIpv6},
    {"scheduler", 's', Takes::kValue, kScheduler},
    {"sched-flags", 'b', Takes::kValueUnlessLast, kSchedFlags},
    {"persistent", 'p', Takes::kPerhaps, kPersistent},
    {"netmask", 'M', Takes::kValue, kNetmask},
    {"pe", 0, Takes::kValue, kPe},
    {"ops", 'o', Takes::kNothing, kOps},
    {"real-server", 'r', Takes::kValue, kRealServer},
    {"masquerading", 'm', Takes::kNothing, kMasquerading},
    {"ipip", 'i', Takes::kNothing, kIpip},
    {"gatewaying", 'g', Takes::kNothing, kGatewaying},
    {"weight", 'w', Takes::kValue, kWeight},
    {"u-threshold", 'x', Takes::kValue, kUThreshold},
    {"l-threshold", 'y', Takes::kValue, kLThreshold},
    {"tun-type", 0, Takes::kValue, kTunType},
    {"tun-port", 0, Takes::kValue, kTunPort},
    {"tun-nocsum", 0, Takes::kNothing, kTunNocsum},
    {"tun-csum", 0, Takes::kNothing, kTunCsum},
    {"tun-remcsum", 0, Takes::kNothing, kTunRemcsum},
    {"mcast-interface", 0, Takes::kValue, kMcastInterface},
    {"syncid", 0, Takes::kValue, kSyncid},
    {"sync-maxlen", 0, Takes::kValue, kSyncMaxlen},
    {"mcast-group", 0, Takes::kValue, kMcastGroup},
    {"mcast-port", 0, Takes::kValue, kMcastPort},
    {"mcast-ttl", 0, Takes::kValue, kMcastTtl},
    {"numeric", 'n', Takes::kNothing, kListing},
    {"connection", 'c', Takes::kNothing, kListing},
    {"exact", 'X', Takes::kNothing, kListing},
    {"timeout", 0, Takes::kNothing, kListing},
    {"daemon", 0, Takes::kNothing, kListing},
    {"stats", 0, Takes::kNothing, kListing},
    {"rate", 0, Takes::kNothing, kListing},
    {"thresholds", 0, Takes::kNothing, kListing},
    {"persistent-conn", 0, Takes::kNothing, kListing},
    {"tun-info", 0, Takes::kNothing, kListing},
    {"sort", 0, Takes::kNothing, kListing},
    {"nosort", 0, Takes::kNothing, kListing},
};

class OptionReader {
 public:
  explicit OptionReader(std::span<const std::string_view> words) : words_(words) {
    given_.options.reserve(words.size());
  }

  Result<GivenOptions> read() {
    for (; at_ < words_.size(); ++at_)
      if (auto taken = take(words_[at_]); !taken) return tl::unexpected(taken.error());
    return std::move(given_);
  }

 private:
  Status take(std::string_view word) {
    if (word.size() < 2 || word[0] != '-' || word == "--") {
      given_.leftover.push_back(word);
      return {};
    }
    return word[1] == '-' ? take_long(word) : take_letters(word);
  }

  Status take_long(std::string_view word) {
    const auto equals = word.find('=');
    const std::string name{word.substr(0, equals)};
    const auto* row = std::ranges::find(kOptionRows, std::string_view(name).substr(2), &OptionRow::name);
    if (row == std::end(kOptionRows)) return fail("{}: no such option", name);
    if (equals == std::string_view::npos) return add(*row, name, std::nullopt);
    if (row->takes == Takes::kNothing) return fail("{}: takes no value", name);
    return add(*row, name, word.substr(equals + 1));
  }

  Status take_letters(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string name{'-', word[i]};
      const auto* row = std::ranges::find(kOptionRows, word[i], &OptionRow::letter);
      if (row == std::end(kOptionRows)) return fail("{}: no such option", name);
      if (row->takes == Takes::kNothing || i + 1 == word.size()) {
        if (auto added = add(*row, name, std::nullopt); !added) return added;
        continue;
      }
      return add(*row, name, word.substr(i + 1));
    }
    return {};
  }

  Status add(const OptionRow& row, const std::string& name, std::optional<std::string_view> attached) {
    GivenOption option{row.option, name, {}, false};
    if (attached) {
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

  std::span<const std::string_view> words_;
  std::size_t at_ = 0;
  GivenOptions given_;
};

}  // namespace

Result<GivenOptions> read_options(std::span<const std::string_view> words) {
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
