// The addresses of a vipd that is no longer there: found by our number, and taken away, for `vipd cleanup`
// and for a vipd that cannot start in its place.
#pragma once

#include <vector>

#include "lib/netlink/socket.h"
#include "vipd/addresses/interface.h"

namespace hawser::vipd {

struct LeftOverLink {
  IfIndex index;
  std::string name;
  LinkKind kind = LinkKind::kOther;
  bool operator==(const LeftOverLink&) const = default;
};

class LeftOver {
 public:
  // Of this network namespace. Whoever removes them holds its lock.
  static Result<LeftOver> find();
  [[nodiscard]] const std::vector<Stray>& addresses() const { return addresses_; }
  Status remove(const Stray& address);
  // Devices with virtual MACs, and dummies that addresses or routes live on, with what is on them.
  [[nodiscard]] const std::vector<LeftOverLink>& links() const { return links_; }
  Status remove(const LeftOverLink& link);

 private:
  LeftOver(nl::Socket socket, std::vector<Stray> addresses, std::vector<LeftOverLink> links)
      : socket_(std::move(socket)), addresses_(std::move(addresses)), links_(std::move(links)) {}

  nl::Socket socket_;
  std::vector<Stray> addresses_;
  std::vector<LeftOverLink> links_;
};

// Takes them away: nobody advertises for them, so that another host holds them by now. Not what a provider
// routes, on the device that is for it: every host holds that, and whoever is led here is served. A line of
// the log for each interface, and for what stays.
void take_left_over_away();

// "192.0.2.100/32 on front and 3 more"; empty: none. Pure.
std::string listed(const std::vector<Stray>& addresses);

}  // namespace hawser::vipd
