// What `bondctl watch` prints of a change, and which changes it is asked for. Pure.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "lib/netlink/bond_story.h"

namespace hawser::bondctl {

// Times of day (UTC) before each line, and the day in a line of its own when it is another:
//   2026-11-26
//   01:02:03.004Z bond0: eth0: lost its carrier
class Stamped {
 public:
  std::string text(const BondNews& news);

 private:
  std::string day_;
};

// {"at": "2026-11-26T01:02:03.004Z", "bond": "bond0", "port": "", "change": "failover", "from": "eth0",
//  "to": "eth1", "why": "eth0 lost its carrier", "count": 0,
//  "chain": [{"change": "carrier", "port": "eth0", "at": "..", "after_ms": 0.0}, ..],  // after the first
//  "line": "bond0: eth0 -> eth1: eth0 lost its carrier 52ms before"}
boost::json::object to_json(const BondNews& news);

// All bonds, or one: by its name until it is there, and from then on whatever it is called.
class Following {
 public:
  explicit Following(std::string name) : name_(std::move(name)) {}
  bool wants(const BondNews& news);

 private:
  std::string name_;  // empty: all
  IfIndex index_;
};

}  // namespace hawser::bondctl
