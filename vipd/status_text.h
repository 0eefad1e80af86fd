// The tables of `vipctl status`, for people.
#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace hawser::vipd {

// From the JSON of GET /v1/status, whichever version of vipd it comes from: a missing key is an empty cell.
// Lines of at most `width` characters where that can be; 0: no limit.
std::string status_text(const boost::json::value& status, std::size_t width = 0);

}  // namespace hawser::vipd
