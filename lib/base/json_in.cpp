#include "lib/base/json_in.h"

#include <boost/json.hpp>

namespace hawser {

namespace json = boost::json;

const json::value& value_in(const json::value& object, std::string_view key) {
  static const json::value nothing;
  const auto* members = object.if_object();
  const auto* found = members == nullptr ? nullptr : members->if_contains(key);
  return found == nullptr ? nothing : *found;
}

std::string text_in(const json::value& object, std::string_view key) {
  const auto* text = value_in(object, key).if_string();
  return text == nullptr ? std::string{} : std::string(text->data(), text->size());
}

std::uint64_t number_in(const json::value& object, std::string_view key) {
  const auto& value = value_in(object, key);
  if (const auto* number = value.if_uint64()) return *number;
  const auto* number = value.if_int64();
  return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

double real_in(const json::value& object, std::string_view key) {
  const auto& value = value_in(object, key);
  return value.is_number() ? value.to_number<double>() : 0;
}

bool flag_in(const json::value& object, std::string_view key) {
  const auto* flag = value_in(object, key).if_bool();
  return flag != nullptr && *flag;
}

const json::array& list_in(const json::value& object, std::string_view key) {
  static const json::array nothing;
  const auto* list = value_in(object, key).if_array();
  return list == nullptr ? nothing : *list;
}

}  // namespace hawser
