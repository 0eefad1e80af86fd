// A line's words as options with their values, as popt takes them: -w 5, -w5, --weight 5, --weight=5, -An; a
// value that may be left out is one only when it does not begin with "-". -b at the end of a line may lack
// its value (see parse_missing_rule_flags). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace hawser::lbctl {

enum class RuleOption : std::uint8_t {
  // commands
  kAddService,
  kEditService,
  kDeleteService,
  kClear,
  kList,
  kZero,
  kAddServer,
  kEditServer,
  kDeleteServer,
  kSet,
  kHelp,
  kVersion,
  kRestore,
  kSave,
  kStartDaemon,
  kStopDaemon,
  // the rest
  kTcp,
  kUdp,
  kSctp,
  kFwmark,
  kIpv6,
  kScheduler,
  kSchedFlags,
  kPersistent,
  kNetmask,
  kPe,
  kOps,
  kRealServer,
  kMasquerading,
  kIpip,
  kGatewaying,
  kWeight,
  kUThreshold,
  kLThreshold,
  kTunType,
  kTunPort,
  kTunNocsum,
  kTunCsum,
  kTunRemcsum,
  kMcastInterface,
  kSyncid,
  kSyncMaxlen,
  kMcastGroup,
  kMcastPort,
  kMcastTtl,
  kListing,  // what only says how to list: -n, --stats, ..
};

struct GivenOption {
  RuleOption option{};
  std::string name;        // as written, for messages
  std::string_view value;  // empty: none; of the line's words
  bool has_value = false;

  bool operator==(const GivenOption&) const = default;
};

struct GivenOptions {
  std::vector<GivenOption> options;        // in order
  std::vector<std::string_view> leftover;  // words that belong to no option
};

// The answer points into the words. Errors: no such option, a value is missing.
Result<GivenOptions> read_options(std::span<const std::string_view> words);

bool is_command(RuleOption option);
std::string_view long_name(RuleOption option);  // "--add-service"

}  // namespace hawser::lbctl
