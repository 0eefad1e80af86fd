#include "vipd/status_text.h"

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "lib/cli/age.h"
#include "lib/cli/json_cell.h"
#include "lib/cli/table.h"
#include "lib/config/config.h"
#include "lib/config/problem_json.h"
#include "vipd/daemon/names.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

using cli::cell_in;

// Our seconds are fractions.
std::string age_in(const json::value& from, std::string_view key) {
  return cli::format_age(Milliseconds(static_cast<std::int64_t>(real_in(from, key) * 1000)));
}

std::string heard_by(const json::value& vip) {
  const auto& heard = value_in(vip, "heard");
  if (!heard.is_object()) return "nobody";
  return fmt::format("{} priority {}, {} ago", cell_in(heard, "address"), cell_in(heard, "priority"),
                     age_in(heard, "seconds_ago"));
}

// "ttl 3, checksum 1": only what was counted.
std::string bad_packets(const json::value& from) {
  const auto& bad = value_in(from, "bad_packets");
  if (!bad.is_object()) return "";
  std::string text;
  for (const auto& [reason, count] : bad.get_object())
    if (count.is_number() && count.to_number<double>() > 0)
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : ", ", std::string_view(reason), json::serialize(count));
  return text;
}

std::string vip_table(const json::array& vips, std::size_t width) {
  cli::Table table({{"VIP"},
                    {"ROLE"},
                    {"FOR", cli::Align::kRight},
                    {"PRIORITY", cli::Align::kRight},
                    {"INTERFACE"},
                    {"ROUTER ID", cli::Align::kRight},
                    {"HEARD", cli::Align::kLeft, cli::Fit::kWraps},
                    {"WHY", cli::Align::kLeft, cli::Fit::kWraps}});
  for (const auto& vip : vips)
    table.add({cell_in(vip, "name"), cell_in(vip, "role"), age_in(vip, "seconds"), cell_in(vip, "priority"),
               cell_in(vip, "interface"), cell_in(vip, "virtual_router_id"), heard_by(vip),
               cell_in(vip, "why")});
  return table.str("", width);
}

// What the table has no room for, and nobody should take for more than it is.
std::string version_lines(const json::array& vips) {
  std::string text;
  for (const auto& vip : vips)
    if (cell_in(vip, "version") == "2")
      text += fmt::format("{}: version 2, unauthenticated{}\n", cell_in(vip, "name"),
                          cell_in(vip, "authentication") == "password"
                              ? " (its password is sent in clear: it protects from mistakes only)"
                              : "");
  return text;
}

// Who tries to reach it must not look for long.
std::string accept_lines(const json::array& vips) {
  std::string text;
  for (const auto& vip : vips)
    if (const auto& accept = value_in(vip, "accept"); accept.is_bool() && !accept.get_bool())
      text += fmt::format("{}: accept = false: packets to its addresses are dropped here, ping too\n",
                          cell_in(vip, "name"));
  return text;
}

// Nothing takes its addresses away by itself.
std::string lease_lines(const json::array& vips) {
  std::string text;
  for (const auto& vip : vips)
    if (cell_in(vip, "store") == name_of(config::Store::kLocalRoutes))
      text += fmt::format("{}: {}\n", cell_in(vip, "name"), kNoLease);
  return text;
}

// With which key it signs, and who of those that are heard does not sign yet.
std::string signature_lines(const json::array& vips) {
  constexpr double kRecentlyHeard{60};  // seconds
  std::string text;
  for (const auto& vip : vips) {
    const auto& hmac = value_in(vip, "hmac");
    if (!hmac.is_object()) continue;
    const auto key = cell_in(hmac, "signs_with");
    text += fmt::format("{}: hmac, {}: {}\n", cell_in(vip, "name"), cell_in(hmac, "mode"),
                        key.empty() ? "does not sign yet" : "signs with key " + key);
    for (const auto& sender : list_in(hmac, "senders"))
      if (cell_in(sender, "key").empty() && real_in(sender, "seconds_ago") < kRecentlyHeard)
        text += fmt::format("{}: {} does not sign yet\n", cell_in(vip, "name"), cell_in(sender, "address"));
  }
  return text;
}

// Which way it may go from here; of many vips `vipctl why` tells it one by one.
std::string outlook_lines(const json::array& vips) {
  constexpr std::size_t kMost{20};
  std::string text;
  if (vips.size() > kMost) return text;
  for (const auto& vip : vips)
    if (const auto outlook = cell_in(vip, "outlook"); !outlook.empty())
      text += fmt::format("{}: {}\n", cell_in(vip, "name"), outlook);
  return text;
}

std::string late_lines(const json::array& vips) {
  std::string text;
  for (const auto& vip : vips) {
    const auto& late = value_in(vip, "late");
    if (number_in(late, "over_half") == 0) continue;
    text += fmt::format(
        "{}: {} advertisements came after more than half of the down timer, the latest {:.3g}s "
        "after the one before\n",
        cell_in(vip, "name"), number_in(late, "over_half"), real_in(late, "longest"));
  }
  return text;
}

