// A host on the segment that speaks VRRP as it likes.
#pragma once

#include <net/if.h>

#include "lib/announce/frame_socket.h"
#include "tests/native/vipd_host.h"
#include "vipd/vrrp/wire.h"

namespace hawser::lab {

class Forger {
 public:
  explicit Forger(Switch& segment, const std::string& address = "192.0.2.66")
      : source_(*IpAddress::parse(address)), neighbour_("forger", address, segment) {}

  // Puts a VRRP message on the wire in an IP header of our making. Several: one after the other, at once.
  void send(ByteView message, std::uint8_t ttl = 255, IpAddress destination = vipd::kVrrpGroup, int times = 1,
            std::chrono::microseconds pause = {}) const {
    const auto frame = framed(message, ttl, destination);
    const auto sent = neighbour_.host.inside([&] {
      auto socket = FrameSocket::open();
      if (!socket) return Status(tl::unexpected(socket.error()));
      const IfIndex interface(static_cast<int>(if_nametoindex("eth0")));
      Status last;
      for (int i = 0; i < times && last; ++i) {
        last = socket->send(interface, frame);
        std::this_thread::sleep_for(pause);
      }
      return last;
    });
    if (!sent) give_up("{}", sent.error().text);
  }

  // As a router with that priority would say it every 100 ms.
  [[nodiscard]] Bytes advertisement(int priority, int router_id = 51,
                                    std::vector<IpAddress> addresses = {
                                        IpAddress::v4(192, 0, 2, 100)}) const {
    return encode(vipd::Advertisement{Vrid(static_cast<std::uint8_t>(router_id)),
                                      Priority(static_cast<std::uint8_t>(priority)), vipd::Centiseconds(10),
                                      std::move(addresses)},
                  {3, vipd::VrrpChecksum::kPlain, {}}, source_, vipd::kVrrpGroup);
  }

  [[nodiscard]] const Namespace& host() const { return neighbour_.host; }

 private:
  [[nodiscard]] Bytes framed(ByteView message, std::uint8_t ttl, const IpAddress& destination) const {
    Writer frame;
    frame.put(Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0, 0, 0, 0, 0x66, 0x08, 0x00});
    Writer header;
    header.u16(0x45C0);
    header.u16(static_cast<std::uint16_t>(20 + message.size()));
    header.u32(0);
    header.u8(ttl);
    header.u8(vipd::kVrrpProtocol);
    header.u16(0);
    header.put(source_.bytes());
    header.put(destination.bytes());
    header.set_u16(10, checksum_finish(checksum_add(header.bytes())));
    frame.put(header.bytes());
    frame.put(message);
    return {frame.bytes().begin(), frame.bytes().end()};
  }

  IpAddress source_;
  Neighbour neighbour_;
};

}  // namespace hawser::lab
