#include "lib/config/sections/check.h"

#include <charconv>

#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

bool is_http(const Check& check) {
  return check.type == CheckType::kHttp;
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

void read_status(const Scope& scope, const Value& value, Check& check) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "status", not_a_list(value, "[200, \"300-399\"]", ""));
  if (list->empty()) scope.problem(value.place, "status", "must name at least one status");
  check.http.status.clear();
  for (const auto& item : *list) {
    if (const auto range = status_range(item))
      check.http.status.push_back(*range);
    else
      scope.problem(item.place, "status",
                    fmt::format("must be a status from 100 to 599 or a range such as \"300-399\", not {}",
                                in_words(item)));
  }
}

std::optional<Value> write_status(const Check& check) {
  List ranges;
  for (const auto& [low, high] : check.http.status)
    ranges.push_back(low == high ? plain_value(std::int64_t{low})
                                 : plain_value(fmt::format("{}-{}", low, high)));
  return plain_value(std::move(ranges));
}

void read_type(const Scope& scope, const Value& value, Check& check) {
  static const std::vector<std::string_view> later{"https", "dns",      "icmp",  "udp",  "arp",  "tls",
                                                   "grpc",  "dialogue", "agent", "exec", "file", "passive"};
  const auto* text = value.as<std::string>();
  if (text != nullptr && std::ranges::find(later, *text) != later.end())
    return scope.problem(
        value.place, "type",
        fmt::format("{} is not supported by this version: write \"tcp\" or \"http\"", quote(*text)));
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "type", std::move(what));
  };
  Word<CheckType>{}.parse(value, check.type, [&](const Value& at, std::string what) {
    fault(at, with_right_value("type", at, std::move(what)));
  });
}

void add_http(Rows<Check>& rows) {
  rows.add(
          "method", [](auto& check) -> auto& { return check.http.method; }, OneOf{{"GET", "HEAD"}},
          "http: how it is asked for")
      .only_if(is_http)
      .add(
          "path", [](auto& check) -> auto& { return check.http.path; }, Text{}, "http: what is asked for")
      .like("\"/healthz\"")
      .only_if(is_http)
      .add(
          "host", [](auto& check) -> auto& { return check.http.host; }, Text{},
          "http: Host header; unset: the address")
      .like("\"www.example.com\"")
      .only_if(is_http);
  rows.custom(setting("status", "list of int or text", "100 to 599", "http: which answers are good"),
              read_status, write_status)
      .like("[200, \"300-399\"]")
      .only_if(is_http);
  rows.add(
          "contains", [](auto& check) -> auto& { return check.http.contains; }, AnyText{},
          "http: text that the body must contain")
      .like("\"OK\"")
      .only_if(is_http)
      .add(
          "max_body", [](auto& check) -> auto& { return check.http.max_body; }, Whole{0, 16'777'216},
          "http: bytes of the body that are read")
      .like("65536")
      .only_if(is_http);
}

void collect_texts(const Value& value, std::set<std::string>& texts) {
  if (const auto* text = value.as<std::string>()) texts.insert(*text);
  if (const auto* list = value.as<List>())
    for (const auto& item : *list) collect_texts(item, texts);
  if (const auto* table = value.as<Table>())
    for (const auto& entry : *table) collect_texts(entry.value, texts);
}

void collect_named(const Value& value, std::string_view key, std::set<std::string>& names) {
  if (const auto* list = value.as<List>())
    for (const auto& item : *list) collect_named(item, key, names);
  const auto* table = value.as<Table>();
  if (table == nullptr) return;
  for (const auto& entry : *table) {
    if (entry.key == key) collect_texts(entry.value, names);
    collect_named(entry.value, key, names);
  }
}

void find_used_checks(const Table& root, File& file) {
  file.used_checks = texts_of(root, "checks");
}

void check_checks(const File& file, Report& report) {
  for (const auto& [name, check] : file.checks) check_is_sound(check, report);
}

void note_checks(const File& file, Report& report) {
  for (const auto& [name, check] : file.checks) {
    note_check(check, report);
    if (!file.used_checks.contains(name))
      report.note(Part::kNetd, check.place, check.path,
                  "no pool uses it: write checks = [..] where it is meant");
  }
}

void build_checks(const File& file, Config& config) {
  for (const auto& [name, section] : file.checks) {
    auto check = section.spec;
    check.name = name;
    config.checks.emplace(name, std::move(check));
  }
}

}  // namespace

std::set<std::string> texts_of(const Table& root, std::string_view key) {
  std::set<std::string> texts;
  for (const auto& entry : root) collect_named(entry.value, key, texts);
  return texts;
}

const Rows<Check>& check_rows() {
  static const auto rows = [] {
    Rows<Check> made;
    made.custom(setting("type", "text", "\"tcp\" or \"http\"", "what is tried"), read_type,
                [](const Check& check) { return Word<CheckType>{}.write(check.type); })
        .like("\"http\"")
        .required();
    made.add("interval", &Check::interval, Span{10ms, 24h}, "time between two tries")
        .add("timeout", &Check::timeout, Span{1ms, 1h}, "how long an answer may take")
        .add("fall", &Check::fall, Whole{1, 1000}, "failures in a row that make it down")
        .add("rise", &Check::rise, Whole{1, 1000}, "successes in a row that make it up")
        .add("address", &Check::address, kAddress, "where it is not the real server's")
        .add("port", &Check::port, Whole{1, 65535}, "where it is not the real server's");
    add_http(made);
    made.unsupported({"fast_interval", "jitter",    "start",    "hold_down",  "interface", "source",
                      "mark",          "headers",   "matches",  "sha256",     "json",      "redirects",
                      "tls",           "query",     "record",   "answer",     "rcode",     "transport",
                      "send",          "expect",    "steps",    "user",       "password",  "database",
                      "program",       "arguments", "contract", "dead_after", "depends",   "alerts"});
    return made;
  }();
  return rows;
}

SectionType Checks::type() {
  auto type = named_section("check", Part::kNetd, check_rows(), &File::checks);
  take_defaults(type.info, check_rows());
  type.look_at_root = find_used_checks;
  type.rules.emplace_back(check_checks);
  type.notes = {note_checks};
  type.build = build_checks;
  return type;
}

}  // namespace hawser::config
