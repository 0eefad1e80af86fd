#include "vipd/provider/hetzner_cloud_project.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/base/json_in.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;
using Resource = CloudPlace::Resource;

std::string number_text(const json::value& object, std::string_view key) {
  const auto& value = value_in(object, key);
  return value.is_int64() || value.is_uint64() ? json::serialize(value) : std::string();
}

// "203.0.113.50", and of a network its address: "2001:db8:50::/64", "10.100.0.0/24".
bool is_address(const std::string& text, const IpAddress& address) {
  const auto own = IpAddress::parse(text.substr(0, text.find('/')));
  return own && *own == address;
}

// RFC 1918: all that a private network of Cloud can have.
bool is_private(const IpAddress& address) {
  return std::ranges::any_of(std::array{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"},
                             [&](const char* range) { return Prefix::parse(range)->contains(address); });
}

CloudServer::Net net_in(const json::value& net) {
  CloudServer::Net found{number_text(net, "network"), text_in(net, "ip"), {}};
  for (const auto& alias : list_in(net, "alias_ips"))
    if (alias.is_string()) found.aliases.emplace_back(alias.get_string());
  return found;
}

CloudServer server_in(const json::value& server) {
  CloudServer found{number_text(server, "id"), {}, {}};
  const auto& net = value_in(server, "public_net");
  for (const auto& name : {found.number, text_in(server, "name"), text_in(value_in(net, "ipv4"), "ip")})
    if (!name.empty()) found.names.push_back(name);
  for (const auto& one : list_in(server, "private_net"))
    if (auto joined = net_in(one); !joined.network.empty()) found.nets.push_back(std::move(joined));
  return found;
}

CloudNetwork network_in(const json::value& network) {
  CloudNetwork found{number_text(network, "id"), {}, {}};
  for (const auto& subnet : list_in(network, "subnets"))
    if (const auto range = Prefix::parse(text_in(subnet, "ip_range"))) found.subnets.push_back(*range);
  for (const auto& route : list_in(network, "routes"))
    found.routes.push_back({text_in(route, "destination"), text_in(route, "gateway")});
  return found;
}

Request action(const std::string& path, const json::object& body) {
  return {"POST", path, json::serialize(body), "application/json"};
}

// The number stands in JSON as a number, as long as it may be.
Request alias_request(const CloudServer& server, const CloudServer::Net& net,
                      const std::vector<std::string>& aliases) {
  return action(
      fmt::format("/servers/{}/actions/change_alias_ips", server.number),
      {{"network", json::parse(net.network)}, {"alias_ips", json::array(aliases.begin(), aliases.end())}});
}

Request route_request(const CloudPlace& place, std::string_view verb, const std::string& gateway) {
  return action(fmt::format("/networks/{}/actions/{}", place.number, verb),
                {{"destination", place.destination}, {"gateway", gateway}});
}

Result<CloudChange> change_floating(const CloudPlace& place, const CloudServer* to) {
  const auto path = fmt::format("/floating_ips/{}/actions/", place.number);
  CloudChange change;
  change.give = to == nullptr ? Request{"POST", path + "unassign", {}, {}}
                              : action(path + "assign", {{"server", json::parse(to->number)}});
  return change;
}

bool is_within(const CloudNetwork& network, const IpAddress& address) {
  return std::ranges::any_of(network.subnets, [&](const Prefix& subnet) { return subnet.contains(address); });
}

}  // namespace

const CloudServer::Net* CloudServer::in(const std::string& network) const {
  const auto found = std::ranges::find(nets, network, &Net::network);
  return found == nets.end() ? nullptr : &*found;
}

void CloudProject::add_floating_ips(const json::value& body) {
  for (const auto& floating : list_in(body, "floating_ips")) {
    auto number = number_text(floating, "id");
    if (!number.empty() && is_address(text_in(floating, "ip"), address_))
      floating_ =
          CloudPlace{Resource::kFloatingIp, std::move(number), {}, {}, number_text(floating, "server")};
  }
}

void CloudProject::add_servers(const json::value& body) {
  for (const auto& server : list_in(body, "servers"))
    if (auto found = server_in(server); !found.number.empty()) servers_.push_back(std::move(found));
}

