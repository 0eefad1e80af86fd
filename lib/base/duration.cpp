#include "lib/base/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace hawser {

namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr double kLongestMs = 1e13;  // 300 years: everything below is exact in a double

}  // namespace

Result<Milliseconds> parse_duration(std::string_view text) {
  const auto unit_at = text.find_first_not_of("0123456789.");
  const auto number = text.substr(0, unit_at);
  double value = 0;
  const auto* end = number.data() + number.size();
  const auto [stop, problem] = std::from_chars(number.data(), end, value, std::chars_format::fixed);
  if (!number.empty() && problem == std::errc{} && stop == end && unit_at != std::string_view::npos) {
    for (const auto& [name, factor] : kUnits) {
      const double ms = value * static_cast<double>(factor);
      if (name == text.substr(unit_at) && ms < kLongestMs && std::abs(ms - std::round(ms)) < 1e-6)
        return Milliseconds(std::llround(ms));
    }
  }
  return fail("\"{}\" is not a duration such as \"100ms\", \"3s\" or \"5m\"", text);
}

std::string format_duration(Milliseconds duration) {
  const auto count = duration.count();
  if (count != 0 && count % 3'600'000 == 0) return fmt::format("{}h", count / 3'600'000);
  if (count != 0 && count % 60'000 == 0) return fmt::format("{}m", count / 60'000);
  if (count % 1000 == 0) return fmt::format("{}s", count / 1000);
  return fmt::format("{}ms", count);
}

}  // namespace hawser
