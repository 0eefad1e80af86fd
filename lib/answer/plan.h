// Steps, what they cost and what was refused, as JSON. The shapes: verdict.h.
#pragma once

#include <span>

#include <boost/json/value.hpp>

#include "lib/plan/apply.h"
#include "lib/plan/consequence.h"

namespace hawser::answer {

boost::json::array steps_json(std::span<const Step> steps);
boost::json::array refusals_json(std::span<const Refusal> refused);
boost::json::array consequences_json(std::span<const Consequence> consequences);

enum class HealthSource : std::uint8_t { kNetd, kConfigured };

struct Plan {
  std::vector<Step> steps;
  std::vector<Consequence> consequences;
  std::vector<Refusal> refused;
  HealthSource health{};
};
boost::json::object plan_json(const Plan& plan);
boost::json::object applied_json(const Applied& applied, std::span<const Consequence> consequences);

}  // namespace hawser::answer
