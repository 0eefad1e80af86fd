// The raw socket for VRRP over IPv4 on one interface, in the event loop: the only place that opens one.
// Multicast to 224.0.0.18 and unicast go through the same socket; what comes in is handed over with its IP
// header, unjudged.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/base/strong.h"
#include "vipd/vrrp/counters.h"

namespace hawser::vipd {

class VrrpSocket {
 public:
  // Called once per packet; more than one in a row when several have arrived. The bytes are valid during the
  // call.
  using OnPacket = std::function<void(VrrpSocket& socket, ByteView packet)>;

  VrrpSocket(boost::asio::io_context& context, std::string interface, OnPacket on_packet);
  VrrpSocket(const VrrpSocket&) = delete;
  VrrpSocket& operator=(const VrrpSocket&) = delete;
  ~VrrpSocket() { close(); }

  // Opens it on the device of that index, if it is not open there already: bound to the device, joined to
  // the group, nothing of our own looped back. Error with EPERM: CAP_NET_RAW is missing; ENODEV: the
  // interface has gone meanwhile.
  Status open(IfIndex index);
  void close();
  [[nodiscard]] bool is_open() const { return static_cast<bool>(fd_); }
  // TTL 255 and precedence "internetwork control" (RFC 9568 5.1.1.3; what routers do).
  Status send(const IpAddress& source, const IpAddress& destination, ByteView message) const;
  // Everything that has arrived, up to a bound that keeps the handler short.
  void drain();

  [[nodiscard]] const std::string& interface() const { return interface_; }
  // Packets that match no virtual router.
  BadPackets& bad() { return bad_; }
  [[nodiscard]] const BadPackets& bad() const { return bad_; }

 private:
  void wait();

  std::string interface_;
  OnPacket on_packet_;
  Bytes buffer_;
  Fd fd_;
  IfIndex index_;
  boost::asio::posix::stream_descriptor readable_;  // watches fd_, does not own it
  BadPackets bad_;
};

}  // namespace hawser::vipd
