#include "tests/bench/numbers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace hawser::bench {

std::optional<double> quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values.at(std::clamp<std::size_t>(rank, 1, values.size()) - 1);
}

std::string in_words(const std::vector<double>& milliseconds) {
  if (milliseconds.empty()) return "-";
  return fmt::format("median {:.1f}, p99 {:.1f}, worst {:.1f} ms of {} runs", *quantile(milliseconds, 0.5),
                     *quantile(milliseconds, 0.99), *quantile(milliseconds, 1), milliseconds.size());
}

std::string ratio(const std::vector<double>& ours, const std::vector<double>& theirs) {
  const auto one = quantile(ours, 0.5);
  const auto other = quantile(theirs, 0.5);
  if (!one || !other || *other == 0) return "-";
  return fmt::format("{:.2f}", *one / *other);
}

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> width;
  for (const Row& row : rows) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column)
      width[column] = std::max(width[column], row[column].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column)
      line += column == 0 ? fmt::format("{:<{}}", row[column], width[column])
                          : fmt::format("  {:>{}}", row[column], width[column]);
    text += line + "\n";
  }
  return text;
}

}  // namespace hawser::bench
