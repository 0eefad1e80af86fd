// Bonds: mode, options, ports, in the order that the kernel takes them (drivers/net/bonding/bond_options.c
// says which option needs the bond down, empty or in which mode; lib/state/bond_options.cpp has that as a
// table).
#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

struct Demand {  // what the changes demand of the bond
  bool down = false;
  bool empty = false;
};

Demand demand_of(const Bond& there, const Bond& wanted) {
  Demand demand;
  if (there.mode != wanted.mode) return {.down = true, .empty = true};
  for (const auto& info : bond_options()) {
    if (!is_relevant(wanted, info.option) || there.get(info.option) == wanted.get(info.option)) continue;
    demand.down |= info.when == BondWhen::kDown;
    demand.empty |= info.when == BondWhen::kEmpty;
  }
  return demand;
}

class BondPlan {
 public:
  BondPlan(Draft& draft, const State& target, const std::string& name)
      : draft_(draft), target_(target), name_(name), wanted_(*target.links.at(name).bond) {}

  void make() {
    const auto demand = demand_of(there(), wanted_);
    const bool had_ports = !there().ports.empty();
    clear_primary();
    if (demand.down && draft_.is_up(name_)) draft_.take(SetLinkUp{name_, false});
    release_ports(demand.empty);
    if (there().mode != wanted_.mode) draft_.take(SetBondMode{name_, there().mode, wanted_.mode});
    set_targets(false);
    set_options();
    set_targets(true);
    if (wanted_.mode == BondMode::k8023ad && there().ad_actor_system != wanted_.ad_actor_system)
      draft_.take(SetAdActorSystem{name_, there().ad_actor_system, wanted_.ad_actor_system});
    const bool keep_mac = had_ports && there().ports.empty() && !target_.links.at(name_).mac;
    add_ports(keep_mac ? JoinFor::kItsMac : JoinFor::kPreference);
    set_port_options();
    if (has_active_port(wanted_.mode) && there().primary != wanted_.primary)
      draft_.take(SetBondPrimary{name_, there().primary, wanted_.primary});
  }

 private:
  // By value: a step changes what is there.
  [[nodiscard]] Bond there() const {
    const auto* link = draft_.link(name_);
    return link != nullptr && link->bond ? *link->bond : kernel_default_bond(wanted_.mode);
  }

  // The kernel remembers the name of a primary that leaves and makes it primary again when it comes back.
  void clear_primary() {
    if (wanted_.primary.empty() && !there().primary.empty())
      draft_.take(SetBondPrimary{name_, there().primary, {}});
  }

  void release_ports(bool all) {
    for (const auto& [port, options] : there().ports)
      if (all || !wanted_.ports.contains(port)) draft_.take(SetMaster{port, name_, {}});
  }

  void set_option(BondOption option, std::uint32_t value) {
    if (const auto from = there().get(option); from != value)
      draft_.take(SetBondOption{name_, option, from, value});
  }

  // The monitor that goes is turned off by a step of its own: the kernel would do it in silence.
  void set_options() {
    for (const auto option : {BondOption::kMiimon, BondOption::kArpInterval})
      if (is_relevant(wanted_, option) && wanted_.get(option) == 0) set_option(option, 0);
    for (const auto& info : bond_options())
      if (is_relevant(wanted_, info.option)) set_option(info.option, wanted_.get(info.option));
  }

  // Targets come before the monitor that asks them and go after it.
  void set_targets(bool clear) {
    const auto before = there();
    if (before.arp_ip_target != wanted_.arp_ip_target && wanted_.arp_ip_target.empty() == clear)
      draft_.take(SetBondTargets{name_, Family::kIpv4, before.arp_ip_target, wanted_.arp_ip_target});
    if (before.ns_ip6_target != wanted_.ns_ip6_target && wanted_.ns_ip6_target.empty() == clear)
      draft_.take(SetBondTargets{name_, Family::kIpv6, before.ns_ip6_target, wanted_.ns_ip6_target});
  }

  void add_ports(JoinFor reason) {
    for (const auto& port : joining_order(wanted_, reason))
      if (!there().ports.contains(port)) add_port(port);
  }

  void add_port(const std::string& port) {
    make_exist(draft_, target_, port);
    if (const auto master = draft_.link_or_new(port).master; !master.empty())
      draft_.take(SetMaster{port, master, {}});
    if (draft_.is_up(port)) draft_.take(SetLinkUp{port, false});
    clear_addresses(port);
    draft_.take(SetMaster{port, {}, name_});
  }

  // While the port is down they serve nobody; later they would draw what the bond is to carry.
  void clear_addresses(const std::string& port) {
    const auto found = target_.links.find(port);
    if (found == target_.links.end()) return;
    const auto there = draft_.link_or_new(port).addresses;
    for (const auto& [prefix, address] : there)
      if (!found->second.addresses.contains(prefix) && !is_kernel_made(prefix, address))
        draft_.take(RemoveAddress{port, prefix});
  }

  // Queue ids are unique: first free those that move to another port.
  void free_queues() {
    const auto before = there().ports;
    for (const auto& [port, wanted] : wanted_.ports) {
      const auto& from = before.at(port);
      const auto is_next = [&](const auto& entry) {
        return entry.first != port && entry.second.queue_id == from.queue_id;
      };
      if (from.queue_id != 0 && from.queue_id != wanted.queue_id &&
          std::ranges::any_of(wanted_.ports, is_next))
        set_port_option(port, &BondPort::queue_id, {});
    }
  }

  template <class Value>
  void set_port_option(const std::string& port, Value BondPort::*option, const BondPort& wanted) {
    const auto from = there().ports.at(port);
    auto to = from;
    to.*option = wanted.*option;
    if (from != to) draft_.take(SetPortOptions{name_, port, from, to});
  }

  // A step each: one may be refused, and the other not.
  void set_port_options() {
    free_queues();
    for (const auto& [port, options] : wanted_.ports) {
      if (has_active_port(wanted_.mode)) set_port_option(port, &BondPort::prio, options);
      if (wanted_.mode == BondMode::k8023ad) set_port_option(port, &BondPort::actor_port_prio, options);
      set_port_option(port, &BondPort::queue_id, options);
    }
  }

  Draft& draft_;
  const State& target_;
  const std::string& name_;
  const Bond& wanted_;
};

}  // namespace

void make_bond(Draft& draft, const State& target, const std::string& name) {
  BondPlan(draft, target, name).make();
}

}  // namespace hawser
