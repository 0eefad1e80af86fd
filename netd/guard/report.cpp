#include "netd/guard/report.h"

#include <boost/json.hpp>

#include "lib/control/json.h"

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

constexpr std::size_t kFrame = 128;  // of a message, around its bonds

json::object encode_bond(const GuardedBond& bond) {
  json::array ports;
  for (const auto& port : bond.ports) ports.emplace_back(port);
  return {{"name", bond.name}, {"primary", bond.primary}, {"ports", std::move(ports)}};
}

GuardedBond decode_bond(const json::object& object) {
  GuardedBond bond{text_of(object, "name"), text_of(object, "primary"), {}};
  for (const auto& port : list_of(object, "ports"))
    if (port.is_string()) bond.ports.emplace_back(port.get_string());
  return bond;
}

}  // namespace

std::vector<std::string> encode_orders(const std::vector<GuardedBond>& bonds) {
  std::vector<json::array> parts(1);
  std::size_t size = 0;
  for (const auto& bond : bonds) {
    auto object = encode_bond(bond);
    const auto more = json::serialize(object).size() + 1;  // and a comma
    if (!parts.back().empty() && size + more > kLargestMessage - kFrame) {
      parts.emplace_back();
      size = 0;
    }
    size += more;
    parts.back().push_back(std::move(object));
  }
  std::vector<std::string> messages;
  messages.reserve(parts.size());
  for (auto& part : parts)
    messages.push_back(json::serialize(
        json::object{{"part", messages.size() + 1}, {"of", parts.size()}, {"bonds", std::move(part)}}));
  return messages;
}

Result<OrdersPart> decode_orders(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return tl::unexpected(object.error());
  const json::value value(*object);
  OrdersPart orders{control::number_in(value, "part"), control::number_in(value, "of"), {}};
  if (orders.part == 0 || orders.part > orders.of) return fail("part: none of them");
  for (const auto& item : list_of(*object, "bonds"))
    if (item.is_object()) orders.bonds.push_back(decode_bond(item.get_object()));
  return orders;
}

std::optional<std::vector<GuardedBond>> OrdersReader::take(OrdersPart part) {
  if (part.part == 1) {
    next_ = 1;
    bonds_.clear();
  }
  if (part.part != next_) return std::nullopt;
  ++next_;
  bonds_.insert(bonds_.end(), std::make_move_iterator(part.bonds.begin()),
                std::make_move_iterator(part.bonds.end()));
  if (part.part < part.of) return std::nullopt;
  return std::move(bonds_);
}

std::string encode_ping() {
  return R"({"ping":1})";
}

bool is_ping(std::string_view text) {
  return text == encode_ping();
}

std::string encode_report(const Report& report) {
  return json::serialize(json::object{{"kind", name_of(report.kind)},
                                      {"bond", report.bond},
                                      {"from", report.from},
                                      {"to", report.to},
                                      {"text", report.text}});
}

Result<Report> decode_report(std::string_view text) {
  const auto object = parse_object(text);
  if (!object) return tl::unexpected(object.error());
  const auto kind = from_name<ReportKind>(text_of(*object, "kind"));
  if (!kind) return fail("kind: unknown");
  return Report{*kind, text_of(*object, "bond"), text_of(*object, "text"), text_of(*object, "from"),
                text_of(*object, "to")};
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