std::string stance_lines(const json::array& vips) {
  std::string text;
  for (const auto& vip : vips) {
    const auto& stance = value_in(vip, "stance");
    const auto is = cell_in(stance, "is");
    if (is.empty() || is == "ordinary") continue;
    const auto until = cell_in(stance, "until");
    text += fmt::format("{0}: {1}{2}: 'vipctl resume {0}' ends that\n", cell_in(vip, "name"),
                        is == "taking" ? "took the role and keeps it" : "stands by",
                        until.empty() ? "" : " until " + until);
  }
  return text;
}

std::string address_table(const json::array& vips) {
  cli::Table table({{"VIP"}, {"ADDRESS"}, {"ON"}, {"STATE"}});
  for (const auto& vip : vips) {
    for (const auto& address : list_in(vip, "addresses"))
      table.add({cell_in(vip, "name"), cell_in(address, "address"), cell_in(address, "interface"),
                 cell_in(address, "state")});
    for (const auto& address : list_in(vip, "put_by_others"))
      table.add({cell_in(vip, "name"), cell_in(address, "address"), cell_in(address, "interface"),
                 "put there by somebody else: answers in any role"});
  }
  return table.str();
}

std::string route_table(const json::value& status, std::size_t width) {
  cli::Table table({{"VIP"},
                    {"ROUTED"},
                    {"BY"},
                    {"LEADS TO"},
                    {"READ"},
                    {"READS LEFT", cli::Align::kRight},
                    {"SWITCHES LEFT", cli::Align::kRight},
                    {"LAST ANSWER", cli::Align::kLeft, cli::Fit::kWraps}});
  bool some = false;
  for (const auto& vip : list_in(status, "vips")) {
    const auto& provider = value_in(vip, "provider");
    for (const auto& route : list_in(provider, "routes")) {
      some = true;
      const auto node = cell_in(route, "node");
      const auto& left = value_in(route, "left");
      table.add({cell_in(vip, "name"), cell_in(route, "address"), cell_in(provider, "name"),
                 node.empty() ? cell_in(route, "target") : node, cell_in(route, "read"),
                 cell_in(left, "reads"), cell_in(left, "switches"), cell_in(route, "trouble")});
    }
  }
  return some ? table.str("", width) + "\n" : "";
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
  for (const auto& vip : list_in(status, "vips")) {
    const auto& counters = value_in(vip, "counters");
    table.add({cell_in(vip, "name"), cell_in(counters, "advertisements_sent"),
               cell_in(counters, "advertisements_refused"), cell_in(counters, "advertisements_received"),
               cell_in(counters, "became_active"), cell_in(counters, "addresses_announced"),
               cell_in(counters, "addresses_put_back"), bad_packets(counters)});
  }
  for (const auto& interface : list_in(status, "interfaces"))
    if (const auto bad = bad_packets(interface); !bad.empty())
      table.add(
          {fmt::format("other {} packets on {}", cell_in(interface, "family") == "ipv6" ? "IPv6" : "IPv4",
                       cell_in(interface, "name")),
           "", "", "", "", "", "", bad});
  return table.str("", width);
}

std::string file_lines(const json::value& status) {
  const auto& config = value_in(status, "config");
  std::string text;
  for (const auto& problem : config::problems_from(value_in(config, "problems")))
    text += fmt::format("  {}\n", cli::printable(config::to_string(problem)));
  return text.empty() ? text : fmt::format("\n{} is wrong:\n{}", cell_in(config, "file"), text);
}

// "vipd 0.1.0 process 42 on node lb1: degraded", and why.
std::string head(const json::value& status) {
  const auto node = cell_in(status, "node");
  auto text = fmt::format("vipd {} process {}{}: {}\n", cell_in(status, "version"), cell_in(status, "pid"),
                          node.empty() ? "" : " on node " + node, cell_in(status, "state"));
  for (const auto& finding : list_in(status, "findings"))
    text += fmt::format("{}: {}: {}\n", cell_in(finding, "object"), cell_in(finding, "state"),
                        cell_in(finding, "text"));
  return text + "\n";
}

std::string loop_line(const json::value& status) {
  const auto& loop = value_in(value_in(status, "lateness"), "loop");
  if (!loop.is_object()) return "";
  return fmt::format("\nloop: {} of {} timers more than 2 ms late, the latest {:.1f} ms\n",
                     cell_in(loop, "over_2ms"), cell_in(loop, "count"), real_in(loop, "longest_us") / 1000);
}

}  // namespace

std::string status_text(const json::value& status, std::size_t width) {
  const auto& vips = list_in(status, "vips");
  if (vips.empty()) return head(status) + "no vips on this host\n" + file_lines(status);
  return fmt::format("{}{}{}\n{}\n{}{}{}{}", head(status), vip_table(vips, width),
                     outlook_lines(vips) + version_lines(vips) + accept_lines(vips) + lease_lines(vips) +
                         signature_lines(vips) + stance_lines(vips) + late_lines(vips),
                     address_table(vips), route_table(status, width), counter_table(status, width),
                     file_lines(status), loop_line(status));
}

}  // namespace hawser::vipd
