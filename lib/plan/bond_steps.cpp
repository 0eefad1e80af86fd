#include "lib/plan/bond_steps.h"

#include "lib/plan/holder.h"
#include "lib/plan/object.h"
#include "lib/plan/words.h"
#include "lib/state/bond_options.h"

namespace hawser {

namespace {

std::string joined(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += fmt::format("{}{}", text.empty() ? "" : " ", address);
  return text.empty() ? "none" : text;
}

std::string_view family_targets(Family family) {
  return family == Family::kIpv4 ? "arp_ip_target" : "ns_ip6_target";
}

struct DescribeBond {
  std::string operator()(const SetBondMode& s) const {
    return words::set(s.bond, "mode", name_of(s.from), name_of(s.to));
  }
  std::string operator()(const SetBondOption& s) const {
    const auto& info = info_of(s.option);
    return words::set(s.bond, info.name, format_bond_value(info, s.from), format_bond_value(info, s.to));
  }
  std::string operator()(const SetBondPrimary& s) const {
    return words::set(s.bond, "primary", words::or_none(s.from), words::or_none(s.to));
  }
  std::string operator()(const SetBondTargets& s) const {
    return words::set(s.bond, family_targets(s.family), joined(s.from), joined(s.to));
  }
  std::string operator()(const SetAdActorSystem& s) const {
    return words::set(s.bond, "ad_actor_system", s.from, s.to);
  }
  std::string operator()(const SetPortOptions& s) const {
    words::List list;
    list.change("prio", s.from.prio, s.to.prio);
    list.change("actor_port_prio", s.from.actor_port_prio, s.to.actor_port_prio);
    list.change("queue_id", s.from.queue_id, s.to.queue_id);
    return fmt::format("{}: set port {}: {}", s.bond, s.port, list.text());
  }
  std::string operator()(const SetActivePort& s) const {
    return fmt::format("{}: switch to port {}", s.bond, s.port);
  }
};

struct UnitOfBond {
  std::string operator()(const SetBondMode& s) const { return s.bond; }
  std::string operator()(const SetBondOption& s) const { return option(s.bond, info_of(s.option).name); }
  std::string operator()(const SetBondPrimary& s) const { return option(s.bond, "primary"); }
  std::string operator()(const SetBondTargets& s) const { return option(s.bond, family_targets(s.family)); }
  std::string operator()(const SetAdActorSystem& s) const { return option(s.bond, "ad_actor_system"); }
  std::string operator()(const SetPortOptions& s) const {
    const auto port = port_unit(s.bond, s.port);
    if (s.from.prio != s.to.prio) return port + " prio";
    return port + (s.from.actor_port_prio != s.to.actor_port_prio ? " actor_port_prio" : " queue_id");
  }
  std::string operator()(const SetActivePort& s) const { return s.bond; }

 private:
  static std::string option(const std::string& bond, std::string_view name) {
    return fmt::format("{} option {}", bond, name);
  }
};

// --- what Linux does ---

constexpr std::uint32_t kForcedMiimon = 100;  // BOND_DEFAULT_MIIMON

Bond& bond_at(State& state, const std::string& name) {
  auto& bond = state.links[name].bond;
  if (!bond) bond.emplace();
  return *bond;
}

// Delays are kept as counts of miimon: a new miimon stretches them, without one they are nothing.
void set_miimon(Bond& bond, std::uint32_t miimon) {
  const auto before = bond.get(BondOption::kMiimon);
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    bond.set(option, before == 0 ? 0 : bond.get(option) / before * miimon);
  bond.set(BondOption::kMiimon, miimon);
  if (miimon == 0 || bond.get(BondOption::kArpInterval) == 0) return;
  bond.set(BondOption::kArpInterval, 0);
  bond.set(BondOption::kArpValidate, 0);
}

void set_option(Bond& bond, BondOption option, std::uint32_t value) {
  if (option == BondOption::kMiimon) return set_miimon(bond, value);
  const auto miimon = bond.get(BondOption::kMiimon);
  if (option == BondOption::kUpdelay || option == BondOption::kDowndelay ||
      option == BondOption::kPeerNotifDelay)
    value = miimon == 0 ? 0 : value / miimon * miimon;
  if (option == BondOption::kArpInterval && value != 0) set_miimon(bond, 0);
  bond.set(option, value);
}

// bond_option_mode_set()
void set_mode(Bond& bond, BondMode mode) {
  const bool needs_mii =
      mode == BondMode::k8023ad || mode == BondMode::kBalanceTlb || mode == BondMode::kBalanceAlb;
  if (needs_mii) {
    bond.set(BondOption::kArpInterval, 0);
    if (bond.get(BondOption::kMiimon) == 0) set_miimon(bond, kForcedMiimon);
  }
  if (mode == BondMode::kBalanceAlb) bond.set(BondOption::kTlbDynamicLb, 1);
  bond.set(BondOption::kArpValidate, 0);
  bond.set(BondOption::kBroadcastNeighbor, 0);
  bond.mode = mode;
}

struct SimulateBond {
  Bond& bond;

