#include <algorithm>

#include "lib/plan/draft.h"
#include "lib/plan/simulate.h"

namespace hawser {

namespace {

using Addresses = std::map<Prefix, Address>;

// inet_rtm_newaddr() replaces the lifetime of an IPv4 address (since some Linux after 6.1 its protocol too)
// and leaves the rest in silence as it was; inet6_addr_modify() replaces the flags and the protocol too.
bool changes_in_place(const Prefix& prefix, const Address& from, const Address& to) {
  return from.scope == to.scope && from.broadcast == to.broadcast &&
         (prefix.address.is_v6() || from.no_prefix_route == to.no_prefix_route);
}

bool is_same_subnet(const Prefix& one, const Prefix& other) {
  return one.network() == other.network();
}

// The second IPv4 address of a subnet is a secondary, which Linux removes together with the first: an old
// address goes before its successor comes, and before those are put back that go with it.
bool goes_first(const Prefix& old, const Link& there, const Addresses& wanted) {
  if (!old.address.is_v4()) return false;
  const auto along = goes_along(there, old);
  return std::ranges::any_of(wanted, [&](const auto& entry) {
    if (there.addresses.contains(entry.first)) return std::ranges::find(along, entry.first) != along.end();
    return is_same_subnet(entry.first, old);
  });
}

// vipd's addresses are put back by vipd alone, and only while it is Active.
bool may_add(const Draft& draft, const Prefix& prefix, const Address& address) {
  const bool vip = address.protocol == static_cast<std::uint8_t>(Owner::kVipd);
  return !is_kernel_made(prefix, address) && (!vip || draft.owner == Owner::kVipd);
}

void make_address(Draft& draft, const std::string& name, const Prefix& prefix, const Address& wanted) {
  const auto there = draft.link_or_new(name).addresses;
  const auto found = there.find(prefix);
  if (found != there.end() && found->second == wanted) return;
  if (!may_add(draft, prefix, wanted)) return;
  if (found == there.end()) {
    draft.take(AddAddress{name, prefix, wanted});
  } else if (changes_in_place(prefix, found->second, wanted)) {
    draft.take(ChangeAddress{name, prefix, found->second, wanted});
  } else {
    draft.take(RemoveAddress{name, prefix});
    draft.take(AddAddress{name, prefix, wanted});
  }
}

// As the kernel had them, and then those that are new: the first of a subnet is its primary, which others are
// called from.
std::vector<std::pair<Prefix, Address>> in_their_order(const Addresses& addresses) {
  std::vector<std::pair<Prefix, Address>> all(addresses.begin(), addresses.end());
  std::ranges::stable_sort(all, {}, [](const auto& entry) {
    const auto place = entry.second.place.value;
    return std::pair(place == 0, place);
  });
  return all;
}

}  // namespace

void make_addresses(Draft& draft, const Link& wanted, const std::string& name) {
  const auto there = draft.link_or_new(name);
  for (const auto& [prefix, address] : there.addresses)
    if (!wanted.addresses.contains(prefix) && !is_kernel_made(prefix, address) &&
        goes_first(prefix, there, wanted.addresses))
      draft.take(RemoveAddress{name, prefix});
  // Twice: one that is made anew takes its secondaries along, which may have had their turn.
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& [prefix, address] : in_their_order(wanted.addresses))
      make_address(draft, name, prefix, address);
}

void remove_addresses(Draft& draft, const State& target) {
  for (const auto& [name, wanted] : target.links) {
    const auto there = draft.link_or_new(name).addresses;
    for (const auto& [prefix, address] : there)
      if (!wanted.addresses.contains(prefix) && !is_kernel_made(prefix, address))
        draft.take(RemoveAddress{name, prefix});
  }
}

}  // namespace hawser
