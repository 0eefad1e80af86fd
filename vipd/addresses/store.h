// Where a vip's IPv4 addresses live when it is not on its interface (store): spread over dummies of vipd's
// own, or as routes of the local table through one. The kernel walks the list of an interface's addresses for
// each that is added; ten thousand in one list take seconds, in many short ones or in the trie of routes a
// fraction of that. The host answers ARP for them on every interface all the same (arp_ignore 0). What there
// is to be and what is to be done about it. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// A dummy that is up and says nothing.
struct StoreLink {
  std::string name;
  bool holds_routes = false;  // of the local table; else addresses
  auto operator<=>(const StoreLink&) const = default;
};

// How the dummy says whose it is (its alias): only those are ever changed or removed.
inline constexpr std::string_view kStoreAlias = "addresses of vipd (Hawser)";

// "s51-3-front", one for some 250 of its addresses, or "r51-front"; where that is longer than a name may be,
// a number that stands for the interface. None: they live on the interface.
std::vector<StoreLink> store_links_of(const config::Vip& vip);
// With its IPv4 addresses there instead of on its interface. An address stays on its dummy when others come
// and go, as long as there are no more than twice as many.
config::Vip in_its_store(config::Vip vip);
// By the device that addresses of the vip are held on, the interface on which others reach them and are told
// of them; what is not there is both.
std::map<std::string, std::string> carriers_of(const config::Vip& vip);
// The same for one of them.
std::string carrier_of(const config::Vip& vip, const std::string& held_on);

// Whether a dummy may be one of ours by its name: only those are asked for their mark, because a host may
// have a thousand of its own.
bool is_store_name(const std::string& name);

// Why the host would not answer ARP on `interface` for what lives elsewhere; empty: it does. The setting is
// the one that counts there, the greater of the interface's and that of all.
std::string why_unanswered(const std::string& interface, int arp_ignore);
// The same where the interface is in a VRF, whose table knows nothing of what lives outside of it.
std::string why_unanswered_in_vrf(const std::string& interface, const std::string& vrf);
// The same where somebody has put the dummy into one.
std::string why_unanswered_from_vrf(const std::string& dummy, const std::string& vrf);

// A dummy that bears our mark.
struct SeenStoreLink {
  IfIndex index;
  std::string name;
  bool up = false;
  bool holds = false;  // something of ours
  bool operator==(const SeenStoreLink&) const = default;
};

struct StorePlan {
  std::vector<IfIndex> remove;
  std::vector<StoreLink> make;
  std::vector<IfIndex> raise;
  bool operator==(const StorePlan&) const = default;
};

// What is not wanted any more stays while something is held there: that is taken away first.
StorePlan plan_store_links(const std::vector<StoreLink>& wanted, const std::vector<SeenStoreLink>& there);

}  // namespace hawser::vipd
