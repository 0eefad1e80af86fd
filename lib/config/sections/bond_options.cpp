// The rows of the bonding driver's options, made from the table in lib/state/bond_options.h.
#include "lib/config/engine/reading.h"
#include "lib/config/sections/bond.h"

namespace hawser::config {

namespace {

std::string option_range(const BondOptionInfo& info) {
  if (!info.words.empty()) return joined({info.words.begin(), info.words.end()}, " or ", true);
  return fmt::format("{} to {}", format_bond_value(info, info.minimum),
                     format_bond_value(info, info.maximum));
}

std::string_view option_type(const BondOptionInfo& info) {
  if (!info.words.empty()) return "text";
  return info.unit == BondUnit::kNone ? "int" : "duration";
}

std::optional<Value> write_option(const BondOptionInfo& info, const BondSpec& bond) {
  if (!option_applies(info, bond.mode)) return std::nullopt;
  const auto value = option_of(bond, info.option);
  if (info.words.empty() && info.unit == BondUnit::kNone) return plain_value(std::int64_t{value});
  return plain_value(format_bond_value(info, value));
}

// The value of a word by the kernel's number or in other letters: 1 or "FAST" for "fast".
std::string option_meant(const BondOptionInfo& info, const Value& value) {
  if (info.words.empty()) return {};
  if (const auto* number = value.as<std::int64_t>())
    return *number >= 0 && *number < static_cast<std::int64_t>(info.words.size())
               ? quote(info.words[static_cast<std::size_t>(*number)])
               : std::string();
  const auto* text = value.as<std::string>();
  const auto meant =
      text == nullptr ? std::string_view() : meant_word(*text, {info.words.begin(), info.words.end()});
  return meant.empty() ? std::string() : quote(meant);
}

std::string with_meant(const BondOptionInfo& info, const Value& value, std::string what) {
  const auto meant = option_meant(info, value);
  return meant.empty() ? what : fmt::format("{}: write {}", what, meant);
}

// 1000 ms is within every duration's range and a multiple of every unit.
std::string option_example(const BondOptionInfo& info) {
  if (!info.words.empty()) return quote(info.words[info.words.size() > 1 ? 1 : 0]);
  if (info.unit == BondUnit::kNone) return std::to_string(std::max<std::uint32_t>(1, info.minimum));
  return quote(info.unit == BondUnit::kMilliseconds ? "100ms" : "1s");
}

void read_option(const BondOptionInfo& info, std::string_view key, const ReadContext& scope,
                 const Value& value, BondSpec& bond) {
  const auto* text = value.as<std::string>();
  const auto* flag = value.as<bool>();
  const auto* number = value.as<std::int64_t>();
  const bool words = !info.words.empty();
  const bool is_count = !words && info.unit == BondUnit::kNone;
  Result<std::uint32_t> parsed = fail("");
  if (is_count && number != nullptr)
    parsed = parse_bond_value(info, std::to_string(*number));
  else if (!is_count && text != nullptr)
    parsed = parse_bond_value(info, *text);
  else if (flag != nullptr && words && info.words.front() == "off")
    parsed = *flag ? 1U : 0U;
  else
    parsed = fail("must be {}{}, not {}",
                  is_count ? std::string("a whole number from ")
                  : words  ? std::string()
                           : fmt::format("a duration such as {} from ", option_example(info)),
                  option_range(info), in_words(value));
  if (parsed)
    bond.options[info.option] = *parsed;
  else
    scope.problem(value.place, key,
                  with_right_value(key, value, with_meant(info, value, parsed.error().text)));
}

void add_option(Rows<BondSpec>& rows, const BondOptionInfo& info) {
  rows.custom(
          setting(info.name, option_type(info), option_range(info), info.help),
          [&info](const ReadContext& scope, const Value& value, BondSpec& bond) {
            read_option(info, info.name, scope, value, bond);
          },
          [&info](const BondSpec& bond) { return write_option(info, bond); })
      .like(option_example(info));
}

}  // namespace

void add_bond_options(Rows<BondSpec>& rows) {
  for (const auto& info : bond_options()) add_option(rows, info);
  auto alias = setting("num_unsol_na", "int", "0 to 255", "another name of num_grat_arp");
  const auto& info = info_of(BondOption::kNumGratArp);
  rows.custom(std::move(alias),
              [&info](const ReadContext& scope, const Value& value, BondSpec& bond) {
                read_option(info, "num_unsol_na", scope, value, bond);
              },
              {})
      .like("1")
      .alias_of("num_grat_arp");
}

}  // namespace hawser::config
