// IPVS services. What is new comes first, what goes comes last, so that at no moment fewer real servers serve
// than before or after; nothing is flushed.
#include "lib/plan/draft.h"
#include "lib/plan/ipvs_unit.h"

namespace hawser {

namespace {

Service service_in(const State& state, const ServiceKey& key) {
  const auto found = state.services.find(key);
  return found == state.services.end() ? Service{} : found->second;
}

void add(std::vector<Step>& steps, const State& from, const ServiceKey& key, const Service& wanted) {
  if (!from.services.contains(key)) steps.emplace_back(AddService{key, without_reals(wanted)});
  const auto there = service_in(from, key);
  for (const auto& [real, server] : wanted.reals)
    if (!there.reals.contains(real)) steps.emplace_back(AddReal{key, real, server});
}

void edit(std::vector<Step>& steps, const State& from, const ServiceKey& key, const Service& wanted) {
  const auto found = from.services.find(key);
  if (found == from.services.end()) return;
  const auto& there = found->second;
  if (without_reals(there) != without_reals(wanted))
    steps.emplace_back(EditService{key, without_reals(there), without_reals(wanted)});
  for (const auto& [real, server] : wanted.reals)
    if (const auto old = there.reals.find(real); old != there.reals.end() && old->second != server)
      steps.emplace_back(EditReal{key, real, old->second, server});
}

void remove(std::vector<Step>& steps, const State& target, const ServiceKey& key, const Service& there) {
  const auto wanted = target.services.find(key);
  if (wanted == target.services.end()) {
    steps.emplace_back(DeleteService{key});
    return;
  }
  for (const auto& [real, server] : there.reals)
    if (!wanted->second.reals.contains(real)) steps.emplace_back(DeleteReal{key, real});
}

}  // namespace

std::vector<Step> towards_ipvs(const State& from, const State& target) {
  std::vector<Step> steps;
  for (const auto& [key, service] : target.services) add(steps, from, key, service);
  for (const auto& [key, service] : target.services) edit(steps, from, key, service);
  for (const auto& [key, service] : from.services) remove(steps, target, key, service);
  return steps;
}

}  // namespace hawser
