// What several importers read alike. Pure.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/state/ipvs.h"

namespace hawser::lbctl {

// Digits only, and not more than `most`.
std::optional<std::int64_t> whole_number(std::string_view text,
                                         std::int64_t most = std::numeric_limits<std::int64_t>::max());
std::optional<std::uint16_t> port_number(std::string_view text);  // 0 as well
// "2.5" seconds. Finer than a millisecond, or more than a month: none.
std::optional<Milliseconds> seconds_in(std::string_view text);
// "255.255.0.0" as it is, a prefix length as a number; none: neither.
std::optional<int> mask_length(std::string_view dotted);

// "192.0.2.1:80" or "[2001:db8::1]:80"; the port, and with IPv6 the brackets, may be missing: port 0.
// The error says which of the two is wrong.
Result<Endpoint> endpoint_in(std::string_view text);
// As [[service.NAME.real]] takes it: without port where that is 0.
std::string address_text(const Endpoint& endpoint);

// Bytes that are no text (control characters, what is not UTF-8) as question marks.
std::string as_text(std::string_view bytes);

// A line of a file as it may be shown: "auth_pass 1111" -> "auth_pass ...".
std::string without_secret(std::string_view line);

// "tcp-192-0-2-1-80": what a service is called that has no name of its own.
std::string service_name(const ServiceKey& key);

}  // namespace hawser::lbctl
