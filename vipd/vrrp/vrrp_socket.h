// The raw socket for VRRP of one family on one interface, in the event loop: the only place that opens one.
// Multicast and unicast go through the same socket; what comes in is handed over with what its IP header
// says, unjudged.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/socket.h>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "vipd/vrrp/counters.h"
#include "vipd/vrrp/wire.h"

namespace hawser::vipd {

class VrrpSocket {
 public:
  // Called once per packet; more than one in a row when several have arrived. The bytes are valid during the
  // call.
  using OnPacket = std::function<void(VrrpSocket& socket, const Packet& packet)>;

  VrrpSocket(boost::asio::io_context& context, std::string interface, Family family, OnPacket on_packet);
  VrrpSocket(const VrrpSocket&) = delete;
  VrrpSocket& operator=(const VrrpSocket&) = delete;
  ~VrrpSocket() { close(); }

  // Opens it on the device of that index, if it is not open there already: bound to the device, joined to
  // the group, nothing of our own looped back. Error with EPERM: CAP_NET_RAW is missing; ENODEV: the
  // interface has gone meanwhile.
  Status open(IfIndex index);
  // One that was opened so by an earlier run of this program, with what has come in since. Another descriptor
  // is closed.
  void adopt(Fd fd, IfIndex index);
  // It once more, for a later run; -1: it is not open, or there is no descriptor left.
  [[nodiscard]] int copy_for_exec() const;
  [[nodiscard]] IfIndex index() const { return index_; }
  void close();
  [[nodiscard]] bool is_open() const { return static_cast<bool>(fd_); }
  // TTL 255 and precedence "internetwork control" (RFC 9568 5.1.1.3, 5.1.2.3; what routers do).
  Status send(const IpAddress& source, const IpAddress& destination, ByteView message) const;
  // What has arrived, up to a bound that keeps the handler short.
  void drain();
  // All of it, before something is decided for which it may be the reason; a moment later it is known.
  void drain_whole(TimePoint now);

  [[nodiscard]] const std::string& interface() const { return interface_; }
  [[nodiscard]] Family family() const { return family_; }
  // Packets that match no virtual router.
  BadPackets& bad() { return bad_; }
  [[nodiscard]] const BadPackets& bad() const { return bad_; }

 private:
  void wait();
  void take(int most);
  void hand_over(std::size_t length, const msghdr& header);

  std::string interface_;
  Family family_;
  OnPacket on_packet_;
  Bytes buffer_;
  Fd fd_;
  IfIndex index_;
  boost::asio::posix::stream_descriptor readable_;  // watches fd_, does not own it
  TimePoint drained_at_;
  BadPackets bad_;
};

}  // namespace hawser::vipd
