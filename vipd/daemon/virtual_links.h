// Makes, raises, lowers and removes the devices with virtual MACs, as plan_virtual_links() says. Their
// settings are made while they are down: what is never up does not leak (IGMP, MLD, router solicitations),
// and what is answers for its own addresses alone.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/netlink/socket.h"
#include "vipd/addresses/virtual_link.h"

namespace hawser::vipd {

class VirtualLinks {
 public:
  // Those that there are to be; settle() brings it about. Whether that is something else than before.
  bool want(std::vector<VirtualLink> wanted);
  [[nodiscard]] const std::vector<VirtualLink>& wanted() const { return wanted_; }
  // The picture is told of each step. One that cannot be made is tried again after a pause.
  void settle(nl::Socket& socket, Picture& picture, TimePoint now);
  // Before an address is added. What is none of ours is left as it is.
  Status raise(nl::Socket& socket, Picture& picture, IfIndex link);
  // After one was removed: down, when it was the last; gone, when it is wanted no longer.
  void lower(nl::Socket& socket, Picture& picture, IfIndex link);
  // Why a device cannot be had, or would not answer; empty: it is there, or its interface is not.
  [[nodiscard]] std::string trouble(const std::string& name) const;

 private:
  struct Known {  // of a macvlan, since it was first seen; it never changes
    bool ours = false;
    IfIndex parent;
    bool bridge = false;
  };
  std::vector<SeenVirtualLink> seen(nl::Socket& socket, const Picture& picture);
  Status make(nl::Socket& socket, Picture& picture, const VirtualLink& link);

  std::vector<VirtualLink> wanted_;
  std::map<IfIndex, Known> known_;
  std::set<IfIndex> prepared_;  // its settings are made
  struct Trouble {
    std::string why;
    IfIndex parent;
    TimePoint at;
  };
  void note_trouble(const Picture& picture, const VirtualLink& link, const Error& why, TimePoint now);
  [[nodiscard]] bool may_try(const Picture& picture, const VirtualLink& link, TimePoint now) const;

  std::map<std::string, Trouble> troubles_;  // by name
  std::string deaf_;                         // why none of them would answer ARP; empty: they do
};

}  // namespace hawser::vipd
