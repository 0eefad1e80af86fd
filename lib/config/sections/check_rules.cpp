// Rules of [check.*] and of the checks written in a pool.
#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/check_kinds.h"

namespace hawser::config {

namespace {

void an_answer_comes_in_time(const Section<CheckSpec>& check, Report& report) {
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

// Settings of another kind than the check is.
void settings_are_of_its_kind(const Section<CheckSpec>& check, Report& report) {
  for (std::size_t i = 0; i < check_kinds().size(); ++i) {
    const auto& kind = check_kinds()[i];
    if (!check.has("type") || check.spec.type == i || kind.add_rows == nullptr) continue;
    Rows<CheckSpec> rows;
    kind.add_rows(rows);
    for (const auto& field : rows.fields())
      if (check.has(field.setting.key))
        fault(report, check, field.setting.key, fmt::format("only {} has it", kind.called));
  }
}

}  // namespace

void check_is_sound(const Section<CheckSpec>& check, Report& report) {
  const auto& spec = check.spec;
  if (!check.has("type"))
    fault(report, check, "type", fmt::format("is missing: write {}", list_of_check_kinds()));
  an_answer_comes_in_time(check, report);
  if (spec.address)
    if (const auto wrong = host_fault(*spec.address); !wrong.empty()) fault(report, check, "address", wrong);
  settings_are_of_its_kind(check, report);
  for (const auto& kind : check_kinds())
    if (kind.check != nullptr) kind.check(check, report);
}

void note_check(const Section<CheckSpec>& check, Report& report) {
  for (const auto& kind : check_kinds())
    if (kind.note != nullptr) kind.note(check, report);
}

}  // namespace hawser::config
