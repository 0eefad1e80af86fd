#include "vipd/segment.h"

#include <boost/asio.hpp>

namespace hawser::vipd {

namespace {
constexpr int kMostPackets = 64;
}

Segment::Segment(boost::asio::io_context& context, std::string interface, OnPacket on_packet)
    : interface_(std::move(interface)), on_packet_(std::move(on_packet)), readable_(context) {}

Status Segment::open(IfIndex index) {
  if (socket_ && index_ == index) return {};
  close();
  auto opened = WireSocket::open(interface_, index);
  if (!opened) return tl::unexpected(opened.error());
  socket_ = std::move(*opened);
  index_ = index;
  readable_.assign(socket_->fd());
  wait();
  return {};
}

void Segment::close() {
  if (!socket_) return;
  readable_.release();  // cancels the wait and leaves the descriptor to the socket
  socket_.reset();
}

Status Segment::send(const IpAddress& source, const IpAddress& destination, ByteView message) const {
  if (!socket_) return fail("{}: interface not usable", interface_);
  auto sent = socket_->send(source, destination, message);
  if (!sent) return fail_because(interface_, sent.error());
  return sent;
}

void Segment::drain() {
  for (int count = 0; socket_ && count < kMostPackets; ++count) {
    const auto packet = socket_->receive();
    if (!packet) return;
    on_packet_(*this, *packet);
  }
}

void Segment::wait() {
  readable_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this](const boost::system::error_code& cancelled) {
                         if (cancelled) return;
                         drain();
                         if (socket_) wait();
                       });
}

}  // namespace hawser::vipd
