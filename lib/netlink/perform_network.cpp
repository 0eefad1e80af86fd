#include <algorithm>
#include <cerrno>

#include <linux/netlink.h>

#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/network.h"
#include "lib/netlink/route_codec.h"
#include "lib/plan/simulate.h"

namespace hawser::nl {

namespace {

// A step is safe to repeat: what is already so is not an error.
Status but_not(Status status, int harmless) {
  if (!status && status.error().code == harmless) return {};
  return status;
}

bool is_same_make(const Link& one, const Link& other) {
  return one.kind == other.kind && one.vlan == other.vlan && one.vrf_table == other.vrf_table;
}

}  // namespace

Result<Network> Network::open() {
  return Socket::open(NETLINK_ROUTE).map([](Socket&& socket) { return Network{std::move(socket)}; });
}

Result<IfIndex> Network::find(const std::string& name) {
  if (name.empty()) return IfIndex{};
  auto index = socket_.index_of(name);
  if (!index && index.error().code == ENODEV) return fail_with(ENODEV, "{} does not exist", name);
  return index;
}

Status Network::perform(const CreateLink& step) {
  const auto lower = find(step.wanted.vlan ? step.wanted.vlan->on : std::string{});
  if (!lower) return tl::unexpected(lower.error());
  auto status = socket_.request(encode_create_link(step.link, step.wanted, *lower));
  if (status || status.error().code != EEXIST) return status;
  // Made by an earlier try of this very step, or something else of that name?
  Observed now;
  if (auto seen = observe(now, false); !seen) return seen;
  const auto there = now.state.links.find(step.link);
  return there != now.state.links.end() && is_same_make(there->second, step.wanted) ? Status{} : status;
}

Status Network::perform(const DeleteLink& step) {
  return but_not(socket_.request(encode_delete_link(step.link)), ENODEV);
}

Status Network::perform(const SetLinkUp& step) {
  return socket_.request(encode_set_up(step.link, step.up));
}

Status Network::perform(const SetMtu& step) {
  return socket_.request(encode_set_mtu(step.link, step.to));
}

Status Network::perform(const SetMac& step) {
  return socket_.request(encode_set_mac(step.link, step.to));
}

Status Network::perform(const SetMaster& step) {
  return find(step.to).and_then(
      [&](IfIndex master) { return socket_.request(encode_set_master(step.link, master)); });
}

Status Network::perform(const SetBondMode& step) {
  return socket_.request(encode_bond_mode(step.bond, step.to));
}

Status Network::perform(const SetBondOption& step) {
  return socket_.request(encode_bond_option(step.bond, step.option, step.to));
}

Status Network::perform(const SetBondPrimary& step) {
  return find(step.to).and_then(
      [&](IfIndex port) { return socket_.request(encode_bond_primary(step.bond, port)); });
}

Status Network::perform(const SetBondTargets& step) {
  return socket_.request(encode_bond_targets(step.bond, step.family, step.to));
}

Status Network::perform(const SetAdActorSystem& step) {
  return socket_.request(encode_ad_actor_system(step.bond, step.to));
}

Status Network::perform(const SetPortOptions& step) {
  return socket_.request(encode_port_options(step.port, step.from, step.to));
}

Status Network::perform(const SetActivePort& step) {
  return find(step.port).and_then(
      [&](IfIndex port) { return socket_.request(encode_bond_active_port(step.bond, port)); });
}

Status Network::perform(const AddAddress& step) {
  const auto link = find(step.link);
  if (!link) return tl::unexpected(link.error());
  auto status = socket_.request(encode_put_address(Put::kNew, *link, step.prefix, step.address));
  if (status || status.error().code != EEXIST) return status;
  const auto addresses = socket_.collect(encode_get_addresses(), decode_address);
  if (!addresses) return tl::unexpected(addresses.error());
  // However far its duplicate address detection came.
  const auto is_it = [&](const DecodedAddress& one) {
    return one.link == *link && one.prefix == step.prefix && one.address == step.address;
  };
  return std::ranges::any_of(*addresses, is_it) ? Status{} : status;
}

Status Network::perform(const ChangeAddress& step) {
  return find(step.link).and_then([&](IfIndex link) {
    return socket_.request(encode_put_address(Put::kReplace, link, step.prefix, step.to));
  });
}

Status Network::perform(const RemoveAddress& step) {
  const auto link = find(step.link);
  if (!link) return but_not(tl::unexpected(link.error()), ENODEV);  // gone with its interface
  return but_not(socket_.request(encode_remove_address(*link, step.prefix)), EADDRNOTAVAIL);
}

Status Network::put(PutRoute how, const RouteKey& key, const Route& route) {
  const auto device = find(route.device);
  if (!device) return tl::unexpected(device.error());
  if (!route.rest) return socket_.request(encode_put_route(how, key, route, *device));
  std::vector<IfIndex> hops;
  for (const auto& hop : route.rest->hops) {
    const auto index = find(hop.device);
    if (!index) return tl::unexpected(index.error());
    hops.push_back(*index);
  }
  return socket_.request(encode_put_kernel_route(how, *route.rest, *device, hops));
}

// Not by replacing: a route of that key which came since we looked belongs to somebody else.
Status Network::perform(const AddRoute& step) {
  const auto alone_or_last = step.key.nth == 0 ? PutRoute::kNew : PutRoute::kAppend;
  auto status = put(step.before_others ? PutRoute::kPrepend : alone_or_last, step.key, step.route);
  if (status || status.error().code != EEXIST) return status;
  if (is_kernel_made(step.route)) return {};  // made by the kernel meanwhile, which observe() shows once only
  Observed now;
  if (auto seen = observe(now, true); !seen) return seen;
  const auto keys = keys_like(now.state.routes, step.key);
  const auto is_it = [&](const RouteKey& key) { return now.state.routes.at(key) == step.route; };
  return std::ranges::any_of(keys, is_it) ? Status{} : status;
}

Status Network::perform(const ChangeRoute& step) {
  return put(PutRoute::kReplace, step.key, step.to);
}

Status Network::perform(const RemoveRoute& step) {
  const auto device = find(step.route.device);
  if (!device) return but_not(tl::unexpected(device.error()), ENODEV);  // gone with its interface
  return but_not(socket_.request(encode_remove_route(step.key, step.route, *device)), ESRCH);
}

}  // namespace hawser::nl
