// The status for people, and what other programs read out of the answers.
#include <algorithm>

#include <boost/json.hpp>

#include "lib/base/address.h"
#include "lib/base/json_in.h"
#include "lib/cli/json_cell.h"
#include "lib/cli/table.h"
#include "lib/config/problem_json.h"
#include "netd/status.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;

using cli::cell_in;

std::string config_text(const json::value& status) {
  const auto& config = value_in(status, "config");
  auto result = fmt::format("configuration  {} ({})\n", cell_in(config, "file"), cell_in(config, "state"));
  for (const auto& line : problem_lines(config)) result += fmt::format("  {}\n", line);
  return result;
}

std::string findings_text(const json::value& status) {
  std::string result;
  for (const auto& finding : list_in(status, "findings"))
    result += fmt::format("{}: {}: {}\n", cell_in(finding, "object"), cell_in(finding, "state"),
                          cell_in(finding, "text"));
  return result.empty() ? result : "\n" + result;
}

std::string bonds_text(const json::value& status) {
  cli::Table table({{"BOND"}, {"MODE"}, {"PORT"}, {"LINK"}, {"ROLE"}, {"FAILURES", cli::Align::kRight}});
  for (const auto& bond : list_in(status, "bonds")) {
    for (const auto& port : list_in(bond, "ports")) {
      const auto link = !flag_in(port, "present")  ? "missing"
                        : !flag_in(port, "member") ? "not in the bond"
                        : flag_in(port, "carrier") ? "carrier"
                                                   : "no carrier";
      table.add({cell_in(bond, "name"), cell_in(bond, "mode"), cell_in(port, "name"), link,
                 cell_in(bond, "active_port") == cell_in(port, "name") ? "active" : "",
                 cell_in(port, "failures")});
    }
  }
  const auto rows = table.str();
  return rows.empty() ? rows : "\n" + rows;
}

std::string services_text(const json::value& status, std::size_t width) {
  cli::Table table({{"SERVICE"},
                    {"VIRTUAL"},
                    {"REAL"},
                    {"ADDRESS"},
                    {"WEIGHT", cli::Align::kRight},
                    {"STATE"},
                    {"WHY", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& service : list_in(status, "services"))
    for (const auto& real : list_in(service, "reals"))
      table.add({cell_in(service, "name"), cell_in(service, "virtual"), cell_in(real, "name"),
                 cell_in(real, "address"), cell_in(real, "effective_weight"), cell_in(real, "state"),
                 cell_in(real, "reason")});
  const auto rows = table.str("", width);
  return rows.empty() ? rows : "\n" + rows;
}

std::string refusals_text(const json::value& status) {
  std::string result;
  for (const auto& refusal : list_in(status, "refused"))
    result += value_in(refusal, "retry_in_ms").is_null()
                  ? fmt::format("\n{} (again when something changes)", cell_in(refusal, "reason"))
                  : fmt::format("\nrefused: {} (again in {} ms)", cell_in(refusal, "reason"),
                                cell_in(refusal, "retry_in_ms"));
  return result.empty() ? result : result + "\n";
}

bool goes_by(const json::value& real, const std::string& name) {
  const auto address = cell_in(real, "address");
  const auto endpoint = Endpoint::parse(address);
  return name == cell_in(real, "name") || name == address ||
         (endpoint && name == to_string(endpoint->address));
}

bool is_in_the_file(const json::value& status, const json::value& said) {
  const auto of = cell_in(said, "service");
  return std::ranges::any_of(list_in(status, "services"), [&](const json::value& service) {
    return (of.empty() || of == cell_in(service, "name")) &&
           std::ranges::any_of(list_in(service, "reals"),
                               [&](const json::value& real) { return goes_by(real, cell_in(said, "real")); });
  });
}

// Of those in the file the table says it.
std::string overrides_text(const json::value& status) {
  std::string result;
  for (const auto& said : list_in(status, "overrides")) {
    if (is_in_the_file(status, said)) continue;
    const auto of = cell_in(said, "service");
    result += fmt::format("{}: {} by hand since {}, and not in {}: 'lbctl enable {}{}' ends it\n",
                          cell_in(said, "real"), cell_in(said, "what"), cell_in(said, "since"),
                          of.empty() ? "the file" : "service " + of, cell_in(said, "real"),
                          of.empty() ? "" : " --service " + of);
  }
  return result.empty() ? result : "\n" + result;
}

std::string footer(const json::value& status) {
  const auto& counters = value_in(status, "counters");
  const auto& guard = value_in(status, "guard");
  const auto& loop = value_in(value_in(status, "lateness"), "loop");
  return fmt::format(
      "\n{} steps, {} drift repairs, {} refused; bond guard {}, {} switches; loop late by {} us at most\n",
      cell_in(counters, "steps"), cell_in(counters, "drift_repairs"), cell_in(counters, "refused"),
      cell_in(guard, "state"), cell_in(guard, "switches"), cell_in(loop, "longest_us"));
}

}  // namespace

std::vector<std::string> problem_lines(const json::value& answer) {
  std::vector<std::string> lines;
  for (const auto& problem : config::problems_from(value_in(answer, "problems")))
    lines.push_back(cli::printable(to_string(problem)));
  return lines;
}

std::string status_text(const json::value& status, std::size_t width) {
  const auto node = cell_in(status, "node");
  return fmt::format("netd {} process {}{}{}: {}\n", cell_in(status, "version"), cell_in(status, "pid"),
                     node.empty() ? "" : " on node " + node, flag_in(status, "ready") ? "" : " (starting)",
                     cell_in(status, "state")) +
         config_text(status) + findings_text(status) + bonds_text(status) + services_text(status, width) +
         overrides_text(status) + refusals_text(status) + footer(status);
}

}  // namespace hawser::netd
