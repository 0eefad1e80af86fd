// Another host with this host's own address (a cloned virtual machine). The kernel drops what comes from
// there as forged, so that VRRP never hears it, and both are Active. ARP does: we ask now and then who has
// the address, and nobody but us should have anything to say.
#pragma once

#include <set>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "vipd/announce/arp.h"

namespace hawser::vipd {

class TwinWatch {
 public:
  struct Heard {
    IfIndex link;
    ArpSender sender;
  };

  // Deaf until watch() says for what. Error with EPERM: CAP_NET_RAW is missing.
  static Result<TwinWatch> open();
  [[nodiscard]] int fd() const { return fd_.get(); }
  // From now on only ARP of these addresses wakes us.
  Status watch(const std::set<IpAddress>& own);
  std::vector<Heard> take();

 private:
  explicit TwinWatch(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace hawser::vipd
