#include "lib/answer/plan.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hawser::answer {
namespace {

namespace json = boost::json;

const Step kUp = SetLinkUp{"eth0", true};

Refusal refusal() {
  return {.object = "bond0",
          .step = SetMaster{"eth1", "", "bond0"},
          .why = {"bond0: add port eth1: Device or resource busy", 16},
          .price = {}};
}

TEST(PlanJson, HasStepsWhatTheyCostAndWhatIsRefused) {
  const Consequence lost = LostAddress{"eth0", *Prefix::parse("192.0.2.5/24")};
  const Plan plan{{kUp}, {lost}, {refusal()}, HealthSource::kConfigured};
  EXPECT_EQ(json::value(plan_json(plan)), json::parse(R"({
    "health": "configured",
    "steps": [{"object": "eth0", "kind": "set-link-up", "text": "eth0: set up"}],
    "consequences": [{"object": "eth0", "text": "eth0: loses address 192.0.2.5/24", "what": "loses address",
                      "address": "192.0.2.5/24"}],
    "refused": [{"object": "bond0", "kind": "set-master",
                 "text": "bond0: add port eth1: Device or resource busy"}]})"));
  EXPECT_EQ(plan_json({{}, {}, {}, HealthSource::kNetd}).at("health").as_string(), "netd");
}

TEST(PlanJson, OfAMacThatIsNotKnownYetHasNull) {
  MovedMac moved;
  moved.link = moved.from_link = "bond0";
  const std::vector<Consequence> costs{moved};
  EXPECT_TRUE(consequences_json(costs).at(0).at("to").is_null());
  EXPECT_EQ(consequences_json(costs).at(0).at("what").as_string(), "mac changes");
}

TEST(AppliedJson, HasWhatWasDoneAndWhatIsLeft) {
  Applied applied;
  applied.done = {kUp};
  applied.refused = {refusal()};
  applied.left = {kUp, SetMtu{"eth0", 1500, 9000}};
  applied.futile = {SetMtu{"eth0", 1500, 9000}};
  const auto document = applied_json(applied, {});
  EXPECT_EQ(document.at("steps"), json::value(steps_json(applied.done)));
  EXPECT_EQ(document.at("left"), json::value(steps_json(applied.futile)));
  EXPECT_EQ(document.at("refused").as_array().size(), 1U);
  EXPECT_TRUE(document.at("consequences").as_array().empty());
}

}  // namespace
}  // namespace hawser::answer