void CloudProject::add_networks(const json::value& body) {
  for (const auto& network : list_in(body, "networks"))
    if (auto found = network_in(network); !found.number.empty()) networks_.push_back(std::move(found));
}

const CloudServer* CloudProject::server(const std::string& name) const {
  auto found = std::ranges::find(servers_, name, &CloudServer::number);  // a name may be another's number
  if (found == servers_.end())
    found = std::ranges::find_if(
        servers_, [&](const CloudServer& server) { return std::ranges::count(server.names, name) > 0; });
  return found == servers_.end() ? nullptr : &*found;
}

std::string CloudProject::server_at(const std::string& network, const std::string& ip) const {
  for (const auto& server : servers_)
    if (const auto* net = server.in(network); net != nullptr && net->ip == ip) return server.number;
  return {};
}

std::optional<CloudPlace> CloudProject::alias() const {
  for (const auto& server : servers_)
    for (const auto& net : server.nets)
      if (std::ranges::count_if(net.aliases, [&](const auto& one) { return is_address(one, address_); }) > 0)
        return CloudPlace{Resource::kAlias, net.network, {}, {}, server.number};
  return std::nullopt;
}

std::optional<CloudPlace> CloudProject::route() const {
  for (const auto& network : networks_)
    for (const auto& route : network.routes) {
      if (!is_address(route.destination, address_)) continue;
      const auto server = server_at(network.number, route.gateway);
      return CloudPlace{Resource::kRoute, network.number, route.destination, route.gateway,
                        server.empty() ? route.gateway : server};
    }
  return std::nullopt;
}

std::optional<CloudPlace> CloudProject::free(const std::string& target) const {
  const auto* to = server(target);
  std::vector<const CloudNetwork*> could;
  for (const auto& network : networks_)
    if (to == nullptr || to->in(network.number) != nullptr) could.push_back(&network);
  for (const auto* network : could)
    if (is_within(*network, address_)) return CloudPlace{Resource::kAlias, network->number, {}, {}, {}};
  if (could.empty() || !is_private(address_)) return std::nullopt;
  const auto host = fmt::format("{}/{}", address_, address_.bits());
  return CloudPlace{Resource::kRoute, could.size() == 1 ? could.front()->number : "", host, {}, {}};
}

Result<CloudChange> CloudProject::change(const CloudPlace& place, const CloudServer* to) const {
  switch (place.resource) {
    case Resource::kFloatingIp:
      return change_floating(place, to);
    case Resource::kAlias:
      return change_alias(place, to);
    case Resource::kRoute:
      break;
  }
  return change_route(place, to);
}

// The list of a server is replaced: what else is in it stays.
Result<CloudChange> CloudProject::change_alias(const CloudPlace& place, const CloudServer* to) const {
  CloudChange change;
  const auto* from = server(place.target);
  if (const auto* net = from == nullptr ? nullptr : from->in(place.number); net != nullptr) {
    auto others = net->aliases;
    std::erase_if(others, [&](const auto& one) { return is_address(one, address_); });
    change.take = alias_request(*from, *net, others);
    change.put_back = alias_request(*from, *net, net->aliases);
  }
  if (to == nullptr) return change;
  const auto* net = to->in(place.number);
  if (net == nullptr)
    return fail("server {} is not in the network {} that {} is in", to->names.back(), place.number, address_);
  auto with = net->aliases;
  with.push_back(to_string(address_));
  change.give = alias_request(*to, *net, with);
  return change;
}

Result<CloudChange> CloudProject::change_route(const CloudPlace& place, const CloudServer* to) const {
  CloudChange change;
  if (!place.gateway.empty()) {
    change.take = route_request(place, "delete_route", place.gateway);
    change.put_back = route_request(place, "add_route", place.gateway);
  }
  if (to == nullptr) return change;
  if (place.number.empty())
    return fail("no network has a route to {}, and server {} is in several: add it once by hand", address_,
                to->names.back());
  const auto* net = to->in(place.number);
  if (net == nullptr)
    return fail("server {} is not in the network {} that routes {}", to->names.back(), place.number,
                address_);
  change.give = route_request(place, "add_route", net->ip);
  return change;
}

}  // namespace hawser::vipd::provider
