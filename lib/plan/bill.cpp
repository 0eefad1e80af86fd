#include "lib/plan/bill.h"

#include <algorithm>
#include <map>

#include "lib/plan/consequence.h"
#include "lib/plan/simulate.h"

namespace hawser {

namespace {

// What a device carries before anything is done, as far as the kernel tells. In doubt it carries, and a port
// is not ready to carry on for another: nothing is to be interrupted by mistake.
class Carried {
 public:
  explicit Carried(const Observed& before) : before_(before) {}

  [[nodiscard]] bool by(const std::string& device) const {
    const auto* link = link_at(device);
    if (link == nullptr || !link->up) return false;
    if (link->bond) return has_a_cable(*link->bond);  // whoever uses it: frames come and go
    if (!has_carrier(device)) return false;
    if (const auto* bond = bond_at(link->master)) return by(link->master) && bond->ports.contains(device);
    return is_used(device, *link);
  }

  // What sits on the card itself and not on the bond that it is a port of: a VLAN to a storage network.
  [[nodiscard]] bool beside_its_bond(const std::string& port) const {
    return is_plugged(port) && bond_at(link_at(port)->master) != nullptr && carries_an_upper(port);
  }

  // Those over which the bond's traffic can go at once.
  [[nodiscard]] std::set<std::string> ready_ports(const Bond& bond) const {
    std::set<std::string> ports;
    for (const auto& [port, options] : bond.ports)
      if (is_ready(port)) ports.insert(port);
    return ports;
  }

  // Nobody speaks LACP at the other end of any port.
  [[nodiscard]] bool has_no_partner(const Bond& bond) const {
    return std::ranges::all_of(bond.ports, [&](const auto& entry) {
      const auto status = before_.links.find(entry.first);
      const bool known = status != before_.links.end() && status->second.port && status->second.port->lacp;
      return known && !status->second.port->lacp->partner;
    });
  }

 private:
  [[nodiscard]] const Link* link_at(const std::string& name) const {
    const auto found = before_.state.links.find(name);
    return found != before_.state.links.end() ? &found->second : nullptr;
  }

  [[nodiscard]] const Bond* bond_at(const std::string& name) const {
    const auto* link = link_at(name);
    return link != nullptr && link->bond ? &*link->bond : nullptr;
  }

  [[nodiscard]] bool has_carrier(const std::string& device) const {
    const auto status = before_.links.find(device);
    return status == before_.links.end() || status->second.carrier;
  }

  [[nodiscard]] bool is_plugged(const std::string& card) const {
    const auto* link = link_at(card);
    return link != nullptr && link->up && has_carrier(card);
  }

  [[nodiscard]] bool has_a_cable(const Bond& bond) const {
    return std::ranges::any_of(bond.ports, [&](const auto& entry) { return is_plugged(entry.first); });
  }

  [[nodiscard]] bool is_ready(const std::string& port) const {
    if (!is_plugged(port)) return false;
    const auto status = before_.links.find(port);
    if (status == before_.links.end() || !status->second.port) return true;
    const auto& state = *status->second.port;
    return state.mii == MiiStatus::kUp && (!state.lacp || state.lacp->distributing);
  }

  // A card that is up and has nothing but the link-local address that IPv6 gives it serves nobody.
  [[nodiscard]] bool is_used(const std::string& device, const Link& link) const {
    const auto is_of_use = [](const auto& entry) { return !is_kernel_made(entry.first, entry.second); };
    const auto leads_here = [&](const auto& entry) {
      return !is_kernel_made(entry.second) && leads_over(entry.second, device);
    };
    return !link.master.empty() || std::ranges::any_of(link.addresses, is_of_use) ||
           std::ranges::any_of(before_.state.routes, leads_here) || carries_an_upper(device);
  }

  [[nodiscard]] bool carries_an_upper(const std::string& device) const {
    return std::ranges::any_of(before_.state.links, [&](const auto& entry) {
      const auto& [name, upper] = entry;
      if (upper.vlan) return upper.vlan->on == device && by(name);
      if (upper.master == device) return by(name);
      const auto status = before_.links.find(name);
      return upper.up && status != before_.links.end() && sits_on(status->second, device);
    });
  }

  const Observed& before_;
};

class Reckoner {
 public:
  explicit Reckoner(const Observed& before) : now_(before.state), carried_(before) {}

  StepToll take(const Step& step) {
    const auto toll = visit_kind([this](const auto& one) { return of(one); }, step);
    if (const auto* create = as<CreateLink>(step)) made_.insert(create->link);
    simulate(now_, step);
    return toll;
  }

