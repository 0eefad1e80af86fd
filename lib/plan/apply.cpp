#include "lib/plan/apply.h"

#include <algorithm>
#include <cerrno>

#include "lib/plan/draft.h"
#include "lib/plan/hold.h"
#include "lib/plan/object.h"
#include "lib/plan/restore.h"
#include "lib/plan/target.h"

namespace hawser {

namespace {

// One look more than a plan needs: side effects that the planner could not see from the state (a secondary
// address that went with its primary, a delay that the kernel remembered) are repaired by the next round.
// Each refusal is worth another round, in which its unit has no part.
constexpr std::size_t kRounds = 3;

// The link without what can be given to it later, a value at a time: of a message that asks for ten things
// the kernel does not say which one it refused.
CreateLink bare(const CreateLink& step) {
  CreateLink result{step.link, {}};
  result.wanted.kind = step.wanted.kind;
  result.wanted.vlan = step.wanted.vlan;
  result.wanted.vrf_table = step.wanted.vrf_table;
  if (step.wanted.bond) result.wanted.bond = kernel_default_bond(step.wanted.bond->mode);
  return result;
}

// bond_enslave() looks whether a device is in use before it looks whether that is up: so we can ask it
// without taking the device down.
const SetMaster* joins_next(std::span<const Step> steps) {
  const auto* down = as<SetLinkUp>(steps.front());
  if (down == nullptr || down->up) return nullptr;
  for (const auto& step : steps.subspan(1)) {
    const auto* join = as<SetMaster>(step);
    if (join != nullptr && join->link == down->link) return join->to.empty() ? nullptr : join;
  }
  return nullptr;
}

const std::string* link_of_address(const Step& step) {
  if (const auto* add = as<AddAddress>(step)) return &add->link;
  if (const auto* change = as<ChangeAddress>(step)) return &change->link;
  return nullptr;
}

const Route* made_route(const Step& step) {
  if (const auto* add = as<AddRoute>(step)) return &add->route;
  if (const auto* change = as<ChangeRoute>(step)) return &change->to;
  return nullptr;
}

// What rests on nothing that was refused goes on at once: a hundred refused routes must not cost a look each.
bool goes_on_after(const Step& refused, const Step& step) {
  if (const auto* link = link_of_address(refused)) {
    const auto* other = link_of_address(step);
    return other != nullptr && *other == *link;
  }
  const auto* route = made_route(refused);
  return route != nullptr && route->via && made_route(step) != nullptr;
}

bool needs_more_of_a_bond(const Step& step) {
  return is<SetBondMode>(step) || is<SetBondOption>(step);
}

// What IPVS has once is looked at where the file speaks of it, and not for each service.
Scope with_what_is_wanted(Scope scope, const Desired& desired) {
  if (scope.has(Look::kIpvs) && desired.state.ipvs != IpvsHost{}) scope.parts.add(Look::kIpvsHost);
  if (scope.has(Look::kIpvs) && (desired.state.nft || desired.journal.nft)) scope.parts.add(Look::kNft);
  return scope;
}

class Attempt {
 public:
  Attempt(Desired desired, Kernel& kernel, Rollback rollback, const Scope& scope,
          const std::function<void(const Step&)>& on_step, const std::vector<Step>& leave)
      : desired_(std::move(desired)),
        kernel_(kernel),
        rollback_(rollback),
        scope_(with_what_is_wanted(scope, desired_)),
        on_step_(on_step),
        held_(leave) {
    if (!scope.services.empty()) narrow_services();
  }

