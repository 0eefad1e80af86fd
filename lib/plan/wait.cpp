// What rests on a refused thing, and therefore waits with it.
#include <algorithm>

#include "lib/base/find_in.h"
#include "lib/plan/draft.h"
#include "lib/plan/hold.h"
#include "lib/plan/object.h"

namespace hawser {

namespace {

class Waiting {
 public:
  Waiting(State& target, const Held& held) : target_(target), held_(held) {}

  // Again and again: with a bond that is not made go the VLANs on it, with a VLAN what is on that.
  void settle() {
    for (bool again = true; again;) {
      again = false;
      const auto names = target_.links;
      for (const auto& [name, link] : names) again |= target_.links.contains(name) && settle_link(name);
    }
    const auto routes = target_.routes;
    for (const auto& [key, route] : routes)
      if (must_wait(key, route)) wait(key);
    keep_predecessors();
  }

 private:
  [[nodiscard]] bool exists(const std::string& name) const {
    const auto* link = find_in(target_.links, name);
    return link != nullptr && (held_.now.links.contains(name) || is_made_by_us(link->kind));
  }
  [[nodiscard]] bool is_up(const std::string& name) const {
    const auto* link = find_in(target_.links, name);
    return link != nullptr && link->up;
  }

  [[nodiscard]] bool is_up_now(const std::string& name) const {
    const auto* link = find_in(held_.now.links, name);
    return link != nullptr && link->up;
  }

  bool settle_link(const std::string& name) {
    if (const auto& vlan = target_.links.at(name).vlan; vlan && !exists(vlan->on)) return leave_out(name);
    auto& link = target_.links.at(name);
    const auto was = link;
    if (!link.master.empty() && !exists(link.master)) link.master.clear();
    if (link.bond)
      std::erase_if(link.bond->ports, [this](const auto& entry) { return !exists(entry.first); });
    if (link.bond && !link.bond->ports.contains(link.bond->primary)) link.bond->primary.clear();
    if (link.bond) share_queues(name, *link.bond);
    if (link.vlan) settle_vlan(name, link);
    if (!link.up || !bond_of(target_, name).empty()) drop_new_ipv6(name, link);
    return !(link == was);
  }

  // A queue belongs to one port: who has one and keeps it has it before who was to get it.
  void share_queues(const std::string& name, Bond& bond) const {
    const auto* there = find_in(held_.now.links, name);
    const auto has = [&](const std::string& port) {
      const auto* as_is = there != nullptr && there->bond ? find_in(there->bond->ports, port) : nullptr;
      return as_is != nullptr ? as_is->queue_id : std::uint16_t{0};
    };
    std::set<std::uint16_t> taken{0};
    for (const auto& [port, options] : bond.ports)
      if (options.queue_id == has(port)) taken.insert(options.queue_id);
    for (auto& [port, options] : bond.ports) {
      if (options.queue_id == has(port) || taken.insert(options.queue_id).second) continue;
      if (options.queue_id != 0)
        options.queue_id = taken.insert(has(port)).second ? has(port) : std::uint16_t{0};
    }
  }

  void settle_vlan(const std::string& name, Link& link) const {
    const auto* there = find_in(held_.now.links, link.vlan->on);
    if (!is_up(link.vlan->on) && (there == nullptr || there->up || !is_up_now(name))) link.up = false;
    const auto& wanted = target_.links.at(link.vlan->on).mtu;
    const auto lower = wanted ? wanted : there != nullptr ? there->mtu : std::nullopt;
    const auto* said = find_in(held_.wanted.links, name);
    const bool follows = link.mtu && said != nullptr && !said->mtu;
    if (follows)
      link.mtu = lower;
    else if (link.mtu && lower && *link.mtu > *lower)
      link.mtu.reset();
  }

  void drop_new_ipv6(const std::string& name, Link& link) const {
    const auto* there = find_in(held_.now.links, name);
    std::erase_if(link.addresses, [&](const auto& entry) {
      return entry.first.address.is_v6() && (there == nullptr || !there->addresses.contains(entry.first));
    });
  }

  // A VLAN that cannot be made anew stays as it was, as long as what that is on stays.
  bool leave_out(const std::string& name) {
    const auto* old = find_in(held_.before.links, name);
    if (old != nullptr && old->vlan && *old->vlan != *target_.links.at(name).vlan && exists(old->vlan->on))
      target_.links[name] = *old;
    else
      target_.links.erase(name);
    return true;
  }

  [[nodiscard]] bool is_refused(const std::string& device, const IpAddress& address) const {
    return std::ranges::any_of(held_.steps, [&](const Step& step) {
      const auto* add = as<AddAddress>(step);
      return add != nullptr && add->link == device && add->prefix.address == address;
    });
  }
  // What would lead to the gateway was refused, and nothing else does.
  [[nodiscard]] bool is_gateway_lost(const std::string& device, const IpAddress& gateway) const {
    const auto led = [&](const Step& step) {
      if (const auto* add = as<AddAddress>(step)) return add->link == device && add->prefix.contains(gateway);
      if (const auto* add = as<AddRoute>(step))
        return add->route.device == device && !add->route.via && add->key.to.contains(gateway);
      return false;
    };
    if (std::ranges::none_of(held_.steps, led)) return false;
    return !leads_to(device, gateway);
  }

  [[nodiscard]] bool must_wait(const RouteKey& /*key*/, const Route& route) const {
    if (!exists(route.device) || !is_up(route.device) || !bond_of(target_, route.device).empty()) return true;
    if (route.source && is_refused(route.device, *route.source)) return true;
    return route.via && !route.onlink && is_gateway_lost(route.device, *route.via);
  }

  [[nodiscard]] bool leads_to(const std::string& device, const IpAddress& gateway) const {
    const auto* link = find_in(target_.links, device);
    const auto leads = [&](const auto& entry) { return entry.first.contains(gateway); };
    const auto route_leads = [&](const auto& entry) {
      return entry.second.device == device && !entry.second.via && entry.first.to.contains(gateway);
    };
    return std::ranges::any_of(link->addresses, leads) || std::ranges::any_of(target_.routes, route_leads);
  }
  // Whether what was there before can be there still.
  [[nodiscard]] bool can_stay(const RouteKey& key, const Route& route) const {
    if (must_wait(key, route)) return false;
    return !route.via || route.onlink || route.via->is_link_local() || leads_to(route.device, *route.via);
  }

  void wait(const RouteKey& key) {
    const auto* old = find_in(held_.before.routes, key);
    if (old != nullptr && can_stay(key, *old))
      target_.routes[key] = *old;
    else
      target_.routes.erase(key);
    waiting_.push_back(key);
  }

  // The way that is there stays until its successor came.
  void keep_predecessors() {
    for (const auto& step : held_.steps) {
      if (const auto* add = as<AddRoute>(step)) waiting_.push_back(add->key);
      if (const auto* change = as<ChangeRoute>(step)) waiting_.push_back(change->key);
    }
    for (const auto& waiting : waiting_)
      for (const auto& [key, old] : held_.before.routes)
        if (key.table == waiting.table && key.to == waiting.to && can_stay(key, old))
          target_.routes.emplace(key, old);
  }

  State& target_;
  const Held& held_;
  std::vector<RouteKey> waiting_;
};

}  // namespace

void hold_what_waits(State& target, const Held& held) {
  Waiting(target, held).settle();
}

}  // namespace hawser
