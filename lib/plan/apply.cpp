#include "lib/plan/apply.h"

#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/object.h"
#include "lib/plan/restore.h"
#include "lib/plan/target.h"

namespace hawser {

namespace {

// One look more than a plan needs: side effects that the planner could not see from the state (a secondary
// address that went with its primary, a delay that the kernel remembered) are repaired by the next round.
// Each refusal is worth another round, in which its object has no part.
constexpr std::size_t kRounds = 3;

class Attempt {
 public:
  Attempt(Desired desired, Kernel& kernel, Rollback rollback, const Scope& scope,
          const std::function<void(const Step&)>& on_step, const std::set<std::string>& leave)
      : desired_(std::move(desired)),
        kernel_(kernel),
        rollback_(rollback),
        scope_(scope),
        on_step_(on_step),
        leave_(leave) {
    if (!scope.services.empty()) narrow_services();
  }

  Result<Applied> run() {
    if (auto looked = look(before_); !looked) return tl::unexpected(looked.error());
    applied_.left = planned(before_);
    auto steps = leave_.empty() ? applied_.left : planned_without_refused(before_);
    for (std::size_t round = 0; round < kRounds + applied_.refused.size() && !steps.empty(); ++round) {
      if (auto done = perform(steps); !done) return tl::unexpected(done.error());
      State now;
      if (auto looked = look(now); !looked) return tl::unexpected(looked.error());
      applied_.left = planned(now);
      if (is_over() || applied_.left.empty()) break;
      const bool all = applied_.refused.empty() && leave_.empty();
      auto next = all ? applied_.left : planned_without_refused(now);
      if (next == steps) break;  // what changed nothing once changes nothing twice
      steps = std::move(next);
    }
    for (auto& [units, step] : done_) applied_.done.push_back(std::move(step));
    return std::move(applied_);
  }

 private:
  struct Done {
    std::vector<std::string> units;
    Step step;
    [[nodiscard]] bool is_part_of(const std::string& unit) const {
      return std::ranges::find(units, unit) != units.end();
    }
  };

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
    if (scope_.network) steps = plan_network(desired_, observed);
    if (scope_.ipvs) std::ranges::move(plan_ipvs(desired_, observed), std::back_inserter(steps));
    return steps;
  }

  [[nodiscard]] std::vector<std::string> units(const Step& step) const {
    return units_of(step, desired_.state, before_);
  }
  [[nodiscard]] std::string unit(const std::string& device) const {
    return unit_of_device(device, desired_.state, before_);
  }
  [[nodiscard]] bool is_refused(const std::string& unit) const {
    return std::ranges::find(applied_.refused, unit, &Refusal::object) != applied_.refused.end();
  }
  [[nodiscard]] bool is_refused(const std::vector<std::string>& units) const {
    return std::ranges::any_of(units, [this](const auto& unit) { return is_refused(unit); });
  }
  [[nodiscard]] bool is_over() const {
    return rollback_ == Rollback::kEverything && !applied_.refused.empty();
  }
  // What hangs on a refused object stays as it is; the rest is planned as if that were what is wanted.
  [[nodiscard]] std::vector<Step> planned_without_refused(const State& now) const {
    std::vector<Step> steps;
    if (scope_.network) {
      auto target = network_target(desired_, now);
      leave_as_is(target, now, [this](const std::string& device) { return is_refused(unit(device)); });
      steps = towards_network(now, target, desired_.owner);
    }
    if (scope_.ipvs) std::ranges::move(plan_ipvs(desired_, now), std::back_inserter(steps));
    std::erase_if(steps, [this](const Step& step) {
      const auto owners = units(step);
      return is_refused(owners) || leave_.contains(owners.front());
    });
    return steps;
  }

  // After the refusal of a link the other links wait for the next round: what is planned for them may rest on
  // what was refused. On a route, an address or a service no link rests. Fails only when the kernel cannot be
  // looked at.
  Status perform(const std::vector<Step>& steps) {
    bool network_waits = false;
    for (const auto& step : steps) {
      if (is_over()) break;
      auto owners = units(step);
      const bool network = !is_service_step(step);
      if (is_refused(owners) || (network && network_waits)) continue;
      const auto status = take(step);
      if (status) {
        done_.push_back({std::move(owners), step});
        continue;
      }
      if (auto undone = refuse(owners, step, status.error()); !undone) return undone;
      network_waits |= network && owners.size() == 1;
    }
    return {};
  }

  Status take(const Step& step) {
    auto status = kernel_.perform(step);
    if (status && on_step_) on_step_(step);
    return status;
  }

  Status refuse(const std::vector<std::string>& units, const Step& step, const Error& why) {
    const auto& owner = units.front();
    applied_.refused.push_back({owner, why});
    if (rollback_ == Rollback::kNothing) return {};
    // A route or an address is made by one message or not at all: a hundred refused ones cost no look each.
    const bool is_inner = units.size() > 1;
    const auto is_its = [&](const Done& done) { return done.is_part_of(owner); };
    if (rollback_ == Rollback::kObject && is_inner && std::ranges::none_of(done_, is_its)) return {};
    return roll_back(owner, step);
  }

  // The refused step itself counts as taken: a message that fails may have done half its work.
  Status roll_back(const std::string& owner, const Step& refused) {
    const bool all = rollback_ == Rollback::kEverything;
    Touched undone;
    Touched kept;
    undone.add(refused);
    const auto goes_back = [&](const Done& done) { return all || done.is_part_of(owner); };
    for (const auto& done : done_) (goes_back(done) ? undone : kept).add(done.step);
    std::erase_if(done_, goes_back);
    State now;
    const auto scope = scope_of(undone);
    if (auto looked = look(now, scope); !looked) return looked;
    for (const auto& step : way_back(now, scope, undone, kept))
      if (!take(step)) break;  // what is left of it is in the last look
    return {};
  }

  [[nodiscard]] std::vector<Step> way_back(const State& now, const Scope& scope, const Touched& undone,
                                           const Touched& kept) const {
    auto target = restore_target(before_, now, undone, kept);
    std::vector<Step> steps;
    if (scope.network) steps = towards_network(now, target, desired_.owner);
    if (!scope.ipvs) return steps;
    std::erase_if(target.services, [&](const auto& entry) { return !undone.services.contains(entry.first); });
    auto from = now;
    std::erase_if(from.services, [&](const auto& entry) { return !undone.services.contains(entry.first); });
    std::ranges::move(towards_ipvs(from, target), std::back_inserter(steps));
    return steps;
  }

  // Only what was touched: one refused service among a thousand must not cost a dump of them all.
  [[nodiscard]] Scope scope_of(const Touched& undone) const {
    Scope scope;
    scope.ipvs = !undone.services.empty();
    scope.services = undone.services;
    scope.network = !undone.links.empty() || !undone.addresses.empty() || !undone.routes.empty();
    return scope;
  }

  Desired desired_;
  Kernel& kernel_;
  Rollback rollback_;
  const Scope& scope_;
  const std::function<void(const Step&)>& on_step_;
  const std::set<std::string>& leave_;
  State before_;
  std::vector<Done> done_;
  Applied applied_;
};

}  // namespace

Result<Applied> apply(const Desired& desired, Kernel& kernel, Rollback rollback, const Scope& scope,
                      const std::function<void(const Step&)>& on_step, const std::set<std::string>& leave) {
  return Attempt(desired, kernel, rollback, scope, on_step, leave).run();
}

}  // namespace hawser
