#include "lib/plan/plan.h"

#include <algorithm>
#include <functional>

#include "lib/plan/draft.h"
#include "lib/plan/hold.h"
#include "lib/plan/target.h"

namespace hawser {

namespace {

// Lower devices before upper ones, masters before what is in them. Each link once; a circle (which no kernel
// has and no file may say) is cut where it is met.
class Order {
 public:
  explicit Order(const State& target) : target_(target) {
    for (const auto& [name, link] : target.links) visit(name);
  }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  void visit(const std::string& name) {
    const auto found = target_.links.find(name);
    if (found == target_.links.end() || !seen_.insert(name).second) return;
    const auto& link = found->second;
    visit(link.master);
    if (link.vlan) visit(link.vlan->on);
    if (link.bond)
      for (const auto& [port, options] : link.bond->ports) visit_below(port);
    names_.push_back(name);
  }
  // A VLAN can be opened, and so be a port, only while its lower device is up.
  void visit_below(const std::string& port) {
    const auto found = target_.links.find(port);
    if (found != target_.links.end() && found->second.vlan) visit(found->second.vlan->on);
  }

  const State& target_;
  std::set<std::string> seen_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<Step> towards_network(const State& from, const State& target, Owner owner) {
  Draft draft(from, owner);
  delete_links(draft, target);
  const Order order(target);
  for (const auto& name : order.names()) make_link(draft, target, name);
  make_routes(draft, target);
  remove_addresses(draft, target);
  make_routes(draft, target);  // again: an address takes routes with it when it goes
  remove_routes(draft, target);
  return draft.finish();
}

std::vector<Step> plan_network(const Desired& desired, const State& observed, std::span<const Step> held) {
  auto target = network_target(desired, observed);
  std::vector<Step> all(held.begin(), held.end());
  for (auto& known : in_the_way(desired, observed)) all.push_back(std::move(known.step));
  hold(target, {observed, observed, all, desired.state});
  return towards_network(observed, target, desired.owner);
}

std::vector<Step> plan_ipvs(const Desired& desired, const State& observed) {
  return towards_ipvs(observed, ipvs_target(desired, observed));
}

std::vector<Step> plan(const Desired& desired, const State& observed) {
  auto steps = plan_network(desired, observed);
  std::ranges::move(plan_ipvs(desired, observed), std::back_inserter(steps));
  std::ranges::copy(towards_ipvs_host(observed.ipvs, desired.state.ipvs), std::back_inserter(steps));
  std::ranges::copy(towards_nft(observed.nft, desired.state.nft), std::back_inserter(steps));
  return steps;
}

}  // namespace hawser
