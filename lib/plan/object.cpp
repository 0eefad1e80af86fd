#include "lib/plan/object.h"

#include "lib/state/bond_options.h"

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

struct UnitOf {
  const State& wanted;
  const State& before;

  std::string operator()(const SetLinkUp& s) const {
    if (const auto bond = joins(s.link); !s.up && !bond.empty()) return port(bond, s.link);
    return s.link + (s.up ? " up" : " down");
  }
  std::string operator()(const SetMtu& s) const { return s.link + " mtu"; }
  std::string operator()(const SetMac& s) const { return s.link + " mac"; }
  std::string operator()(const SetMaster& s) const {
    if (const auto bond = joins(s.link); !bond.empty()) return port(bond, s.link);
    const auto& master = master_of(s);
    return is_bond(master) ? port(master, s.link) : s.link + " master";
  }
  std::string operator()(const SetBondOption& s) const { return option(s.bond, info_of(s.option).name); }
  std::string operator()(const SetBondPrimary& s) const { return option(s.bond, "primary"); }
  std::string operator()(const SetBondTargets& s) const {
    return option(s.bond, s.family == Family::kIpv4 ? "arp_ip_target" : "ns_ip6_target");
  }
  std::string operator()(const SetAdActorSystem& s) const { return option(s.bond, "ad_actor_system"); }
  std::string operator()(const SetPortOptions& s) const {
    return port(s.bond, s.port) + (s.from.prio != s.to.prio ? " prio" : " queue_id");
  }
  std::string operator()(const RemoveAddress& s) const {
    if (const auto bond = joins(s.link); !bond.empty()) return port(bond, s.link);
    return address(s.link, s.prefix);
  }
  std::string operator()(const AddAddress& s) const { return address(s.link, s.prefix); }
  std::string operator()(const ChangeAddress& s) const { return address(s.link, s.prefix); }
  std::string operator()(const AddRoute& s) const { return "route " + to_string(s.key); }
  std::string operator()(const ChangeRoute& s) const { return "route " + to_string(s.key); }
  std::string operator()(const RemoveRoute& s) const { return "route " + to_string(s.key); }
  template <class S>
  std::string operator()(const S& s) const {
    return ObjectOf{}(s);
  }

 private:
  static std::string port(const std::string& bond, const std::string& name) { return bond + " port " + name; }
  static std::string option(const std::string& bond, std::string_view name) {
    return fmt::format("{} option {}", bond, name);
  }
  static std::string address(const std::string& link, const Prefix& prefix) {
    return fmt::format("{} address {}", link, prefix);
  }
  // The bond that the device is to be in and is not; empty: none.
  [[nodiscard]] std::string joins(const std::string& device) const {
    auto bond = bond_of(wanted, device);
    return bond == bond_of(before, device) ? std::string{} : bond;
  }
  [[nodiscard]] bool is_bond(const std::string& name) const {
    const auto is_one = [&](const State& state) {
      const auto found = state.links.find(name);
      return found != state.links.end() && found->second.bond.has_value();
    };
    return is_one(wanted) || is_one(before);
  }
};

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

std::string unit_of(const Step& step, const State& wanted, const State& before) {
  return std::visit(UnitOf{wanted, before}, step);
}

bool is_service_step(const Step& step) {
  return std::visit(DeviceOf{}, step).empty();
}

void Touched::add(const Step& step) {
  std::visit(Touch{this}, step);
}

}  // namespace hawser
