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

}  // namespace

Result<Network> Network::open(Dialect dialect) {
  return Socket::open(NETLINK_ROUTE).map([&](Socket&& socket) {
    return Network{std::move(socket), std::move(dialect)};
  });
}

Result<IfIndex> Network::find(const std::string& name) {
  if (name.empty()) return IfIndex{};
  auto index = socket_.index_of(name);
  if (!index && index.error().code == ENODEV) return fail_with(ENODEV, "{} does not exist", name);
  return index;
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

struct Network::Perform {
  Network& net;

  Status operator()(const CreateLink& step) const {
    const auto lower = net.find(step.wanted.vlan ? step.wanted.vlan->on : std::string{});
    if (!lower) return tl::unexpected(lower.error());
    auto status = net.socket_.request(encode_create_link(step.link, step.wanted, *lower));
    if (status) return net.give_the_rest(step);
    if (status.error().code == EINVAL) return in_other_words(step, std::move(status));
    if (status.error().code != EEXIST) return status;
    // Made by an earlier try of this very step, or something else of that name?
    Observed now;
    if (auto seen = net.observe(now, false); !seen) return seen;
    const auto there = now.state.links.find(step.link);
    return there != now.state.links.end() && is_same_make(there->second, step.wanted) ? Status{} : status;
  }
  Status operator()(const DeleteLink& step) const {
    return but_not(net.socket_.request(encode_delete_link(step.link)), ENODEV);
  }
  Status operator()(const SetLinkUp& step) const {
    return net.socket_.request(encode_set_up(step.link, step.up));
  }
  Status operator()(const SetMtu& step) const {
    return net.socket_.request(encode_set_mtu(step.link, step.to));
  }
  Status operator()(const SetMac& step) const {
    return net.socket_.request(encode_set_mac(step.link, step.to));
  }
  Status operator()(const SetMaster& step) const {
    return net.find(step.to).and_then(
        [&](IfIndex master) { return net.socket_.request(encode_set_master(step.link, master)); });
  }
  Status operator()(const SetBondMode& step) const {
    return net.socket_.request(encode_bond_mode(step.bond, step.to));
  }
  Status operator()(const SetBondOption& step) const { return net.set(step); }
  Status operator()(const SetBondPrimary& step) const {
    return net.find(step.to).and_then(
        [&](IfIndex port) { return net.socket_.request(encode_bond_primary(step.bond, port)); });
  }
  Status operator()(const SetBondTargets& step) const {
    return net.socket_.request(encode_bond_targets(step.bond, step.family, step.to));
  }
  Status operator()(const SetAdActorSystem& step) const {
    return net.socket_.request(encode_ad_actor_system(step.bond, step.to));
  }
  Status operator()(const SetPortOptions& step) const { return net.set(step); }
  Status operator()(const SetActivePort& step) const {
    return net.find(step.port).and_then(
        [&](IfIndex port) { return net.socket_.request(encode_bond_active_port(step.bond, port)); });
  }
  Status operator()(const AddAddress& step) const {
    const auto link = net.find(step.link);
    if (!link) return tl::unexpected(link.error());
    auto status = net.socket_.request(encode_put_address(Put::kNew, *link, step.prefix, step.address));
    if (status || status.error().code != EEXIST) return status;
    const auto addresses = net.socket_.collect(encode_get_addresses(), decode_address);
    if (!addresses) return tl::unexpected(addresses.error());
    // However far its duplicate address detection came.
    const auto is_it = [&](const DecodedAddress& one) {
      return one.link == *link && one.prefix == step.prefix && one.address == step.address;
    };
    return std::ranges::any_of(*addresses, is_it) ? Status{} : status;
  }
  Status operator()(const ChangeAddress& step) const {
    return net.find(step.link).and_then([&](IfIndex link) {
      return net.socket_.request(encode_put_address(Put::kReplace, link, step.prefix, step.to));
    });
  }
  Status operator()(const RemoveAddress& step) const {
    const auto link = net.find(step.link);
    if (!link) return but_not(tl::unexpected(link.error()), ENODEV);  // gone with its interface
    return but_not(net.socket_.request(encode_remove_address(*link, step.prefix)), EADDRNOTAVAIL);
  }
  // Not by replacing: a route of that key which came since we looked belongs to somebody else.
  Status operator()(const AddRoute& step) const {
    const auto alone_or_last = step.key.nth == 0 ? PutRoute::kNew : PutRoute::kAppend;
    auto status = net.put(step.before_others ? PutRoute::kPrepend : alone_or_last, step.key, step.route);
    if (status || status.error().code != EEXIST) return status;
    if (is_kernel_made(step.route))
      return {};  // made by the kernel meanwhile, which net.observe() shows once only
    Observed now;
    if (auto seen = net.observe(now, true); !seen) return seen;
    const auto keys = keys_like(now.state.routes, step.key);
    const auto is_it = [&](const RouteKey& key) { return now.state.routes.at(key) == step.route; };
    return std::ranges::any_of(keys, is_it) ? Status{} : status;
  }
  Status operator()(const ChangeRoute& step) const { return net.put(PutRoute::kReplace, step.key, step.to); }
  Status operator()(const RemoveRoute& step) const {
    const auto device = net.find(step.route.device);
    if (!device) return but_not(tl::unexpected(device.error()), ENODEV);  // gone with its interface
    return but_not(net.socket_.request(encode_remove_route(step.key, step.route, *device)), ESRCH);
  }
};

Status Network::perform(const LinkStep& step) {
  return std::visit(Perform{*this}, step);
}

Status Network::perform(const BondStep& step) {
  return std::visit(Perform{*this}, step);
}

Status Network::perform(const AddressStep& step) {
  return std::visit(Perform{*this}, step);
}

Status Network::perform(const RouteStep& step) {
  return std::visit(Perform{*this}, step);
}

}  // namespace hawser::nl
