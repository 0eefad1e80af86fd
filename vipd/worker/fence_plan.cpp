#include "vipd/worker/fence_plan.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

// A reset is done and answered within.
constexpr Milliseconds kAhead{15'000};

Milliseconds delay_of(const config::Vip& vip, const std::string& own) {
  const auto mine = vip.priorities.find(own);
  if (mine == vip.priorities.end()) return {};
  return kAhead *
         std::ranges::count_if(vip.priorities, [&](const auto& one) { return one.second > mine->second; });
}

std::optional<FenceTarget> target_of(const config::Config& config, const config::Node& node) {
  const auto provider = config.providers.find(node.fence.provider);
  if (provider == config.providers.end()) return std::nullopt;
  const auto names = node.provider.find(node.fence.provider);
  if (names == node.provider.end() || names->second.empty()) return std::nullopt;
  return FenceTarget{provider->second, names->second.front(), node.fence.type};
}

}  // namespace

std::map<std::string, FencePlan> fence_plans(const config::Config& config) {
  std::map<std::string, FencePlan> plans;
  for (const auto& [vip_name, vip] : config.vips) {
    if (!vip.require_fencing) continue;
    auto& plan = plans[vip_name];
    plan.delay = delay_of(vip, config.node);
    for (const auto& [name, priority] : vip.priorities) {
      const auto node = config.nodes.find(name);
      if (name == config.node || node == config.nodes.end()) continue;
      if (auto target = target_of(config, node->second)) plan.others.emplace(name, std::move(*target));
      for (const auto& address : node->second.addresses) plan.senders.emplace(address, name);
    }
  }
  return plans;
}

std::vector<std::string> to_be_fenced(const FencePlan& plan, const std::optional<IpAddress>& last_heard) {
  if (last_heard)
    if (const auto sender = plan.senders.find(*last_heard); sender != plan.senders.end())
      return {sender->second};
  std::vector<std::string> all;
  all.reserve(plan.others.size());
  for (const auto& [node, target] : plan.others) all.push_back(node);
  return all;
}

}  // namespace hawser::vipd
