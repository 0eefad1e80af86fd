#include "lib/cli/json_cell.h"

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "lib/cli/table.h"

namespace hawser::cli {

std::string cell_in(const boost::json::value& object, std::string_view key) {
  const auto& value = value_in(object, key);
  if (value.is_null()) return "";
  if (const auto* text = value.if_string()) return printable(std::string_view(*text));
  return boost::json::serialize(value);
}

}  // namespace hawser::cli