  void operator()(const SetBondMode& s) const { set_mode(bond, s.to); }
  void operator()(const SetBondOption& s) const { set_option(bond, s.option, s.to); }
  void operator()(const SetBondPrimary& s) const { bond.primary = s.to; }
  void operator()(const SetBondTargets& s) const {
    (s.family == Family::kIpv4 ? bond.arp_ip_target : bond.ns_ip6_target) = s.to;
  }
  void operator()(const SetAdActorSystem& s) const { bond.ad_actor_system = s.to; }
  void operator()(const SetPortOptions& s) const { bond.ports[s.port] = s.to; }
  void operator()(const SetActivePort& /*s*/) const {}
};

// --- what is left when it is refused ---

struct HoldBond {
  Holder& holder;
  Bond& wanted;
  Bond now;

  void operator()(const SetBondMode& s) const { holder.device(s.bond); }
  void operator()(const SetBondOption& s) const {
    if (s.option == BondOption::kMiimon || s.option == BondOption::kArpInterval)
      holder.monitor(s.bond);
    else
      wanted.set(s.option, now.get(s.option));
  }
  void operator()(const SetBondPrimary& /*s*/) const { wanted.primary = now.primary; }
  void operator()(const SetBondTargets& s) const {
    if (s.family == Family::kIpv4)
      wanted.arp_ip_target = now.arp_ip_target;
    else
      wanted.ns_ip6_target = now.ns_ip6_target;
    // A monitor that has nobody to ask would take every port down.
    if (wanted.get(BondOption::kArpInterval) != 0 && wanted.arp_ip_target.empty() &&
        wanted.ns_ip6_target.empty())
      holder.monitor(s.bond);
  }
  void operator()(const SetAdActorSystem& /*s*/) const { wanted.ad_actor_system = now.ad_actor_system; }
  void operator()(const SetPortOptions& s) const {
    if (!wanted.ports.contains(s.port)) return;
    const auto found = now.ports.find(s.port);
    const auto left = found != now.ports.end() ? found->second : BondPort{};
    auto& port = wanted.ports[s.port];
    if (s.from.prio != s.to.prio) port.prio = left.prio;
    if (s.from.actor_port_prio != s.to.actor_port_prio) port.actor_port_prio = left.actor_port_prio;
    if (s.from.queue_id != s.to.queue_id) port.queue_id = left.queue_id;
  }
  void operator()(const SetActivePort& /*s*/) const {}
};

}  // namespace

std::string bond_in_words(const Bond& bond) {
  words::List list;
  list.put(fmt::format("bond {}", name_of(bond.mode)));
  const auto usual = kernel_default_bond(bond.mode);
  for (const auto& info : bond_options()) {
    if (!option_applies(info, bond.mode)) continue;
    list.unusual(info.name, format_bond_value(info, bond.get(info.option)),
                 format_bond_value(info, usual.get(info.option)));
  }
  list.unusual("arp_ip_target", joined(bond.arp_ip_target), joined({}));
  list.unusual("ns_ip6_target", joined(bond.ns_ip6_target), joined({}));
  list.unusual("ad_actor_system", bond.ad_actor_system, MacAddress{});
  return list.text();
}

void round_delays(Bond& bond) {
  const auto wanted = bond;
  for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
    set_option(bond, option, wanted.get(option));
}

std::string family::describe(const BondStep& step) {
  return std::visit(DescribeBond{}, step);
}

std::string family::object_of(const BondStep& step) {
  return std::visit([](const auto& s) { return s.bond; }, step);
}

std::string family::unit_of(const BondStep& step, const Sides& /*sides*/) {
  return std::visit(UnitOfBond{}, step);
}

void family::touch(Touched& touched, const BondStep& step) {
  touched.links.insert(object_of(step));
  if (const auto* options = std::get_if<SetPortOptions>(&step)) touched.links.insert(options->port);
}

void family::simulate(State& state, const BondStep& step) {
  std::visit(SimulateBond{bond_at(state, object_of(step))}, step);
}

void family::hold(Holder& holder, const BondStep& step) {
  const auto name = object_of(step);
  if (std::holds_alternative<SetBondMode>(step)) return holder.device(name);
  if (auto* wanted = holder.bond(name)) std::visit(HoldBond{holder, *wanted, holder.bond_now(name)}, step);
}

State family::value_in(const State& state, const BondStep& step) {
  State value;
  if (const auto there = state.links.find(object_of(step)); there != state.links.end())
    value.links[there->first].bond = there->second.bond;
  return value;
}

}  // namespace hawser
