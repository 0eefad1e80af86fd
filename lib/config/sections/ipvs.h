// [ipvs]: what IPVS has once on a host.
#pragma once

#include "lib/base/duration.h"
#include "lib/config/sections/section.h"
#include "lib/state/ipvs.h"

namespace hawser::config {

struct TimeoutsSpec {
  std::optional<Milliseconds> tcp, tcp_fin, udp;
};

struct SyncSpec {
  std::string interface;
  IpAddress group = SyncDaemon{}.group;
  std::uint16_t port = SyncDaemon{}.port;
  std::uint8_t ttl = SyncDaemon{}.ttl;
  std::uint8_t id = SyncDaemon{}.id;
  std::optional<std::uint16_t> max_length;
};

// Marks of ours are from fwmark_base on, so many.
inline constexpr std::uint32_t kFwmarks = 1U << 24U;

struct IpvsSpec {
  std::uint32_t fwmark_base = 0x10000000;
  std::optional<Section<TimeoutsSpec>> timeouts;
  std::optional<Section<SyncSpec>> sync;
};

// As the kernel is to have it; what is not written is left as it is.
struct IpvsSettings {
  std::optional<IpvsTimeouts> ipvs_timeouts;
  std::optional<SyncDaemon> ipvs_sync;  // for both roles: a director without connections has none to tell
  bool operator==(const IpvsSettings&) const = default;
};

struct Ipvs {
  struct Written {
    IpvsSpec ipvs;
  };
  using Built = IpvsSettings;
  static SectionType type();
};

}  // namespace hawser::config
