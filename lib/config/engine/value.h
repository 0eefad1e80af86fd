// The text of the file as a tree of values that know where they stand. Free of toml++, which only parse.cpp
// includes: it costs seconds per file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hawser::config {

struct Place {
  std::uint32_t file = 0;  // index into the sources
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  auto operator<=>(const Place&) const = default;
};

struct Value;
struct Entry;
using List = std::vector<Value>;
using Table = std::vector<Entry>;  // in the order of the file

struct Other {  // a date or a time: TOML has them, no setting takes them
  std::string text;
};

struct Value {
  std::variant<bool, std::int64_t, double, std::string, Other, List, Table> data;
  Place place;
  std::string via;      // "defaults.vip" or "on.lb2" when it was not written in its section
  bool closed = false;  // written inline, { } or [ ]: TOML does not let it be continued

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&data);
  }
  template <class T>
  [[nodiscard]] T* as() {
    return std::get_if<T>(&data);
  }
};

struct Entry {
  std::string key;
  Place place;
  Value value;
};

// A value that no file holds: what a setting is, to be printed or carried.
template <class Data>
Value plain_value(Data data) {
  return {std::move(data), {}, {}, true};
}

const Value* find(const Table& table, std::string_view key);
Value* find(Table& table, std::string_view key);

std::string quote(std::string_view text);     // a TOML basic string
std::string toml_key(std::string_view name);  // bare, or in quotes where it must be
// As it would stand in a file: "text", [1, 2], { key = 1 }.
std::string toml_text(const Value& value);
// What the user wrote, for messages: scalars as TOML, "a list", "a table".
std::string in_words(const Value& value);

// "a, b or c"; with `mark`, each in quotes.
std::string joined(const std::vector<std::string_view>& words, std::string_view last = " or ",
                   bool quoted = false);

}  // namespace hawser::config
