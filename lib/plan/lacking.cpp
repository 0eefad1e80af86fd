// What the file wants of a kernel that has never heard of it. Bonds tell what the kernel has, each of them
// for all: the kernel is not asked again, and no bond goes down for it. While there is no bond the kernel is
// asked by making one, which fails.
#include <cerrno>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/plan/kernel.h"
#include "lib/plan/object.h"
#include "lib/plan/plan.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

class Wishes {
 public:
  Wishes(const Desired& desired, const State& observed) : desired_(desired), observed_(observed) {
    for (const auto& [name, link] : observed.links)
      if (link.bond) lacking_.add(link.bond->lacking);
  }

  std::vector<Refusal> in_vain() {
    for (const auto& [name, link] : desired_.state.links) {
      if (!link.bond) continue;
      const auto* there = find_in(observed_.links, name);
      const auto now = there != nullptr && there->bond ? *there->bond : kernel_default_bond(link.bond->mode);
      look_at_options(name, now, *link.bond);
      if (link.bond->mode == BondMode::k8023ad && lacking_.actor_port_prio)
        look_at_ports(name, now, *link.bond);
    }
    return std::move(found_);
  }

 private:
  void look_at_options(const std::string& name, const Bond& now, const Bond& wanted) {
    for (const auto& info : bond_options()) {
      const auto from = now.get(info.option);
      const auto to = wanted.get(info.option);
      if (from != to && lacking_.options.contains(info.option) && is_relevant(wanted, info.option))
        refuse(SetBondOption{name, info.option, from, to});
    }
  }

  void look_at_ports(const std::string& name, const Bond& now, const Bond& wanted) {
    for (const auto& [port, options] : wanted.ports) {
      const auto* there = find_in(now.ports, port);
      const auto from = there != nullptr ? *there : BondPort{};
      auto to = from;
      to.actor_port_prio = options.actor_port_prio;
      if (from != to) refuse(SetPortOptions{name, port, from, to});
    }
  }

  void refuse(const Step& step) {
    Error why{fmt::format("{}: {}", describe(step), kNotInThisKernel), ENOSYS};
    found_.push_back({unit_of(step, desired_.state, observed_), step, std::move(why), {}});
  }

  const Desired& desired_;
  const State& observed_;
  Lacking lacking_;
  std::vector<Refusal> found_;
};

}  // namespace

std::vector<Refusal> lacked_by_the_kernel(const Desired& desired, const State& observed) {
  return Wishes(desired, observed).in_vain();
}

std::vector<Refusal> in_the_way(const Desired& desired, const State& observed) {
  auto all = foreign_in_the_way(desired, observed);
  auto lacked = lacked_by_the_kernel(desired, observed);
  all.insert(all.end(), std::make_move_iterator(lacked.begin()), std::make_move_iterator(lacked.end()));
  return all;
}

}  // namespace hawser
