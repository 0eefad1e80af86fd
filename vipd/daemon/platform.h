// The kernel as vipd sees it: what is there, what changed, and the hands of the virtual routers. It decides
// nothing.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "lib/announce/frame_socket.h"
#include "lib/netlink/address_codec.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/interface.h"
#include "vipd/router/effects.h"
#include "vipd/vrrp/vrrp_socket.h"

namespace hawser::vipd {

class Platform : public Effects {
 public:
  // Whether an address is to stay because some vip wants it now; asked before one is removed.
  using Claimed = std::function<bool(const AddressKey&)>;

  static Result<std::unique_ptr<Platform>> open(boost::asio::io_context& context,
                                                VrrpSocket::OnPacket on_packet, Claimed claimed, Tell tell);

  // Readable when the kernel has changed.
  [[nodiscard]] int monitor_fd() const { return monitor_.fd(); }
  struct News {
    bool look = false;  // something is not what it was, or some notifications are missing
    std::vector<std::pair<std::string, std::string>> renamed;  // what it was called, what it is called now
  };
  News drain();
  // A fresh look at links and addresses. Returns the interfaces whose hardware address is not what it was
  // when we last looked.
  Result<std::vector<std::string>> look();
  [[nodiscard]] const Picture& picture() const { return picture_; }

  // Opens the interface's socket where it is not open yet (also after it came back with another index).
  Status open_socket(const std::string& interface);
  void close_socket(const std::string& interface);
  // Those whose device is gone, or called otherwise, or cannot hear.
  void close_deaf_sockets();
  // Closes those of interfaces that are not among `wanted`.
  void keep_sockets(const std::set<std::string>& wanted);
  [[nodiscard]] const std::map<std::string, std::unique_ptr<VrrpSocket>>& sockets() const { return sockets_; }
  void drain_socket(const std::string& interface);

  TimePoint now() override { return std::chrono::steady_clock::now(); }
  Status send(const std::string& interface, const IpAddress& source, const IpAddress& destination,
              ByteView message) override;
  [[nodiscard]] Holding holding(const AddressKey& address) const override {
    return picture_.holding(address);
  }
  [[nodiscard]] bool has_interface(const std::string& name) const override {
    return picture_.find(name) != nullptr;
  }
  Status add_address(const std::string& interface, const Prefix& prefix) override;
  Status remove_address(const std::string& interface, const Prefix& prefix) override;
  // From the link itself, whatever it is called by now.
  Status remove_stray(const Stray& stray);
  Status try_address(const std::string& interface, const Prefix& prefix) override;
  Status make_dummy(const std::string& name) override;
  void announce(const std::string& interface, const IpAddress& address) override;
  // Asks the segment who has our own address, once.
  void probe(const std::string& interface, const IpAddress& address);
  void report(const Event& event) override { tell_(event); }

 private:
  Platform(boost::asio::io_context& context, NetlinkKernel kernel, nl::Socket steps, Monitor monitor,
           FrameSocket frames, VrrpSocket::OnPacket on_packet, Claimed claimed, Tell tell);
  void note(const LinkFact& fact, News& news);
  void note(const AddressFact& fact, News& news);
  Status perform(const AddAddress& step, IfIndex link);
  Status take_away(const RemoveAddress& step, IfIndex link);
  Status perform(const RemoveAddress& step, IfIndex link);

  boost::asio::io_context& context_;
  NetlinkKernel kernel_;
  nl::Socket steps_;  // ours go to a link by its index: a name may have moved on
  Monitor monitor_;
  FrameSocket frames_;
  VrrpSocket::OnPacket on_packet_;
  Claimed claimed_;
  Tell tell_;
  Picture picture_;
  std::map<IfIndex, MacAddress> macs_;  // when we last looked
  bool lost_ = false;                   // notifications, since then
  std::map<std::string, std::unique_ptr<VrrpSocket>> sockets_;
};

// The address as the kernel is to have it: our number; IPv6 deprecated (never a source) and without waiting
// for duplicate address detection.
AddAddress adding(const std::string& interface, const Prefix& prefix);

}  // namespace hawser::vipd
