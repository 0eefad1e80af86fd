#include "lib/plan/route_steps.h"

#include "lib/plan/holder.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

using words::List;

// What the fields of a route cannot say: several ways, metrics, a type.
std::string_view more(const Route& route) {
  if (!route.rest) return "none";
  return route.rest->hops.size() > 1 ? "several ways" : "attributes of somebody else's";
}

std::string changes(const Route& from, const Route& to) {
  List list;
  list.change("via", words::or_none(from.via), words::or_none(to.via));
  list.change("dev", from.device, to.device);
  list.change("source", words::or_none(from.source), words::or_none(to.source));
  list.change("onlink", words::on_off(from.onlink), words::on_off(to.onlink));
  list.change("mtu", from.mtu, to.mtu);
  list.change("protocol", words::protocol(from.protocol), words::protocol(to.protocol));
  list.change("more", more(from), more(to));
  return list.text();
}

std::string route_name(const RouteKey& key, const Route& route) {
  auto text = words::route(key, route);
  for (const auto& device : devices_of(route)) text += fmt::format(" dev {}", device);
  return text;
}

std::string unusual(const Route& route) {
  List list;
  list.unusual("source", words::or_none(route.source), std::string("none"));
  if (route.onlink) list.put("onlink on");
  list.unusual("mtu", route.mtu, 0U);
  if (route.rest) list.put("as the kernel had it");
  if (is_kernel_made(route)) list.put("as the kernel makes it");
  return list.text();
}

struct DescribeRoute {
  std::string operator()(const AddRoute& s) const {
    return words::with(route_name(s.key, s.route) + ": add", unusual(s.route));
  }
  std::string operator()(const ChangeRoute& s) const {
    return fmt::format("route {}: change {}", to_string(s.key), changes(s.from, s.to));
  }
  std::string operator()(const RemoveRoute& s) const { return route_name(s.key, s.route) + ": remove"; }
};

struct DeviceOfRoute {
  std::string operator()(const AddRoute& s) const { return s.route.device; }
  std::string operator()(const ChangeRoute& s) const { return s.to.device; }
  std::string operator()(const RemoveRoute& s) const { return s.route.device; }
};

struct SimulateRoute {
  State& state;

  void operator()(const AddRoute& s) const {
    state.routes[s.key] = s.route;
    state.gone.erase(s.key);
  }
  void operator()(const ChangeRoute& s) const { state.routes[s.key] = s.to; }
  void operator()(const RemoveRoute& s) const { state.routes.erase(s.key); }
};

const RouteKey& key_of(const RouteStep& step) {
  return std::visit([](const auto& s) -> const RouteKey& { return s.key; }, step);
}

}  // namespace

std::string family::describe(const RouteStep& step) {
  return std::visit(DescribeRoute{}, step);
}

std::string family::object_of(const RouteStep& step) {
  return std::visit(DeviceOfRoute{}, step);
}

std::string family::unit_of(const RouteStep& step, const Sides& /*sides*/) {
  return "route " + to_string(key_of(step));
}

void family::touch(Touched& touched, const RouteStep& step) {
  touched.routes.insert(key_of(step));
}

void family::simulate(State& state, const RouteStep& step) {
  std::visit(SimulateRoute{state}, step);
}

void family::hold(Holder& holder, const RouteStep& step) {
  holder.route(key_of(step));
}

State family::value_in(const State& state, const RouteStep& step) {
  State value;
  if (const auto route = state.routes.find(key_of(step)); route != state.routes.end())
    value.routes.insert(*route);
  return value;
}

}  // namespace hawser
