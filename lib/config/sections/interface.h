// What [bond.NAME] and [link.NAME] have in common: a device with addresses and routes.
#pragma once

#include <optional>

#include "lib/base/address.h"
#include "lib/config/sections/section.h"
#include "lib/state/network.h"

namespace hawser::config {

struct RouteSpec {
  std::string to;
  std::optional<IpAddress> via, source;
  std::optional<std::uint32_t> table, metric;
  std::uint32_t mtu = 0;
  bool onlink = false;
};
const Rows<RouteSpec>& route_rows();

struct InterfaceSpec {
  std::string device;
  std::vector<Prefix> addresses;
  std::vector<Section<RouteSpec>> routes;
  std::optional<std::uint32_t> mtu;
  std::optional<MacAddress> mac;
  std::string vrf;
  std::string description;
  bool up = true;
};

// A route put together; nullopt when its words make no sense (then a rule said so).
std::optional<RouteKey> route_key(const File& file, const InterfaceSpec& link, const RouteSpec& route);

// Rules of all devices, whichever section they are in.
void check_devices(const File& file, Report& report);
void check_addresses(const File& file, Report& report);
void check_routes(const File& file, Report& report);

}  // namespace hawser::config
