#include "lib/reconcile/apply_once.h"

#include <algorithm>
#include <iterator>

#include "lib/plan/ipvs_repair.h"

namespace hawser {
namespace {

std::optional<Service> service_in(const State& state, const ServiceKey& key) {
  const auto found = state.services.find(key);
  return found == state.services.end() ? std::nullopt : std::optional(found->second);
}

// All that the file names, and what an earlier file named.
std::set<ServiceKey> services_of(const Desired& desired) {
  auto keys = desired.journal.services;
  for (const auto& [key, service] : desired.state.services) keys.insert(key);
  return keys;
}

void add(Applied& applied, IpvsRepair repair) {
  std::ranges::move(repair.done, std::back_inserter(applied.done));
  for (auto& refusal : repair.refused) {
    if (!refusal.meanwhile.empty()) refusal.why.text += "; " + refusal.meanwhile;
    applied.refused.push_back({.object = to_string(refusal.unit),
                               .step = std::move(refusal.step),
                               .why = std::move(refusal.why),
                               .price = {}});
  }
}

bool is_refused(const Applied& applied, const Step& step) {
  const auto units = ipvs_units_of(step);
  return std::ranges::any_of(applied.refused, [&](const auto& refusal) {
    return std::ranges::any_of(units, [&](const auto& unit) { return to_string(unit) == refusal.object; });
  });
}

Status repair_services(const Desired& desired, Kernel& kernel, Applied& applied) {
  const auto before = kernel.observe(kIpvsOnly);
  if (!before) return tl::unexpected(before.error());
  for (const auto& key : services_of(desired)) {
    const IpvsTask task{.key = key,
                        .wanted = service_in(desired.state, key),
                        .there = service_in(before->state, key),
                        .dead = {},
                        .leave = {}};
    add(applied, repair_ipvs(task, kernel));
  }
  const auto after = kernel.observe(kIpvsOnly);
  if (!after) return tl::unexpected(after.error());
  for (auto& step : plan_ipvs(desired, after->state)) {
    if (!is_refused(applied, step)) applied.futile.push_back(step);
    applied.left.push_back(std::move(step));
  }
  return {};
}

Status apply_also(const Desired& desired, Kernel& kernel, const Scope& scope, Applied& applied) {
  auto more = apply(desired, kernel, Rollback::kNothing, scope);
  if (!more) return tl::unexpected(more.error());
  std::ranges::move(more->done, std::back_inserter(applied.done));
  std::ranges::move(more->refused, std::back_inserter(applied.refused));
  std::ranges::move(more->futile, std::back_inserter(applied.futile));
  std::ranges::move(more->left, std::back_inserter(applied.left));
  return {};
}

Result<Applied> apply_what_can_be(const Desired& desired, Kernel& kernel, const Scope& scope) {
  auto applied = scope.has(Look::kLinks) ? apply(desired, kernel, Rollback::kNothing, kNetworkOnly)
                                         : Result<Applied>(Applied{});
  if (!applied) return applied;
  if (auto repaired = repair_services(desired, kernel, *applied); !repaired)
    return tl::unexpected(repaired.error());
  if (desired.state.ipvs != IpvsHost{})
    if (auto done = apply_also(desired, kernel, kIpvsHostOnly, *applied); !done)
      return tl::unexpected(done.error());
  if (desired.state.nft || desired.journal.nft)
    if (auto done = apply_also(desired, kernel, kNftOnly, *applied); !done)
      return tl::unexpected(done.error());
  return applied;
}

Result<std::vector<Step>> services_to_make(const Desired& desired, Kernel& kernel) {
  const auto observed = kernel.observe(kIpvsOnly);
  if (!observed) return tl::unexpected(observed.error());
  auto steps = plan_ipvs(desired, observed->state);
  std::erase_if(steps, [](const Step& step) { return !is<AddService>(step); });
  return steps;
}

}  // namespace

// The journal is written once before all services, and once after: a file of thousands, written whole for
// each, takes minutes.
Result<Applied> apply_once(const Desired& desired, Kernel& kernel, JournalBook& book, Rollback rollback,
                           const OwnKernel::OnJournalError& on_journal_error, const Scope& scope) {
  const auto to_make = services_to_make(desired, kernel);
  if (!to_make) return tl::unexpected(to_make.error());
  if (auto written = book.will_do(*to_make); !written) on_journal_error(written.error());
  auto applied = rollback == Rollback::kEverything ? apply(desired, kernel, rollback, scope)
                                                   : apply_what_can_be(desired, kernel, scope);
  std::set<ServiceKey> made;
  if (applied)
    for (const auto& step : applied->done)
      if (const auto* service = as<AddService>(step)) made.insert(service->key);
  for (const auto& step : *to_make)
    if (!made.contains(as<AddService>(step)->key)) book.did_not(step);
  if (auto written = book.flush(); !written) on_journal_error(written.error());
  return applied;
}

}  // namespace hawser
