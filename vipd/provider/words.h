// Small encodings of HTTP APIs, and what is said of an answer that is none.
#pragma once

#include <string>
#include <string_view>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

std::string base64(std::string_view bytes);       // RFC 4648 section 4
std::string form_encoded(std::string_view text);  // application/x-www-form-urlencoded, a value
// "with text/html instead of JSON": a page of somebody between us, most likely.
std::string without_json(const Reply& reply);

}  // namespace hawser::vipd::provider
