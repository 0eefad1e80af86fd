#include "lbctl/told.h"

#include <fmt/ranges.h>

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

bool is_of(const json::value& pool, const std::string& service) {
  return service.empty() || service == text_in(pool, "name") || service == text_in(pool, "virtual");
}

// ip_vs_leave(): who finds no real server is told that the port is unreachable.
std::string_view what_clients_get(Out out) {
  return out == Out::kDrained ? "new clients would be refused, those connected stay until they are done"
                              : "new clients would be refused, and those connected cut off";
}

// Whether it gets new connections when the meant ones are out: also a sorry server, and one that was enabled
// a moment ago and is not in the table yet.
bool stands_in(const json::value& real) {
  return text_in(real, "override") == "enabled" && control::number_in(real, "weight") > 0 &&
         (control::flag_in(real, "in_service") || text_in(real, "state") == "up");
}

}  // namespace

std::vector<std::string> emptied_by(const json::value& status, const std::string& service,
                                    const std::string& real, Out out) {
  std::vector<std::string> sentences;
  for (const auto& pool : control::list_in(status, "services")) {
    if (!is_of(pool, service)) continue;
    std::vector<std::string> last;
    bool others = false;
    for (const auto& one : control::list_in(pool, "reals"))
      if (!is_meant(one, real))
        others = others || stands_in(one);
      else if (control::flag_in(one, "in_service"))
        last.push_back(name_in(one));
    if (!last.empty() && !others)
      sentences.push_back(fmt::format("{}: {}: no real server would be in service without {}: {}",
                                      cell_in(pool, "name"), cell_in(pool, "virtual"), fmt::join(last, ", "),
                                      what_clients_get(out)));
  }
  return sentences;
}

std::vector<Told> told_of(const json::value& status, const std::string& service, const std::string& real) {
  std::vector<Told> list;
  for (const auto& pool : control::list_in(status, "services")) {
    const bool meant = is_of(pool, service);
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
