#include "lib/answer/plan.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/cli/table.h"
#include "lib/control/json.h"
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
                 [&](const SmallerMtu& one) {
                   object["what"] = "mtu changes";
                   object["from"] = one.from;
                   object["to"] = one.to;
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

json::object step_json(const Step& step) {
  return {{"object", object_of(step)}, {"kind", kind_of(step)}, {"text", describe(step)}};
}

json::array priced_json(std::span<const Step> steps, const Bill& bill) {
  json::array list;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto step = step_json(steps[i]);
    step["price"] = name_of(bill.steps.at(i).toll);
    list.push_back(std::move(step));
  }
  return list;
}

json::array devices_json(const Bill& bill) {
  json::array list;
  for (const auto& device : bill.devices) {
    json::array prices;
    for (const auto toll : device.tolls) prices.push_back(json::value(name_of(toll)));
    list.push_back(json::object{{"object", device.device},
                                {"prices", std::move(prices)},
                                {"released", json::value_from(device.released)},
                                {"interrupts", device.stops},
                                {"text", describe(device)}});
  }
  return list;
}

// The sum, beside what the document has.
void add_sum(json::object& document, const Bill& bill) {
  document["price"] = name_of(bill.worst());
  document["interrupts"] = bill.stops();
  document["prices"] = devices_json(bill);
}

// The first line behind `head`, the others below it.
std::string hanging(const std::string& head, const std::string& text, std::size_t width) {
  if (width <= head.size() + 1) return head + text + "\n";
  std::string lines;
  for (const auto& line : cli::wrapped(text, width - head.size()))
    lines += (lines.empty() ? head : std::string(head.size(), ' ')) + line + "\n";
  return lines;
}

std::string steps_text(const Plan& plan, std::size_t width) {
  std::size_t column = 0;
  for (const auto& price : plan.bill.steps) column = std::max(column, name_of(price.toll).size());
  std::string text;
  for (std::size_t i = 0; i < plan.steps.size(); ++i)
    text += hanging(fmt::format("{:<{}}  ", name_of(plan.bill.steps.at(i).toll), column),
                    describe(plan.steps[i]), width);
  return text;
}

std::string sum_text(const Bill& bill, std::size_t width) {
  if (bill.devices.empty()) return bill.steps.empty() ? "" : "price: free\n";
  std::string text;
  for (const auto& device : bill.devices) text += hanging("price: ", describe(device), width);
  return text;
}

// "bond0: bond down; eth5: traffic interrupted"
std::string interrupted_in_words(const Bill& bill) {
  std::string text;
  for (const auto& device : bill.devices)
    if (device.stops) text += fmt::format("{}{}", text.empty() ? "" : "; ", describe(device));
  return text;
}

}  // namespace

json::array steps_json(std::span<const Step> steps) {
  json::array list;
  for (const auto& step : steps) list.push_back(step_json(step));
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
  json::object document{{"health", plan.health == HealthSource::kNetd ? "netd" : "configured"},
                        {"steps", priced_json(plan.steps, plan.bill)},
                        {"consequences", consequences_json(plan.consequences)},
                        {"refused", refusals_json(plan.refused)}};
  add_sum(document, plan.bill);
  return document;
}

std::string plan_text(const Plan& plan, std::size_t width) {
  auto text = steps_text(plan, width);
  for (const auto& consequence : plan.consequences) text += hanging("", describe(consequence), width);
  return text + sum_text(plan.bill, width);
}

std::optional<int> refuse_interruption(const cli::Arguments& arguments, std::string_view program,
                                       const Bill& bill) {
  if (!bill.stops() || arguments.has(kAllowInterruption.name)) return std::nullopt;
  const auto text =
      fmt::format("{}: would interrupt traffic, nothing was changed: if that is meant, say so with {}",
                  interrupted_in_words(bill), kAllowInterruption.name);
  if (!arguments.json) return cli::complain(program, text);
  json::object document{{"format", 1}, {"error", {{"text", text}}}};
  add_sum(document, bill);
  cli::print(control::pretty(document));
  return kRefused;
}

json::object applied_json(const Applied& applied, const Bill& bill,
                          std::span<const Consequence> consequences) {
  json::object document{{"steps", priced_json(applied.done, bill)},
                        {"consequences", consequences_json(consequences)},
                        {"refused", refusals_json(applied.refused)},
                        {"left", steps_json(applied.futile)}};
  add_sum(document, bill);
  return document;
}

}  // namespace hawser::answer
