// A setting is declared once: one row with key, type, range, help, and how it is read and shown. From the
// rows come parsing, range checks, "no such setting", the effective values of `dump` and hawser.toml(5).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/kinds.h"
#include "lib/config/report.h"

namespace hawser::config {

// Where each key of a section was found: "priority", for elements of a list "addresses[0]".
using Places = std::map<std::string, Place, std::less<>>;

inline std::string dotted(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

// The host whose values count.
struct NodeView {
  std::string node;                // empty: a single host
  std::vector<std::string> nodes;  // all of them
};

// What reading one table needs.
struct Scope {
  Report& report;
  const NodeView& view;
  std::vector<Effective>* effective;  // null: nobody asks
  std::string path;                   // "vip.web"
  std::string said;                   // as the user wrote it; differs for values out of [defaults.vip]
  Part part = Part::kAll;

  [[nodiscard]] Scope inside(std::string_view key) const {
    return {report, view, effective, dotted(path, key), dotted(said, key), part};
  }
  [[nodiscard]] Scope silent() const { return {report, view, nullptr, path, said, part}; }
  void problem(Place place, std::string_view key, std::string what) const {
    report.add(part, place, key.empty() ? said : dotted(said, key), std::move(what));
  }
  void tell(std::string_view key, std::string value, std::string origin) const {
    if (effective != nullptr && !value.empty())
      effective->push_back({dotted(path, key), std::move(value), std::move(origin)});
  }
};

struct Setting {
  std::string key;
  std::string type;
  std::string range;
  std::string help;
  bool per_node = true;      // may be { lb1 = .., lb2 = .. }; not where a table is the value itself
  bool required = false;     // refused by a rule where it is missing; has no default
  bool supported = true;     // false: in KEYS.md, not in this version
  std::optional<Part> part;  // where it differs from the section's
};

template <class S>
struct Field {
  Setting setting;
  std::function<void(const Scope&, const Value&, S&)> read;
  std::function<std::string(const S&)> show;  // as TOML; empty: not set
};

// The rows of one section, in the order in which people read them.
template <class S>
class Rows {
 public:
  // `project` leads to the member: &Vip::interface, or a lambda for a nested one.
  template <class Project, class Kind>
  Rows& add(std::string_view key, Project project, Kind kind, std::string_view help,
            std::optional<Part> part = {}) {
    fields_.push_back(
        {{std::string(key), kind.type(), kind.range(), std::string(help), true, false, true, part},
         [=](const Scope& scope, const Value& value, S& section) {
           typename Kind::Type parsed{};
           const Fault fault = [&](const Value& at, std::string what) {
             scope.problem(at.place, key, std::move(what));
           };
           if (kind.parse(value, parsed, fault)) store(std::invoke(project, section), parsed);
         },
         [=](const S& section) { return shown(kind, std::invoke(project, section)); }});
    return *this;
  }

  // A setting that no kind fits.
  Rows& custom(Setting setting, std::function<void(const Scope&, const Value&, S&)> read,
               std::function<std::string(const S&)> show) {
    fields_.push_back({std::move(setting), std::move(read), std::move(show)});
    return *this;
  }

  // In KEYS.md, but refused in words by this version.
  Rows& unsupported(std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
      Setting setting;
      setting.key = key;
      setting.supported = false;
      fields_.push_back({setting, {}, {}});
    }
    return *this;
  }

  // The same for one of which what is written is judged all the same, so that nothing is left to learn later.
  Rows& unsupported(std::string_view key, std::function<void(const Scope&, const Value&, S&)> judge) {
    unsupported({key});
    fields_.back().read = std::move(judge);
    return *this;
  }

  // Marks the row added last.
  Rows& required() {
    fields_.back().setting.required = true;
    return *this;
  }

  [[nodiscard]] const std::vector<Field<S>>& fields() const { return fields_; }

 private:
  std::vector<Field<S>> fields_;
};

// The value that counts on this host: itself, or its part for this node, or nothing (then it was said why).
const Value* pick(const Scope& scope, const Setting& setting, const Value& value);
void refuse_key(const Scope& scope, const Entry& entry, const std::vector<std::string_view>& known);
void refuse_unsupported(const Scope& scope, const Entry& entry);
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

// Reads one written setting. Values from [defaults.X] are named as the user wrote them.
template <class S>
void read_field(const Scope& scope, const Field<S>& field, const Entry& entry, S& section, Places& places) {
  Scope own = scope;
  if (field.setting.part) own.part = *field.setting.part;
  if (entry.value.via.starts_with("defaults.") && !own.said.starts_with("defaults."))
    own.said = entry.value.via;
  const Value* value = pick(own, field.setting, entry.value);
  if (value == nullptr) return;
  field.read(own, *value, section);
  note_places(places, entry.key, *value, scope.report);
  if (field.show) scope.tell(entry.key, field.show(section), origin_of(scope.report, *value));
}

// Reads a whole section: every known key into `section`, every other one into the report.
template <class S>
Places read_section(const Scope& scope, const Rows<S>& rows, const Table& table, S& section) {
  Places places;
  for (const auto& entry : table) {
    const auto* field = find_field(rows.fields(), entry.key);
    if (field == nullptr)
      refuse_key(scope, entry, known_keys(rows.fields()));
    else if (field->setting.supported)
      read_field(scope, *field, entry, section, places);
    else {
      refuse_unsupported(scope, entry);
      if (field->read) field->read(scope, entry.value, section);
    }
  }
  for (const auto& field : rows.fields()) {
    if (field.show && !field.setting.required && find(table, field.setting.key) == nullptr)
      scope.tell(field.setting.key, field.show(section), "default");
  }
  return places;
}

// "{ count = 5, interval = "1s" }": a table that is one value.
template <class S>
std::string inline_table(const Rows<S>& rows, const S& section) {
  std::string text;
  for (const auto& field : rows.fields()) {
    const auto value = field.show ? field.show(section) : std::string();
    if (!value.empty()) text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", field.setting.key, value);
  }
  return fmt::format("{{ {} }}", text);
}

}  // namespace hawser::config
