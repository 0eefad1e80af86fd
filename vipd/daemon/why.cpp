#include "vipd/daemon/why.h"

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

double span_between(TimePoint from, TimePoint to) {
  return std::round(std::chrono::duration<double>(to - from).count() * 1000) / 1000;
}

json::value last_heard_json(const Rare<Heard>& heard, TimePoint now) {
  if (!heard) return nullptr;
  return json::object{{"address", to_string(heard->source)},
                      {"priority", heard->priority.value},
                      {"seconds_before", span_between(heard->at, now)}};
}

}  // namespace

json::object why_json(const RouterStatus& router, const std::vector<Change>& changes, TimePoint now,
                      std::chrono::system_clock::time_point wall_clock) {
  const auto on_the_wall = [&](TimePoint at) {
    return iso8601(wall_clock - std::chrono::duration_cast<std::chrono::system_clock::duration>(now - at));
  };
  json::array told;
  for (const auto& change : changes)
    told.push_back(json::object{{"at", on_the_wall(change.at)},
                                {"from", name_of(change.from)},
                                {"to", name_of(change.to)},
                                {"why", change.why},
                                {"priority", change.priority.value},
                                {"heard", last_heard_json(change.heard, change.at)}});
  return {{"format", 1},
          {"name", router.vip.name},
          {"role", name_of(router.role)},
          {"since", on_the_wall(router.since)},
          {"seconds", span_between(router.since, now)},
          {"why", router.why},
          {"outlook", router.outlook},
          {"fault", router.fault.empty() ? json::value(nullptr) : json::value(router.fault)},
          {"changes", std::move(told)}};
}

}  // namespace hawser::vipd
