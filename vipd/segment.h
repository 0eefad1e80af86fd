// One interface on which we speak VRRP: its socket in the event loop, and what is counted there for nobody in
// particular.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "vipd/counters.h"
#include "vipd/wire_socket.h"

namespace hawser::vipd {

class Segment {
 public:
  // Called once per packet; more than one in a row when several have arrived.
  using OnPacket = std::function<void(Segment& segment, ByteView packet)>;

  Segment(boost::asio::io_context& context, std::string interface, OnPacket on_packet);
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment() { close(); }

  // Opens the socket on the device of that index, if it is not open there already.
  Status open(IfIndex index);
  void close();
  [[nodiscard]] bool is_open() const { return socket_.has_value(); }
  Status send(const IpAddress& source, const IpAddress& destination, ByteView message) const;
  // Everything that has arrived, up to a bound that keeps the handler short.
  void drain();

  [[nodiscard]] const std::string& interface() const { return interface_; }
  BadPackets& bad() { return bad_; }
  [[nodiscard]] const BadPackets& bad() const { return bad_; }

 private:
  void wait();

  std::string interface_;
  OnPacket on_packet_;
  std::optional<WireSocket> socket_;
  IfIndex index_;
  boost::asio::posix::stream_descriptor readable_;  // watches the socket's descriptor, does not own it
  BadPackets bad_;
};

}  // namespace hawser::vipd
