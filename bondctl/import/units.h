// networkd's files as they count (drop-ins merged, in order), and what each key of [Bond] is called here.
// Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bondctl/foreign/unit_file.h"
#include "lib/config/engine/problem.h"
#include "lib/config/engine/value.h"

namespace hawser::bondctl {

inline constexpr std::int64_t kLargestMtu = 65536;

enum class UnitKind : std::uint8_t { kNetdev, kNetwork };

struct Unit {
  UnitKind kind{};
  std::string file;
  std::vector<UnitSection> sections;

  // The last one counts, as systemd has it.
  [[nodiscard]] const UnitEntry* find(std::string_view section, std::string_view key) const;
  [[nodiscard]] std::vector<const UnitEntry*> all(std::string_view section, std::string_view key) const;
  void each(const std::function<void(const std::string&, const UnitEntry&)>& visit) const;
  void each_section(const std::function<void(const UnitSection&)>& visit) const;
};

struct MergedUnits {
  std::vector<Unit> units;
  std::vector<LeftOut> left_out;
};
// In the order of their names, whichever folder they lie in. "x.network.d/y.conf" goes into "x.network";
// other files are left out.
MergedUnits merged_units(const std::vector<config::Source>& sources);

enum class UnitForm : std::uint8_t { kWord, kNumber, kSpan, kFlag, kList };
struct BondKey {
  std::string_view theirs, ours;
  UnitForm form{};
};
const BondKey* find_bond_key(std::string_view theirs);
// nullopt: not a value of that form.
std::optional<config::Value> value_of(const BondKey& key, const std::string& text);

}  // namespace hawser::bondctl
