#include "lib/events/event_json.h"

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "lib/base/wall_clock.h"

namespace hawser {

namespace json = boost::json;

namespace {

Cause cause_in(const json::value& from) {
  const auto& cause = value_in(from, "cause");
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
  const json::value event(from);
  Event result{.kind = from_name<EventKind>(text_in(event, "kind")).value_or(EventKind::kProcess),
               .level = from_name<Level>(text_in(event, "level")).value_or(Level::kInfo),
               .object = text_in(event, "object"),
               .what = text_in(event, "what"),
               .from = text_in(event, "from"),
               .to = text_in(event, "to"),
               .cause = cause_in(event),
               .evidence = text_in(event, "evidence")};
  if (value_in(event, "duration_ms").is_number())
    result.duration = Milliseconds(static_cast<std::int64_t>(number_in(event, "duration_ms")));
  result.repeats.count = number_in(event, "repeats");
  return result;
}

}  // namespace hawser
