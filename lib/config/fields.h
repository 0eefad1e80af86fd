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

struct Setting;

// What reading one table needs.
struct Scope {
  Report& report;
  const NodeView& view;
  std::vector<Effective>* effective;  // null: nobody asks
  std::string path;                   // "vip.web"
  std::string user_path;              // as the user wrote it; differs for values out of [defaults.vip]
  Part part = Part::kAll;
  const Setting* setting = nullptr;  // the one that is being read

  [[nodiscard]] Scope inside(std::string_view key) const {
    return {report, view, effective, dotted(path, key), dotted(user_path, key), part, nullptr};
  }
  [[nodiscard]] Scope silent() const { return {report, view, nullptr, path, user_path, part, setting}; }
  void problem(Place place, std::string_view key, std::string what) const {
    report.add(part, place, key.empty() ? user_path : dotted(user_path, key), std::move(what));
  }
};

struct Setting {
  std::string key;
  std::string type;
  std::string range;
  std::string help;
  std::string example;       // as TOML
  std::string alias_of;      // another name of that key
  bool per_node = true;      // may be { lb1 = .., lb2 = .. }; not where a table is the value itself
  bool required = false;     // refused by a rule where it is missing; has no default
  bool supported = true;     // false: in KEYS.md, not in this version
  std::optional<Part> part;  // where it differs from the section's
};

// For Rows::custom: key, type, range and help in words.
Setting setting(std::string_view key, std::string_view type, std::string_view range, std::string_view help);
// The same for a value that is a table itself, and so cannot be written per node.
Setting table_setting(std::string_view key, std::string_view type, std::string_view range,
                      std::string_view help);

template <class S>
struct Field {
  Setting setting;
  std::function<void(const Scope&, const Value&, S&)> read;
  std::function<std::string(const S&)> show;  // as TOML; empty: not set
  std::function<bool(const S&)> applies;      // whether it means anything beside the others; empty: always

  [[nodiscard]] std::string shown(const S& section) const {
    return show && (!applies || applies(section)) ? show(section) : std::string();
  }
};

// The message, with the value that is right here where another program's word was written.
std::string with_right_value(std::string_view key, const Value& wrong, std::string what);

// The message with the setting's own example instead of its kind's.
std::string with_example(const Scope& scope, std::string_view of_kind, std::string what);

// The rows of one section, in the order in which people read them.
template <class S>
class Rows {
 public:
  // `project` leads to the member: &Vip::interface, or a lambda for a nested one.
  template <class Project, class Kind>
  Rows& add(std::string_view key, Project project, Kind kind, std::string_view help,
            std::optional<Part> part = {}) {
    Setting setting;
    setting.key = key;
    setting.type = kind.type();
    setting.range = kind.range();
    setting.help = help;
    setting.example = kind.example();
    setting.part = part;
    auto read = [=](const Scope& scope, const Value& value, S& section) {
      typename Kind::Type parsed{};
      const Fault fault = [&](const Value& at, std::string what) {
        what = with_example(scope, kind.example(), std::move(what));
        scope.problem(at.place, key, with_right_value(key, at, std::move(what)));
      };
      if (kind.parse(value, parsed, fault)) store(std::invoke(project, section), parsed);
    };
    fields_.push_back({std::move(setting),
                       std::move(read),
                       [=](const S& section) { return config::shown(kind, std::invoke(project, section)); },
                       {}});
    return *this;
  }

  // A setting that no kind fits.
  Rows& custom(Setting setting, std::function<void(const Scope&, const Value&, S&)> read,
               std::function<std::string(const S&)> show) {
    fields_.push_back({std::move(setting), std::move(read), std::move(show), {}});
    return *this;
  }

  // In KEYS.md, but refused in words by this version.
  Rows& unsupported(std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
      Setting setting;
      setting.key = key;
      setting.supported = false;
      fields_.push_back({setting, {}, {}, {}});
    }
    return *this;
  }

  // The same for one of which what is written is judged all the same, so that nothing is left to learn later.
  Rows& unsupported(std::string_view key, std::function<void(const Scope&, const Value&, S&)> judge) {
    unsupported({key});
    fields_.back().read = std::move(judge);
    return *this;
  }

  // These mark the row added last.
  Rows& required() {
    fields_.back().setting.required = true;
    return *this;
  }
  Rows& like(std::string_view example) {
    fields_.back().setting.example = example;
    return *this;
  }
  Rows& alias_of(std::string_view key) {
    fields_.back().setting.alias_of = key;
    return *this;
  }
  Rows& only_if(std::function<bool(const S&)> applies) {
    fields_.back().applies = std::move(applies);
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

using Origins = std::map<std::string, std::string, std::less<>>;  // of the settings that are written

// Reads one written setting. Values from [defaults.X] are named as the user wrote them.
template <class S>
void read_field(const Scope& scope, const Field<S>& field, const Entry& entry, S& section, Places& places,
                Origins& origins) {
  const auto& setting = field.setting;
  Scope own = scope;
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
void tell_section(const Scope& scope, const Rows<S>& rows, const S& section, const Origins& origins,
                  std::size_t position) {
  std::vector<Effective> told;
  for (const auto& field : rows.fields()) {
    const auto& setting = field.setting;
    const auto origin = origins.find(setting.key);
    if (setting.required && origin == origins.end()) continue;
    auto value = field.shown(section);
    if (value.empty()) continue;
    told.push_back({dotted(scope.path, setting.key),
                    std::move(value),
                    origin == origins.end() ? "default" : origin->second,
                    scope.path,
                    {}});
  }
  scope.effective->insert(scope.effective->begin() + static_cast<std::ptrdiff_t>(position), told.begin(),
                          told.end());
}

// Reads a whole section: every known key into `section`, every other one into the report.
template <class S>
Places read_section(const Scope& scope, const Rows<S>& rows, const Table& table, S& section) {
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
std::string inline_table(const Rows<S>& rows, const S& section) {
  std::string text;
  for (const auto& field : rows.fields()) {
    const auto value = field.shown(section);
    if (!value.empty()) text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", field.setting.key, value);
  }
  return fmt::format("{{ {} }}", text);
}

}  // namespace hawser::config
