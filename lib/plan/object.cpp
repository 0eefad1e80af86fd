#include "lib/plan/object.h"

namespace hawser {

namespace {

std::string master_of(const SetMaster& step) {
  return step.to.empty() ? step.from : step.to;
}

struct ObjectOf {
  std::string operator()(const SetMaster& s) const { return master_of(s); }
  std::string operator()(const AddRoute& s) const { return s.route.device; }
  std::string operator()(const ChangeRoute& s) const { return s.to.device; }
  std::string operator()(const RemoveRoute& s) const { return s.route.device; }
  template <class S>
  std::string operator()(const S& s) const {
    if constexpr (requires { s.link; })
      return s.link;
    else if constexpr (requires { s.bond; })
      return s.bond;
    else
      return to_string(s.key);
  }
};

// The device that a network step is about; empty for IPVS. Joining a VRF is a change of the device, not of
// the VRF.
struct DeviceOf {
  std::string operator()(const SetMaster& s) const { return s.link; }
  template <class S>
  std::string operator()(const S& s) const {
    if constexpr (
        requires { s.real; } || requires { s.service; } || std::is_same_v<S, EditService> ||
        std::is_same_v<S, DeleteService>)
      return {};
    else
      return ObjectOf{}(s);
  }
};

// The unit inside its device's that a step is in; empty: none.
struct InnerUnitOf {
  template <class S>
  std::string operator()(const S& s) const {
    if constexpr (requires { s.prefix; })
      return s.prefix.address.is_v6() ? s.link + " IPv6 addresses" : std::string{};
    else if constexpr (requires { RouteKey{s.key}; })
      return destination(s.key);
    else
      return {};
  }

 private:
  static std::string destination(RouteKey key) {
    key.metric = key.to.address.is_v6() ? kIpv6UserMetric : 0;  // what to_string() does not say
    return "route " + to_string(key);
  }
};

// Bonds that a port moves between go forward and back together: a port is in one of them only.
std::set<std::string> together(const std::string& bond, const State& wanted, const State& before) {
  std::set<std::string> group{bond};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [name, link] : wanted.links) {
      if (!link.bond) continue;
      for (const auto& [port, options] : link.bond->ports) {
        const auto old = bond_of(before, port);
        if (old.empty() || group.contains(old) == group.contains(name)) continue;
        group.insert({old, name});
        grown = true;
      }
    }
  }
  return group;
}

struct Touch {
  Touched* touched;

  void operator()(const SetMaster& s) const {
    for (const auto& name : {s.link, s.from, s.to})
      if (!name.empty()) touched->links.insert(name);
  }
  void operator()(const SetPortOptions& s) const { touched->links.insert({s.bond, s.port}); }
  void operator()(const AddAddress& s) const { touched->addresses.insert({s.link, s.prefix}); }
  void operator()(const ChangeAddress& s) const { touched->addresses.insert({s.link, s.prefix}); }
  void operator()(const RemoveAddress& s) const { touched->addresses.insert({s.link, s.prefix}); }
  template <class S>
  void operator()(const S& s) const {
    if constexpr (requires { s.link; })
      touched->links.insert(s.link);
    else if constexpr (requires { s.bond; })
      touched->links.insert(s.bond);
    else
      touch_key(s.key);
  }

 private:
  void touch_key(const RouteKey& key) const { touched->routes.insert(key); }
  void touch_key(const ServiceKey& key) const { touched->services.insert(key); }
};

}  // namespace

std::string object_of(const Step& step) {
  return std::visit(ObjectOf{}, step);
}

std::string bond_of(const State& state, const std::string& device) {
  for (const auto& [name, link] : state.links)
    if (link.bond && link.bond->ports.contains(device)) return name;
  return {};
}

std::string unit_of_device(const std::string& device, const State& wanted, const State& before) {
  for (const auto* state : {&wanted, &before})
    if (const auto bond = bond_of(*state, device); !bond.empty())
      return *together(bond, wanted, before).begin();
  return wanted.links.contains(device) || before.links.contains(device)
             ? *together(device, wanted, before).begin()
             : device;
}

std::vector<std::string> units_of(const Step& step, const State& wanted, const State& before) {
  if (is_service_step(step)) return {object_of(step)};
  std::vector<std::string> units{unit_of_device(std::visit(DeviceOf{}, step), wanted, before)};
  if (auto inner = std::visit(InnerUnitOf{}, step); !inner.empty())
    units.insert(units.begin(), std::move(inner));
  return units;
}

bool is_service_step(const Step& step) {
  return std::visit(DeviceOf{}, step).empty();
}

void Touched::add(const Step& step) {
  std::visit(Touch{this}, step);
}

}  // namespace hawser
