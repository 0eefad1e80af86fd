#include "tests/support/fake/fake_kernel.h"

#include <algorithm>
#include <cerrno>

#include "tests/support/fake/refuse.h"

namespace hawser {

// Hands each step to the part of the fake that knows it.
struct FakePerform {
  FakeKernel& k;

  Status operator()(const CreateLink& s) const { return k.create(s.link, s.wanted); }
  Status operator()(const DeleteLink& s) const { return k.remove(s.link); }
  Status operator()(const SetLinkUp& s) const { return k.set_up(s.link, s.up); }
  Status operator()(const SetMtu& s) const { return k.set_mtu(s.link, s.to); }
  Status operator()(const SetMac& s) const { return k.set_mac(s.link, s.to); }
  Status operator()(const SetMaster& s) const { return k.set_master(s.link, s.to); }
  Status operator()(const SetBondMode& s) const { return k.set_mode(s.bond, s.to); }
  Status operator()(const SetBondOption& s) const { return k.set_option(s.bond, s.option, s.to); }
  Status operator()(const SetBondPrimary& s) const { return k.set_primary(s.bond, s.to); }
  Status operator()(const SetBondTargets& s) const { return k.set_targets(s.bond, s.family, s.to); }
  Status operator()(const SetAdActorSystem& s) const { return k.set_actor(s.bond, s.to); }
  Status operator()(const SetPortOptions& s) const { return k.set_port(s.bond, s.port, s.to); }
  Status operator()(const SetActivePort& s) const { return k.set_active(s.bond, s.port); }
  Status operator()(const AddAddress& s) const { return k.add_address(s.link, s.prefix, s.address); }
  Status operator()(const ChangeAddress& s) const { return k.change_address(s.link, s.prefix, s.to); }
  Status operator()(const RemoveAddress& s) const { return k.remove_address(s.link, s.prefix); }
  Status operator()(const AddRoute& s) const { return k.add_route(s); }
  Status operator()(const ChangeRoute& s) const { return k.change_route(s.key, s.to); }
  Status operator()(const RemoveRoute& s) const { return k.remove_route(s); }
  Status operator()(const AddService& s) const { return k.add_service(s.key, s.service); }
  Status operator()(const EditService& s) const { return k.edit_service(s.key, s.to); }
  Status operator()(const DeleteService& s) const {
    k.state_.services.erase(s.key);
    return {};
  }
  Status operator()(const AddReal& s) const { return k.add_real(s.key, s.real, s.server); }
  Status operator()(const EditReal& s) const { return k.edit_real(s.key, s.real, s.to); }
  Status operator()(const DeleteReal& s) const { return k.delete_real(s.key, s.real); }
  Status operator()(const SetIpvsTimeouts& s) const { return k.set_ipvs_timeouts(s.to); }
  Status operator()(const StartSync& s) const { return k.start_sync(s.role, s.daemon); }
  Status operator()(const StopSync& s) const {
    k.state_.ipvs.daemons.erase(s.role);
    return {};
  }
  Status operator()(const SetIpvsSysctl& s) const {
    k.state_.ipvs.sysctls[s.which] = s.to;
    return {};
  }
  Status operator()(const ZeroCounters& s) const {
    return !s.key || k.state_.services.contains(*s.key) ? Status{} : refuse(ESRCH);
  }
  Status operator()(const MakeNftTable& s) const { return k.make_nft(s.contents); }
  Status operator()(const RemakeNftTable& s) const { return k.remake_nft(s.contents); }
  Status operator()(const SetNftContents& s) const { return k.change_nft(s.to); }
  Status operator()(const DeleteNftTable& /*s*/) const {
    if (k.state_.nft && k.state_.nft->ours) k.state_.nft.reset();
    return {};
  }
};

FakeKernel::FakeKernel(State state) : state_(std::move(state)) {
  for (auto& [name, link] : state_.links) {
    index_[name] = next_index_++;
    if (!link.mtu) link.mtu = 1500;
    if (!link.mac) link.mac = new_mac();
    hardware_[name] = {.mtu = *link.mtu, .mac = *link.mac};
    for (const auto& [prefix, address] : link.addresses)
      if (prefix.address.is_v4()) in_order_[name].push_back(prefix);
    std::ranges::stable_sort(in_order_[name], {},
                             [&](const Prefix& prefix) { return link.addresses.at(prefix).place.value; });
  }
  for (auto& [name, link] : state_.links) {
    if (!link.bond) continue;
    auto& facts = bonds_[name];
    facts.primary = link.bond->primary;
    facts.own_mac = true;
    const auto given = *link.bond;
    for (const auto option : {BondOption::kUpdelay, BondOption::kDowndelay, BondOption::kPeerNotifDelay})
      store(name, option, given.get(option));
    for (const auto& [port, options] : link.bond->ports) {
      hardware_[port].mac = new_mac();
      if (facts.active.empty() || port == facts.primary) facts.active = port;
    }
  }
}

MacAddress FakeKernel::new_mac() {
  MacAddress mac{{0x52, 0x54, 0x00, 0x01, 0x00, 0x00}};
  const auto is_taken = [&](const auto& entry) { return entry.second.mac == mac; };
  do {
    mac.bytes[4] = static_cast<std::uint8_t>(next_mac_ >> 8U);
    mac.bytes[5] = static_cast<std::uint8_t>(next_mac_++);
  } while (std::ranges::any_of(state_.links, is_taken));
  return mac;
}

Link* FakeKernel::find(const std::string& name) {
  const auto found = state_.links.find(name);
  return found == state_.links.end() ? nullptr : &found->second;
}

void FakeKernel::plug_in(const std::string& device) {
  auto& link = state_.links[device];
  link.mtu = 1500;
  link.mac = new_mac();
  hardware_[device] = {.mtu = 1500, .mac = *link.mac};
  index_[device] = next_index_++;
}

void FakeKernel::plug_in_with_fixed_mac(const std::string& device) {
  plug_in(device);
  fixed_mac_.insert(device);
}

void FakeKernel::set_in_use(const std::string& device, bool in_use) {
  if (in_use)
    in_use_.insert(device);
  else
    in_use_.erase(device);
}

void FakeKernel::set_carrier(const std::string& device, bool carrier) {
  carrier_[device] = carrier;
}

void FakeKernel::set_tentative(const IpAddress& address, bool tentative) {
  if (tentative)
    tentative_.insert(address);
  else
    tentative_.erase(address);
}

void FakeKernel::fail_step(int steps_before, const Error& why) {
  failing_step_ = performs() + steps_before;
  failure_ = why;
}

void FakeKernel::refuse_always(Judge judge, const Error& why) {
  judge_ = std::move(judge);
  judgement_ = why;
}

Status FakeKernel::injected() {
  if (performs() - 1 == failing_step_) return tl::unexpected(failure_);
  if (judge_ && judge_(performed_.back())) return tl::unexpected(judgement_);
  return {};
}

Status FakeKernel::perform(const Step& step) {
  performed_.push_back(step);
  auto status = injected();
  if (status && swallowed_ && swallowed_(step)) return {};
  if (status) status = visit_kind(FakePerform{*this}, step);
  const auto is_another = [](const auto& entry) { return entry.first.nth != 0; };
  if (std::ranges::any_of(state_.routes, is_another)) number_routes();
  if (!status) return fail_because(describe(step), status.error());
  return {};
}

LinkStatus FakeKernel::status_of(const std::string& name, const Link& link) const {
  LinkStatus status;
  const auto number = index_.find(name);
  status.index = IfIndex(number == index_.end() ? 0 : number->second);
  const auto carrier = carrier_.find(name);
  status.carrier = link.up && (carrier == carrier_.end() || carrier->second);
  if (const auto names = altnames_.find(name); names != altnames_.end()) status.altnames = names->second;
  status.kind = link.kind == LinkKind::kPhysical ? "" : std::string(name_of(link.kind));
  if (link.vlan) status.lower = link.vlan->on;
  if (const auto facts = bonds_.find(name); facts != bonds_.end()) status.active_port = facts->second.active;
  if (const auto master = bonds_.find(link.master); master != bonds_.end()) {
    PortStatus port;
    port.active = master->second.active == name;
    port.mii = status.carrier ? MiiStatus::kUp : MiiStatus::kDown;
    port.permanent_mac = hardware_.at(name).mac;
    // Nobody speaks LACP at the other end of a cable here.
    if (state_.links.at(link.master).bond->mode == BondMode::k8023ad)
      port.lacp = LacpStatus{static_cast<std::uint16_t>(status.index.value), false, status.carrier};
    status.port = port;
  }
  return status;
}

Result<Observed> FakeKernel::observe(const Scope& scope) {
  looks_.push_back(scope);
  if (observe_failure_.code != 0) return tl::unexpected(observe_failure_);
  Observed observed;
  if (scope.has(Look::kLinks)) {
    observed.state.links = state_.links;
    tell_what_is_lacking(observed.state);
    for (const auto& [name, order] : in_order_)
      if (const auto link = observed.state.links.find(name); link != observed.state.links.end())
        for (std::size_t i = 0; i < order.size(); ++i)
          link->second.addresses.at(order[i]).place.value = static_cast<std::uint32_t>(i + 1);
    if (scope.has(Look::kRoutes)) {
      observed.state.routes = state_.routes;
      observed.state.gone = state_.gone;
    }
    for (const auto& [name, link] : state_.links) observed.links[name] = status_of(name, link);
  }
  if (scope.has(Look::kIpvsHost)) {
    observed.ipvs = IpvsFacts{0x010201, 4096};
    observed.state.ipvs = state_.ipvs;
    observed.state.ipvs.timeouts = state_.ipvs.timeouts.value_or(kIpvsTimeouts);
    for (const auto& [which, name] : kNames<IpvsSysctl>) observed.state.ipvs.sysctls.try_emplace(which, 0);
  }
  if (scope.has(Look::kNft)) observed.state.nft = state_.nft;
  if (!scope.has(Look::kIpvs)) return observed;
  for (const auto& [key, service] : state_.services) {
    if (!scope.services.empty() && !scope.services.contains(key)) continue;
    observed.state.services[key] = service;
    auto& status = observed.services[key];
    for (const auto& [real, server] : service.reals)
      if (const auto counted = counted_.find({key, real}); counted != counted_.end())
        status.reals[real] = counted->second;
      else
        status.reals[real] = {};
  }
  return observed;
}

}  // namespace hawser
