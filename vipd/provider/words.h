// Small encodings of HTTP APIs, and what is said of an answer that is none.
#pragma once

#include <string>
#include <string_view>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

std::string base64(std::string_view bytes);       // RFC 4648 section 4
std::string form_encoded(std::string_view text);  // application/x-www-form-urlencoded, a value
bool is_number(std::string_view text);            // of digits alone
// Names what it is made of and gives nothing of it away: the first 48 bits of SHA-256, in hexadecimal.
std::string short_hash(std::string_view text);
// "with text/html instead of JSON": a page of somebody between us, most likely.
std::string without_json(const Reply& reply);
// The header that says when to come again, a second at least and a day at most; nothing where there is none.
std::optional<Milliseconds> retry_after(const Reply& reply);

}  // namespace hawser::vipd::provider
