#include "lib/config/engine/parse.h"

#include <algorithm>
#include <sstream>

#include <toml++/toml.h>

namespace hawser::config {

namespace {

class Converter {
 public:
  explicit Converter(std::uint32_t file) : file_(file) {}

  [[nodiscard]] Place place(const toml::source_region& region) const {
    return {file_, region.begin.line, region.begin.column};
  }

  [[nodiscard]] Table table(const toml::table& from) const {
    Table result;
    result.reserve(from.size());
    for (const auto& [key, node] : from)
      result.push_back({std::string(key.str()), place(key.source()), value(node)});
    // toml++ sorts by name; people read, and are answered, from top to bottom.
    std::ranges::stable_sort(result, {}, &Entry::place);
    return result;
  }

 private:
  [[nodiscard]] Value value(const toml::node& node) const {
    Value result;
    result.place = place(node.source());
    if (const auto* inner = node.as_table()) {
      result.data = table(*inner);
      result.closed = inner->is_inline();
    } else if (const auto* array = node.as_array()) {
      result.data = list(*array);
      // [[name]] makes tables that are not inline; [ ] can hold only inline ones.
      result.closed = !std::ranges::any_of(
          *array, [](const toml::node& item) { return item.is_table() && !item.as_table()->is_inline(); });
    } else {
      scalar(node, result);
    }
    return result;
  }

  [[nodiscard]] List list(const toml::array& array) const {
    List items;
    items.reserve(array.size());
    for (const auto& item : array) items.push_back(value(item));
    return items;
  }

  static void scalar(const toml::node& node, Value& result) {
    if (const auto* text = node.as_string()) {
      result.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
      result.data = integer->get();
    } else if (const auto* flag = node.as_boolean()) {
      result.data = flag->get();
    } else if (const auto* real = node.as_floating_point()) {
      result.data = real->get();
    } else {
      std::ostringstream other;
      node.visit([&](const auto& any) { other << any; });
      result.data = Other{other.str()};
    }
  }

  std::uint32_t file_;
};

}  // namespace

std::variant<Table, SyntaxError> parse(const std::string& text, std::uint32_t file) {
  const Converter converter(file);
  try {
    return converter.table(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return SyntaxError{converter.place(error.source()), std::string(error.description())};
  }
}

}  // namespace hawser::config
