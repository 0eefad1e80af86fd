#include "lib/reconcile/put_back.h"

#include <algorithm>

#include "lib/plan/object.h"
#include "lib/plan/restore.h"

namespace hawser {

namespace {

constexpr int kRounds = 4;  // a step has consequences that only the next look shows

Scope scope_of(std::span<const Step> planned) {
  Touched touched;
  for (const auto& step : planned) touched.add(step);
  auto scope = kNetworkOnly;
  if (std::ranges::any_of(planned, is_ipvs_step)) scope.parts.add(Look::kIpvs);
  if (touched.ipvs_host) scope.parts.add(Look::kIpvsHost);
  if (touched.nft) scope.parts.add(Look::kNft);
  return scope;
}

// Once: what is refused of it must not keep the rest from going back.
Status prepare(Kernel& kernel, const State& before, std::span<const Step> planned, Owner owner) {
  const auto now = kernel.observe(kNetworkOnly);
  if (!now) return tl::unexpected(now.error());
  Touched undone;
  for (const auto& step : planned) undone.add(step);
  Status last;
  for (const auto& step : before_the_mode_goes(before, now->state, undone, owner))
    if (auto done = kernel.perform(step); !done && last) last = done;
  return last;
}

Status put_state_back(Kernel& kernel, const State& before, std::span<const Step> planned, Owner owner) {
  const auto scope = scope_of(planned);
  Status last;
  for (int round = 0; round < kRounds; ++round) {
    const auto now = kernel.observe(scope);
    if (!now) return tl::unexpected(now.error());
    const auto steps = way_back(before, now->state, planned, owner);
    if (steps.empty()) return {};
    last = {};
    for (const auto& step : steps)
      if (auto done = kernel.perform(step); !done && last) last = done;
  }
  return last;
}

}  // namespace

std::vector<SetActivePort> lost_roles(const Observed& before, const Observed& now,
                                      std::span<const Step> planned) {
  Touched touched;
  for (const auto& step : planned) touched.add(step);
  std::vector<SetActivePort> lost;
  for (const auto& [name, was] : before.links) {
    const auto bond = now.state.links.find(name);
    if (was.active_port.empty() || bond == now.state.links.end() || !bond->second.bond) continue;
    const auto& ports = bond->second.bond->ports;
    const bool is_concerned =
        touched.links.contains(name) ||
        std::ranges::any_of(ports, [&](const auto& port) { return touched.links.contains(port.first); });
    if (is_concerned && ports.contains(was.active_port) && now.links.at(name).active_port != was.active_port)
      lost.push_back({name, was.active_port});
  }
  return lost;
}

Status give_roles_back(Kernel& kernel, const Observed& before, std::span<const Step> planned) {
  const auto now = kernel.observe(kLinksOnly);
  if (!now) return tl::unexpected(now.error());
  Status last;
  for (const auto& role : lost_roles(before, *now, planned))
    if (auto done = kernel.perform(BondStep{role}); !done) last = done;
  return last;
}

Status put_back(Kernel& kernel, const Observed& before, std::span<const Step> planned, Owner owner) {
  const auto prepared = prepare(kernel, before.state, planned, owner);
  const auto state = put_state_back(kernel, before.state, planned, owner);
  const auto roles = give_roles_back(kernel, before, planned);
  if (!prepared) return prepared;
  return state ? roles : state;
}

}  // namespace hawser