 private:
  StepToll of(const SetLinkUp& s) const {
    if (s.up || !is_up(s.link)) return {};
    if (bond_now(s.link) != nullptr) return {Toll::kBondDown, carries(s.link)};
    return interrupts(s.link);
  }
  StepToll of(const DeleteLink& s) const { return interrupts(s.link); }
  // Drivers take the link down for a new frame size; a device of software only takes note of it.
  StepToll of(const SetMtu& s) const {
    const auto link = now_.links.find(s.link);
    if (link == now_.links.end()) return {};
    const auto kind = link->second.kind;
    const bool software = kind == LinkKind::kVlan || kind == LinkKind::kDummy || kind == LinkKind::kVrf;
    return software ? StepToll{} : interrupts(s.link);
  }
  // The neighbours send to the one that they know until they are told.
  StepToll of(const SetMac& s) const { return interrupts(s.link); }
  StepToll of(const SetMaster& s) const {
    const auto* bond = bond_now(s.from);
    if (bond != nullptr && s.to.empty())
      return {Toll::kPortsReleased,
              (carried(s.from) && !has_another_port(*bond, s.link)) || carried_.beside_its_bond(s.link)};
    return bond_now(s.to) != nullptr ? StepToll{} : interrupts(s.link);  // a VRF closes and opens it
  }
  // The partner takes the ports out of its aggregator when the system that they belong to is another.
  StepToll of(const SetAdActorSystem& s) const { return interrupts_lacp(s.bond); }
  StepToll of(const SetBondOption& s) const {
    if (s.option == BondOption::kAdActorSysPrio) return interrupts_lacp(s.bond);
    if (s.option == BondOption::kLacpStrict && s.to != 0 && is_lacp(s.bond) &&
        carried_.has_no_partner(*bond_now(s.bond)))
      return interrupts(s.bond);  // it has no carrier any more
    if (s.option == BondOption::kMinLinks && s.to > s.from && is_lacp(s.bond) &&
        carried_.ready_ports(*bond_now(s.bond)).size() < s.to)
      return interrupts(s.bond);
    return {};
  }
  // All others say in their line what they end, or end nothing: from one active port to another is a moment
  // in which both of them receive.
  template <class Other>
  StepToll of(const Other& /*step*/) const {
    return {};
  }

  [[nodiscard]] bool is_up(const std::string& device) const {
    const auto link = now_.links.find(device);
    return link != now_.links.end() && link->second.up;
  }

  [[nodiscard]] const Bond* bond_now(const std::string& name) const {
    const auto link = now_.links.find(name);
    return link != now_.links.end() && link->second.bond ? &*link->second.bond : nullptr;
  }

  [[nodiscard]] bool is_lacp(const std::string& bond) const {
    const auto* there = bond_now(bond);
    return there != nullptr && there->mode == BondMode::k8023ad;
  }

  // Before the plan, by the device that is still there.
  [[nodiscard]] bool carried(const std::string& device) const {
    return !made_.contains(device) && carried_.by(device);
  }
  // And up to this step.
  [[nodiscard]] bool carries(const std::string& device) const {
    if (!is_up(device)) return false;
    if (carried_.beside_its_bond(device)) return true;
    if (!carried(device)) return false;
    if (const auto* own = bond_now(device)) return !own->ports.empty();
    const auto* bond = bond_now(now_.links.at(device).master);
    return bond == nullptr || !has_another_port(*bond, device);
  }

  [[nodiscard]] bool has_another_port(const Bond& bond, const std::string& port) const {
    return std::ranges::any_of(carried_.ready_ports(bond),
                               [&](const auto& other) { return other != port && is_up(other); });
  }

  [[nodiscard]] StepToll interrupts(const std::string& device) const {
    return carries(device) ? StepToll{Toll::kTraffic, true} : StepToll{};
  }
  [[nodiscard]] StepToll interrupts_lacp(const std::string& bond) const {
    return is_lacp(bond) ? interrupts(bond) : StepToll{};
  }

  State now_;
  Carried carried_;
  std::set<std::string> made_;  // by the plan
};

}  // namespace

Toll Bill::worst() const {
  auto worst = Toll::kFree;
  for (const auto& step : steps) worst = std::max(worst, step.toll);
  return worst;
}

bool Bill::stops() const {
  return std::ranges::any_of(steps, &StepToll::stops);
}

Bill bill_of(const Observed& before, std::span<const Step> steps) {
  Bill bill;
  Reckoner reckoner(before);
  std::map<std::string, DeviceToll> devices;
  for (const auto& step : steps) {
    const auto price = bill.steps.emplace_back(reckoner.take(step));
    if (price.toll == Toll::kFree) continue;
    const auto name = object_of(step);  // of a port that leaves: its bond
    auto& device = devices[name];
    device.device = name;
    device.tolls.insert(price.toll);
    device.stops |= price.stops;
    if (const auto* leave = as<SetMaster>(step); leave != nullptr && price.toll == Toll::kPortsReleased)
      device.released.push_back(leave->link);
  }
  for (auto& [name, device] : devices) bill.devices.push_back(std::move(device));
  return bill;
}

std::string describe(const DeviceToll& toll) {
  std::string text;
  for (const auto one : toll.tolls) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", name_of(one));
    if (one == Toll::kPortsReleased) text += fmt::format(" ({})", fmt::join(toll.released, ", "));
  }
  return fmt::format("{}: {}{}", toll.device, text, toll.stops ? "" : ": interrupts nothing");
}

}  // namespace hawser
