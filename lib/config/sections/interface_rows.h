// The rows that [bond.NAME] and [link.NAME] share.
#pragma once

#include "lib/config/engine/reading.h"
#include "lib/config/sections/interface.h"

namespace hawser::config {

inline constexpr std::string_view kRouteExample = "[{ to = \"default\", via = \"192.0.2.254\" }]";
void read_routes(const ReadContext& scope, const Value& value, InterfaceSpec& link);
Value write_routes(const std::vector<Section<RouteSpec>>& routes);

template <class S>
Rows<S> interface_rows() {
  Rows<S> rows;
  rows.add("device", &S::device, DeviceName{}, "the device, where the section is not named like it")
      .add("addresses", &S::addresses, ListOf{WithLength{}}, "addresses with their prefix length");
  rows.custom(setting("routes", "list of table", "{ to, via, table, metric, source, onlink, mtu }",
                      "routes through this device; to is \"default\" or a prefix"),
              read_routes, [](const S& link) { return write_routes(link.routes); })
      .like(kRouteExample);
  rows.add("mtu", &S::mtu, Whole{68, 65536},
           "largest packet; without it a bond or dummy has 1500, a VLAN its device's, a card what it has")
      .like("1500")
      .add("mac", &S::mac, kMac, "hardware address")
      .add("vrf", &S::vrf, Text{}, "the VRF that it belongs to")
      .like("\"blue\"")
      .add("description", &S::description, Text{}, "for people")
      .like("\"to the switches\"")
      .add("up", &S::up, Flag{}, "whether the device is up");
  return rows;
}

}  // namespace hawser::config
