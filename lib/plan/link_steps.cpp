#include "lib/plan/link_steps.h"

#include "lib/plan/bond_steps.h"
#include "lib/plan/holder.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

const std::string& master_of(const SetMaster& step) {
  return step.to.empty() ? step.from : step.to;
}

std::string link_in_words(const Link& link) {
  words::List list;
  if (link.bond)
    list.put(bond_in_words(*link.bond));
  else if (link.vlan)
    list.put(fmt::format("{}vlan {} on {}", link.vlan->protocol == 0x88a8 ? "802.1ad " : "", link.vlan->id,
                         link.vlan->on));
  else
    list.put(name_of(link.kind));
  if (link.kind == LinkKind::kVrf) list.put(fmt::format("table {}", link.vrf_table));
  if (link.mtu) list.put(fmt::format("mtu {}", *link.mtu));
  if (link.mac) list.put(fmt::format("mac {}", *link.mac));
  return list.text();
}

struct DescribeLink {
  std::string operator()(const CreateLink& s) const {
    return fmt::format("{}: create {}", s.link, link_in_words(s.wanted));
  }
  std::string operator()(const DeleteLink& s) const {
    return fmt::format("{}: delete {}", s.link, name_of(s.kind));
  }
  std::string operator()(const SetLinkUp& s) const {
    return fmt::format("{}: set {}", s.link, s.up ? "up" : "down");
  }
  std::string operator()(const SetMtu& s) const { return words::set(s.link, "mtu", s.from, s.to); }
  std::string operator()(const SetMac& s) const {
    return s.from.is_zero() ? fmt::format("{}: set mac {}", s.link, s.to)
                            : words::set(s.link, "mac", s.from, s.to);
  }
  std::string operator()(const SetMaster& s) const {
    return s.to.empty() ? fmt::format("{}: remove port {}", s.from, s.link)
                        : fmt::format("{}: add port {}", s.to, s.link);
  }
};

struct UnitOfLink {
  const Sides& sides;

  std::string operator()(const CreateLink& s) const { return s.link; }
  std::string operator()(const DeleteLink& s) const { return s.link; }
  std::string operator()(const SetLinkUp& s) const {
    if (const auto bond = sides.joins(s.link); !s.up && !bond.empty()) return port_unit(bond, s.link);
    return s.link + (s.up ? " up" : " down");
  }
  std::string operator()(const SetMtu& s) const { return s.link + " mtu"; }
  std::string operator()(const SetMac& s) const { return s.link + " mac"; }
  std::string operator()(const SetMaster& s) const {
    if (const auto bond = sides.joins(s.link); !bond.empty()) return port_unit(bond, s.link);
    const auto& master = master_of(s);
    return sides.is_bond(master) ? port_unit(master, s.link) : s.link + " master";
  }
};

// --- what Linux does ---

std::vector<std::string> vlans_on(const State& state, const std::string& lower) {
  std::vector<std::string> names;
  for (const auto& [name, link] : state.links)
    if (link.vlan && link.vlan->on == lower) names.push_back(name);
  return names;
}

void drop_ipv6_addresses(State& state, const std::string& name) {
  std::erase_if(state.gone, [&](const auto& entry) {
    return entry.second.device == name && entry.first.to.address.is_v6();
  });
  std::erase_if(state.links[name].addresses, [](const auto& entry) { return entry.first.address.is_v6(); });
}

// vlan_device_event(): VLANs follow their lower device down, and up again.
void set_up(State& state, const std::string& name, bool up) {
  auto& link = state.links[name];
  if (link.up == up) return;
  link.up = up;
  if (!up) {
    drop_ipv6_addresses(state, name);
    drop_routes(state, name);
    no_longer_gone(state, name);
  }
  for (const auto& vlan : vlans_on(state, name)) set_up(state, vlan, up);
}

// addrconf_notify() of NETDEV_CHANGEMTU ends IPv6 on the device.
void take_mtu(State& state, const std::string& name, std::uint32_t mtu) {
  state.links[name].mtu = mtu;
  if (mtu >= kIpv6Mtu) return;
  drop_ipv6_addresses(state, name);
  drop_routes(state, name, Family::kIpv6);
}

void set_mtu(State& state, const std::string& name, std::uint32_t mtu) {
  take_mtu(state, name, mtu);
  if (const auto bond = state.links[name].bond)
    for (const auto& [port, options] : bond->ports) take_mtu(state, port, mtu);
  for (const auto& vlan : vlans_on(state, name))
    if (auto& upper = state.links[vlan]; upper.mtu && *upper.mtu > mtu) set_mtu(state, vlan, mtu);
}

// vlan_sync_address(): a VLAN that has its device's MAC goes on having it.
void change_mac(State& state, const std::string& name, const std::optional<MacAddress>& mac) {
  const auto before = std::exchange(state.links[name].mac, mac);
  for (const auto& vlan : vlans_on(state, name))
    if (state.links[vlan].mac == before) change_mac(state, vlan, mac);
}

void leave_bond(State& state, const std::string& port, Bond& bond, const std::string& master) {
  bond.ports.erase(port);
  if (bond.primary == port) bond.primary.clear();
  if (bond.ports.empty()) change_mac(state, master, std::nullopt);  // eth_hw_addr_random()
  set_up(state, port, false);
  change_mac(state, port, std::nullopt);  // its own again
}

// cycle_netdev() of drivers/net/vrf.c: down and up again.
void cycle(State& state, const std::string& name) {
  if (!state.links[name].up) return;
  set_up(state, name, false);
  set_up(state, name, true);
}

