#include "lbctl/report.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include <boost/json.hpp>

#include "lib/cli/table.h"
#include "lib/control/json.h"
#include "lib/plan/nft_steps.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 6> kModules{"ip_vs",  "nf_tables",    "nft_",
                                                   "nf_nat", "nf_conntrack", "xt_ipvs"};

bool is_of_ipvs(std::string_view module) {
  return std::ranges::any_of(kModules, [&](std::string_view name) { return module.starts_with(name); });
}

}  // namespace

std::string render(const Report& report) {
  std::string text;
  for (const auto& part : report)
    text += fmt::format("{}== {} ==\n{}", text.empty() ? "" : "\n", part.title, part.text);
  return text;
}

json::value to_json(const Report& report) {
  json::array parts;
  for (const auto& part : report) parts.push_back(json::object{{"title", part.title}, {"text", part.text}});
  return json::object{{"format", 1}, {"parts", std::move(parts)}};
}

std::string modules_text(std::string_view proc_modules) {
  std::set<std::string> names;
  while (!proc_modules.empty()) {
    const auto line = proc_modules.substr(0, proc_modules.find('\n'));
    const auto name = line.substr(0, line.find(' '));
    if (is_of_ipvs(name)) names.insert(cli::printable(name));
    proc_modules.remove_prefix(std::min(line.size() + 1, proc_modules.size()));
  }
  std::string text;
  for (const auto& name : names) text += name + "\n";
  return text.empty() ? "none is loaded; what is built into the kernel is not listed\n" : text;
}

std::string connections_text(const Connections& connections) {
  using Group = std::tuple<std::string, Endpoint, Endpoint, std::string>;
  std::map<Group, std::size_t> counts;
  for (const auto& one : connections.list) ++counts[{one.protocol, one.service, one.real, one.state}];
  if (counts.empty() && connections.unread == 0) return "none\n";
  cli::Table table{
      {{"protocol"}, {"service"}, {"real server"}, {"state"}, {"connections", cli::Align::kRight}}};
  for (const auto& [group, count] : counts) {
    const auto& [protocol, service, real, state] = group;
    table.add({protocol, to_string(service), to_string(real), state, fmt::to_string(count)});
  }
  auto text = table.str();
  if (connections.unread > 0) text += fmt::format("{} lines could not be read\n", connections.unread);
  return text;
}

std::string sysctls_text(const std::map<std::string, std::string>& values) {
  std::string text;
  for (const auto& [name, value] : values) text += fmt::format("{} = {}\n", name, cli::printable(value));
  return text.empty() ? "none: IPVS is not loaded\n" : text;
}

std::string findings_text(const json::value& status) {
  const auto line = [](const json::value& one) {
    return fmt::format("{}: {}: {}\n", control::text_in(one, "object"), control::text_in(one, "state"),
                       control::text_in(one, "text"));
  };
  auto text = fmt::format("netd {}, pid {}: {}\n", control::text_in(status, "version"),
                          control::number_in(status, "pid"), control::text_in(status, "state"));
  for (const auto& one : control::list_in(status, "findings")) text += line(one);
  return text;
}

std::string events_text(const json::value& events, std::size_t most) {
  const auto& list = control::list_in(events, "events");
  std::string text;
  for (std::size_t i = list.size() - std::min(list.size(), most); i < list.size(); ++i)
    text += fmt::format("{} {}\n", control::text_in(list[i], "at"), control::text_in(list[i], "line"));
  return text.empty() ? "none\n" : text;
}

std::string nft_text(const std::optional<NftTable>& table) {
  if (!table) return "no table inet hawser\n";
  if (!table->ours) return "table inet hawser is not netd's\n";
  std::string text = table->whole ? "" : "somebody else changed something in it\n";
  for (const auto& words : in_words(table->contents)) text += cli::printable(words) + "\n";
  return text.empty() ? "nothing in it\n" : text;
}

}  // namespace hawser::lbctl
