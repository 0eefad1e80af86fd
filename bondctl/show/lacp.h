// LACP in words: what each end says of a port, and why a port does not carry. Pure.
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "bondctl/show/view.h"

namespace hawser::bondctl {

// Why frames of the bond do not go over this port; empty: they do. Of an 802.3ad bond.
std::string why_not_carrying(const Subject& subject, const Port& port);

// "aggregator 1 carries with 2 ports, key 15; partner 52:54:00:00:00:02 key 15"; empty in other modes.
std::string describe_aggregator(const Subject& subject);

// "actor", "partner": "active, aggregating; key 15, port 1 priority 255, system 52:.. priority 65535".
std::string describe_actor(const Port& port);
std::string describe_partner(const Port& port);
// "12 received, 14 sent; 1 illegal"; empty where the kernel counts nothing.
std::string describe_counters(const Port& port);

// The "lacp" of a port in --json; null: not in 802.3ad.
boost::json::value lacp_json(const Subject& subject, const Port& port);
// The "lacp" of a bond.
boost::json::value lacp_json(const Subject& subject);

}  // namespace hawser::bondctl
