// IPVS services and real servers. Names are ipvsadm's and the kernel's (include/uapi/linux/ip_vs.h).
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/names.h"

namespace hawser {

// IPPROTO_*; a firewall-mark service has its own key kind.
enum class Transport : std::uint8_t { kTcp = 6, kUdp = 17, kSctp = 132, kFwmark = 0 };

template <>
inline constexpr std::array<Name<Transport>, 4> kNames<Transport>{{
    {Transport::kTcp, "tcp"},
    {Transport::kUdp, "udp"},
    {Transport::kSctp, "sctp"},
    {Transport::kFwmark, "fwmark"},
}};

// Values are the kernel's (IP_VS_CONN_F_*): the low three bits of a connection's flags.
enum class Forwarding : std::uint8_t { kMasquerade = 0, kLocal = 1, kTunnel = 2, kDirect = 3, kBypass = 4 };

template <>
inline constexpr std::array<Name<Forwarding>, 5> kNames<Forwarding>{{
    {Forwarding::kMasquerade, "masquerade"},
    {Forwarding::kLocal, "local"},
    {Forwarding::kTunnel, "tunnel"},
    {Forwarding::kDirect, "direct"},
    {Forwarding::kBypass, "bypass"},
}};

enum class TunnelType : std::uint8_t { kIpip = 0, kGue = 1, kGre = 2 };

template <>
inline constexpr std::array<Name<TunnelType>, 3> kNames<TunnelType>{{
    {TunnelType::kIpip, "ipip"},
    {TunnelType::kGue, "gue"},
    {TunnelType::kGre, "gre"},
}};

// What identifies a virtual service: "tcp 192.0.2.100:80", or a mark and a family: "fwmark 7", "fwmark6 9".
struct ServiceKey {
  Transport transport = Transport::kTcp;
  Endpoint virtual_address;  // for a mark: only the family counts, address unspecified, port 0
  std::uint32_t fwmark = 0;

  static Result<ServiceKey> parse(std::string_view text);
  [[nodiscard]] Family family() const { return virtual_address.address.family(); }
  auto operator<=>(const ServiceKey&) const = default;
};

std::string to_string(const ServiceKey& key);

struct Tunnel {
  TunnelType type = TunnelType::kIpip;
  std::uint16_t port = 0;   // gue only
  std::uint16_t flags = 0;  // IP_VS_TUNNEL_ENCAP_FLAG_*: 1 csum, 2 remcsum

  bool operator==(const Tunnel&) const = default;
};

struct RealServer {
  Forwarding forwarding = Forwarding::kMasquerade;
  std::uint32_t weight = 1;  // 0: no new connections
  std::uint32_t upper_threshold = 0;
  std::uint32_t lower_threshold = 0;
  Tunnel tunnel;

  bool operator==(const RealServer&) const = default;
};

// Service flags that a user can set (IP_VS_SVC_F_*); HASHED 0x2 is the kernel's own and is masked out on
// observing.
enum class ServiceFlag : std::uint32_t {
  kPersistent = 0x1,
  kOnePacket = 0x4,
  kSched1 = 0x8,
  kSched2 = 0x10,
  kSched3 = 0x20
};

struct Service {
  std::string scheduler = "wlc";
  std::uint32_t flags = 0;                // bits of ServiceFlag
  std::uint32_t persistence_timeout = 0;  // seconds; 0 unless kPersistent
  std::uint32_t netmask = 0;  // prefix length of client addresses that persistence puts together: 32, 128
  std::string persistence_engine;  // "sip" or empty
  std::map<Endpoint, RealServer> reals;

  bool operator==(const Service&) const = default;
};

inline bool has_flag(const Service& service, ServiceFlag flag) {
  return (service.flags & static_cast<std::uint32_t>(flag)) != 0;
}
// IP_VS_SVC_F_SCHED1..3 as ipvsadm and the file name them: "sh-fallback" and "sh-port" with sh, "mh-fallback"
// and "mh-port" with mh, else "flag-1" to "flag-3".
std::vector<std::string> scheduler_flags(const Service& service);
// The flag of such a word, whichever the scheduler; nullopt: none is called so.
std::optional<ServiceFlag> scheduler_flag(std::string_view word);
// Whether the word is one for services of this scheduler: "sh-port" is not one of mh, "flag-1" of all.
bool is_flag_of(std::string_view word, std::string_view scheduler);

// How long an idle connection stays in the table, in seconds: one for all services of a network namespace.
// The kernel never says 0; as a wish 0 leaves a timeout as it is.
struct IpvsTimeouts {
  std::uint32_t tcp = 0;
  std::uint32_t tcp_fin = 0;  // after the first FIN
  std::uint32_t udp = 0;

  bool operator==(const IpvsTimeouts&) const = default;
};

// Values are the kernel's (IP_VS_STATE_*). Both may run at once.
enum class SyncRole : std::uint8_t { kMaster = 1, kBackup = 2 };

template <>
inline constexpr std::array<Name<SyncRole>, 2> kNames<SyncRole>{{
    {SyncRole::kMaster, "master"},
    {SyncRole::kBackup, "backup"},
}};

// A thread of the kernel that tells its connections to other directors (master), or hears of theirs (backup).
struct SyncDaemon {
  std::string interface;
  std::uint8_t id = 0;                             // who talks to whom; a backup of 0 hears all
  std::uint16_t maxlen = 0;                        // bytes a message; 0: as the interface's MTU allows
  IpAddress group = IpAddress::v4(224, 0, 0, 81);  // multicast, of either family
  std::uint16_t port = 8848;
  std::uint8_t ttl = 1;

  bool operator==(const SyncDaemon&) const = default;
};

// Of /proc/sys/net/ipv4/vs, what decides whether clients leave a real server that is out, and whether other
// parts of netfilter see the connections.
enum class IpvsSysctl : std::uint8_t {
  kExpireNodestConn,         // a connection of one that is gone ends with its next packet
  kExpireQuiescentTemplate,  // persistence does not lead to one of weight 0
  kConntrack,                // connections are tracked, which NAT of nftables needs
};

template <>
inline constexpr std::array<Name<IpvsSysctl>, 3> kNames<IpvsSysctl>{{
    {IpvsSysctl::kExpireNodestConn, "net.ipv4.vs.expire_nodest_conn"},
    {IpvsSysctl::kExpireQuiescentTemplate, "net.ipv4.vs.expire_quiescent_template"},
    {IpvsSysctl::kConntrack, "net.ipv4.vs.conntrack"},
}};

// What IPVS has once in a network namespace. As a wish: what is not named is left as it is.
struct IpvsHost {
  std::optional<IpvsTimeouts> timeouts;
  std::map<SyncRole, SyncDaemon> daemons;
  std::map<IpvsSysctl, std::uint32_t> sysctls{};
  std::set<SyncRole> stopped{};  // of a wish: these shall not run

  bool operator==(const IpvsHost&) const = default;
};

}  // namespace hawser

template <>
struct fmt::formatter<hawser::ServiceKey> : fmt::formatter<std::string> {
  template <class Context>
  auto format(const hawser::ServiceKey& value, Context& context) const {
    return fmt::formatter<std::string>::format(hawser::to_string(value), context);
  }
};
