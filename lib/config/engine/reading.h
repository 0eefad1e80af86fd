// Reading a section by its rows.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/rows.h"

namespace hawser::config {

// The value that counts on this host: itself, or its part for this node, or nothing (then it was said why).
const Value* pick(const ReadContext& scope, const Setting& setting, const Value& value);
void refuse_key(const ReadContext& scope, const Entry& entry, const std::vector<std::string_view>& known);
void refuse_unsupported(const ReadContext& scope, const Entry& entry);
// Elements that were refused are left out, as they are from the section: indexes stay the same.
void note_places(Places& places, std::string_view key, const Value& value, const Report& report);
std::string origin_of(const Report& report, const Value& value);
template <class S>
const Field<S>* find_field(const std::vector<Field<S>>& fields, std::string_view key) {
  for (const auto& field : fields)
    if (field.setting.key == key) return &field;
  return nullptr;
}

template <class S>
std::vector<std::string_view> known_keys(const std::vector<Field<S>>& fields) {
  std::vector<std::string_view> keys;
  for (const auto& field : fields)
    if (field.setting.supported) keys.push_back(field.setting.key);
  return keys;
}

using Origins = std::map<std::string, std::string, std::less<>>;  // of the settings that are written

// Reads one written setting. Values from [defaults.X] are named as the user wrote them.
template <class S>
void read_field(const ReadContext& scope, const Field<S>& field, const Entry& entry, S& section,
                Places& places, Origins& origins) {
  const auto& setting = field.setting;
  ReadContext own = scope;
  own.setting = &setting;
  if (setting.part) own.part = *setting.part;
  if (entry.value.via.starts_with("defaults.") && !own.user_path.starts_with("defaults."))
    own.user_path = entry.value.via;
  const Value* value = pick(own, setting, entry.value);
  if (value == nullptr) {
    if (setting.required) places.insert_or_assign(entry.key, entry.place);  // said: not "is missing" as well
    return;
  }
  field.read(own, *value, section);
  note_places(places, entry.key, *value, scope.report);
  origins.insert_or_assign(setting.alias_of.empty() ? entry.key : setting.alias_of,
                           origin_of(scope.report, *value));
}

// The rows of `dump` for a section that is read: put at `position`, before those of the tables inside it.
template <class S>
void tell_section(const ReadContext& scope, const Rows<S>& rows, const S& section, const Origins& origins,
                  std::size_t position) {
  std::vector<Effective> told;
  for (const auto& field : rows.fields()) {
    const auto& setting = field.setting;
    const auto origin = origins.find(setting.key);
    if (setting.required && origin == origins.end()) continue;
    const auto value = field.written(section);
    if (!value) continue;
    told.push_back({dotted(scope.path, setting.key),
                    toml_text(*value),
                    origin == origins.end() ? "default" : origin->second,
                    scope.path,
                    {}});
  }
  scope.effective->insert(scope.effective->begin() + static_cast<std::ptrdiff_t>(position), told.begin(),
                          told.end());
}

// Reads a whole section: every known key into `section`, every other one into the report.
template <class S>
Places read_section(const ReadContext& scope, const Rows<S>& rows, const Table& table, S& section) {
  Places places;
  Origins origins;
  const std::size_t position = scope.effective == nullptr ? 0 : scope.effective->size();
  for (const auto& entry : table) {
    const auto* field = find_field(rows.fields(), entry.key);
    if (field == nullptr)
      refuse_key(scope, entry, known_keys(rows.fields()));
    else if (field->setting.supported)
      read_field(scope, *field, entry, section, places, origins);
    else {
      refuse_unsupported(scope, entry);
      if (field->read) field->read(scope, entry.value, section);
    }
  }
  if (scope.effective != nullptr) tell_section(scope, rows, section, origins, position);
  return places;
}

// "{ count = 5, interval = "1s" }": a table that is one value.
template <class S>
Value inline_table(const Rows<S>& rows, const S& section) {
  Table table;
  for (const auto& field : rows.fields())
    if (auto value = field.written(section)) table.push_back({field.setting.key, {}, std::move(*value)});
  return plain_value(std::move(table));
}

}  // namespace hawser::config
