// Whom a vip fences before this host takes its role, and how. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"

namespace hawser::vipd {

struct FenceTarget {
  config::Provider provider;
  std::string server;  // in its words
  std::string how;     // hetzner-robot: which reset
  bool operator==(const FenceTarget&) const = default;
};

struct FencePlan {
  std::map<std::string, FenceTarget> others;   // by node: all that have the vip, but this one
  std::map<IpAddress, std::string> senders{};  // who advertises from there
  bool operator==(const FencePlan&) const = default;
};

// By vip: those with require_fencing.
std::map<std::string, FencePlan> fence_plans(const config::Config& config);

// Whose silence it is: who was heard last. Nobody, where none was heard since this host started: two that
// start without hearing each other would fence each other, and each again when it comes back.
std::vector<std::string> to_be_fenced(const FencePlan& plan, const std::optional<IpAddress>& last_heard);

}  // namespace hawser::vipd
