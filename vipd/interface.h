// What the kernel's interfaces and addresses mean for vips: usable or why not, which addresses are ours.
// Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "lib/state/observed.h"
#include "vipd/router.h"

namespace hawser::vipd {

// The address that advertisements of the vip come from: the configured one, else the interface's first IPv4
// address that is neither ours (protocol 202) nor one of the vip's. Or why the interface cannot be used, in
// words that say what to do.
tl::expected<IpAddress, std::string> source_on(const Observed& observed, const config::Vip& vip);

// Those of the vip's addresses that the kernel has.
std::map<AddressKey, Holding> present_addresses(const Observed& observed, const config::Vip& vip);

// Every address that bears our number (202) and is not among `named`.
std::vector<AddressKey> orphans(const Observed& observed, const std::vector<config::Vip>& named);

}  // namespace hawser::vipd
