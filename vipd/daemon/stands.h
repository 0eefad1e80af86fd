// What operators have asked of the vips (stance.h), kept across restarts. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "vipd/router/stance.h"

namespace hawser::vipd {

struct Stand {
  Stance stance = Stance::kOrdinary;
  std::optional<std::chrono::system_clock::time_point> until{};  // none: until somebody resumes it
  bool operator==(const Stand&) const = default;
};
using Stands = std::map<std::string, Stand>;  // by vip; ordinary ones are absent

// Milliseconds since 1970, as an end is asked for and kept; nullopt: no such number, or a time that the clock
// does not reach (the year 2262).
std::optional<std::chrono::system_clock::time_point> end_from(std::int64_t count);
std::optional<std::chrono::system_clock::time_point> end_from(std::string_view text);

// {"format": 1, "vips": {"web": {"stance": "standing by", "until": 1800000000000}}}
std::string write_stands(const Stands& stands);
// "" is nothing. Error: what is not of this form.
Result<Stands> read_stands(std::string_view text);

// A vip that elects by both families by now is two, or is one again: each goes on with what was asked of it
// by its other name. What was asked of vips that are not in the file stays. True: something is another than
// before.
bool settle_names(Stands& stands, const std::vector<std::string>& vips);

Stance stance_of(const Stands& stands, const std::string& vip);
// Takes out those whose time is over, and names them.
std::vector<std::string> expire(Stands& stands, std::chrono::system_clock::time_point now);
std::optional<std::chrono::system_clock::time_point> next_end(const Stands& stands);

}  // namespace hawser::vipd
