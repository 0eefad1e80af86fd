// An event as programs read it: in `events --json` and in the event stream, the same shape.
#pragma once

#include <boost/json/fwd.hpp>

#include "lib/events/ring.h"

namespace hawser {

// {"id": 7, "at": "2026-11-26T01:02:03.004Z", "kind": "role", "level": "info", "object": "web",
//  "what": "", "from": "Backup", "to": "Active",
//  "cause": {"kind": "peer", "text": "no advertisement from 192.0.2.12 for 3.61s"},
//  "evidence": "", "duration_ms": 61000,     // how long it had been as `from` says; null: not known
//  "repeats": 0,                             // how many of the same were not told since the last that was
//  "line": "web: Active: no advertisement from 192.0.2.12 for 3.61s"}
boost::json::object to_json(const EventRecord& record);

// The event alone, without `id`, `at` and `line`: between our own processes. What is missing or of another
// type is as if it had not been written.
boost::json::object to_json(const Event& event);
Event event_from_json(const boost::json::object& from);

}  // namespace hawser
