// The log of services and their real servers beside the steps that were taken: a first verdict that calls a
// real server down takes no step, a service without any is more than the last of them, and what goes to and
// fro is said ever more seldom. Pure.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/daemon/damper.h"
#include "lib/reconcile/weight.h"

namespace hawser::netd {

class ServiceLog {
 public:
  // So many changes within the window and a real server flaps.
  static constexpr std::size_t kFlaps = 6;
  static constexpr Milliseconds kWindow{60000};

  struct At {
    const ServiceKey& key;
    const VirtualServer& service;
    const Service* present;            // what the kernel has; nullptr: nothing
    const PoolMemory* pool = nullptr;  // nullptr: nothing is known
  };
  struct Flapping {
    std::string service;  // "web"
    std::string text;     // "real server web2 198.51.100.22:8080 flaps: 8 changes in the last 60s"
  };

  // A line about a real server was said elsewhere: how it is needs no other.
  void told(const VirtualServer& service, const Endpoint& real);
  // A verdict put a real server in or took it out: the event, when it is time to tell it.
  std::optional<Event> changed(const VirtualServer& service, const Endpoint& real, Event event,
                               TimePoint now);
  // How a service is after a look at it: "web: real server web2 198.51.100.22:8080: down: 3 checks failed
  // (site: status 500)" of one that was never in; "web: tcp 192.0.2.100:80: no real server in service", once
  // its checks have spoken, and "... in service again".
  std::vector<Event> saw(const At& at, const HealthTable& health, TimePoint now);
  // What was kept back and is still the last word.
  std::vector<Event> last_words(TimePoint now) { return damper_.last_words(now); }
  [[nodiscard]] TimePoint due() const { return damper_.due().value_or(TimePoint::max()); }
  [[nodiscard]] std::vector<Flapping> flapping(TimePoint now) const;
  // What is not in the layout any more is forgotten.
  void keep_only(const Layout& layout);

 private:
  std::optional<Event> saw_real(const VirtualServer& service, const Member& member, const At& at,
                                const HealthTable& health, TimePoint now);
  std::optional<Event> saw_service(const At& at, const HealthTable& health, TimePoint now);
  std::optional<Event> saw_panic(const At& at, TimePoint now);
  std::optional<Event> saw_quorum(const At& at, TimePoint now);

  struct Changes {
    std::string service;
    std::deque<TimePoint> times;  // the last of them
  };

  Damper damper_{{.free = 6, .change = Milliseconds{10000}}};
  std::set<std::string> down_;              // real servers of which it was said
  std::set<ServiceKey> empty_;              // services of which it was said
  std::set<ServiceKey> panic_, lost_;       // pools below their threshold, and without quorum
  std::map<std::string, Changes> changes_;  // by real server
};

}  // namespace hawser::netd
