// Devices themselves: there or not, of which make, MTU, MAC, VRF, up or down.
#include <algorithm>

#include "lib/plan/draft.h"

namespace hawser {

namespace {

void delete_link(Draft& draft, const std::string& name) {
  if (const auto* link = draft.link(name); link != nullptr && is_made_by_us(link->kind))
    draft.take(DeleteLink{name, link->kind});
}

// Options that the mode does not take stay at what the kernel gives a new bond, or it refuses the message.
Bond for_creation(const Bond& wanted) {
  auto bond = kernel_default_bond(wanted.mode);
  for (std::size_t i = 0; i < kBondOptionCount; ++i)
    if (const auto option = static_cast<BondOption>(i); is_relevant(wanted, option))
      bond.set(option, wanted.get(option));
  bond.arp_ip_target = wanted.arp_ip_target;
  bond.ns_ip6_target = wanted.ns_ip6_target;
  if (wanted.mode == BondMode::k8023ad) bond.ad_actor_system = wanted.ad_actor_system;
  return bond;
}

void create(Draft& draft, Link wanted, const std::string& name) {
  wanted.up = false;
  wanted.master.clear();
  wanted.addresses.clear();
  if (wanted.bond) wanted.bond = for_creation(*wanted.bond);
  draft.take(CreateLink{name, std::move(wanted)});
}

bool is_bond(const State& state, const std::string& name) {
  const auto found = state.links.find(name);
  return found != state.links.end() && found->second.bond.has_value();
}

// Membership of a bond is the bond's business, see make_bond().
void make_master(Draft& draft, const State& target, const std::string& name, const std::string& master) {
  if (is_bond(target, master)) return;
  const auto there = draft.link_or_new(name).master;
  if (there == master) return;
  if (!there.empty()) draft.take(SetMaster{name, there, {}});
  if (!master.empty()) draft.take(SetMaster{name, {}, master});
}

void make_mtu_and_mac(Draft& draft, const State& target, const Link& wanted, const std::string& name) {
  const auto there = draft.link_or_new(name);
  if (wanted.mtu && wanted.mtu != there.mtu) draft.take(SetMtu{name, there.mtu.value_or(0), *wanted.mtu});
  if (is_bond(target, wanted.master)) return;  // a port has the MAC that its bond gives it
  if (wanted.mac && wanted.mac != there.mac)
    draft.take(SetMac{name, there.mac.value_or(MacAddress{}), *wanted.mac});
}

}  // namespace

void delete_links(Draft& draft, const State& target) {
  std::vector<std::string> names;
  for (const auto& [name, link] : draft.now().links)
    if (!target.links.contains(name)) names.push_back(name);
  // VLANs first: they would go with their lower device, and the plan should say so.
  std::ranges::stable_partition(names, [&](const auto& name) { return draft.link(name)->vlan.has_value(); });
  for (const auto& name : names) delete_link(draft, name);
}

void make_exist(Draft& draft, const State& target, const std::string& name) {
  const auto found = target.links.find(name);
  if (found == target.links.end()) return;
  const auto& wanted = found->second;
  const auto* there = draft.link(name);
  if (there != nullptr && (!is_made_by_us(wanted.kind) || is_same_make(wanted, *there))) return;
  delete_link(draft, name);
  if (!is_made_by_us(wanted.kind)) return;
  if (wanted.vlan && wanted.vlan->on != name) make_exist(draft, target, wanted.vlan->on);
  create(draft, wanted, name);
}

void make_link(Draft& draft, const State& target, const std::string& name) {
  const auto& wanted = target.links.at(name);
  make_exist(draft, target, name);
  if (wanted.bond) make_bond(draft, target, name);
  make_master(draft, target, name, wanted.master);
  make_mtu_and_mac(draft, target, wanted, name);
  if (draft.is_up(name) != wanted.up) draft.take(SetLinkUp{name, wanted.up});
  make_addresses(draft, wanted, name);
}

}  // namespace hawser
