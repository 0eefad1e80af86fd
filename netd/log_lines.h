// The lines of netd's log: one per change, object first, with its reason. Pure.
#pragma once

#include <set>
#include <string>

#include "lib/config/ports.h"
#include "lib/plan/step.h"
#include "netd/pool.h"

namespace hawser::netd {

// What made a step necessary.
enum class Why : std::uint8_t { kStart, kReload, kVerdict, kDrift, kRetry };

// Of drift, the last word says what was done to it: changed, removed or added by somebody else.
// "web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: connect: Connection refused)",
// "tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 5 -> 100: changed by somebody else".
std::string tell_ipvs(const Step& step, Why why, const Layout& layout, const HealthTable& health);

// "bond0: set miimon 0 -> 100ms: changed by somebody else", "bond0: add port eth1: eth1 appeared".
// `appeared`: devices of the file that were missing the last time.
std::string tell_network(const Step& step, Why why, const std::set<std::string>& appeared);

// What the kernel took and is not so all the same, and what helps where we know it.
// "still to do: bond0: set fail_over_mac active -> none: a port cannot change its MAC: write fail_over_mac =
// "active" in the file".
std::string tell_left(const Step& step);

// "eth9: there is no such device", "front: eth9, which it is on, is missing".
// "uplink: is another name of eth0: write eth0 in the file".
std::string tell_missing(const config::MissingDevice& missing);

// "bond1: port mac:52:54:00:12:34:56: it is eth0, which bond0 of the same file has: remove it from one of the
// two", "bond0: port mac:52:54:00:12:34:56: it is eth0, which is in its list already: remove one of the two".
std::string tell_doubled(const config::DoubledPort& doubled);

}  // namespace hawser::netd
