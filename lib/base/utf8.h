// Text that goes into JSON.
#pragma once

#include <string>
#include <string_view>

namespace hawser {

// With "?" for each byte that is no UTF-8: what a program printed, or a client sent, may be anything, and may
// be cut in the middle of a character.
std::string as_utf8(std::string_view text);

}  // namespace hawser
