// Where a daemon's events go: into its log at once, into the last thousand that are kept, and to whoever
// listens on the control socket.
#pragma once

#include <memory>

#include "lib/control/routes.h"
#include "lib/control/stream.h"
#include "lib/events/ring.h"

namespace hawser {

class EventLog {
 public:
  void report(const Event& event);

  // GET /v1/events: {"format": 1, "forgotten": 0, "events": [..]}, see lib/events/event_json.h; oldest first,
  // "forgotten" is how many before them are not kept any more.
  // GET /v1/events/stream: each as a server-sent event whose name is its kind; `?after=ID` begins behind
  // that one, else with the first that is kept.
  void add_to(control::Routes& routes);

 private:
  [[nodiscard]] control::Response recent() const;
  [[nodiscard]] control::Response stream(const control::Request& request) const;

  EventRing ring_;
  std::shared_ptr<control::Feed> feed_ = std::make_shared<control::Feed>();
};

}  // namespace hawser
