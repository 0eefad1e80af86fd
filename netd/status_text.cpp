// The status for people, and what other programs read out of the answers.
#include <boost/json.hpp>

#include "lib/cli/table.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"
#include "netd/status.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

// What a key holds, or an empty value of that kind: an answer of a newer netd must not stop us.
std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (value->is_string()) return cli::printable(std::string_view(value->get_string()));
  return json::serialize(*value);
}

bool truth(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<json::object> objects(const json::object& object, std::string_view key) {
  std::vector<json::object> result;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return result;
  for (const auto& item : value->get_array())
    if (item.is_object()) result.push_back(item.get_object());
  return result;
}

json::object object_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : json::object{};
}

std::string config_text(const json::object& status) {
  const auto config = object_of(status, "config");
  auto result = fmt::format("configuration  {} ({})\n", text(config, "file"), text(config, "state"));
  for (const auto& line : problem_lines(config)) result += fmt::format("  {}\n", line);
  return result;
}

std::string findings_text(const json::object& status) {
  std::string result;
  for (const auto& finding : objects(status, "findings"))
    result +=
        fmt::format("{}: {}: {}\n", text(finding, "object"), text(finding, "state"), text(finding, "text"));
  return result.empty() ? result : "\n" + result;
}

std::string bonds_text(const json::object& status) {
  cli::Table table({{"BOND"}, {"MODE"}, {"PORT"}, {"LINK"}, {"ROLE"}, {"FAILURES", cli::Align::kRight}});
  for (const auto& bond : objects(status, "bonds")) {
    for (const auto& port : objects(bond, "ports")) {
      const auto link = !truth(port, "present")  ? "missing"
                        : !truth(port, "member") ? "not in the bond"
                        : truth(port, "carrier") ? "carrier"
                                                 : "no carrier";
      table.add({text(bond, "name"), text(bond, "mode"), text(port, "name"), link,
                 text(bond, "active_port") == text(port, "name") ? "active" : "", text(port, "failures")});
    }
  }
  const auto rows = table.str();
  return rows.empty() ? rows : "\n" + rows;
}

std::string services_text(const json::object& status, std::size_t width) {
  cli::Table table({{"SERVICE"},
                    {"VIRTUAL"},
                    {"REAL"},
                    {"ADDRESS"},
                    {"WEIGHT", cli::Align::kRight},
                    {"STATE"},
                    {"WHY", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& service : objects(status, "services"))
    for (const auto& real : objects(service, "reals"))
      table.add({text(service, "name"), text(service, "virtual"), text(real, "name"), text(real, "address"),
                 text(real, "effective_weight"), text(real, "state"), text(real, "reason")});
  const auto rows = table.str("", width);
  return rows.empty() ? rows : "\n" + rows;
}

std::string refusals_text(const json::object& status) {
  std::string result;
  for (const auto& refusal : objects(status, "refused"))
    result += refusal.contains("retry_in_ms") && refusal.at("retry_in_ms").is_null()
                  ? fmt::format("\n{} (again when something changes)", text(refusal, "reason"))
                  : fmt::format("\nrefused: {} (again in {} ms)", text(refusal, "reason"),
                                text(refusal, "retry_in_ms"));
  return result.empty() ? result : result + "\n";
}

std::string footer(const json::object& status) {
  const auto counters = object_of(status, "counters");
  const auto guard = object_of(status, "guard");
  const auto loop = object_of(object_of(status, "lateness"), "loop");
  return fmt::format(
      "\n{} steps, {} drift repairs, {} refused; bond guard {}, {} switches; loop late by {} us at most\n",
      text(counters, "steps"), text(counters, "drift_repairs"), text(counters, "refused"),
      text(guard, "state"), text(guard, "switches"), text(loop, "longest_us"));
}

}  // namespace

std::vector<std::string> problem_lines(const json::value& answer) {
  std::vector<std::string> lines;
  for (const auto& problem : config::problems_from(control::value_in(answer, "problems")))
    lines.push_back(cli::printable(to_string(problem)));
  return lines;
}

std::string status_text(const json::object& status, std::size_t width) {
  const auto node = text(status, "node");
  return fmt::format("netd {} process {}{}{}: {}\n", text(status, "version"), text(status, "pid"),
                     node.empty() ? "" : " on node " + node, truth(status, "ready") ? "" : " (starting)",
                     text(status, "state")) +
         config_text(status) + findings_text(status) + bonds_text(status) + services_text(status, width) +
         refusals_text(status) + footer(status);
}

}  // namespace hawser::netd
