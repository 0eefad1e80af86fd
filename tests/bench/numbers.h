// What the benchmarks share: order statistics and an aligned table. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hawser::bench {

// The smallest value that at least `share` (0..1] of the values do not exceed; nothing of nothing.
std::optional<double> quantile(std::vector<double> values, double share);

// "median 4.1, p99 12.0, worst 12.0 ms of 20 runs"; "-" of nothing.
std::string in_words(const std::vector<double>& milliseconds);

// "0.41": ours / theirs by median; "-" where either is missing or theirs is 0.
std::string ratio(const std::vector<double>& ours, const std::vector<double>& theirs);

using Row = std::vector<std::string>;
// The first row is the head. The first column is aligned left, the others right.
std::string table(const std::vector<Row>& rows);

}  // namespace hawser::bench