  Result<Applied> run() {
    if (auto looked = look(before_); !looked) return tl::unexpected(looked.error());
    note_what_is_in_the_way(before_);
    applied_.left = planned(before_);
    auto steps = is_over() ? std::vector<Step>{} : planned_without_refused(before_);
    for (std::size_t round = 0; round < kRounds + applied_.refused.size() && !steps.empty(); ++round) {
      if (auto done = perform(steps); !done) return tl::unexpected(done.error());
      if (auto looked = look(now_); !looked) return tl::unexpected(looked.error());
      // A bond that was made tells what its kernel lacks. (All or nothing: making it was refused.)
      if (rollback_ != Rollback::kEverything) note_what_is_in_the_way(now_);
      applied_.left = planned(now_);
      if (is_over() || applied_.left.empty()) break;
      auto next = planned_without_refused(now_);
      const bool again = next == steps;  // what changed nothing once changes nothing twice
      steps = std::move(next);
      if (again) break;
    }
    if (!is_over() && !applied_.left.empty()) applied_.futile = std::move(steps);
    if (!applied_.refused.empty()) forget_detours();
    applied_.done = std::move(done_);
    return std::move(applied_);
  }

 private:
  void narrow_services() {
    const auto outside = [this](const ServiceKey& key) { return !scope_.services.contains(key); };
    std::erase_if(desired_.state.services, [&](const auto& entry) { return outside(entry.first); });
    std::erase_if(desired_.journal.services, outside);
  }

  Status look(State& state, const Scope& scope) {
    auto observed = kernel_.observe(scope);
    if (!observed) return tl::unexpected(observed.error());
    state = std::move(observed->state);
    return {};
  }
  Status look(State& state) { return look(state, scope_); }

  [[nodiscard]] std::vector<Step> planned(const State& observed) const {
    std::vector<Step> steps;
    if (scope_.has(Look::kLinks)) steps = plan_network(desired_, observed);
    if (scope_.has(Look::kIpvs)) std::ranges::move(plan_ipvs(desired_, observed), std::back_inserter(steps));
    if (scope_.has(Look::kIpvsHost)) std::ranges::copy(plan_ipvs_host(observed), std::back_inserter(steps));
    if (scope_.has(Look::kNft)) std::ranges::copy(plan_nft(observed), std::back_inserter(steps));
    return steps;
  }

  [[nodiscard]] std::vector<IpvsHostStep> plan_ipvs_host(const State& now) const {
    return towards_ipvs_host(now.ipvs, desired_.state.ipvs);
  }
  [[nodiscard]] std::vector<NftStep> plan_nft(const State& now) const {
    return towards_nft(now.nft, desired_.state.nft);
  }

  [[nodiscard]] std::string unit(const Step& step) const { return unit_of(step, desired_.state, before_); }
  [[nodiscard]] bool is_refused(const std::string& unit) const {
    return std::ranges::find(applied_.refused, unit, &Refusal::object) != applied_.refused.end();
  }
  [[nodiscard]] bool is_over() const {
    return rollback_ == Rollback::kEverything && !applied_.refused.empty();
  }

  // What was there before us, as far as others let it be: what an interrupted plan has cost is wanted back,
  // what came or went meanwhile is not our doing.
  [[nodiscard]] State before(const State& now) const {
    auto base = before_;
    const auto is_ours = [&](const std::string& name) { return desired_.state.links.contains(name); };
    const auto deleted = [&](const std::string& name) {
      return std::ranges::any_of(done_, [&](const Step& step) {
        const auto* gone = as<DeleteLink>(step);
        return gone != nullptr && gone->link == name;
      });
    };
    std::erase_if(base.links, [&](const auto& entry) {
      return !now.links.contains(entry.first) && !deleted(entry.first);
    });
    for (const auto& [name, link] : now.links) {
      if (!before_.links.contains(name) && is_ours(name)) continue;
      auto& there = base.links.try_emplace(name, link).first->second;
      for (const auto& [prefix, address] : link.addresses)
        if (!is_ours(name) || !desired_.state.links.at(name).addresses.contains(prefix))
          there.addresses.emplace(prefix, address);
    }
    for (const auto& [key, route] : now.routes)
      if (!desired_.state.routes.contains(key)) base.routes.emplace(key, route);
    return base;
  }

  // Steps on the way to what was refused, and back.
  void forget_detours() {
    std::set<std::string> about;
    for (const auto& step : held_) {
      Touched touched;
      touched.add(step);
      about.merge(touched.links);
      for (const auto& [link, prefix] : touched.addresses) about.insert(link);
      about.insert(object_of(step));
    }
    std::erase_if(done_, [&](const Step& step) {
      const auto* place = as<SetMaster>(step);
      const auto object = place != nullptr ? place->link : object_of(step);
      return about.contains(object) && came_to_nothing(step, before_, now_);
    });
  }

