#include "lib/config/sections/check_kinds.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/config/engine/rules.h"

namespace hawser::config {

namespace {

constexpr auto kLaterKinds = std::to_array<std::string_view>(
    {"https", "dns", "icmp", "udp", "arp", "tls", "grpc", "dialogue", "agent", "exec", "file", "passive"});

// ---- http

constexpr std::size_t kHttp = 1;

bool is_http(const CheckSpec& check) {
  return check.type == kHttp;
}

auto& http_of(auto& check) {
  return std::get<HttpCheck>(check.settings);
}

// 200, "200" or "300-399".
std::optional<std::pair<int, int>> status_range(const Value& value) {
  constexpr int kLowest = 100;
  constexpr int kHighest = 599;
  std::pair<int, int> range{0, 0};
  if (const auto* number = value.as<std::int64_t>()) {
    if (*number < kLowest || *number > kHighest) return std::nullopt;
    range = {static_cast<int>(*number), static_cast<int>(*number)};
  } else if (const auto* text = value.as<std::string>()) {
    const auto* end = text->data() + text->size();
    const auto [middle, problem] = std::from_chars(text->data(), end, range.first);
    range.second = range.first;
    if (problem != std::errc{}) return std::nullopt;
    const auto [stop, second] = middle != end && *middle == '-'
                                    ? std::from_chars(middle + 1, end, range.second)
                                    : std::from_chars_result{middle, std::errc{}};
    if (second != std::errc{} || stop != end) return std::nullopt;
  }
  if (range.first < kLowest || range.second > kHighest || range.first > range.second) return std::nullopt;
  return range;
}

void read_status(const ReadContext& scope, const Value& value, CheckSpec& check) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "status", not_a_list(value, "[200, \"300-399\"]", ""));
  if (list->empty()) scope.problem(value.place, "status", "must name at least one status");
  http_of(check).status.clear();
  for (const auto& item : *list) {
    if (const auto range = status_range(item))
      http_of(check).status.push_back(*range);
    else
      scope.problem(item.place, "status",
                    fmt::format("must be a status from 100 to 599 or a range such as \"300-399\", not {}",
                                in_words(item)));
  }
}

std::optional<Value> write_status(const CheckSpec& check) {
  List ranges;
  for (const auto& [low, high] : http_of(check).status)
    ranges.push_back(low == high ? plain_value(std::int64_t{low})
                                 : plain_value(fmt::format("{}-{}", low, high)));
  return plain_value(std::move(ranges));
}

void add_http(Rows<CheckSpec>& rows) {
  rows.add(
          "method", [](auto& check) -> auto& { return http_of(check).method; }, OneOf{{"GET", "HEAD"}},
          "http: how it is asked for")
      .add(
          "path", [](auto& check) -> auto& { return http_of(check).path; }, Text{}, "http: what is asked for")
      .like("\"/healthz\"")
      .add(
          "host", [](auto& check) -> auto& { return http_of(check).host; }, Text{},
          "http: Host header; unset: the address")
      .like("\"www.example.com\"");
  rows.custom(setting("status", "list of int or text", "100 to 599", "http: which answers are good"),
              read_status, write_status)
      .like("[200, \"300-399\"]");
  rows.add(
          "contains", [](auto& check) -> auto& { return http_of(check).contains; }, AnyText{},
          "http: text that the body must contain")
      .like("\"OK\"")
      .add(
          "max_body", [](auto& check) -> auto& { return http_of(check).max_body; }, Whole{0, 16'777'216},
          "http: bytes of the body that are read")
      .like("65536");
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
void request_is_one_line(const Section<CheckSpec>& check, Report& report) {
  if (!is_http(check.spec)) return;
  const auto& http = http_of(check.spec);
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
void an_answer_can_be_good(const Section<CheckSpec>& check, Report& report) {
  const auto final_one = [](const auto& range) { return range.second >= 200; };
  const auto& wanted = http_of(check.spec).status;
  if (check.has("status") && !wanted.empty() && std::ranges::none_of(wanted, final_one))
    fault(report, check, "status",
          "100 to 199 only begin an answer, which is judged by the status that follows");
  if (check.has("contains") && http_of(check.spec).contains.empty())
    fault(report, check, "contains",
          "is empty, which every answer contains: leave it out, or write what is to be found");
}

void check_http(const Section<CheckSpec>& check, Report& report) {
  request_is_one_line(check, report);
  an_answer_can_be_good(check, report);
  const auto& http = http_of(check.spec);
  if (check.has("contains") && http.contains.size() > http.max_body)
    fault(report, check, "contains",
          fmt::format("{} bytes are not found in the {} bytes of max_body{}", http.contains.size(),
                      http.max_body, check.has("max_body") ? "" : " (default)"));
  if (http.method == "HEAD" && check.has("contains"))
    fault(report, check, "contains", "needs method = \"GET\": an answer to HEAD has no body");
}

void note_http(const Section<CheckSpec>& check, Report& report) {
  if (check.has("max_body") && is_http(check.spec) && !check.has("contains"))
    note(report, check, "max_body", "has no effect without contains");
}

}  // namespace

const std::vector<CheckKindInfo>& check_kinds() {
  static const std::vector<CheckKindInfo> kinds{
      {"tcp", "a tcp check"},
      {"http", "an http check", add_http, check_http, note_http},
  };
  return kinds;
}

std::string list_of_check_kinds() {
  std::vector<std::string_view> words;
  for (const auto& kind : check_kinds()) words.push_back(kind.word);
  return joined(words, " or ", true);
}

bool is_later_check_kind(std::string_view word) {
  return std::ranges::find(kLaterKinds, word) != kLaterKinds.end();
}

}  // namespace hawser::config
