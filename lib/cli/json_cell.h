// A table's cells from the answer of a daemon.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace hawser::cli {

// What a key holds: text that a terminal may have, or JSON; nothing and null are an empty cell.
std::string cell_in(const boost::json::value& object, std::string_view key);

}  // namespace hawser::cli
