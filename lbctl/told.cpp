#include "lbctl/told.h"

#include "lib/base/address.h"
#include "lib/cli/json_cell.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
using cli::cell_in;
using control::text_in;

bool is_meant(const json::value& real, const std::string& asked) {
  if (asked.empty() || asked == text_in(real, "name") || asked == text_in(real, "address")) return true;
  const auto endpoint = Endpoint::parse(text_in(real, "address"));
  return endpoint && asked == to_string(endpoint->address);
}

std::string name_in(const json::value& real) {
  const auto name = cell_in(real, "name");
  const auto address = cell_in(real, "address");
  return name == address ? address : name + " " + address;
}

}  // namespace

std::vector<Told> told_of(const json::value& status, const std::string& service, const std::string& real) {
  std::vector<Told> list;
  for (const auto& pool : control::list_in(status, "services")) {
    const bool meant =
        service.empty() || service == text_in(pool, "name") || service == text_in(pool, "virtual");
    for (const auto& one : control::list_in(pool, "reals"))
      if (meant && is_meant(one, real))
        list.push_back({cell_in(pool, "name"), cell_in(pool, "virtual"), name_in(one), cell_in(one, "state"),
                        cell_in(one, "why"), text_in(one, "override"), control::flag_in(one, "present")});
  }
  return list;
}

std::string line_of(const Told& told) {
  return fmt::format("{}: {}: {}: {}", told.service, told.at, told.real, told.why);
}

bool is_draining(const Told& told) {
  return told.override_ == "draining" && told.in_table;
}

bool is_waited_for(const Told& told) {
  return told.state == "unknown";
}

}  // namespace hawser::lbctl
