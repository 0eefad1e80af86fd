#include "lib/events/event_json.h"

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"

namespace hawser {

namespace json = boost::json;

json::object to_json(const EventRecord& record) {
  const auto& event = record.event;
  return {{"id", record.id},
          {"at", iso8601(record.at)},
          {"kind", name_of(event.kind)},
          {"level", name_of(event.level)},
          {"object", event.object},
          {"what", event.what},
          {"from", event.from},
          {"to", event.to},
          {"cause", {{"kind", name_of(event.cause.kind)}, {"text", event.cause.text}}},
          {"evidence", event.evidence},
          {"duration_ms", event.duration ? json::value(event.duration->count()) : json::value(nullptr)},
          {"repeats", event.repeats.count},
          {"line", line_of(event)}};
}

}  // namespace hawser
