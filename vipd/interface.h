// What the kernel's interfaces and addresses mean for vips: usable or why not, which addresses are ours.
// Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "lib/plan/kernel.h"
#include "lib/state/observed.h"
#include "vipd/router.h"

namespace hawser::vipd {

// All that vipd looks at: where a routing daemon is at work, reading its routes would take longer than an
// advertisement interval.
inline const Scope kLinksAndAddresses{.network = true, .routes = false, .ipvs = false, .services = {}};

// The address that advertisements of the vip come from: the configured one; else, of the interface's IPv4
// addresses that are neither ours (protocol 202) nor one of the vip's, this host's in [nodes], because that
// is whom its peers listen to; else `present`, which they know; else one with a network of its own before a
// /32; else the lowest. Or why the interface cannot be used, in words that say what to do.
tl::expected<IpAddress, std::string> source_on(const Observed& observed, const config::Vip& vip,
                                               const IpAddress& present);

// Whether a socket on the interface can still hear anything: without an IPv4 address the kernel may have
// forgotten the group it had joined (inetdev_destroy).
bool hears(const Observed& observed, const std::string& interface);

// Those of the vip's addresses that the kernel has.
std::map<AddressKey, Holding> present_addresses(const Observed& observed, const config::Vip& vip);

// Every address that bears our number (202) and is not among `named`.
std::vector<AddressKey> orphans(const Observed& observed, const std::vector<config::Vip>& named);

}  // namespace hawser::vipd
