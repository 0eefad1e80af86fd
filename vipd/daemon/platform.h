// The kernel as vipd sees it: what is there, what changed, and the hands of the virtual routers. It decides
// nothing.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "lib/announce/frame.h"
#include "lib/announce/frame_socket.h"
#include "lib/netlink/address_codec.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/netlink/socket.h"
#include "vipd/addresses/interface.h"
#include "vipd/addresses/lease.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/daemon/store_links.h"
#include "vipd/daemon/virtual_links.h"
#include "vipd/daemon/waking_clock.h"
#include "vipd/router/effects.h"
#include "vipd/vrrp/vrrp_socket.h"

namespace hawser::vipd {

class Platform : public Effects {
 public:
  // Whether an address is to stay because some vip wants it now; asked before one is removed.
  using Claimed = std::function<bool(const AddressKey&)>;
  using OnRole = std::function<void(const std::string& vip, const Change& change)>;
  using OnRenewed = std::function<void(const Status& done)>;
  struct Listeners {
    VrrpSocket::OnPacket on_packet;
    Claimed claimed;
    OnRole on_role;
    OnRenewed renewed;  // some leases, or why not
    Tell tell;
  };

  static Result<std::unique_ptr<Platform>> open(boost::asio::io_context& context, Listeners listeners);

  // Readable when the kernel has changed.
  [[nodiscard]] int monitor_fd() const { return monitor_.fd(); }
  struct News {
    bool look = false;  // something is not what it was, or some notifications are missing
    std::vector<std::pair<std::string, std::string>> renamed;  // what it was called, what it is called now
    // Where a bond has chosen another active port, the kernel has told neighbours where its own addresses
    // are, or a carrier has returned, were it away for less than a look: they may look elsewhere for ours.
    std::set<std::string> moved;
  };
  News drain();
  // A fresh look at links and addresses. Returns the interfaces whose hardware address is not what it was
  // when we last looked, or whose carrier was away since.
  Result<std::vector<std::string>> look();
  [[nodiscard]] const Picture& picture() const { return picture_; }

  // One receives for all vips of an interface and a family: a socket joins 20 groups at most.
  using Segment = std::pair<std::string, Family>;
  // Opens the segment's socket where it is not open yet (also after it came back with another index).
  Status open_socket(const Segment& segment);
  // One of an earlier run of this program.
  void adopt_socket(const Segment& segment, IfIndex index, Fd fd);
  // Those whose device is gone, or called otherwise, or cannot hear.
  void close_deaf_sockets();
  // Closes those that are not among `wanted`.
  void keep_sockets(const std::set<Segment>& wanted);
  [[nodiscard]] const std::map<Segment, std::unique_ptr<VrrpSocket>>& sockets() const { return sockets_; }
  void drain_socket(const Segment& segment);

  TimePoint now() override { return clock_.now(); }
  [[nodiscard]] std::chrono::system_clock::time_point wall_clock() const override {
    return std::chrono::system_clock::now();
  }
  // When a timer of the event loop is to fire so that now() is `time`.
  [[nodiscard]] TimePoint timer(TimePoint time) const { return clock_.timer(time); }
  Status send(const std::string& interface, const IpAddress& source, const IpAddress& destination,
              ByteView message) override;
  Status send_as(const MacAddress& mac, const std::string& interface, const IpAddress& source,
                 const IpAddress& destination, ByteView message) override;
  // The devices with virtual MACs that there are to be. Those that are wanted no longer go when nothing is
  // held there.
  void want_virtual_links(std::vector<VirtualLink> wanted);
  // Why one cannot be had; empty: it can.
  [[nodiscard]] std::string virtual_link_trouble(const std::string& name) const {
    return virtual_links_.trouble(name);
  }
  // The same of the dummies that addresses live on.
  void want_store_links(std::vector<StoreLink> wanted);
  // Why what is to live there would not be held, or not answered for; empty: all is well. `stays`: the
  // interface's own arp_ignore counts too.
  [[nodiscard]] std::string store_trouble(const config::Vip& vip, bool stays) const {
    return store_links_.trouble(picture_, vip, stays);
  }
  [[nodiscard]] Holding holding(const AddressKey& address) const override {
    return picture_.holding(address);
  }
  // The host's own addresses, as its file names them.
  void expect(std::vector<IpAddress> own) { own_ = std::move(own); }
  // Empty: it need not wait for one of them. Else the network, see home_awaited().
  [[nodiscard]] std::optional<Prefix> home_awaited(const config::Vip& vip) const {
    return vipd::home_awaited(picture_, own_, vip);
  }
  [[nodiscard]] bool has_interface(const std::string& name) const override {
    return picture_.find(name) != nullptr;
  }
  Status add_address(const std::string& interface, const Prefix& prefix, std::chrono::seconds lease) override;
  Status renew_address(const std::string& interface, const Prefix& prefix,
                       std::chrono::seconds lease) override;
  Status remove_address(const std::string& interface, const Prefix& prefix) override;
  // From the link itself, whatever it is called by now.
  Status remove_stray(const Stray& stray);
  Status try_address(const std::string& interface, const Prefix& prefix) override;
  Status make_dummy(const std::string& name) override;
  void end_connections(const IpAddress& address) override { lost_addresses_.push_back(address); }
  // Those whose connections are to be ended, once.
  std::vector<IpAddress> take_lost_addresses() { return std::exchange(lost_addresses_, {}); }
  Status announce(const std::string& interface, const IpAddress& address) override;
  // Asks the segment who has our own address, once.
  void probe(const std::string& interface, const IpAddress& address);
  void role_changed(const std::string& vip, const Change& change) override {
    listeners_.on_role(vip, change);
  }
  void report(const Event& event) override { listeners_.tell(event); }

