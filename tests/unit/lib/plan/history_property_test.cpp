// The same file, the same result: whatever files came before, after a file the kernel has of the file's
// devices what it would have on a machine that was just booted.
#include <gtest/gtest.h>

#include "lib/config/ports.h"
#include "lib/plan/apply.h"
#include "lib/state/bond_options.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/plan/random_state.h"

namespace hawser::world {
namespace {

constexpr unsigned kShards = 20;
constexpr unsigned kCasesOfAShard = 500;

std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& line : lines(steps)) text += line + "\n";
  return text;
}

// netd on one machine: the files that it is given, and what it made.
struct Machine {
  FakeKernel kernel;
  Journal journal;
  std::string story;

  Machine() {
    for (const auto* name : {"eth0", "eth1", "eth2", "eth3"}) kernel.plug_in(name);
  }

  // As netd does: the devices that the file means are looked up first.
  State meant_by(const State& file) {
    std::map<std::string, config::BondPolicy> bonds;
    for (const auto& [name, link] : file.links) {
      if (!link.bond) continue;
      for (const auto& [port, options] : link.bond->ports) bonds[name].port_order.push_back(port);
    }
    return config::resolve_ports(file, bonds, *kernel.observe({})).network;
  }

  void take(const State& file) {
    const auto applied =
        apply(wanting(meant_by(file), journal), kernel, Rollback::kObject, {}, [this](const Step& step) {
          story += describe(step) + "\n";
          if (const auto* create = as<CreateLink>(step)) journal.links.insert(create->link);
          if (const auto* gone = as<DeleteLink>(step)) journal.links.erase(gone->link);
          if (const auto* add = as<AddService>(step)) journal.services.insert(add->key);
        });
    story += "--\n";
    ASSERT_TRUE(applied && applied->complete()) << story << "left:\n" << text_of(applied->left);
  }
};

// What the file leaves to what was there:
// - MACs that it does not name: a bond keeps the one it has (another would cut its traffic) unless that is
// the one
//   of a card outside, a port's is the bond's, a card's its own;
// - the MTU of a card without one: only its driver knows what it was;
// - options that the mode does not take, and delays without the monitor that counts them: without effect, and
//   set when a later file gives them one;
// - the priority of ports in modes without an active one: likewise.
State owned_by_the_file(const State& file, const State& kernel) {
  State owned;
  for (const auto& [name, link] : file.links) {
    auto there = kernel.links.at(name);
    if (!link.mac) there.mac.reset();
    if (!link.mtu && link.kind == LinkKind::kPhysical) there.mtu.reset();
    if (!there.master.empty() && kernel.links.at(there.master).bond) there.mac.reset();
    owned.links[name] = std::move(there);
  }
  for (auto& [name, link] : owned.links) {
    if (!link.bond) continue;
    const auto& mode = link.bond->mode;
    const bool counts = link.bond->get(BondOption::kMiimon) != 0;
    for (const auto& info : bond_options()) {
      const bool delay = info.option == BondOption::kUpdelay || info.option == BondOption::kDowndelay ||
                         info.option == BondOption::kPeerNotifDelay;
      if (!option_applies(info, mode) || (delay && !counts)) link.bond->set(info.option, 0);
    }
    if (mode != BondMode::k8023ad) link.bond->ad_actor_system = {};
    for (auto& [port, options] : link.bond->ports) {
      if (!option_applies(info_of(BondOption::kTlbDynamicLb), mode) && mode != BondMode::kActiveBackup)
        options.prio = 0;
      auto card = kernel.links.at(port);
      card.mac.reset();
      if (!card.vlan) owned.links[port] = card;
    }
  }
  for (const auto& [key, route] : kernel.routes)
    if (route.protocol == kNetd) owned.routes[key] = route;
  owned.services = kernel.services;
  return owned;
}

MacAddress own_mac(const Observed& observed, const std::string& card) {
  const auto& port = observed.links.at(card).port;
  return port ? port->permanent_mac : *observed.state.links.at(card).mac;
}

// Two cards of one network with one MAC take the frames from each other. (With fail_over_mac the MAC is the
// active port's, whatever is set; and what the file gives is the file's.)
std::string bond_with_the_mac_of_a_stranger(const State& file, FakeKernel& kernel) {
  const auto observed = *kernel.observe({});
  for (const auto& [name, link] : file.links) {
    if (!link.bond || link.mac || link.bond->get(BondOption::kFailOverMac) != 0) continue;
    for (const auto& [card, its] : observed.state.links)
      if (its.kind == LinkKind::kPhysical && its.master != name &&
          own_mac(observed, card) == observed.state.links.at(name).mac)
        return fmt::format("{} has the mac of {}", name, card);
  }
  return {};
}

std::string difference(const State& one, const State& other) {
  const Desired to_one{.state = one, .owner = Owner::kNone, .journal = {}};
  const Desired to_other{.state = other, .owner = Owner::kNone, .journal = {}};
  return "fresh ->\n" + text_of(plan(to_other, one)) + "<-\n" + text_of(plan(to_one, other));
}

class HistoryProperty : public testing::TestWithParam<unsigned> {};

INSTANTIATE_TEST_SUITE_P(, HistoryProperty, testing::Range(0U, kShards));

TEST_P(HistoryProperty, TheSameFileLeadsToTheSameState) {
  for (unsigned seed = GetParam() * kCasesOfAShard; seed < (GetParam() + 1) * kCasesOfAShard; ++seed) {
    RandomState random(seed);
    Machine old;
    for (int i = 0; i < 3; ++i) {
      old.take(random.desired());
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
    const auto file = random.desired();
    old.take(file);
    Machine fresh;
    fresh.take(file);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    ASSERT_EQ(bond_with_the_mac_of_a_stranger(file, old.kernel), "") << "seed " << seed << "\n" << old.story;
    const auto one = owned_by_the_file(file, fresh.kernel.state());
    const auto other = owned_by_the_file(file, old.kernel.state());
    ASSERT_TRUE(one == other) << "seed " << seed << "\n" << old.story << difference(one, other);
  }
}

}  // namespace
}  // namespace hawser::world
