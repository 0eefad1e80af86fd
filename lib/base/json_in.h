// Reading JSON that another process wrote, perhaps of another version: what is missing or of another type is
// empty, 0, false.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace hawser {

const boost::json::value& value_in(const boost::json::value& object, std::string_view key);  // null
std::string text_in(const boost::json::value& object, std::string_view key);
std::uint64_t number_in(const boost::json::value& object, std::string_view key);
double real_in(const boost::json::value& object, std::string_view key);
bool flag_in(const boost::json::value& object, std::string_view key);
const boost::json::array& list_in(const boost::json::value& object, std::string_view key);

}  // namespace hawser