void leave_master(State& state, const std::string& name) {
  const auto found = state.links.find(std::exchange(state.links[name].master, {}));
  if (found == state.links.end()) return;
  auto& master = found->second;
  if (master.bond)
    leave_bond(state, name, *master.bond, found->first);
  else if (master.kind == LinkKind::kVrf)
    cycle(state, name);
}

void join_master(State& state, const std::string& name, const std::string& to) {
  auto& master = state.links[to];
  auto& link = state.links[name];
  link.master = to;
  if (!master.bond) return cycle(state, name);
  master.bond->ports[name] = BondPort{};
  if (!master.mac) change_mac(state, to, link.mac);  // the first port lends it
  if (master.mtu) set_mtu(state, name, *master.mtu);
  change_mac(state, name, master.mac);
  set_up(state, name, true);
}

void delete_link(State& state, const std::string& name) {
  for (const auto& vlan : vlans_on(state, name)) delete_link(state, vlan);
  std::vector<std::string> members;
  for (const auto& [other, link] : state.links)
    if (link.master == name) members.push_back(other);
  for (const auto& member : members) leave_master(state, member);
  forget_device(state.routes, name);
  no_longer_gone(state, name);
  state.links.erase(name);
}

struct SimulateLink {
  State& state;

  void operator()(const CreateLink& s) const {
    auto& link = state.links[s.link];
    link = s.wanted;
    if (!link.mtu) link.mtu = kEthernetMtu;
    if (link.vlan && !link.mac)
      if (const auto lower = state.links.find(link.vlan->on); lower != state.links.end())
        link.mac = lower->second.mac;
    if (link.bond) round_delays(*link.bond);
  }
  void operator()(const DeleteLink& s) const { delete_link(state, s.link); }
  void operator()(const SetLinkUp& s) const { set_up(state, s.link, s.up); }
  void operator()(const SetMtu& s) const { set_mtu(state, s.link, s.to); }
  void operator()(const SetMac& s) const { change_mac(state, s.link, s.to); }
  void operator()(const SetMaster& s) const {
    if (s.to.empty())
      leave_master(state, s.link);
    else
      join_master(state, s.link, s.to);
  }
};

// --- what is left when it is refused ---

struct HoldLink {
  Holder& holder;

  void operator()(const CreateLink& s) const { holder.device(s.link); }
  void operator()(const DeleteLink& s) const { holder.device(s.link); }
  void operator()(const SetLinkUp& s) const {
    auto* link = holder.link(s.link);
    if (link == nullptr) return;
    const bool on_the_way = !s.up && link->up;  // down only to change something
    if (on_the_way && !link->bond && !bond_of(holder.target(), s.link).empty()) return holder.place(s.link);
    const auto* there = holder.link_now(s.link);
    if (!on_the_way) link->up = there != nullptr && there->up;
    if (!s.up && link->bond) holder.live_only(s.link);
  }
  void operator()(const SetMtu& s) const {
    auto* link = holder.link(s.link);
    if (link == nullptr) return;
    link->mtu.reset();
    if (link->bond)
      for (const auto& [port, options] : link->bond->ports)
        if (auto* card = holder.link(port)) card->mtu.reset();
  }
  void operator()(const SetMac& s) const {
    if (auto* link = holder.link(s.link)) link->mac.reset();
  }
  void operator()(const SetMaster& s) const {
    auto* link = holder.link(s.link);
    if (holder.is_bond(master_of(s))) {
      if (!s.to.empty() || bond_of(holder.target(), s.link) != s.from) holder.place(s.link, s.to);
      if (s.to.empty() && holder.bond(s.from) != nullptr) holder.filled(s.from);
    } else if (link != nullptr) {
      link->master = holder.old_master(s.link);
    }
  }
};

template <class Member>
Link only(const Link& link, Member Link::*member) {
  Link part;
  part.*member = link.*member;
  return part;
}

struct PartOfLink {
  const Link& link;

  Link operator()(const SetLinkUp& /*s*/) const { return only(link, &Link::up); }
  Link operator()(const SetMaster& /*s*/) const { return only(link, &Link::master); }
  Link operator()(const SetMtu& /*s*/) const { return only(link, &Link::mtu); }
  Link operator()(const SetMac& /*s*/) const { return only(link, &Link::mac); }
  Link operator()(const CreateLink& /*s*/) const { return make(); }
  Link operator()(const DeleteLink& /*s*/) const { return make(); }

 private:
  [[nodiscard]] Link make() const {
    auto part = only(link, &Link::kind);
    part.vlan = link.vlan;
    part.vrf_table = link.vrf_table;
    return part;
  }
};

std::string device_of(const LinkStep& step) {
  return std::visit([](const auto& s) { return s.link; }, step);
}

}  // namespace

std::string family::describe(const LinkStep& step) {
  return std::visit(DescribeLink{}, step);
}

std::string family::object_of(const LinkStep& step) {
  const auto* place = std::get_if<SetMaster>(&step);
  return place != nullptr ? master_of(*place) : device_of(step);
}

std::string family::unit_of(const LinkStep& step, const Sides& sides) {
  return std::visit(UnitOfLink{sides}, step);
}

void family::touch(Touched& touched, const LinkStep& step) {
  touched.links.insert(device_of(step));
  if (const auto* place = std::get_if<SetMaster>(&step))
    for (const auto& master : {place->from, place->to})
      if (!master.empty()) touched.links.insert(master);
}

void family::simulate(State& state, const LinkStep& step) {
  std::visit(SimulateLink{state}, step);
}

void family::hold(Holder& holder, const LinkStep& step) {
  std::visit(HoldLink{holder}, step);
}

State family::value_in(const State& state, const LinkStep& step) {
  State value;
  if (const auto there = state.links.find(device_of(step)); there != state.links.end())
    value.links[there->first] = std::visit(PartOfLink{there->second}, step);
  return value;
}

}  // namespace hawser