  // What rests on a refused unit stays as it is; the rest is planned as if that were what is wanted.
  [[nodiscard]] std::vector<Step> planned_without_refused(const State& now) const {
    std::vector<Step> steps;
    if (scope_.has(Look::kLinks) && held_.empty()) steps = plan_network(desired_, now);
    if (scope_.has(Look::kLinks) && !held_.empty()) {
      const auto base = rollback_ == Rollback::kObject ? before(now) : now;
      auto target = network_target(desired_, base);
      hold(target, {base, now, held_, desired_.state});
      steps = towards_network(now, target, desired_.owner);
    }
    if (scope_.has(Look::kIpvs)) std::ranges::move(plan_ipvs(desired_, now), std::back_inserter(steps));
    if (scope_.has(Look::kIpvsHost)) std::ranges::copy(plan_ipvs_host(now), std::back_inserter(steps));
    if (scope_.has(Look::kNft)) std::ranges::copy(plan_nft(now), std::back_inserter(steps));
    std::erase_if(steps, [this](const Step& step) {
      return is_ipvs_step(step) ? is_refused(unit(step)) : std::ranges::find(held_, step) != held_.end();
    });
    return steps;
  }

  // After the refusal of a link the other links wait for the next round: what is planned for them may rest on
  // what was refused. Fails only when the kernel cannot be looked at.
  Status perform(const std::vector<Step>& steps) {
    const Step* stopped = nullptr;
    for (std::size_t i = 0; i < steps.size() && !is_over(); ++i) {
      const auto& step = steps[i];
      const bool network = !is_ipvs_step(step);
      if (network && stopped != nullptr && !goes_on_after(*stopped, step)) continue;
      if (!network && is_refused(unit(step))) continue;
      const auto* join = network ? joins_next(std::span(steps).subspan(i)) : nullptr;
      if (join != nullptr && is_in_use(*join)) {
        stopped = &step;
        continue;
      }
      auto status = make(step);
      if (status) {
        if (done_.back() != step) stopped = &step;  // made, but not with all that it should have
        continue;
      }
      if (auto undone = refuse(step, status.error()); !undone) return undone;
      if (network) stopped = &step;
    }
    return {};
  }

  bool is_in_use(const SetMaster& join) {
    const auto status = kernel_.perform(join);
    if (status || status.error().code != EBUSY) return false;
    note({unit(join), join, status.error(), {}});
    return true;
  }

  Status make(const Step& step) {
    auto status = take(step);
    const auto* create = as<CreateLink>(step);
    if (status || create == nullptr || rollback_ == Rollback::kEverything) return status;
    const auto less = bare(*create);
    return less == *create ? status : take(less);
  }

  Status take(const Step& step) {
    auto status = kernel_.perform(step);
    if (!status) return status;
    if (on_step_) on_step_(step);
    done_.push_back(step);
    return status;
  }

  void note_what_is_in_the_way(const State& now) {
    if (!scope_.has(Look::kLinks)) return;
    for (auto& known : in_the_way(desired_, now))
      if (!is_refused(known.object)) note(std::move(known));
  }

  void note(Refusal refusal) {
    held_.push_back(refusal.step);
    if (!is_refused(refusal.object)) applied_.refused.push_back(std::move(refusal));
  }

  // What it cost to ask for this value in vain.
  [[nodiscard]] Price price_of_attempt(const Step& refused) const {
    if (!needs_more_of_a_bond(refused)) return Price::kNothing;
    const auto bond = object_of(refused);
    const auto there = before_.links.find(bond);
    if (there == before_.links.end() || !there->second.up) return Price::kNothing;
    const bool cost = std::ranges::any_of(done_, [&](const Step& step) {
      const auto* down = as<SetLinkUp>(step);
      const auto* leave = as<SetMaster>(step);
      return (down != nullptr && down->link == bond && !down->up) ||
             (leave != nullptr && leave->from == bond && leave->to.empty());
    });
    return cost ? Price::kCut : Price::kNothing;
  }

