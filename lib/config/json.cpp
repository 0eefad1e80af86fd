#include "lib/config/json.h"

#include <boost/json.hpp>

namespace hawser::config {

namespace json = boost::json;

namespace {

json::value value_json(const Value& value) {
  return std::visit(Overloaded{[](bool flag) { return json::value(flag); },
                               [](std::int64_t number) { return json::value(number); },
                               [](double number) { return json::value(number); },
                               [](const std::string& text) { return json::value(text); },
                               [](const Other& other) { return json::value(other.text); },
                               [](const List& list) {
                                 json::array items;
                                 items.reserve(list.size());
                                 for (const auto& item : list) items.push_back(value_json(item));
                                 return json::value(std::move(items));
                               },
                               [](const Table& table) { return json::value(table_json(table)); }},
                    value.data);
}

// What TOML does not have, null and numbers of more than 63 bits, no row takes.
Value value_from(const json::value& value) {
  if (const auto* flag = value.if_bool()) return plain_value(*flag);
  if (const auto* number = value.if_int64()) return plain_value(*number);
  if (const auto* text = value.if_string()) return plain_value(std::string(*text));
  if (const auto* object = value.if_object()) return plain_value(table_from(*object));
  const auto* items = value.if_array();
  if (items == nullptr) return plain_value(Other{json::serialize(value)});
  List list;
  list.reserve(items->size());
  for (const auto& item : *items) list.push_back(value_from(item));
  return plain_value(std::move(list));
}

}  // namespace

json::object table_json(const Table& table) {
  json::object object;
  for (const auto& [key, place, value] : table) object[key] = value_json(value);
  return object;
}

Table table_from(const json::object& object) {
  Table table;
  table.reserve(object.size());
  for (const auto& [key, value] : object) table.push_back({std::string(key), {}, value_from(value)});
  return table;
}

}  // namespace hawser::config
