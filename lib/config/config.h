// One host's view of the file, after per-node values, [on.*] overlays, `only` and [defaults.*] were resolved:
// plain structs with every default filled in. How it is read: lib/config/load.h. What the keys mean: KEYS.md,
// hawser.toml(5).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/state/state.h"

namespace hawser::config {

struct Node {
  std::vector<IpAddress> addresses;
  bool operator==(const Node&) const = default;
};

// What the kernel does not keep of a bond.
struct BondPolicy {
  std::vector<std::string> port_order;  // as written; may hold "mac:..", "path:..": see resolve_ports()
  bool fast_failover = true;
  bool operator==(const BondPolicy&) const = default;
};

struct VipAddress {
  Prefix prefix;          // /32, /128 unless written
  std::string interface;  // the vip's own unless written
  bool operator==(const VipAddress&) const = default;
};

enum class VrrpChecksum : std::uint8_t { kPseudoHeader, kPlain };
enum class VrrpTransport : std::uint8_t { kMulticast, kUnicast };

struct Announce {
  int count = 5;
  Milliseconds interval{1000};
  Milliseconds refresh{0};  // 0: off
  bool operator==(const Announce&) const = default;
};

struct Vip {
  std::string name;
  std::string interface;
  std::vector<VipAddress> addresses;
  Vrid virtual_router_id;
  Priority priority{100};                          // this host's
  std::map<std::string, std::uint8_t> priorities;  // every node's
  Milliseconds advertisement_interval{1000};
  int version = 3;
  std::optional<VrrpChecksum> checksum;  // nullopt: with pseudo-header until a peer uses the other form
  VrrpTransport transport = VrrpTransport::kMulticast;
  std::vector<IpAddress> peers;  // unicast: whom to send to and to hear
  std::vector<IpAddress> own;    // this host's in [nodes]: what its peers expect to hear from
  std::optional<IpAddress> source;
  bool preempt = true;
  Milliseconds preempt_delay{0};
  Milliseconds startup_delay{0};
  Announce announce;
  bool operator==(const Vip&) const = default;
};

enum class CheckType : std::uint8_t { kTcp, kHttp };

struct HttpCheck {
  std::string method = "GET";
  std::string path = "/";
  std::string host;                                     // empty: the address that is asked
  std::vector<std::pair<int, int>> status{{200, 299}};  // ranges, both ends in
  std::string contains;                                 // empty: any body
  std::size_t max_body = 65536;
  bool operator==(const HttpCheck&) const = default;
};

struct Check {
  std::string name;
  CheckType type = CheckType::kTcp;
  Milliseconds interval{1000};
  Milliseconds timeout{500};
  int fall = 3;
  int rise = 2;
  std::optional<IpAddress> address;  // where it differs from the real server's
  std::optional<std::uint16_t> port;
  HttpCheck http;
  bool operator==(const Check&) const = default;
};

enum class Need : std::uint8_t { kAll, kAny };
enum class OnFailure : std::uint8_t { kRemove, kQuiesce };

struct Real {
  std::string name;                   // unique in its pool; "ADDRESS:PORT" unless written
  std::vector<IpAddress> addresses;   // at most one of each family
  std::optional<std::uint16_t> port;  // nullopt: the service's
  RealServer server;                  // weight, forwarding, thresholds as configured
  std::vector<std::string> checks;    // names in Config::checks; empty: always up
  bool operator==(const Real&) const = default;
};

struct Pool {
  std::string name;  // "service.web" for the unnamed pool of a service's short form
  std::vector<Real> reals;
  Need need = Need::kAll;
  OnFailure on_failure = OnFailure::kRemove;
  bool operator==(const Pool&) const = default;
};

struct VirtualService {
  std::string name;
  std::vector<ServiceKey> keys;  // every virtual address, "@vip" resolved
  std::string pool;
  Service service;  // scheduler, flags, persistence as configured; without reals, netmask: see service_for()
  std::uint32_t netmask4 = 32, netmask6 = 128;  // persistence_netmask by family
  bool operator==(const VirtualService&) const = default;
};

struct Config {
  std::string node;  // which of `nodes` this view is for; empty: a single host
  std::map<std::string, Node> nodes;
  State network;                            // links and routes of [bond.*] and [link.*]; no services
  std::map<std::string, BondPolicy> bonds;  // by device name
  std::map<std::string, Vip> vips;
  std::map<std::string, Check> checks;
  std::map<std::string, Pool> pools;
  std::map<std::string, VirtualService> services;
  Milliseconds ipvs_check{5000};   // [netd] ipvs_check
  int realtime = 10;               // [vipd] realtime; 0: off
  bool lock_memory = true;         // [vipd] lock_memory
  std::string log_level = "info";  // [log] level
  bool operator==(const Config&) const = default;
};

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::VrrpChecksum>, 2> kNames<config::VrrpChecksum>{{
    {config::VrrpChecksum::kPseudoHeader, "pseudo-header"},
    {config::VrrpChecksum::kPlain, "plain"},
}};

template <>
inline constexpr std::array<Name<config::VrrpTransport>, 2> kNames<config::VrrpTransport>{{
    {config::VrrpTransport::kMulticast, "multicast"},
    {config::VrrpTransport::kUnicast, "unicast"},
}};

template <>
inline constexpr std::array<Name<config::CheckType>, 2> kNames<config::CheckType>{{
    {config::CheckType::kTcp, "tcp"},
    {config::CheckType::kHttp, "http"},
}};

template <>
inline constexpr std::array<Name<config::Need>, 2> kNames<config::Need>{{
    {config::Need::kAll, "all"},
    {config::Need::kAny, "any"},
}};

template <>
inline constexpr std::array<Name<config::OnFailure>, 2> kNames<config::OnFailure>{{
    {config::OnFailure::kRemove, "remove"},
    {config::OnFailure::kQuiesce, "quiesce"},
}};

}  // namespace hawser
