// All that a virtual router can do to its surroundings. The daemon implements it with sockets and netlink,
// the tests with a fake that behaves.
#pragma once

#include <string>

#include "lib/base/address.h"
#include "lib/base/bytes.h"
#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/events/event.h"
#include "vipd/addresses/picture.h"
#include "vipd/router/change.h"

namespace hawser::vipd {

class Effects {
 public:
  virtual ~Effects() = default;
  virtual TimePoint now() = 0;
  // The time of day, for what others compare with theirs.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall_clock() const = 0;
  // One VRRP message on the given interface.
  virtual Status send(const std::string& interface, const IpAddress& source, const IpAddress& destination,
                      ByteView message) = 0;
  // The same in frames that come from a virtual MAC.
  virtual Status send_as(const MacAddress& mac, const std::string& interface, const IpAddress& source,
                         const IpAddress& destination, ByteView message) = 0;
  // What the kernel has, as of the last notification and our own last step.
  [[nodiscard]] virtual Holding holding(const AddressKey& address) const = 0;
  [[nodiscard]] virtual bool has_interface(const std::string& name) const = 0;
  // Safe to repeat; an address of ours that is there already, or gone already, is no error. Code EEXIST:
  // it is there and somebody else's. The kernel takes it away after `lease`, if it is not renewed; 0: never.
  virtual Status add_address(const std::string& interface, const Prefix& prefix,
                             std::chrono::seconds lease) = 0;
  // One that is there and ours: its lease begins anew, some time in this turn of the loop.
  virtual Status renew_address(const std::string& interface, const Prefix& prefix,
                               std::chrono::seconds lease) = 0;
  virtual Status remove_address(const std::string& interface, const Prefix& prefix) = 0;
  // It is another host's now: TCP connections of it are ended, some time soon.
  virtual void end_connections(const IpAddress& address) = 0;
  // Whether the kernel would take it: it is added and removed again, and nobody is told.
  virtual Status try_address(const std::string& interface, const Prefix& prefix) = 0;
  // A dummy of that name, up. One that is there is no error.
  virtual Status make_dummy(const std::string& name) = 0;
  // Every frame that announces the address, once. Code ENOBUFS: the interface's queue is full.
  virtual Status announce(const std::string& interface, const IpAddress& address) = 0;
  // A vip has another role now. In the middle of the router's step: whoever listens comes back to it later.
  virtual void role_changed(const std::string& vip, const Change& change) = 0;
  virtual void report(const Event& event) = 0;
};

}  // namespace hawser::vipd
