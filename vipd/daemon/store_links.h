// Makes, raises and removes the dummies that addresses live on (store), as plan_store_links() says, and knows
// which of them hold routes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/netlink/macvlan_codec.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/store.h"

namespace hawser::vipd {

class StoreLinks {
 public:
  // Those that there are to be; settle() brings it about.
  void want(std::vector<StoreLink> wanted);
  // The picture is told of each step. One that cannot be made is tried again after a pause.
  void settle(nl::Socket& socket, Picture& picture, TimePoint now);
  // After something was taken away from it: gone, when that was the last and it is wanted no longer.
  void let_go(nl::Socket& socket, Picture& picture, IfIndex link);
  // What lives there are routes of the local table.
  [[nodiscard]] bool holds_routes(IfIndex link) const;
  // Why one of the vip's cannot be had, or nobody would be answered for what is on it; empty: all is well.
  // `stays`: not only what counts for all interfaces is here to stay, but what the vip's own says too.
  [[nodiscard]] std::string trouble(const Picture& picture, const config::Vip& vip, bool stays) const;

 private:
  std::vector<SeenStoreLink> seen(nl::Socket& socket, const Picture& picture);
  [[nodiscard]] bool is_ours_by_its_words(const nl::DecodedMacvlan& link, bool is_empty) const;
  Status make(nl::Socket& socket, Picture& picture, const StoreLink& link);
  [[nodiscard]] bool may_try(const std::string& name, TimePoint now) const;

  std::vector<StoreLink> wanted_;
  std::map<IfIndex, bool>
      known_;                    // dummies with such a name, since each was first seen: whether they are ours
  std::set<IfIndex> of_routes_;  // of those
  struct Trouble {
    std::string why;
    TimePoint at;
  };
  std::map<std::string, Trouble> troubles_;  // by name
};

}  // namespace hawser::vipd
