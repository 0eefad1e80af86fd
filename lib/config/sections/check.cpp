#include "lib/config/sections/check.h"

#include <algorithm>

#include "lib/config/sections/check_kinds.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kCheckExample = R"([check.site]
type = "http"
path = "/healthz"
status = [200, "300-399"]
interval = "1s"
fall = 3

[check.port]
type = "tcp"
)";

std::vector<std::string_view> words_of_kinds() {
  std::vector<std::string_view> words;
  for (const auto& kind : check_kinds()) words.push_back(kind.word);
  return words;
}

void read_type(const ReadContext& scope, const Value& value, CheckSpec& check) {
  const auto fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "type", std::move(what));
  };
  const auto words = words_of_kinds();
  const auto* text = value.as<std::string>();
  if (text != nullptr && is_later_check_kind(*text))
    return fault(value, fmt::format("{} is not supported by this version: write {}", quote(*text),
                                    list_of_check_kinds()));
  std::string word;
  const OneOf one{words};
  if (one.parse(value, word, [&](const Value& at, std::string what) {
        fault(at, with_right_value("type", at, std::move(what)));
      }))
    check.type = static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
}

// The settings of each kind, which mean something only in a check of that kind.
void add_kinds(Rows<CheckSpec>& rows) {
  for (std::size_t i = 0; i < check_kinds().size(); ++i) {
    const auto first = rows.fields().size();
    if (const auto& kind = check_kinds()[i]; kind.add_rows != nullptr) kind.add_rows(rows);
    rows.only_if_since(first, [i](const CheckSpec& check) { return check.type == i; });
  }
}

template <std::size_t... I>
CheckKind kind_of(const CheckSpec& spec, std::index_sequence<I...> /*all*/) {
  CheckKind kind;
  ((spec.type == I ? void(kind = std::get<I>(spec.settings)) : void()), ...);
  return kind;
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
    auto check = check_of(section.spec);
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

const Rows<CheckSpec>& check_rows() {
  static const auto rows = [] {
    Rows<CheckSpec> made;
    made.custom(setting("type", "text", list_of_check_kinds(), "what is tried"), read_type,
                [](const CheckSpec& check) {
                  return plain_value(std::string(check_kinds().at(check.type).word));
                })
        .like("\"http\"")
        .required();
    made.add("interval", &CheckSpec::interval, Span{10ms, 24h}, "time between two tries")
        .add("timeout", &CheckSpec::timeout, Span{1ms, 1h}, "how long an answer may take")
        .add("fall", &CheckSpec::fall, Whole{1, 1000}, "failures in a row that make it down")
        .add("rise", &CheckSpec::rise, Whole{1, 1000}, "successes in a row that make it up")
        .add("address", &CheckSpec::address, kAddress, "where it is not the real server's")
        .add("port", &CheckSpec::port, Whole{1, 65535}, "where it is not the real server's");
    add_kinds(made);
    made.unsupported({"fast_interval", "jitter",    "start",    "hold_down",  "interface", "source",
                      "mark",          "headers",   "matches",  "sha256",     "json",      "redirects",
                      "tls",           "query",     "record",   "answer",     "rcode",     "transport",
                      "send",          "expect",    "steps",    "user",       "password",  "database",
                      "program",       "arguments", "contract", "dead_after", "depends",   "alerts"});
    return made;
  }();
  return rows;
}

Check check_of(const CheckSpec& spec) {
  Check check = spec;
  check.kind = kind_of(spec, std::make_index_sequence<std::variant_size_v<CheckKind>>());
  return check;
}

SectionType Checks::type() {
  auto type = named_section("check", "[check.NAME]", Part::kNetd, check_rows(), &File::checks, kCheckExample);
  take_defaults(type.info, check_rows());
  type.look_at_root = find_used_checks;
  type.rules.emplace_back(check_checks);
  type.notes = {note_checks};
  type.build = build_checks;
  return type;
}

}  // namespace hawser::config
