// Rules of [check.*] and of the checks written in a pool.
#include <algorithm>
#include <charconv>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/check.h"

namespace hawser::config {

namespace {

void an_answer_comes_in_time(const Section<Check>& check, Report& report) {
  const auto& spec = check.spec;
  if (spec.timeout <= spec.interval) return;
  const auto timeout = format_duration(spec.timeout);
  const auto interval = format_duration(spec.interval);
  if (!check.has("timeout"))
    fault(report, check, "interval",
          fmt::format("{} is shorter than timeout {} (default): write both", quote(interval), timeout));
  else
    fault(report, check, "timeout",
          fmt::format("{} is longer than interval {}{}", quote(timeout), interval,
                      check.has("interval") ? "" : " (default)"));
}

// RFC 9110 7.2: "name", "name:8080", "[2001:db8::1]:8080"; nothing for the default.
bool has_good_port(std::string_view host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) return true;
  const auto digits = host.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return problem == std::errc{} && end == digits.data() + digits.size() && port > 0;
}

// RFC 9112 3: a space ends the request's target, a line end the line. Control characters: Text.
void request_is_one_line(const Section<Check>& check, Report& report) {
  const auto& http = check.spec.http;
  if (check.spec.type != CheckType::kHttp) return;
  if (!http.path.starts_with('/'))
    fault(report, check, "path", fmt::format("must begin with /, not {}", quote(http.path)));
  else if (http.path.find(' ') != std::string::npos)
    fault(report, check, "path", fmt::format("must be without spaces, not {}: write %20", quote(http.path)));
  else if (http.path.find('#') != std::string::npos)
    fault(report, check, "path",
          fmt::format("must be without #, not {}: no client sends what follows it; write %23",
                      quote(http.path)));
  if (http.host.find(' ') != std::string::npos)
    fault(report, check, "host", fmt::format("must be without spaces, not {}", quote(http.host)));
  else if (!has_good_port(http.host))
    fault(
        report, check, "host",
        fmt::format("must be a name or \"name:port\" with a port from 1 to 65535, not {}", quote(http.host)));
}

// RFC 9110 15.2: an informational answer is followed by the final one, which is what is judged.
void an_answer_can_be_good(const Section<Check>& check, Report& report) {
  const auto final_one = [](const auto& range) { return range.second >= 200; };
  const auto& wanted = check.spec.http.status;
  if (check.has("status") && !wanted.empty() && std::ranges::none_of(wanted, final_one))
    fault(report, check, "status",
          "100 to 199 only begin an answer, which is judged by the status that follows");
  if (check.has("contains") && check.spec.http.contains.empty())
    fault(report, check, "contains",
          "is empty, which every answer contains: leave it out, or write what is to be found");
}

}  // namespace

void check_is_sound(const Section<Check>& check, Report& report) {
  const auto& spec = check.spec;
  if (!check.has("type")) fault(report, check, "type", "is missing: write \"tcp\" or \"http\"");
  an_answer_comes_in_time(check, report);
  request_is_one_line(check, report);
  an_answer_can_be_good(check, report);
  if (check.has("contains") && spec.http.contains.size() > spec.http.max_body)
    fault(report, check, "contains",
          fmt::format("{} bytes are not found in the {} bytes of max_body{}", spec.http.contains.size(),
                      spec.http.max_body, check.has("max_body") ? "" : " (default)"));
  if (spec.address)
    if (const auto wrong = host_fault(*spec.address); !wrong.empty()) fault(report, check, "address", wrong);
  if (spec.http.method == "HEAD" && check.has("contains"))
    fault(report, check, "contains", "needs method = \"GET\": an answer to HEAD has no body");
  for (const std::string_view key : {"method", "path", "host", "status", "contains", "max_body"})
    if (check.has("type") && spec.type == CheckType::kTcp && check.has(key))
      fault(report, check, key, "only an http check has it");
}

void note_check(const Section<Check>& check, Report& report) {
  if (check.has("max_body") && check.spec.type == CheckType::kHttp && !check.has("contains"))
    note(report, check, "max_body", "has no effect without contains");
}

}  // namespace hawser::config
