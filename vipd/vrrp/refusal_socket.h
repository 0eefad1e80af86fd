// What the network answers to advertisements that did not arrive: the ICMP errors of the kernel that sent
// them (the peer answers no ARP) and of the peer's (no program there wants VRRP). With unicast it is all that
// an Active router can know of its Backups, which are silent.
#pragma once

#include <map>

#include "lib/base/address.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser::vipd {

class RefusalSocket {
 public:
  // Bound to no interface: an error of our own kernel comes in on lo. It takes no packets.
  static Result<RefusalSocket> open(Family family);
  // Whom advertisements did not reach since the last call, and the errno that says why.
  std::map<IpAddress, int> take();

 private:
  RefusalSocket(Fd fd, Family family) : fd_(std::move(fd)), family_(family) {}
  Fd fd_;
  Family family_;
};

}  // namespace hawser::vipd
