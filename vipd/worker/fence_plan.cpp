#include "vipd/worker/fence_plan.h"

namespace hawser::vipd {

namespace {

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
    if (!vip.manner->require_fencing) continue;
    auto& plan = plans[vip_name];
    for (const auto& [name, priority] : *vip.priorities) {
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
  return {};
}

}  // namespace hawser::vipd
