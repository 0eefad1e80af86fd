#include <boost/json.hpp>

#include "lbctl/render.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;

const RealServer kAbsent{Forwarding::kMasquerade, 0, 0, 0, {}};

json::object traffic_json(const Traffic& traffic) {
  return {{"connections", traffic.connections},
          {"packets_in", traffic.packets_in},
          {"packets_out", traffic.packets_out},
          {"bytes_in", traffic.bytes_in},
          {"bytes_out", traffic.bytes_out}};
}

json::array flags_json(const Service& service) {
  json::array list;
  for (const auto& name : scheduler_flags(service)) list.emplace_back(name);
  return list;
}

void add_netd(json::object& object, const std::optional<NetdReal>& netd) {
  for (const auto* key : {"name", "configured_weight", "state", "reason", "for_ms"}) object[key] = nullptr;
  if (!netd) return;
  object["name"] = netd->name;
  object["configured_weight"] = netd->weight;
  object["state"] = netd->state;
  object["reason"] = netd->reason;
  object["for_ms"] = netd->since.count();
}

json::object real_json(const Endpoint& endpoint, const RealView& real) {
  const auto server = real.server.value_or(kAbsent);
  json::value forwarding;
  if (real.server) forwarding = name_of(server.forwarding);
  json::object object{{"address", to_string(endpoint)},
                      {"name", nullptr},
                      {"present", real.server.has_value()},
                      {"forwarding", forwarding},
                      {"weight", server.weight},
                      {"configured_weight", nullptr},
                      {"upper_threshold", server.upper_threshold},
                      {"lower_threshold", server.lower_threshold},
                      {"active", real.status.active},
                      {"inactive", real.status.inactive},
                      {"persistent", real.status.persistent},
                      {"traffic", traffic_json(real.status.traffic)},
                      {"rate", traffic_json(real.status.rate)}};
  add_netd(object, real.netd);
  return object;
}

json::object service_json(const ServiceKey& key, const ServiceView& view) {
  const auto service = view.service.value_or(Service{});
  json::array reals;
  for (const auto& [endpoint, real] : view.reals) reals.push_back(real_json(endpoint, real));
  json::value name;
  if (!view.name.empty()) name = view.name;
  return {{"virtual", to_string(key)},
          {"name", name},
          {"present", view.service.has_value()},
          {"scheduler", view.scheduler},
          {"scheduler_flags", flags_json(service)},
          {"persistence", service.persistence_timeout},
          {"netmask", service.netmask},
          {"one_packet", has_flag(service, ServiceFlag::kOnePacket)},
          {"traffic", traffic_json(view.traffic)},
          {"rate", traffic_json(view.rate)},
          {"reals", std::move(reals)}};
}

}  // namespace

json::value to_json(const View& view) {
  json::array services;
  for (const auto& [key, service] : view.services) services.push_back(service_json(key, service));
  return {{"format", 1}, {"netd", view.netd_answered}, {"services", std::move(services)}};
}

}  // namespace hawser::lbctl
