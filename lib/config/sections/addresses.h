// Which addresses can be whose, whatever section they stand in.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lib/base/address.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

// Why no host can have this address: "224.0.0.1 is not an address that a host can have"; empty: one can.
std::string host_fault(const IpAddress& address);
// The same for one that others reach this or another host by: not a loopback address either.
std::string reachable_fault(const IpAddress& address);
// Why a device cannot have it with this prefix length: the network's own address, its broadcast address, /0.
std::string prefix_fault(const Prefix& prefix);

// The addresses that are no host's in the networks which this host is in: 192.0.2.255 beside 192.0.2.1/24.
class Networks {
 public:
  explicit Networks(const File& file);
  // "192.0.2.255 is the broadcast address of 192.0.2.0/24"; empty: none of them.
  [[nodiscard]] std::string fault(const IpAddress& address) const;

 private:
  void add(const Prefix& prefix);
  std::map<IpAddress, Prefix> taken_;
};

std::string_view family_name(Family family);  // "IPv4"

}  // namespace hawser::config
