// The older of the two ways to read IPVS: getsockopt() (net/netfilter/ipvs/ip_vs_ctl.c, do_ip_vs_get_ctl()).
// It knows IPv4 only, no tunnels and no engines, and its counters have 32 bits; but one call gives all real
// servers of a service, where netlink takes three and forty attributes for each of them. What it cannot say
// it does not say wrongly here: it says nothing, and netlink is asked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lib/base/fd.h"
#include "lib/netlink/ipvs_codec.h"

namespace hawser::nl {

class IpvsSockopt {
 public:
  // Of the network namespace in which it is opened. Without a socket it says nothing.
  static IpvsSockopt open();

  // How many real servers each IPv4 service has, those that this interface hides included. Empty: it cannot
  // be had (no permission, no module).
  [[nodiscard]] std::map<ServiceKey, std::uint32_t> sizes() const;

  // The real servers of a service that has so many, without counters. nullopt: there are others by now, or
  // there is one that this interface cannot describe (IPv6 behind IPv4, a tunnel).
  [[nodiscard]] std::optional<std::vector<DecodedReal>> reals(const ServiceKey& key,
                                                              std::uint32_t size) const;

 private:
  explicit IpvsSockopt(Fd socket) : socket_(std::move(socket)) {}
  [[nodiscard]] bool ask(int what, Bytes& answer) const;

  Fd socket_;
};

// What the kernel has written into the room for some more than `size` of them; as of reals().
std::optional<std::vector<DecodedReal>> decode_real_entries(ByteView entries, std::uint32_t size);
// Each service with the number of its real servers.
std::map<ServiceKey, std::uint32_t> decode_service_entries(ByteView entries);

}  // namespace hawser::nl
