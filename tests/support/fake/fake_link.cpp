// Devices: net/core/rtnetlink.c, net/8021q/vlan.c, drivers/net/vrf.c.
#include <cerrno>

#include "tests/support/fake/fake_kernel.h"
#include "tests/support/fake/refuse.h"

namespace hawser {

std::vector<std::string> FakeKernel::vlans_on(const std::string& lower) const {
  std::vector<std::string> names;
  for (const auto& [name, link] : state_.links)
    if (link.vlan && link.vlan->on == lower) names.push_back(name);
  return names;
}

Status FakeKernel::can_create_vlan(const Vlan& vlan, const Link& wanted) {
  const auto* lower = find(vlan.on);
  if (lower == nullptr) return refuse(ENODEV);
  if (vlan.id == 0 || vlan.id > 4094) return refuse(ERANGE, "Invalid VLAN id");
  for (const auto& other : vlans_on(vlan.on))
    if (find(other)->vlan->id == vlan.id && find(other)->vlan->protocol == vlan.protocol)
      return refuse(EEXIST, "VLAN device already exists");
  if (wanted.mtu && *wanted.mtu > *lower->mtu) return refuse(ERANGE);
  return {};
}

Status FakeKernel::can_create(const std::string& name, const Link& wanted) {
  if (find(name) != nullptr) return refuse(EEXIST);
  switch (wanted.kind) {
    case LinkKind::kVlan:
      return wanted.vlan ? can_create_vlan(*wanted.vlan, wanted) : refuse(EINVAL);
    case LinkKind::kVrf:
      return wanted.vrf_table != 0 ? Status{} : refuse(EINVAL, "Invalid VRF table id");
    case LinkKind::kBond:
    case LinkKind::kDummy:
      return {};
    default:
      return refuse(EOPNOTSUPP);
  }
}

Status FakeKernel::create(const std::string& name, const Link& wanted) {
  if (const auto* there = find(name); there != nullptr && is_same_make(*there, wanted)) return {};
  if (auto can = can_create(name, wanted); !can) return can;
  Link link;
  link.kind = wanted.kind;
  link.vlan = wanted.vlan;
  link.vrf_table = wanted.vrf_table;
  const auto* lower = wanted.vlan ? find(wanted.vlan->on) : nullptr;
  link.mtu = wanted.mtu.value_or(lower != nullptr ? *lower->mtu : 1500);
  link.mac = wanted.mac.value_or(lower != nullptr ? *lower->mac : new_mac());
  state_.links[name] = link;
  if (wanted.bond)
    if (auto made = create_bond(name, *wanted.bond); !made) {  // one message: all or nothing
      state_.links.erase(name);
      bonds_.erase(name);
      return made;
    }
  if (wanted.bond) bonds_[name].own_mac = wanted.mac.has_value();
  hardware_[name] = {.mtu = *link.mtu, .mac = *link.mac};
  index_[name] = next_index_++;
  return {};
}

Status FakeKernel::remove(const std::string& name) {
  auto* link = find(name);
  if (link == nullptr) return {};
  if (link->kind == LinkKind::kPhysical || link->kind == LinkKind::kOther) return refuse(EOPNOTSUPP);
  for (const auto& vlan : vlans_on(name)) (void)remove(vlan);
  std::vector<std::string> members;
  for (const auto& [other, member] : state_.links)
    if (member.master == name) members.push_back(other);
  for (const auto& member : members) leave_master(member);
  if (!link->master.empty()) leave_master(name);
  delete_routes(name);
  make_prefix_routes(name);
  state_.links.erase(name);
  bonds_.erase(name);
  hardware_.erase(name);
  in_order_.erase(name);
  index_.erase(name);
  return {};
}

// addrconf_ifdown() without keep_addr_on_down, fib_disable_ip(); VLANs go down with their device.
void FakeKernel::take_down(const std::string& name) {
  auto* link = find(name);
  if (!link->up) return;
  link->up = false;
  std::erase_if(link->addresses, [](const auto& entry) { return entry.first.address.is_v6(); });
  drop_routes(name, true, true);
  make_prefix_routes(name);
  for (const auto& vlan : vlans_on(name)) take_down(vlan);
}

Status FakeKernel::set_up(const std::string& name, bool up) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  if (!up) {
    take_down(name);
    return {};
  }
  if (link->up) return {};
  if (link->vlan && !find(link->vlan->on)->up) return refuse(ENETDOWN);
  link->up = true;
  for (const auto& vlan : vlans_on(name)) (void)set_up(vlan, true);
  return {};
}

// addrconf_notify(): below 1280 there is no IPv6 on the device.
void FakeKernel::take_mtu(const std::string& name, std::uint32_t mtu) {
  auto* link = find(name);
  link->mtu = mtu;
  if (mtu >= 1280) return;
  std::erase_if(link->addresses, [](const auto& entry) { return entry.first.address.is_v6(); });
  std::erase_if(state_.gone, [&](const auto& entry) {
    return entry.second.device == name && entry.first.to.address.is_v6();
  });
  drop_routes(name, false, true);
}

Status FakeKernel::set_mtu(const std::string& name, std::uint32_t mtu) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  if (mtu < 68 || mtu > 65535) return refuse(EINVAL, "mtu out of range");
  if (link->vlan && mtu > *find(link->vlan->on)->mtu) return refuse(ERANGE);
  take_mtu(name, mtu);
  if (link->bond)
    for (const auto& [port, options] : link->bond->ports) take_mtu(port, mtu);
  for (const auto& vlan : vlans_on(name))
    if (*find(vlan)->mtu > mtu) (void)set_mtu(vlan, mtu);
  return {};
}

// vlan_sync_address(): VLANs with their device's MAC keep up with it.
void FakeKernel::change_mac(const std::string& name, const MacAddress& mac) {
  const auto before = std::exchange(find(name)->mac, mac);
  for (const auto& vlan : vlans_on(name))
    if (find(vlan)->mac == before) change_mac(vlan, mac);
}

Status FakeKernel::set_mac(const std::string& name, const MacAddress& mac) {
  auto* link = find(name);
  if (link == nullptr) return refuse(ENODEV);
  if (mac.is_zero() || (mac.bytes[0] & 1U) != 0) return refuse(EADDRNOTAVAIL);
  change_mac(name, mac);
  if (!link->bond) return {};
  bonds_[name].own_mac = true;
  for (const auto& [port, options] : link->bond->ports) find(port)->mac = mac;
  return {};
}

void FakeKernel::cycle(const std::string& name) {
  if (!find(name)->up) return;
  take_down(name);
  (void)set_up(name, true);
}

void FakeKernel::leave_master(const std::string& name) {
  auto* link = find(name);
  const auto master = std::exchange(link->master, {});
  const auto* left = find(master);
  if (left == nullptr) return;
  if (left->bond)
    release(master, name);
  else if (left->kind == LinkKind::kVrf)
    cycle(name);
}

Status FakeKernel::set_master(const std::string& name, const std::string& to) {
  auto* link = find(name);
  if (link == nullptr || (!to.empty() && find(to) == nullptr)) return refuse(ENODEV);
  if (link->master == to) return {};
  if (!link->master.empty()) leave_master(name);
  if (to.empty()) return {};
  if (find(to)->bond) return enslave(to, name);
  if (find(to)->kind != LinkKind::kVrf) return refuse(EOPNOTSUPP);
  link->master = to;
  cycle(name);
  return {};
}

}  // namespace hawser
