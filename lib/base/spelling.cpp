#include "lib/base/spelling.h"

#include <algorithm>
#include <numeric>

namespace hawser {

namespace {

using Row = std::vector<std::size_t>;

// Optimal string alignment: insertion, deletion, change, or swap of neighbours, each costs one. Three rows of
// the matrix are enough.
std::size_t distance(std::string_view left, std::string_view right) {
  Row before;
  Row above(right.size() + 1);
  std::iota(above.begin(), above.end(), 0U);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    Row row(right.size() + 1, i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t change = left[i - 1] == right[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::move(above);
    above = std::move(row);
  }
  return above.back();
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes that; and the work grows with the square
  if (word.size() > kLongest) return {};
  std::string_view best;
  auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (candidate.size() > 2 * kLongest) continue;
    const auto differs = distance(word, candidate);
    if (differs >= least) continue;
    best = candidate;
    least = differs;
  }
  return best;
}

}  // namespace hawser
