// Messages for a value of the wrong type: what it must be, an example, and the corrected value where the
// intention is certain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/value.h"

namespace hawser::config {

// `must be text, not 5: write "5"`, `must be text such as "eth0", not a table`
std::string not_text(const Value& value, std::string_view example);
// `must be an address such as "192.0.2.1", not 5`
std::string not_a(std::string_view what, std::string_view example, const Value& value);
std::string not_true_or_false(const Value& value);
std::string not_a_number(const Value& value, std::int64_t minimum, std::int64_t maximum);
// `must be a list such as ["eth0", "eth1"], not "eth0": write ["eth0"]`; `meant` may be empty.
std::string not_a_list(const Value& value, std::string_view example, std::string_view meant);
// `must be "rr" or "wrr", not "RR": write "rr"`; `meant` may be empty.
std::string not_a_word(const Value& value, std::string_view range, std::string_view meant);

// The elements that somebody wrote into one text: "eth0, eth1" or "eth0 eth1".
std::vector<std::string> elements_in(std::string_view text);

}  // namespace hawser::config
