// Why a bond is as it is: which port is active and what speaks for it, what speaks against the others, and
// what has happened. Pure.
//
// {"format": 1, "bond": "bond0", "mode": "active-backup", "active_port": "eth0",
//  "reason": "eth0 is active: it is the primary",
//  "ports": [{"name": "eth1", "active": false, "reason": "it has no carrier", "failures": 1,
//             "carrier_ups": 3, "carrier_downs": 3}],
//  "events": [..]}        // the last of netd's about the bond (doc/control-api.md); null: netd did not
//  answer
#pragma once

#include <cstddef>
#include <string>

#include <boost/json/value.hpp>

#include "bondctl/show/view.h"

namespace hawser::bondctl {

// One sentence: "eth0 is active: it is the primary", "eth0, eth1 carry in aggregator 1".
std::string why_active(const Subject& subject);
// What speaks against a port, or for it to wait; empty: it is active, or carries.
std::string why_not(const Subject& subject, const Port& port);

std::string why_text(const Subject& subject, std::size_t width);
boost::json::value why_json(const Subject& subject);

}  // namespace hawser::bondctl
