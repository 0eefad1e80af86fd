#include "netd/guard/report.h"

#include <boost/json.hpp>

namespace hawser::netd {
namespace {

namespace json = boost::json;

Result<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return fail("not a JSON object");
  return std::move(value.get_object());
}

// Empty when there is none, or when it is not a text.
std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const json::array& list_of(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

GuardedBond decode_bond(const json::object& object) {
  GuardedBond bond{text_of(object, "name"), text_of(object, "primary"), {}};
  for (const auto& port : list_of(object, "ports"))
    if (port.is_string()) bond.ports.emplace_back(port.get_string());
  return bond;
}

}  // namespace

std::string encode_orders(const std::vector<GuardedBond>& bonds) {
  json::array list;
  for (const auto& bond : bonds) {
    json::array ports;
    for (const auto& port : bond.ports) ports.emplace_back(port);
    list.push_back(json::object{{"name", bond.name}, {"primary", bond.primary}, {"ports", std::move(ports)}});
  }
  return json::serialize(json::object{{"bonds", std::move(list)}});
}

Result<std::vector<GuardedBond>> decode_orders(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return tl::unexpected(object.error());
  std::vector<GuardedBond> bonds;
  for (const auto& item : list_of(*object, "bonds"))
    if (item.is_object()) bonds.push_back(decode_bond(item.get_object()));
  return bonds;
}

std::string encode_report(const Report& report) {
  return json::serialize(
      json::object{{"kind", name_of(report.kind)}, {"bond", report.bond}, {"text", report.text}});
}

Result<Report> decode_report(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return tl::unexpected(object.error());
  const auto kind = from_name<ReportKind>(text_of(*object, "kind"));
  if (!kind) return fail("kind: unknown");
  return Report{*kind, text_of(*object, "bond"), text_of(*object, "text")};
}

void count(GuardStatus& status, const Report& report) {
  auto& history = status.bonds[report.bond];
  if (report.kind != ReportKind::kSwitched) {
    history.last_refusal = report.text;
    return;
  }
  ++status.switches;
  ++history.switches;
  status.last = history.last_switch = report.text;
}

}  // namespace hawser::netd
