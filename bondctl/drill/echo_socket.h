// Sends echo requests, and hears nothing: what comes back is seen by the captures, with the kernel's time.
#pragma once

#include "bondctl/drill/terms.h"
#include "lib/base/bytes.h"
#include "lib/base/fd.h"
#include "lib/base/strong.h"

namespace hawser::bondctl::drill {

class EchoSocket {
 public:
  // `device` is that of a link-local target. Error with EPERM: CAP_NET_RAW is missing.
  static Result<EchoSocket> open(const IpAddress& to, IfIndex device);
  // Never waits. Refused by a bond without a usable port, a full queue, a neighbour that is not found.
  [[nodiscard]] Status send(ByteView request) const;

 private:
  explicit EchoSocket(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace hawser::bondctl::drill
