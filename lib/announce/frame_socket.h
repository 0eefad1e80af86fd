// Sends ready-made Ethernet frames (gratuitous ARP, unsolicited Neighbor Advertisements); receives nothing.
#pragma once

#include "lib/base/bytes.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"

namespace hawser {

class FrameSocket {
 public:
  // Error with EPERM: CAP_NET_RAW is missing.
  static Result<FrameSocket> open();
  // Never waits: a full queue is an error (ENOBUFS).
  [[nodiscard]] Status send(IfIndex interface, ByteView frame) const;

 private:
  explicit FrameSocket(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace hawser
