#include "lib/events/event_json.h"

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"

namespace hawser {

namespace json = boost::json;

namespace {

std::string text_in(const json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

std::optional<std::int64_t> number_in(const json::object& from, std::string_view key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<std::int64_t>();
}

Cause cause_in(const json::object& from) {
  const auto* value = from.if_contains("cause");
  if (value == nullptr || !value->is_object()) return {};
  const auto& cause = value->get_object();
  return {from_name<CauseKind>(text_in(cause, "kind")).value_or(CauseKind::kNone), text_in(cause, "text")};
}

}  // namespace

json::object to_json(const Event& event) {
  return {{"kind", name_of(event.kind)},
          {"level", name_of(event.level)},
          {"object", event.object},
          {"what", event.what},
          {"from", event.from},
          {"to", event.to},
          {"cause", {{"kind", name_of(event.cause.kind)}, {"text", event.cause.text}}},
          {"evidence", event.evidence},
          {"duration_ms", event.duration ? json::value(event.duration->count()) : json::value(nullptr)},
          {"repeats", event.repeats.count}};
}

json::object to_json(const EventRecord& record) {
  json::object object{{"id", record.id}, {"at", iso8601(record.at)}};
  for (auto& [key, value] : to_json(record.event)) object[key] = value;
  object["line"] = line_of(record.event);
  return object;
}

Event event_from_json(const json::object& from) {
  Event event;
  event.kind = from_name<EventKind>(text_in(from, "kind")).value_or(EventKind::kProcess);
  event.level = from_name<Level>(text_in(from, "level")).value_or(Level::kInfo);
  event.object = text_in(from, "object");
  event.what = text_in(from, "what");
  event.from = text_in(from, "from");
  event.to = text_in(from, "to");
  event.cause = cause_in(from);
  event.evidence = text_in(from, "evidence");
  if (const auto lasted = number_in(from, "duration_ms")) event.duration = Milliseconds(*lasted);
  event.repeats.count = static_cast<std::uint64_t>(number_in(from, "repeats").value_or(0));
  return event;
}

}  // namespace hawser
