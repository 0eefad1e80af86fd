#include "netd/guard/protocol.h"

#include <boost/json.hpp>

#include "lib/control/json.h"

namespace hawser::netd {
namespace {

namespace json = boost::json;
using control::text_in;

json::object bond_json(const GuardedBond& bond) {
  return {{"name", bond.name},
          {"primary", bond.primary},
          {"ports", json::array(bond.ports.begin(), bond.ports.end())}};
}

GuardedBond bond_from(const json::value& from) {
  GuardedBond bond{text_in(from, "name"), text_in(from, "primary"), {}};
  for (const auto& port : control::list_in(from, "ports"))
    if (port.is_string()) bond.ports.emplace_back(port.get_string());
  return bond;
}

}  // namespace

json::object encode(const ToGuard& message) {
  const auto* orders = std::get_if<Orders>(&message);
  if (orders == nullptr) return {{"type", "ping"}};
  json::array bonds;
  for (const auto& bond : orders->bonds) bonds.push_back(bond_json(bond));
  return {{"type", "orders"}, {"bonds", std::move(bonds)}};
}

Result<ToGuard> decode_to_guard(const json::object& from) {
  const json::value message(from);
  const auto type = text_in(message, "type");
  if (type == "ping") return ToGuard(Ping{});
  if (type != "orders" || !control::value_in(message, "bonds").is_array())
    return fail("type: {} is no order", type);
  Orders orders;
  for (const auto& bond : control::list_in(message, "bonds")) orders.bonds.push_back(bond_from(bond));
  return ToGuard(std::move(orders));
}

json::object encode(const Report& report) {
  return {{"type", name_of(report.kind)},
          {"bond", report.bond},
          {"from", report.from},
          {"to", report.to},
          {"text", report.text}};
}

Result<Report> decode_report(const json::object& from) {
  const json::value report(from);
  const auto kind = from_name<ReportKind>(text_in(report, "type"));
  if (!kind) return fail("type: unknown");
  return Report{*kind, text_in(report, "bond"), text_in(report, "text"), text_in(report, "from"),
                text_in(report, "to")};
}

Event event_of(const Report& report) {
  if (report.kind != ReportKind::kSwitched)
    return event_from(report.text, EventKind::kRefusal, Level::kWarning);
  return {.kind = EventKind::kSwitch,
          .object = report.bond,
          .from = report.from,
          .to = report.to,
          .cause = {CauseKind::kInterface, report.text}};
}

void count(GuardStatus& status, const Report& report) {
  if (report.bond.empty()) return;
  auto& history = status.bonds[report.bond];
  if (report.kind != ReportKind::kSwitched) {
    history.last_refusal = report.text;
    return;
  }
  ++status.switches;
  ++history.switches;
  status.last = history.last_switch = line_of(event_of(report));
}

}  // namespace hawser::netd
