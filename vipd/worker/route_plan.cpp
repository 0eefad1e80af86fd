#include "vipd/worker/route_plan.h"

#include <algorithm>

#include "vipd/addresses/routed.h"

namespace hawser::vipd {

namespace {

using namespace std::chrono_literals;

// Robot gives an account a hundred reads an hour, which two hosts share, and what is urgent needs some too.
constexpr Milliseconds kLook = 5min;
constexpr Milliseconds kLookEach = 150s;

Milliseconds look_of(std::size_t addresses) {
  return std::max(kLook, kLookEach * Milliseconds::rep(addresses));
}

std::map<std::string, std::size_t> addresses_of_each(const config::Config& config) {
  std::map<std::string, std::size_t> count;
  for (const auto& [name, vip] : config.vips) count[vip.manner->provider] += vip.addresses.size();
  return count;
}

std::map<std::string, std::string> targets_at(const config::Config& config, const std::string& provider,
                                              Family family) {
  std::map<std::string, std::string> targets;
  for (const auto& [name, node] : config.nodes)
    if (const auto found = node.provider.find(provider); found != node.provider.end())
      targets.emplace(name, config::name_for(found->second, family));
  return targets;
}

std::map<IpAddress, std::string> senders_of(const config::Config& config,
                                            const std::map<std::string, std::string>& targets) {
  std::map<IpAddress, std::string> senders;
  for (const auto& [name, target] : targets)
    for (const auto& address : config.nodes.at(name).addresses) senders.emplace(address, target);
  return senders;
}

}  // namespace

std::vector<RoutePlan> route_plans(const config::Config& config) {
  std::vector<RoutePlan> plans;
  const auto count = addresses_of_each(config);
  for (const auto& [name, vip] : config.vips) {
    const auto provider = config.providers.find(vip.manner->provider);
    if (provider == config.providers.end()) continue;
    for (const auto& address : vip.addresses) {
      const auto targets = targets_at(config, vip.manner->provider, address.prefix.address.family());
      if (const auto own = targets.find(config.node); own != targets.end())
        plans.push_back({name, routed_as(address), provider->second, own->second, targets,
                         senders_of(config, targets), vip.manner->arbiter,
                         look_of(count.at(vip.manner->provider))});
    }
  }
  return plans;
}

}  // namespace hawser::vipd
