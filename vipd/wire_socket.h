// The raw socket for VRRP over IPv4 on one interface: the only place that opens one. Multicast to 224.0.0.18
// and unicast go through the same socket; what comes in is handed over with its IP header, unjudged.
#pragma once

#include <optional>
#include <string>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"

namespace hawser::vipd {

class WireSocket {
 public:
  // Bound to the device, joined to the group, nothing of our own looped back. Error with EPERM: CAP_NET_RAW
  // is missing; ENODEV: the interface has gone meanwhile.
  static Result<WireSocket> open(const std::string& interface, IfIndex index);

  [[nodiscard]] int fd() const { return fd_.get(); }
  // TTL 255 and precedence "internetwork control" (RFC 9568 5.1.1.3; what routers do).
  Status send(const IpAddress& source, const IpAddress& destination, ByteView message) const;
  // The next packet, with its IP header; none: nothing has arrived. Valid until the next call.
  std::optional<ByteView> receive();

 private:
  WireSocket(Fd fd, IfIndex index);

  Fd fd_;
  IfIndex index_;
  Bytes buffer_;
};

}  // namespace hawser::vipd
