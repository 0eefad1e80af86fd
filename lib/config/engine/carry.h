// A section told to another process of ours: by the same rows that read it from a file, so that a new row is
// carried, and its changes are named, without another line of code.
#pragma once

#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/config/engine/rows.h"

namespace hawser::config {

template <class S, class Visit>
void each_carried(const Rows<S>& rows, const Visit& visit) {
  for (const auto& field : rows.fields())
    if (field.write) visit(field);
  for (const auto& field : rows.derived_fields()) visit(field);
}

// As it would be read, or nothing where it is not set.
template <class S>
std::string carried_text(const Field<S>& field, const S& section) {
  const auto value = field.write(section);
  return value ? toml_text(*value) : std::string();
}

// The settings that two sections do not have in common, in the order of the rows.
template <class S>
std::vector<std::string_view> differing_keys(const Rows<S>& rows, const S& one, const S& other) {
  std::vector<std::string_view> keys;
  each_carried(rows, [&](const Field<S>& field) {
    if (carried_text(field, one) != carried_text(field, other)) keys.push_back(field.setting.key);
  });
  return keys;
}

// What is not as in `defaults`.
template <class S>
Table to_table(const Rows<S>& rows, const S& section, const S& defaults) {
  Table table;
  each_carried(rows, [&](const Field<S>& field) {
    auto value = field.write(section);
    if (value && toml_text(*value) != carried_text(field, defaults))
      table.push_back({field.setting.key, {}, std::move(*value)});
  });
  return table;
}

// What is not as in a section of which nothing is written.
template <class S>
Table to_table(const Rows<S>& rows, const S& section) {
  return to_table(rows, section, S{});
}

template <class S>
Result<S> from_table(const Rows<S>& rows, const Table& table) {
  const std::vector<Source> no_file;
  const NodeView nobody;
  Report report(no_file, Part::kAll);
  const ReadContext scope{report, nobody, nullptr, "", "", Part::kAll};
  S section{};
  each_carried(rows, [&](const Field<S>& field) {
    if (const auto* value = find(table, field.setting.key)) field.read(scope, *value, section);
  });
  const auto problems = report.problems();
  if (!problems.empty()) return fail("{}: {}", problems.front().key, problems.front().what);
  return section;
}

}  // namespace hawser::config
