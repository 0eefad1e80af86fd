// A setting is declared once: one row with key, type, range, help, and how it is read and written. From
// the rows come parsing, range checks, "no such setting", the effective values of `dump`, hawser.toml(5), and
// what one process of ours tells another of a section (carry.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/engine/kinds.h"
#include "lib/config/engine/read_context.h"

namespace hawser::config {

struct Setting {
  std::string key;
  std::string type;
  std::string range;
  std::string help;
  std::string example;       // as TOML
  std::string alias_of;      // another name of that key
  bool per_node = true;      // may be { lb1 = .., lb2 = .. }; not where a table is the value itself
  bool required = false;     // refused by a rule where it is missing; has no default
  bool supported = true;     // false: known by name, not in this version
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
  std::function<void(const ReadContext&, const Value&, S&)> read;
  std::function<std::optional<Value>(const S&)> write;  // none: not set
  std::function<bool(const S&)> applies;  // whether it means anything beside the others; empty: always

  // None where nothing is set, or nothing would come of it.
  [[nodiscard]] std::optional<Value> written(const S& section) const {
    return write && (!applies || applies(section)) ? write(section) : std::nullopt;
  }
};

// The message, with the value that is right here where another program's word was written.
std::string with_right_value(std::string_view key, const Value& wrong, std::string what);

// The message with the setting's own example instead of its kind's.
std::string with_example(const ReadContext& scope, std::string_view of_kind, std::string what);

// The rows of one section, in the order in which people read them.
template <class S>
class Rows {
 public:
  // `project` leads to the member: &Vip::interface, or a lambda for a nested one.
  template <class Project, class Kind>
  Rows& add(std::string_view key, Project project, Kind kind, std::string_view help,
            std::optional<Part> part = {}) {
    fields_.push_back(field(key, project, kind));
    fields_.back().setting.help = help;
    fields_.back().setting.part = part;
    return *this;
  }

  // What is worked out of this and other sections: in no file and no manual, but told to other processes.
  template <class Project, class Kind>
  Rows& derived(std::string_view key, Project project, Kind kind) {
    derived_.push_back(field(key, project, kind));
    return *this;
  }

  // A setting that no kind fits.
  Rows& custom(Setting setting, std::function<void(const ReadContext&, const Value&, S&)> read,
               std::function<std::optional<Value>(const S&)> write) {
    fields_.push_back({std::move(setting), std::move(read), std::move(write), {}});
    return *this;
  }

  // Known by name, and refused in words by this version.
  Rows& unsupported(std::initializer_list<std::string_view> keys) {
    for (const auto key : keys) {
      Setting setting;
      setting.key = key;
      setting.supported = false;
      fields_.push_back({setting, {}, {}, {}});
    }
    return *this;
  }

  // As above, but the value is still validated.
  Rows& unsupported(std::string_view key, std::function<void(const ReadContext&, const Value&, S&)> judge) {
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

  // The same for every row from the one at `first`.
  Rows& only_if_since(std::size_t first, const std::function<bool(const S&)>& applies) {
    for (; first < fields_.size(); ++first) fields_[first].applies = applies;
    return *this;
  }

  [[nodiscard]] const std::vector<Field<S>>& fields() const { return fields_; }
  [[nodiscard]] const std::vector<Field<S>>& derived_fields() const { return derived_; }

 private:
  template <class Project, class Kind>
  static Field<S> field(std::string_view key, Project project, Kind kind) {
    Setting setting;
    setting.key = key;
    setting.type = kind.type();
    setting.range = kind.range();
    setting.example = kind.example();
    auto read = [=](const ReadContext& scope, const Value& value, S& section) {
      typename Kind::Type parsed{};
      const Fault fault = [&](const Value& at, std::string what) {
        what = with_example(scope, kind.example(), std::move(what));
        scope.problem(at.place, key, with_right_value(key, at, std::move(what)));
      };
      if (kind.parse(value, parsed, fault)) store(std::invoke(project, section), parsed);
    };
    auto write = [=](const S& section) { return config::written(kind, std::invoke(project, section)); };
    return {std::move(setting), std::move(read), std::move(write), {}};
  }

  std::vector<Field<S>> fields_;
  std::vector<Field<S>> derived_;
};

}  // namespace hawser::config
