#include "lib/answer/plan.h"

#include <boost/json.hpp>

#include "lib/plan/step.h"

namespace hawser::answer {

namespace json = boost::json;

namespace {

json::object consequence_json(const Consequence& consequence) {
  json::object object{{"object", object_of(consequence)}, {"text", describe(consequence)}};
  std::visit(Overloaded{
                 [&](const LostLink& one) {
                   object["what"] = "device goes";
                   object["with"] = one.with;
                 },
                 [&](const LostAddress& one) {
                   object["what"] = "loses address";
                   object["address"] = to_string(one.prefix);
                 },
                 [&](const LostRoute& one) {
                   object["what"] = "loses route";
                   object["route"] = to_string(one.key);
                 },
                 [&](const PoorerRoute& one) {
                   object["what"] = "route changes";
                   object["route"] = to_string(one.key);
                 },
                 [&](const SharedMac& one) {
                   object["what"] = "mac is shared";
                   object["with"] = one.with;
                   object["mac"] = to_string(one.mac);
                 },
                 [&](const MovedMac& one) {
                   object["what"] = "mac changes";
                   object["from"] = to_string(one.from);
                   object["to"] = one.to ? json::value(to_string(*one.to)) : json::value();
                 },
             },
             consequence);
  return object;
}

}  // namespace

json::array steps_json(std::span<const Step> steps) {
  json::array list;
  for (const auto& step : steps)
    list.push_back(
        json::object{{"object", object_of(step)}, {"kind", kind_of(step)}, {"text", describe(step)}});
  return list;
}

json::array refusals_json(std::span<const Refusal> refused) {
  json::array list;
  for (const auto& refusal : refused)
    list.push_back(json::object{
        {"object", refusal.object}, {"kind", kind_of(refusal.step)}, {"text", refusal.why.text}});
  return list;
}

json::array consequences_json(std::span<const Consequence> consequences) {
  json::array list;
  for (const auto& consequence : consequences) list.push_back(consequence_json(consequence));
  return list;
}

json::object plan_json(const Plan& plan) {
  return {{"health", plan.health == HealthSource::kNetd ? "netd" : "configured"},
          {"steps", steps_json(plan.steps)},
          {"consequences", consequences_json(plan.consequences)},
          {"refused", refusals_json(plan.refused)}};
}

json::object applied_json(const Applied& applied, std::span<const Consequence> consequences) {
  return {{"steps", steps_json(applied.done)},
          {"consequences", consequences_json(consequences)},
          {"refused", refusals_json(applied.refused)},
          {"left", steps_json(applied.futile)}};
}

}  // namespace hawser::answer
