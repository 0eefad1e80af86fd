// The administrator's tools: what they say is compared with what we say.
#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace hawser::contract {

// Runs a shell line and gives its output; throws with the output when it fails.
std::string run(const std::string& line);

// The first object that `ip -d -j ARGUMENTS` prints; null when there is none.
boost::json::value ip_json(const std::string& arguments);

// The value at a path ("linkinfo/info_data/miimon") as text; "" where there is none.
std::string at(const boost::json::value& value, const std::string& path);

// The lines of `ipvsadm -Sn`, sorted.
std::vector<std::string> ipvsadm();

}  // namespace hawser::contract
