// What the kernel's interfaces and addresses mean for vips: usable or why not, what is left over, what others
// put there. Pure.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "lib/config/config.h"
#include "lib/plan/kernel.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// All that vipd looks at: where a routing daemon is at work, reading its routes would take longer than an
// advertisement interval.

// The address that advertisements of the vip come from: the configured one; else, of the interface's IPv4
// addresses that are neither ours (protocol 202) nor one of the vip's, this host's in [nodes], because that
// is whom its peers listen to; else `present`, which they know; else one with a network of its own before a
// /32; else the lowest. Or why the interface cannot be used, in words that say what to do.
tl::expected<IpAddress, std::string> source_on(const Picture& picture, const config::Vip& vip,
                                               const IpAddress& present);

// Why none of the addresses that its interface has could be that one; empty: one could.
std::string why_no_source(const config::Vip& vip, const std::vector<IpAddress>& there);

// Why nothing that goes over the link can be counted on: it is down, it has no carrier, or it is the port of
// something that takes its traffic (a VRF does not). Empty: it can.
std::string why_useless(const Picture& picture, const Picture::Link& link);

// `called`: what the kernel calls the interface whose other name (altname) stands in the file; empty: none
// has it.
std::string why_missing(const config::Vip& vip, const std::string& interface, const std::string& called);

// Interfaces of the vip's addresses, other than the one it advertises on, over which nobody reaches them, and
// why.
std::map<std::string, std::string> out_of_reach(const Picture& picture, const config::Vip& vip);

// Whether a socket on the interface can still hear anything: without an IPv4 address the kernel may have
// forgotten the group it had joined (inetdev_destroy).
bool hears(const Picture& picture, const std::string& interface, Family family);

// An address on a link, which may have another name by now.
struct Stray {
  IfIndex link;
  std::string name;
  Prefix prefix;
  bool is_route = false;  // of the local table
  bool operator==(const Stray&) const = default;
};

// Every address that bears our number (202) where no vip names it: of an earlier run, of another file, on an
// interface that was renamed.
std::vector<Stray> strays(const Picture& picture, const std::function<bool(const AddressKey&)>& named);

// By floating address, where and in what form somebody else put it on this host, other than as the vip wants
// it: with another prefix length, on another interface. The host then answers for it in any role.
using PutByOthers = std::map<IpAddress, std::vector<AddressKey>>;
PutByOthers put_by_others(const Picture& picture, const std::vector<const config::Vip*>& vips);

}  // namespace hawser::vipd
