// The table of bond options. Source: drivers/net/bonding/bond_options.c, bond_main.c and bond_netlink.c,
// read in Linux 6.1 and 6.12.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/state/bond.h"

namespace hawser {

enum class BondUnit : std::uint8_t { kNone, kMilliseconds, kSeconds };

// What the kernel demands before it takes a new value (BOND_OPTFLAG_*).
enum class BondWhen : std::uint8_t {
  kLive,   // at any time
  kDown,   // the bond must be down (BOND_OPTFLAG_IFDOWN)
  kEmpty,  // the bond must have no ports (BOND_OPTFLAG_NOSLAVES)
};

using BondModes = std::uint8_t;  // bit (1 << mode) set: the kernel takes the option in that mode
constexpr BondModes mode_bit(BondMode mode) {
  return static_cast<BondModes>(1U << static_cast<unsigned>(mode));
}

struct BondOptionInfo {
  BondOption option;
  std::string_view name;  // the kernel's (sysfs) name, also the key in the file
  std::uint32_t minimum;
  std::uint32_t maximum;
  std::uint32_t default_value;  // of a bond made by netlink
  BondUnit unit;
  BondModes modes;
  BondWhen when;
  std::span<const std::string_view> words;  // value n is words[n]; empty: a plain number
  std::string_view help;
};

// All rows, in the order of the kernel's bond_changelink(): the order in which values must be set.
std::span<const BondOptionInfo> bond_options();
const BondOptionInfo& info_of(BondOption option);
const BondOptionInfo* find_bond_option(std::string_view name);

// "100ms", "fast", "5": a value in the words of the file.
std::string format_bond_value(const BondOptionInfo& info, std::uint32_t value);
// The reverse: a word, or (for plain numbers and durations) the value with its unit; range checked.
Result<std::uint32_t> parse_bond_value(const BondOptionInfo& info, std::string_view text);

// Whether a difference in this option means anything for this bond: the mode takes it, and for delays and
// targets the monitor that they belong to runs.
bool option_applies(const BondOptionInfo& info, BondMode mode);

// The modes in which the option does something; in others the kernel may take it all the same.
BondModes modes_that_use(BondOption option);

}  // namespace hawser
