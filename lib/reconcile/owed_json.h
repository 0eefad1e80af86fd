// What netd owes others, as its journal has it.
// {"addresses": [{"link": "bond0", "prefix": "2001:db8::77/64", "protocol": 0, "scope": 0,
//                 "preferred_lifetime": 4294967295, "no_prefix_route": false, "no_dad": false,
//                 "broadcast": ""}],
//  "routes": [{"table": 254, "to": "203.0.113.0/24", "metric": 5, "tos": 0, "from": "", "nth": 0,
//              "device": "bond0", "via": "192.0.2.77", "source": "", "onlink": false, "mtu": 0,
//              "protocol": 3, "rest": null}]}
// "rest", where there is one: {"message": hex, "hops": [{"device": "bond0", "message": hex}], "expires": 0,
// "nexthop_id": 0}.
#pragma once

#include <boost/json/object.hpp>

#include "lib/base/result.h"
#include "lib/plan/owed.h"

namespace hawser {

boost::json::object owed_json(const Owed& owed);
Result<Owed> parse_owed(const boost::json::value& value);

}  // namespace hawser
