// What netd tells of steps and of the file's devices, as events. Pure.
#pragma once

#include <set>
#include <string>

#include "lib/config/ports.h"
#include "lib/events/event.h"
#include "lib/plan/step.h"
#include "netd/pools.h"

namespace hawser::netd {

// What made a step necessary.
enum class Why : std::uint8_t {
  kStart,
  kReload,
  kVerdict,
  kOperator,  // somebody drains, disables or enables
  kTime,      // slow start, the end of a draining
  kDrift,
  kRetry,
};

// What is known of the services, for the words of their steps.
struct ServiceFacts {
  const Layout& layout;
  const HealthTable& health;
  const Pools& pools;
};

// Of drift, the cause says what somebody else did to it: changed, removed or added.
// "web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: connect: Connection refused)",
// "tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 5 -> 100: changed by somebody else".
Event ipvs_event(const Step& step, Why why, const ServiceFacts& facts);

// "bond0: set miimon 0 -> 100ms: changed by somebody else", "bond0: add port eth1: eth1 appeared".
// `appeared`: devices of the file that were missing the last time.
Event network_event(const Step& step, Why why, const std::set<std::string>& appeared);

// A step that the kernel acknowledged without the state changing, with the remedy where we know one.
// "bond0: still to do: set fail_over_mac active -> none: a port cannot change its MAC: write fail_over_mac =
// "active" in the file".
Event left_event(const Step& step);

// What the kernel did not take: `why` names the step as Errors do.
Event refusal_event(const Step& step, const Error& why);

Event journal_event(const Error& why);
Event reload_event(Level level, std::string what);
Event missing_event(const config::MissingPort& missing);
Event missing_event(const config::MissingDevice& missing);
Event doubled_event(const config::DoubledPort& doubled);

// Of the link: "there is no such device", "eth9, which it is on, is missing",
// "is another name of eth0: write eth0 in the file".
std::string words_of(const config::MissingDevice& missing);

// Of the bond: "port mac:52:54:00:12:34:56: it is eth0, which bond0 of the same file has: remove it from one
// of the two", "port mac:52:54:00:12:34:56: it is eth0, which is in its list already: remove one of the two".
std::string words_of(const config::DoubledPort& doubled);

}  // namespace hawser::netd
