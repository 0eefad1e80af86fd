// JSON on both ends of the control socket: an answer as a value, a refusal as words.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "lib/base/duration.h"
#include "lib/base/json_in.h"
#include "lib/base/result.h"
#include "lib/control/message.h"

namespace hawser::control {

// 200 with this body, after "format": 1, which each good answer begins with.
Response good(const boost::json::object& body);

// {"error": "vip web: not Active"} with the given status.
Response refusal(int status, std::string_view text);

// The body of a good answer; of any other, its "error" as Error. `from` names the program in messages:
// "netd".
Result<boost::json::value> parse_answer(std::string_view from, const Response& response);

// ask() and parse_answer() in one: the body of a good answer.
Result<boost::json::value> ask_json(const std::filesystem::path& socket, const Request& request,
                                    Milliseconds deadline = Milliseconds{5000});

// Reading another program's answer.
using hawser::flag_in;
using hawser::list_in;
using hawser::number_in;
using hawser::real_in;
using hawser::text_in;
using hawser::value_in;

// For --json: indented by two spaces, keys in the order in which they were put in, one newline at the end.
std::string pretty(const boost::json::value& value);

}  // namespace hawser::control
