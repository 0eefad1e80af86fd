// The usual kinds of section, made from their rows: [log], of which there is one, and [vip.NAME].
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/merge.h"
#include "lib/config/engine/reading.h"
#include "lib/config/sections/registry.h"
#include "lib/config/sections/section_type.h"

namespace hawser::config {

// Adds the rows of the section, or of a table inside it, to what is described. `section` and `example` live
// as long as the program.
template <class S>
void describe(SectionInfo& info, std::string_view kind, std::string_view section, const Rows<S>& rows,
              std::string_view example) {
  const S defaults{};
  info.examples.push_back({section, example});
  for (const auto& field : rows.fields()) {
    const auto& setting = field.setting;
    const auto value = field.write && !setting.required ? field.write(defaults) : std::nullopt;
    info.keys.push_back({std::string(kind), std::string(section), setting.key, setting.type, setting.range,
                         value ? toml_text(*value) : "", setting.help, setting.example, setting.required,
                         setting.supported});
  }
}

// Lets [defaults.NAME] hold these settings.
template <class S>
void take_defaults(SectionInfo& info, const Rows<S>& rows) {
  info.judge_defaults = [&rows](const ReadContext& scope, Table& table) {
    S nobody{};
    read_section(scope, rows, table, nobody);
    std::erase_if(table, [&](const Entry& setting) {
      const auto* field = find_field(rows.fields(), setting.key);
      return field == nullptr || !field->setting.supported;
    });
  };
}

// Says why `value` is not the table that `form` needs.
void refuse_no_table(const ReadContext& scope, const Value& value, const std::string& form);
// The same where it stands under the section's name: [vip] alone above a setting of [vip.NAME].
void refuse_no_section(const ReadContext& scope, std::string_view kind, const Entry& entry);
// People type names, and they stand in logs and tables.
void judge_name(std::string_view kind, Part part, const std::string& name, Place place, Report& report);

template <class S>
Section<S> read_one(const ReadContext& scope, Place place, const Rows<S>& rows, const Table& table) {
  Section<S> section;
  section.path = scope.path;
  section.place = place;
  section.places = read_section(scope, rows, table, section.spec);
  return section;
}

template <class S>
void read_each(const ReadContext& top, std::string_view kind, const Entry& entry, const Rows<S>& rows,
               Sections<S>& sections) {
  const auto all = top.inside(kind);
  const auto* tables = entry.value.as<Table>();
  if (tables == nullptr) return refuse_no_table(all, entry.value, fmt::format("[{}.NAME]", kind));
  for (const auto& item : *tables) {
    const auto scope = all.inside(toml_key(item.key));
    if (const auto* table = item.value.as<Table>())
      sections[item.key] = read_one(scope, item.place, rows, *table);
    else
      refuse_no_section(scope, kind, item);
  }
}

template <class S, class Owner>
Rule names_are_good(std::string_view kind, Part part, Sections<S> Owner::*sections) {
  return [=](const File& file, Report& report) {
    for (const auto& [name, section] : file.*sections) judge_name(kind, part, name, section.place, report);
  };
}

// [KIND.NAME], any number of them. `heading`: so, for the manual.
template <class S, class Owner>
SectionType named_section(std::string_view kind, std::string_view heading, Part part, const Rows<S>& rows,
                          Sections<S> Owner::*sections, std::string_view example) {
  SectionType type;
  type.info.name = kind;
  type.info.part = part;
  type.info.form = Form::kNamed;
  describe(type.info, kind, heading, rows, example);
  type.read = [kind, &rows, sections](const ReadContext& top, const Entry& entry, File& file) {
    read_each(top, kind, entry, rows, file.*sections);
  };
  type.rules.push_back(names_are_good(kind, part, sections));
  return type;
}

// [NAME], of which there is one.
template <class S, class Owner>
SectionType single_section(std::string_view name, std::string_view heading, Part part, const Rows<S>& rows,
                           S Owner::*spec, std::string_view example) {
  SectionType type;
  type.info.name = name;
  type.info.part = part;
  type.info.is_always_there = true;
  describe(type.info, name, heading, rows, example);
  type.read = [name, &rows, spec](const ReadContext& top, const Entry& entry, File& file) {
    if (const auto* table = entry.value.as<Table>())
      read_section(top.inside(name), rows, *table, file.*spec);
    else
      refuse_no_table(top.inside(name), entry.value, fmt::format("[{}]", name));
  };
  return type;
}

}  // namespace hawser::config
