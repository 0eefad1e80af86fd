// Another host with an address of this host's. Where it is the one that we advertise from (a cloned virtual
// machine), the kernel drops what comes from there as forged, so that VRRP never hears it, and both are
// Active. ARP and neighbour discovery do: we ask now and then who has the address, and nobody but us should
// have anything to say.
#pragma once

#include <set>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "vipd/announce/claim.h"

namespace hawser::vipd {

class TwinWatch {
 public:
  struct Heard {
    IfIndex link;
    Claim claim;
  };

  // Deaf until watch() says for what. Error with EPERM: CAP_NET_RAW is missing.
  static Result<TwinWatch> open(Family family);
  [[nodiscard]] int fd() const { return fd_.get(); }
  // From now on only what is said of these addresses wakes us; those of the other family are left out.
  Status watch(const std::set<IpAddress>& own);
  std::vector<Heard> take();

 private:
  TwinWatch(Family family, Fd fd) : family_(family), fd_(std::move(fd)) {}
  Family family_;
  Fd fd_;
};

}  // namespace hawser::vipd