 private:
  Platform(boost::asio::io_context& context, NetlinkKernel kernel, nl::Socket steps, nl::Socket routes,
           Monitor monitor, FrameSocket frames, Listeners listeners);
  Status see();
  Result<std::vector<Picture::OnDevice>> local_routes(const Observed& observed);
  void renew();
  void close_sockets_of(const std::string& interface);
  void close_socket(const Segment& segment);
  NeighborRole neighbor_role(const std::string& interface);
  void note(const LinkFact& fact, News& news);
  bool carrier_is_back(IfIndex index, bool carrier, std::uint32_t changes);
  void note(const AddressFact& fact, News& news);
  void note_route(const AddressFact& fact, News& news);
  [[nodiscard]] AddAddress adding_here(const std::string& interface, const Prefix& prefix) const;
  Status perform(const AddAddress& step, IfIndex link, nl::Put put, std::chrono::seconds lease);
  Status take_away(const RemoveAddress& step, IfIndex link);
  [[nodiscard]] bool is_route(IfIndex link, const Prefix& prefix) const;
  Status perform(const RemoveAddress& step, IfIndex link);
  [[nodiscard]] std::optional<MacAddress> mac_towards(const IpAddress& destination, IfIndex link);

  boost::asio::io_context& context_;
  WakingClock clock_;
  NetlinkKernel kernel_;
  nl::Socket steps_;   // ours go to a link by its index: a name may have moved on
  nl::Socket routes_;  // asked for ours alone
  Monitor monitor_;
  FrameSocket frames_;
  Listeners listeners_;
  Picture picture_;
  std::vector<IpAddress> own_;
  std::map<IfIndex, MacAddress> macs_;  // when we last looked
  struct Role {
    NeighborRole role = NeighborRole::kHost;
    TimePoint read_at;
  };
  std::map<std::string, Role> roles_;  // not read for each of ten thousand addresses
  bool lost_ = false;                  // notifications, since then
  bool has_routes_ = true;             // of the local table, with our number, as far as is known
  std::vector<IpAddress> lost_addresses_;
  std::map<Segment, std::unique_ptr<VrrpSocket>> sockets_;
  std::map<IfIndex, std::uint32_t> carrier_changes_;  // as last told of
  std::set<std::string> carriers_back_;               // seen with a look
  struct Renewal {
    AddressKey address;
    std::chrono::seconds lease;
  };
  std::vector<Renewal> renewals_;  // that were asked for in this turn of the loop
  std::size_t renewed_together_ = kMostTogether;
  VirtualLinks virtual_links_;
  StoreLinks store_links_;
};

// The address as the kernel is to have it: our number; IPv6 deprecated (never a source) and without waiting
// for duplicate address detection.
AddAddress adding(const std::string& interface, const Prefix& prefix);

}  // namespace hawser::vipd
