#include "lib/config/sections/interface.h"

#include "lib/config/sections/interface_rows.h"

namespace hawser::config {

const Rows<RouteSpec>& route_rows() {
  static const auto rows = Rows<RouteSpec>()
                               .add("to", &RouteSpec::to, Text{}, "\"default\" or a prefix")
                               .like("\"default\"")
                               .required()
                               .add("via", &RouteSpec::via, kAddress, "the next router")
                               .like("\"192.0.2.254\"")
                               .add("table", &RouteSpec::table, Whole{1, kMax32}, "routing table")
                               .add("metric", &RouteSpec::metric, Whole{0, kMax32}, "lower is preferred")
                               .add("source", &RouteSpec::source, kAddress, "preferred source address")
                               .add("onlink", &RouteSpec::onlink, Flag{}, "the router is on this link")
                               .add("mtu", &RouteSpec::mtu, Whole{0, 65520}, "path MTU; 0: the device's");
  return rows;
}

Value write_routes(const std::vector<Section<RouteSpec>>& routes) {
  List tables;
  for (const auto& route : routes) tables.push_back(inline_table(route_rows(), route.spec));
  return plain_value(std::move(tables));
}

void read_routes(const ReadContext& scope, const Value& value, InterfaceSpec& link) {
  const auto* list = value.as<List>();
  if (list == nullptr) return scope.problem(value.place, "routes", not_a_list(value, kRouteExample, ""));
  for (const auto& item : *list) {
    const auto* table = item.as<Table>();
    if (table == nullptr) {
      scope.problem(item.place, "routes",
                    not_a("a table", "{ to = \"default\", via = \"192.0.2.254\" }", item));
      continue;
    }
    Section<RouteSpec> route;
    const auto inside = scope.silent().inside("routes");
    route.path = inside.user_path;
    route.place = item.place;
    route.places = read_section(inside, route_rows(), *table, route.spec);
    link.routes.push_back(std::move(route));
  }
}

}  // namespace hawser::config
