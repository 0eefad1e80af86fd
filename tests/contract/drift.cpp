#include "tests/contract/drift.h"

namespace hawser::contract {

std::vector<std::string> plan_in_words(const HostTest& host, const Desired& desired) {
  std::vector<std::string> lines;
  for (const auto& step : plan(desired, host.observe().state)) lines.push_back(describe(step));
  return lines;
}

void make_so(const HostTest& host, const Desired& desired) {
  for (const auto& step : plan(desired, host.observe().state)) host.perform(step);
  EXPECT_EQ(plan_in_words(host, desired), std::vector<std::string>{});
}

void expect_repaired(const HostTest& host, const State& state, const Drift& drift) {
  const Desired desired{state, Owner::kNetd, {}};
  make_so(host, desired);
  run(drift.command);
  EXPECT_EQ(plan_in_words(host, desired), drift.plan) << drift.command;
  make_so(host, desired);
}

}  // namespace hawser::contract
