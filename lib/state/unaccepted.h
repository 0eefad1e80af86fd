// Addresses that a host holds for others and takes no packets to (Accept_Mode false, RFC 9568 6.1): vipd's
// own nftables table drops these.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "lib/base/address.h"

namespace hawser {

struct Unaccepted {
  std::set<IpAddress> addresses;  // wherever a packet to them arrives
  // Link-local ones, by the interface that has them: on another one the same may be the host's own.
  std::set<std::pair<std::string, IpAddress>> on_links;

  [[nodiscard]] bool empty() const { return addresses.empty() && on_links.empty(); }
  [[nodiscard]] std::size_t size() const { return addresses.size() + on_links.size(); }
  bool operator==(const Unaccepted&) const = default;
};

}  // namespace hawser
