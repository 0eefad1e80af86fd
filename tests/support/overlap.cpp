#include "tests/support/overlap.h"

#include <algorithm>
#include <vector>

namespace hawser::lab {
namespace {

struct Period {
  std::string host;
  std::chrono::nanoseconds first;
  std::chrono::nanoseconds last;
};

// In which each host answered without a pause, in order of their beginning.
std::vector<Period> periods(std::span<const Answer> answers, Duration quiet) {
  std::vector<Period> result;
  for (const Answer& answer : answers) {
    const auto goes_on = [&](const Period& period) {
      return period.host == answer.host && answer.time - period.last <= quiet;
    };
    const auto same = std::ranges::find_if(result, goes_on);
    if (same == result.end())
      result.push_back({answer.host, answer.time, answer.time});
    else
      same->last = answer.time;
  }
  return result;
}

}  // namespace

Duration longest_overlap(std::span<const Answer> answers, Duration quiet) {
  std::vector<Answer> in_order(answers.begin(), answers.end());
  std::ranges::stable_sort(in_order, {}, &Answer::time);
  const auto all = periods(in_order, quiet);
  std::chrono::nanoseconds longest{};
  for (auto earlier = all.begin(); earlier != all.end(); ++earlier)
    for (auto later = std::next(earlier); later != all.end(); ++later)
      if (earlier->host != later->host)
        longest = std::max(longest, std::min(earlier->last, later->last) - later->first);
  return longest;
}

}  // namespace hawser::lab
