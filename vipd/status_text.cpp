#include "vipd/status_text.h"

#include <boost/json.hpp>

#include "lib/cli/age.h"
#include "lib/cli/table.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

const json::value* find(const json::value& from, std::string_view key) {
  const auto* object = from.if_object();
  return object == nullptr ? nullptr : object->if_contains(key);
}

std::string cell(const json::value& from, std::string_view key) {
  const auto* value = find(from, key);
  if (value == nullptr || value->is_null()) return "";
  if (const auto* text = value->if_string()) return cli::printable(std::string_view(*text));
  return json::serialize(*value);
}

double number(const json::value& from, std::string_view key) {
  const auto* value = find(from, key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

// Our seconds are fractions.
std::string age_in(const json::value& from, std::string_view key) {
  return cli::format_age(Milliseconds(static_cast<std::int64_t>(number(from, key) * 1000)));
}

std::vector<json::value> list(const json::value& from, std::string_view key) {
  const auto* value = find(from, key);
  const auto* array = value == nullptr ? nullptr : value->if_array();
  return array == nullptr ? std::vector<json::value>{}
                          : std::vector<json::value>(array->begin(), array->end());
}

std::string heard(const json::value& vip) {
  const auto* value = find(vip, "heard");
  if (value == nullptr || !value->is_object()) return "nobody";
  return fmt::format("{} priority {}, {} ago", cell(*value, "address"), cell(*value, "priority"),
                     age_in(*value, "seconds_ago"));
}

// "ttl 3, checksum 1": only what was counted.
std::string bad_packets(const json::value& from) {
  const auto* bad = find(from, "bad_packets");
  if (bad == nullptr || !bad->is_object()) return "";
  std::string text;
  for (const auto& [reason, count] : bad->get_object())
    if (count.is_number() && count.to_number<double>() > 0)
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : ", ", std::string_view(reason), json::serialize(count));
  return text;
}

std::string vip_table(const std::vector<json::value>& vips, std::size_t width) {
  cli::Table table({{"VIP"},
                    {"ROLE"},
                    {"FOR", cli::Align::kRight},
                    {"PRIORITY", cli::Align::kRight},
                    {"INTERFACE"},
                    {"ROUTER ID", cli::Align::kRight},
                    {"HEARD", cli::Align::kLeft, cli::Fit::kWraps},
                    {"WHY", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& vip : vips)
    table.add({cell(vip, "name"), cell(vip, "role"), age_in(vip, "seconds"), cell(vip, "priority"),
               cell(vip, "interface"), cell(vip, "virtual_router_id"), heard(vip), cell(vip, "why")});
  return table.str("", width);
}

std::string address_table(const std::vector<json::value>& vips) {
  cli::Table table({{"VIP"}, {"ADDRESS"}, {"ON"}, {"STATE"}});
  for (const auto& vip : vips) {
    for (const auto& address : list(vip, "addresses"))
      table.add(
          {cell(vip, "name"), cell(address, "address"), cell(address, "interface"), cell(address, "state")});
    for (const auto& address : list(vip, "put_by_others"))
      table.add({cell(vip, "name"), cell(address, "address"), cell(address, "interface"),
                 "put there by somebody else: answers in any role"});
  }
  return table.str();
}

std::string counter_table(const json::value& status, std::size_t width) {
  const auto right = cli::Align::kRight;
  cli::Table table({{"VIP"},
                    {"SENT", right},
                    {"REFUSED", right},
                    {"RECEIVED", right},
                    {"TAKEOVERS", right},
                    {"ANNOUNCED", right},
                    {"PUT BACK", right},
                    {"BAD PACKETS", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& vip : list(status, "vips")) {
    const auto* found = find(vip, "counters");
    const json::value counters = found == nullptr ? json::value() : *found;
    table.add({cell(vip, "name"), cell(counters, "advertisements_sent"),
               cell(counters, "advertisements_refused"), cell(counters, "advertisements_received"),
               cell(counters, "became_active"), cell(counters, "addresses_announced"),
               cell(counters, "addresses_put_back"), bad_packets(counters)});
  }
  for (const auto& interface : list(status, "interfaces"))
    if (const auto bad = bad_packets(interface); !bad.empty())
      table.add({fmt::format("other packets on {}", cell(interface, "name")), "", "", "", "", "", "", bad});
  return table.str("", width);
}

std::string file_lines(const json::value& status) {
  const auto* config = find(status, "config");
  if (config == nullptr) return "";
  std::string text;
  for (const auto& problem : config::problems_from(control::value_in(*config, "problems")))
    text += fmt::format("  {}\n", cli::printable(config::to_string(problem)));
  return text.empty() ? text : fmt::format("\n{} is wrong:\n{}", cell(*config, "file"), text);
}

// "vipd 0.1.0 process 42 on node lb1: degraded", and why.
std::string head(const json::value& status) {
  const auto node = cell(status, "node");
  auto text = fmt::format("vipd {} process {}{}: {}\n", cell(status, "version"), cell(status, "pid"),
                          node.empty() ? "" : " on node " + node, cell(status, "state"));
  for (const auto& finding : list(status, "findings"))
    text +=
        fmt::format("{}: {}: {}\n", cell(finding, "object"), cell(finding, "state"), cell(finding, "text"));
  return text + "\n";
}

std::string loop_line(const json::value& status) {
  const auto* lateness = find(status, "lateness");
  const auto* loop = lateness == nullptr ? nullptr : find(*lateness, "loop");
  if (loop == nullptr) return "";
  return fmt::format("\nloop: {} of {} timers more than 2 ms late, the latest {:.1f} ms\n",
                     cell(*loop, "over_2ms"), cell(*loop, "count"), number(*loop, "longest_us") / 1000);
}

}  // namespace

std::string status_text(const json::value& status, std::size_t width) {
  const auto vips = list(status, "vips");
  if (vips.empty()) return head(status) + "no vips on this host\n" + file_lines(status);
  return fmt::format("{}{}\n{}\n{}{}{}", head(status), vip_table(vips, width), address_table(vips),
                     counter_table(status, width), file_lines(status), loop_line(status));
}

}  // namespace hawser::vipd