  // Of the network the next round leads back to what was there.
  Status refuse(const Step& step, const Error& why) {
    note({unit(step), step, why, price_of_attempt(step)});
    if (rollback_ == Rollback::kNothing) return {};
    if (rollback_ == Rollback::kObject && !is_ipvs_step(step)) return {};
    return roll_back(step);
  }

  // The refused step itself counts as taken: a message that fails may have done half its work.
  Status roll_back(const Step& refused) {
    const bool all = rollback_ == Rollback::kEverything;
    Touched undone;
    Touched kept;
    undone.add(refused);
    const auto owner = unit(refused);
    const auto goes_back = [&](const Step& step) { return all || unit(step) == owner; };
    for (const auto& step : done_) (goes_back(step) ? undone : kept).add(step);
    std::erase_if(done_, goes_back);
    State now;
    const auto scope = scope_of(undone);
    if (auto looked = look(now, scope); !looked) return looked;
    const auto done = done_;
    if (scope.has(Look::kLinks))
      if (auto looked = prepare_way_back(undone, scope, now); !looked) return looked;
    for (const auto& step : way_back(now, scope, undone, kept))
      if (!take(step)) break;  // what is left of it is in the last look
    done_ = done;
    return {};
  }

  Status prepare_way_back(const Touched& undone, const Scope& scope, State& now) {
    const auto steps = before_the_mode_goes(before_, now, undone, desired_.owner);
    for (const auto& step : steps)
      if (!take(step)) break;
    return steps.empty() ? Status{} : look(now, scope);
  }

  [[nodiscard]] std::vector<Step> way_back(const State& now, const Scope& scope, const Touched& undone,
                                           const Touched& kept) const {
    auto target = restore_target(before_, now, undone, kept);
    std::vector<Step> steps;
    if (scope.has(Look::kLinks)) steps = towards_network(now, target, desired_.owner);
    if (scope.has(Look::kIpvsHost))
      std::ranges::copy(back_to_ipvs_host(now.ipvs, target.ipvs), std::back_inserter(steps));
    if (scope.has(Look::kNft)) std::ranges::copy(towards_nft(now.nft, target.nft), std::back_inserter(steps));
    if (!scope.has(Look::kIpvs)) return steps;
    std::erase_if(target.services, [&](const auto& entry) { return !undone.services.contains(entry.first); });
    auto from = now;
    std::erase_if(from.services, [&](const auto& entry) { return !undone.services.contains(entry.first); });
    std::ranges::move(towards_ipvs(from, target), std::back_inserter(steps));
    return steps;
  }

  // Only what was touched: one refused service among a thousand must not cost a dump of them all.
  [[nodiscard]] Scope scope_of(const Touched& undone) const {
    Scope scope{{}, undone.services};
    if (!undone.services.empty()) scope.parts.add(Look::kIpvs);
    if (undone.ipvs_host) scope.parts.add(Look::kIpvsHost);
    if (undone.nft) scope.parts.add(Look::kNft);
    if (undone.links.empty() && undone.addresses.empty() && undone.routes.empty()) return scope;
    scope.parts.add(Look::kLinks);
    scope.parts.add(Look::kRoutes);
    return scope;
  }

  Desired desired_;
  Kernel& kernel_;
  Rollback rollback_;
  Scope scope_;
  const std::function<void(const Step&)>& on_step_;
  State before_;
  State now_;               // of the last look
  std::vector<Step> held_;  // refused, or to be left
  std::vector<Step> done_;
  Applied applied_;
};

}  // namespace

Result<Applied> apply(const Desired& desired, Kernel& kernel, Rollback rollback, const Scope& scope,
                      const std::function<void(const Step&)>& on_step, const std::vector<Step>& leave) {
  return Attempt(desired, kernel, rollback, scope, on_step, leave).run();
}

}  // namespace hawser
