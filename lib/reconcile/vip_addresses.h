// Addresses that a vip names are vipd's: no plan of netd touches them.
#pragma once

#include <set>

#include "lib/config/config.h"
#include "lib/state/network.h"

namespace hawser {

struct VipAddresses {
  std::set<IpAddress> all;
  std::set<Prefix> written;        // as the vips write them: what vipd adds
  std::set<IpAddress> also_links;  // a link or bond of the file names them too (the owner of an address)

  bool operator==(const VipAddresses&) const = default;
};

VipAddresses vip_addresses(const config::Config& config);

// Removes them from every link of `state`, desired or observed. What stays visible, and so is planned away,
// is netd's own leftover: 192.0.2.100/24 that a bond had before a vip came to name 192.0.2.100(/32). vipd
// never removes it, and on a Backup it would be a duplicate.
void hide_addresses(State& state, const VipAddresses& vips);

}  // namespace hawser
