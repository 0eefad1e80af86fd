// From what a drill recorded to what it says: rows, faults, notes; as a table and as JSON. Pure.
//
// The JSON is a promise: keys may be added under "format": 1, none renamed.
// {"format": 1, "bond": "bond0", "mode": "active-backup", "how": "down", "target": "192.0.2.1",
//  "every_us": 1000, "good": true, "faults": [], "notes": [], "left_out": ["eth2: no carrier"],
//  "rows": [{
//    "event": "down",               // "quiet", "down", "path", "switch", "back"
//    "port": "eth0",                // "": quiet
//    "role": "active",              // "active", "backup"; without an active port "carries", "idle"
//    "from_us": 1790000000000000, "to_us": .., // since 1970
//    "outage_us": 52000, "outage_from_us": .., // 0: no outage
//    "sent": 2010, "lost": 52, "lost_out": 50, "lost_beyond": 2, "lost_in": 0,
//    "silent_out_us": 51000, "silent_in_us": 54000,
//    "moved_us": 51000,             // after from_us, when probes first left by another port; null: never
//    "active_before": "eth0", "active_after": "eth1",
//    "announced": [{"address": "192.0.2.11", "mac": "52:54:00:00:00:01", "port": "eth1", "after_us": 51200}],
//    "missing": [],                 // addresses that were due and not announced
//    "recovered": true}]}           // the target was answered at the end
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "bondctl/drill/sample.h"
#include "bondctl/drill/terms.h"

namespace hawser::bondctl::drill {

enum class Event : std::uint8_t { kQuiet, kFault, kBack };

// The end of one event, as the runner saw it.
enum class End : std::uint8_t {
  kAnswered,    // the target answers
  kUnanswered,  // it did not in time
  kMissing,     // the port did not become usable in time
};

struct Phase {
  Event event{};
  std::string port;
  Window window;
  std::string active_before, active_after;
  End end = End::kAnswered;
  std::string why;          // of kMissing
  bool meddled = false;     // the port was up again before we put it up
  Milliseconds patience{};  // how long it was waited for
};

struct Recording {
  Subject subject;
  How how{};
  Target target;
  Micros every{1000};
  std::vector<Probe> probes;
  std::vector<Announcement> announcements;
  std::vector<IpAddress> due;  // what a switch of the active port must announce
  std::vector<Phase> phases;
  std::string stopped;   // why the drill ended before its end; empty: it did not
  bool guarded = false;  // netd's bond guard ran
};

struct Heard {
  IpAddress address;
  MacAddress mac;
  std::string port;
  Micros after{};  // the event's beginning
};

struct Row {
  Phase phase;
  std::string role;
  Cost cost;
  std::vector<Heard> announced;  // each address once, the first time
  bool due = false;              // the active port changed, and the kernel then announces
  std::vector<IpAddress> missing;
};

struct Report {
  const Recording& recording;
  std::vector<Row> rows;
  std::vector<std::string> faults;
  std::vector<std::string> notes;
};

Report judge(const Recording& recording);
Report judge(Recording&&) = delete;  // it is referred to

std::string_view name_of(const Row& row, How how);  // "quiet", "down", "back"
std::string in_ms(Micros duration);                 // "52.1ms"

// `width`: of the terminal; 0: no limit.
std::string render(const Report& report, std::size_t width);
boost::json::value to_json(const Report& report);

}  // namespace hawser::bondctl::drill
