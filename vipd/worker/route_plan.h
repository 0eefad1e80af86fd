// What the file says of the addresses that providers route. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"

namespace hawser::vipd {

struct RoutePlan {
  std::string vip;
  IpAddress address;  // by which the provider knows it
  config::Provider provider;
  std::string own;                             // this host, in the provider's words
  std::map<std::string, std::string> targets;  // every node's
  std::map<IpAddress, std::string> senders;    // which target belongs to whom advertises from there
  bool arbiter = false;                        // led here before the role is taken
  Milliseconds look{0};                        // how often it is read with nothing to do
  bool operator==(const RoutePlan&) const = default;
};

std::vector<RoutePlan> route_plans(const config::Config& config);
}  // namespace hawser::vipd
