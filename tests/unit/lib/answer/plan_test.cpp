#include "lib/answer/plan.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/daemon/exit_code.h"

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
  const Plan plan{{kUp}, {{StepToll{}}, {}}, {lost}, {refusal()}, HealthSource::kConfigured};
  EXPECT_EQ(json::value(plan_json(plan)), json::parse(R"({
    "health": "configured",
    "steps": [{"object": "eth0", "kind": "set-link-up", "text": "eth0: set up", "price": "free"}],
    "price": "free", "interrupts": false, "prices": [],
    "consequences": [{"object": "eth0", "text": "eth0: loses address 192.0.2.5/24", "what": "loses address",
                      "address": "192.0.2.5/24"}],
    "refused": [{"object": "bond0", "kind": "set-master",
                 "text": "bond0: add port eth1: Device or resource busy"}]})"));
  EXPECT_EQ(plan_json({{}, {}, {}, {}, HealthSource::kNetd}).at("health").as_string(), "netd");
}

// Of a bond with one port that leaves and one that carries on until it goes down.
Plan interrupting() {
  Plan plan;
  plan.steps = {SetMaster{"eth1", "bond0", ""}, SetLinkUp{"bond0", false}, SetLinkUp{"bond0", true}};
  plan.bill.steps = {{Toll::kPortsReleased, false}, {Toll::kBondDown, true}, {}};
  plan.bill.devices = {{"bond0", {Toll::kBondDown, Toll::kPortsReleased}, {"eth1"}, true}};
  return plan;
}

TEST(PlanJson, HasThePriceOfEachStepAndTheSum) {
  const auto document = plan_json(interrupting());
  EXPECT_EQ(document.at("steps").at(0).at("price"), "ports released");
  EXPECT_EQ(document.at("steps").at(1).at("price"), "bond down");
  EXPECT_EQ(document.at("steps").at(2).at("price"), "free");
  EXPECT_EQ(document.at("price"), "ports released");
  EXPECT_TRUE(document.at("interrupts").as_bool());
  EXPECT_EQ(document.at("prices"), json::parse(R"-([
    {"object": "bond0", "prices": ["bond down", "ports released"], "released": ["eth1"], "interrupts": true,
     "text": "bond0: bond down, ports released (eth1)"}])-"));
}

TEST(PlanText, HasThePriceBeforeEachStepAndTheSumAtTheEnd) {
  auto plan = interrupting();
  plan.consequences = {LostAddress{"eth0", *Prefix::parse("192.0.2.5/24")}};
  EXPECT_EQ(plan_text(plan, 0),
            "ports released  bond0: remove port eth1\n"
            "bond down       bond0: set down\n"
            "free            bond0: set up\n"
            "eth0: loses address 192.0.2.5/24\n"
            "price: bond0: bond down, ports released (eth1)\n");
}

TEST(PlanText, OfAPlanThatCostsNothingSaysSoAndOfNoneNothing) {
  EXPECT_EQ(plan_text({{kUp}, {{StepToll{}}, {}}, {}, {}, {}}, 80), "free  eth0: set up\nprice: free\n");
  EXPECT_EQ(plan_text({}, 80), "");
}

TEST(PlanText, GoesOnBelowWhereTheTerminalIsTooNarrow) {
  EXPECT_EQ(plan_text({{SetMtu{"eth0", 1500, 9000}}, {{StepToll{}}, {}}, {}, {}, {}}, 20),
            "free  eth0: set mtu\n"
            "      1500 -> 9000\n"
            "price: free\n");
}

struct Outcome {
  std::optional<int> code;
  std::string out;
  std::string err;
};

Outcome asked(const cli::Arguments& arguments, const Bill& bill) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome{refuse_interruption(arguments, "netd", bill), {}, {}};
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

TEST(Interruption, IsRefusedAndSaidWithItsRemedy) {
  const auto refused = asked({}, interrupting().bill);
  EXPECT_EQ(refused.code, kRefused);
  EXPECT_EQ(refused.out, "");
  EXPECT_EQ(refused.err,
            "netd: bond0: bond down, ports released (eth1): would interrupt traffic, nothing was changed: if "
            "that is meant, say so with --allow-interruption\n");
}

TEST(Interruption, IsRefusedInOneDocument) {
  cli::Arguments arguments;
  arguments.json = true;
  const auto refused = asked(arguments, interrupting().bill);
  EXPECT_EQ(refused.code, kRefused);
  EXPECT_EQ(refused.err, "");
  const auto document = json::parse(refused.out);
  EXPECT_EQ(document.at("format"), 1);
  EXPECT_THAT(std::string(document.at("error").at("text").as_string()),
              testing::HasSubstr("--allow-interruption"));
  EXPECT_EQ(document.at("prices").at(0).at("object"), "bond0");
}

TEST(Interruption, IsNamedByWhatStopsOnly) {
  auto bill = interrupting().bill;
  bill.devices.push_back({"bond1", {Toll::kPortsReleased}, {"eth5"}, false});
  EXPECT_THAT(asked({}, bill).err, testing::Not(testing::HasSubstr("bond1")));
}

TEST(Interruption, IsDoneWhereItIsAllowedAndWhereThereIsNone) {
  cli::Arguments allowing;
  allowing.flags = {"--allow-interruption"};
  EXPECT_EQ(asked(allowing, interrupting().bill).code, std::nullopt);
  Bill harmless;
  harmless.steps = {{Toll::kPortsReleased, false}};
  EXPECT_EQ(asked({}, harmless).code, std::nullopt);
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
  const auto document = applied_json(applied, {{StepToll{}}, {}}, {});
  auto done = steps_json(applied.done);
  done.at(0).as_object()["price"] = "free";
  EXPECT_EQ(document.at("steps"), json::value(done));
  EXPECT_EQ(document.at("price"), "free");
  EXPECT_EQ(document.at("left"), json::value(steps_json(applied.futile)));
  EXPECT_EQ(document.at("refused").as_array().size(), 1U);
  EXPECT_TRUE(document.at("consequences").as_array().empty());
}

}  // namespace
}  // namespace hawser::answer
