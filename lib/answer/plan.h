// Steps, what they cost and what was refused: as JSON, whose shapes verdict.h has, and as text. And the
// refusal of a plan that interrupts, which every verb asks before it touches anything.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "lib/cli/command.h"
#include "lib/plan/apply.h"
#include "lib/plan/bill.h"
#include "lib/plan/consequence.h"

namespace hawser::answer {

boost::json::array steps_json(std::span<const Step> steps);
boost::json::array refusals_json(std::span<const Refusal> refused);
boost::json::array consequences_json(std::span<const Consequence> consequences);

enum class HealthSource : std::uint8_t { kNetd, kConfigured };

struct Plan {
  std::vector<Step> steps;
  Bill bill;  // of the steps, on what was there
  std::vector<Consequence> consequences;
  std::vector<Refusal> refused;
  HealthSource health{};
};
boost::json::object plan_json(const Plan& plan);
// A line a step with its price before it, the consequences, and in the end the sum: nothing for a plan
// without steps. Lines longer than `width` characters (0: no limit) go on below.
std::string plan_text(const Plan& plan, std::size_t width);

inline const cli::Option kAllowInterruption{"--allow-interruption", "", "do it though it interrupts traffic"};
// The end of a verb whose plan interrupts what is carried and was not allowed to, said in full; nullopt: go
// on.
std::optional<int> refuse_interruption(const cli::Arguments& arguments, std::string_view program,
                                       const Bill& bill);
// `bill` and `consequences`: of what was done.
boost::json::object applied_json(const Applied& applied, const Bill& bill,
                                 std::span<const Consequence> consequences);

}  // namespace hawser::answer
