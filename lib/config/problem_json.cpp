#include "lib/config/problem_json.h"

#include <boost/json.hpp>

namespace hawser::config {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value number_or_null(unsigned number) {
  return number == 0 ? json::value() : json::value(number);
}

std::string text_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string())) : "";
}

unsigned number_in(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  boost::system::error_code none;
  const auto number = value == nullptr ? 0U : value->to_number<unsigned>(none);
  return none ? 0 : number;
}

}  // namespace

json::array problems_json(const std::vector<Problem>& problems) {
  json::array list;
  for (const auto& problem : problems)
    list.push_back(json::object{{"file", text_or_null(problem.file)},
                                {"line", number_or_null(problem.line)},
                                {"column", number_or_null(problem.column)},
                                {"key", text_or_null(problem.key)},
                                {"text", problem.what}});
  return list;
}

std::vector<Problem> problems_from(const json::value& list) {
  std::vector<Problem> problems;
  if (!list.is_array()) return problems;
  for (const auto& item : list.get_array())
    if (const auto* object = item.if_object())
      problems.push_back({text_in(*object, "file"), number_in(*object, "line"), number_in(*object, "column"),
                          text_in(*object, "key"), text_in(*object, "text")});
  return problems;
}

}  // namespace hawser::config
