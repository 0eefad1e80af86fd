// An address that a provider routes, written with the length of what is routed: "2001:db8:50::1/64".
#pragma once

#include "lib/config/config.h"
#include "vipd/addresses/picture.h"

namespace hawser::vipd {

// As every node holds it: one address of it.
inline AddressKey held_as(const config::VipAddress& address) {
  const auto& host = address.prefix.address;
  return {address.interface, {host, static_cast<std::uint8_t>(host.bits())}};
}

// As the provider knows it: by its first.
inline IpAddress routed_as(const config::VipAddress& address) {
  return address.prefix.network().address;
}

}  // namespace hawser::vipd
