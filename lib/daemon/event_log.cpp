#include "lib/daemon/event_log.h"

#include <charconv>

#include <boost/json.hpp>

#include "lib/control/json.h"
#include "lib/daemon/log.h"
#include "lib/events/event_json.h"

namespace hawser {
namespace {

namespace json = boost::json;

control::Message message_of(const EventRecord& record) {
  return {record.id, std::string(name_of(record.event.kind)), json::serialize(to_json(record))};
}

}  // namespace

void EventLog::report(const Event& event) {
  log::write(event);
  const auto record = ring_.add(event, std::chrono::system_clock::now());
  if (feed_->listeners() > 0) feed_->publish(message_of(record));
}

void EventLog::add_to(control::Routes& routes) {
  routes.get("/v1/events", [this](const auto&) { return recent(); })
      .get("/v1/events/stream", [this](const auto& request) { return stream(request); });
}

control::Response EventLog::recent() const {
  json::array events;
  for (const auto& record : ring_.records()) events.emplace_back(to_json(record));
  return control::good({{"forgotten", ring_.forgotten()}, {"events", std::move(events)}});
}

control::Response EventLog::stream(const control::Request& request) const {
  const auto after = control::value_of(request, "after");
  std::uint64_t seen = 0;
  const auto [end, wrong] = std::from_chars(after.data(), after.data() + after.size(), seen);
  if (!after.empty() && (wrong != std::errc() || end != after.data() + after.size()))
    return control::refusal(400, fmt::format("after={}: must be the id of an event", after));
  control::Response response;
  for (const auto& record : ring_.records())
    if (record.id > seen) response.body += control::frame(message_of(record));
  response.feed = feed_;
  return response;
}

}  // namespace hawser
