#include "lib/plan/address_steps.h"

#include <algorithm>
#include <chrono>

#include "lib/base/duration.h"
#include "lib/plan/holder.h"
#include "lib/plan/object.h"
#include "lib/plan/simulate.h"
#include "lib/plan/words.h"

namespace hawser {

namespace {

using words::List;

std::string scope_name(std::uint8_t scope) {
  switch (scope) {
    case 0:
      return "global";
    case 200:
      return "site";
    case 253:
      return "link";
    case 254:
      return "host";
    default:
      return std::to_string(scope);
  }
}

std::string lifetime(std::uint32_t seconds) {
  return seconds == kForever ? "forever" : format_duration(std::chrono::seconds(seconds));
}

std::string changes(const Address& from, const Address& to) {
  List list;
  list.change("preferred_lifetime", lifetime(from.preferred_lifetime), lifetime(to.preferred_lifetime));
  list.change("scope", scope_name(from.scope), scope_name(to.scope));
  list.change("broadcast", words::or_none(from.broadcast), words::or_none(to.broadcast));
  list.change("no_prefix_route", words::on_off(from.no_prefix_route), words::on_off(to.no_prefix_route));
  list.change("no_dad", words::on_off(from.no_dad), words::on_off(to.no_dad));
  list.change("protocol", words::protocol(from.protocol), words::protocol(to.protocol));
  return list.text();
}

std::string unusual(const Address& address) {
  List list;
  const Address usual;
  list.unusual("preferred_lifetime", lifetime(address.preferred_lifetime),
               lifetime(usual.preferred_lifetime));
  list.unusual("scope", scope_name(address.scope), scope_name(usual.scope));
  list.unusual("broadcast", words::or_none(address.broadcast), words::or_none(usual.broadcast));
  if (address.no_prefix_route) list.put("no_prefix_route on");
  if (address.no_dad) list.put("no_dad on");
  return list.text();
}

struct DescribeAddress {
  std::string operator()(const AddAddress& s) const {
    return words::with(fmt::format("{}: add address {}", s.link, s.prefix), unusual(s.address));
  }
  std::string operator()(const ChangeAddress& s) const {
    return fmt::format("{}: change address {}: {}", s.link, s.prefix, changes(s.from, s.to));
  }
  std::string operator()(const RemoveAddress& s) const {
    return fmt::format("{}: remove address {}", s.link, s.prefix);
  }
};

// --- what Linux does ---

bool is_local(const State& state, const IpAddress& address) {
  const auto is_it = [&](const auto& entry) { return entry.first.address == address; };
  return std::ranges::any_of(
      state.links, [&](const auto& link) { return std::ranges::any_of(link.second.addresses, is_it); });
}

void forget_address(State& state, const std::string& name, const Prefix& prefix) {
  auto& addresses = state.links[name].addresses;
  addresses.erase(prefix);
  if (!is_local(state, prefix.address))
    std::erase_if(state.routes, [&](const auto& entry) { return entry.second.source == prefix.address; });
  const auto family = prefix.address.family();
  const auto same_family = [&](const auto& entry) { return entry.first.address.family() == family; };
  // fib_inetaddr_event(): without an address IPv4 is disabled on the device.
  if (prefix.address.is_v4() && std::ranges::none_of(addresses, same_family))
    drop_routes(state, name, Family::kIpv4);
}

void remove_address(State& state, const std::string& name, const Prefix& prefix) {
  for (const auto& other : goes_along(state.links[name], prefix)) forget_address(state, name, other);
  forget_address(state, name, prefix);
}

// A new one is the last of its subnet.
void add_address(Link& link, const Prefix& prefix, const Address& address) {
  std::uint32_t last = 0;
  for (const auto& [other, there] : link.addresses) last = std::max(last, there.place.value);
  auto& added = link.addresses[prefix] = address;
  added.place.value = last + 1;
}

void change_address(Link& link, const Prefix& prefix, const Address& to) {
  auto& address = link.addresses[prefix];
  const auto place = address.place;
  address = to;
  address.place = place;
}

// The route to a subnet goes with its primary address; who is primary next brings it again.
void lose_subnet(State& state, const std::string& name, const Prefix& prefix) {
  const auto in_it = [&](const auto& entry) { return entry.first.network() == prefix.network(); };
  const auto& left = state.links[name].addresses;
  const bool is_last = std::ranges::none_of(left, in_it);
  std::erase_if(state.gone, [&](const auto& entry) {
    const auto& [key, route] = entry;
    return route.device == name && key.to == prefix.network() && (is_last || route.source == prefix.address);
  });
}

struct SimulateAddress {
  State& state;

  void operator()(const AddAddress& s) const {
    add_address(state.links[s.link], s.prefix, s.address);
    if (s.prefix.address.is_v6()) no_longer_gone(state, s.link, s.prefix.network());
  }
  void operator()(const ChangeAddress& s) const { change_address(state.links[s.link], s.prefix, s.to); }
  void operator()(const RemoveAddress& s) const {
    remove_address(state, s.link, s.prefix);
    lose_subnet(state, s.link, s.prefix);
  }
};

struct Place {
  std::string link;
  Prefix prefix;
};

Place place_of(const AddressStep& step) {
  return std::visit([](const auto& s) { return Place{s.link, s.prefix}; }, step);
}

}  // namespace

std::string family::describe(const AddressStep& step) {
  return std::visit(DescribeAddress{}, step);
}

std::string family::object_of(const AddressStep& step) {
  return place_of(step).link;
}

// What goes so that its device can be a port is part of that.
std::string family::unit_of(const AddressStep& step, const Sides& sides) {
  const auto [link, prefix] = place_of(step);
  if (std::holds_alternative<RemoveAddress>(step))
    if (const auto bond = sides.joins(link); !bond.empty()) return port_unit(bond, link);
  return fmt::format("{} address {}", link, prefix);
}

void family::touch(Touched& touched, const AddressStep& step) {
  const auto [link, prefix] = place_of(step);
  touched.addresses.insert({link, prefix});
}

void family::simulate(State& state, const AddressStep& step) {
  std::visit(SimulateAddress{state}, step);
}

void family::hold(Holder& holder, const AddressStep& step) {
  const auto [link, prefix] = place_of(step);
  if (std::holds_alternative<RemoveAddress>(step) && !bond_of(holder.target(), link).empty() &&
      bond_of(holder.before(), link).empty())
    return holder.place(link);
  holder.address(link, prefix);
}

State family::value_in(const State& state, const AddressStep& step) {
  const auto [name, prefix] = place_of(step);
  State value;
  const auto link = state.links.find(name);
  if (link == state.links.end()) return value;
  if (const auto address = link->second.addresses.find(prefix); address != link->second.addresses.end())
    value.links[name].addresses.insert(*address);
  return value;
}

}  // namespace hawser
