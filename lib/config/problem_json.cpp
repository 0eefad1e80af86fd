#include "lib/config/problem_json.h"

#include <limits>

#include <boost/json.hpp>

#include "lib/base/json_in.h"

namespace hawser::config {

namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value number_or_null(unsigned number) {
  return number == 0 ? json::value() : json::value(number);
}

// What no line can be is no line.
unsigned place_in(const json::value& problem, std::string_view key) {
  const auto number = number_in(problem, key);
  return number > std::numeric_limits<unsigned>::max() ? 0 : static_cast<unsigned>(number);
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
    if (item.is_object())
      problems.push_back({text_in(item, "file"), place_in(item, "line"), place_in(item, "column"),
                          text_in(item, "key"), text_in(item, "text")});
  return problems;
}

}  // namespace hawser::config
