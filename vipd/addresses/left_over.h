// The addresses of a vipd that is no longer there: found by our number, and taken away, for `vipd cleanup`
// and for a vipd that cannot start in its place.
#pragma once

#include <vector>

#include "lib/netlink/socket.h"
#include "vipd/addresses/interface.h"

namespace hawser::vipd {

class LeftOver {
 public:
  // Of this network namespace. Whoever removes them holds its lock.
  static Result<LeftOver> find();
  [[nodiscard]] const std::vector<Stray>& addresses() const { return addresses_; }
  Status remove(const Stray& address);

 private:
  LeftOver(nl::Socket socket, std::vector<Stray> addresses)
      : socket_(std::move(socket)), addresses_(std::move(addresses)) {}

  nl::Socket socket_;
  std::vector<Stray> addresses_;
};

// Takes them away: nobody advertises for them, so that another host holds them by now. Not what a provider
// routes, on the device that is for it: every host holds that, and whoever is led here is served. A line of
// the log for each interface, and for what stays.
void take_left_over_away();

// "192.0.2.100/32 on front and 3 more"; empty: none. Pure.
std::string listed(const std::vector<Stray>& addresses);

}  // namespace hawser::vipd
