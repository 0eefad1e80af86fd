// [vip.NAME]: addresses that move, held by the node that an election chooses.
#pragma once

#include <optional>
#include <set>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/shared.h"
#include "lib/base/sparse.h"
#include "lib/base/strong.h"
#include "lib/config/sections/section.h"
#include "lib/config/sections/vip_hmac.h"

namespace hawser::config {

struct VipAddress {
  Prefix prefix;          // /32, /128 unless written
  std::string interface;  // the vip's own unless written; what a provider routes: kRoutedDevice
  bool operator==(const VipAddress&) const = default;
};

// Where IPv4 addresses live: on the interface; spread over dummies of vipd's own; as routes of the local
// table. The kernel keeps those of an interface in a list, which ten thousand make long.
enum class Store : std::uint8_t { kInterface, kSpread, kLocalRoutes };

enum class VrrpChecksum : std::uint8_t { kPseudoHeader, kPlain };
enum class VrrpTransport : std::uint8_t { kMulticast, kUnicast };
// Which of its addresses elect; those of the other family ride along. Both: an election each, for peers that
// have two.
enum class VrrpLead : std::uint8_t { kIpv4, kIpv6, kBoth };

inline constexpr std::size_t kMostPassword = 8;  // characters: RFC 2338 5.3.6.2

struct Announce {
  int count = 5;
  Milliseconds interval{1000};
  Milliseconds refresh{0};  // 0: off
  int rate = 0;             // addresses a second; 0: as fast as it goes
  bool operator==(const Announce&) const = default;
};

// How long the kernel keeps an address that nobody renews: what a vipd that is gone for good leaves behind
// goes with it.
struct Lease {
  std::optional<Milliseconds> length{};  // nullopt: what the interval and the number of addresses suggest
  bool off = false;                      // addresses without a lifetime
  bool operator==(const Lease&) const = default;
};

// What tells a vip from the others.
struct VipIdentity {
  std::string name;
  std::string interface;
  std::vector<VipAddress> addresses;
  Vrid virtual_router_id;
  Priority priority{100};                                  // this host's
  Sparse<std::map<std::string, std::uint8_t>> priorities;  // every node's
  bool operator==(const VipIdentity&) const = default;
};

// How it elects, holds and announces: the vips of a file come in a few kinds.
struct VipManner {
  Milliseconds advertisement_interval{1000};
  int version = 3;
  std::string password{};       // of version 2: "file:/PATH" or "systemd:NAME"
  std::string password_text{};  // what is there; never in a row, and so in no dump
  std::vector<HmacKey> hmac{};  // of version 3: the first signs, every one verifies
  HmacWindow hmac_window{};
  std::optional<VrrpChecksum> checksum;  // nullopt: with pseudo-header until a peer uses the other form
  std::optional<VrrpLead> lead;          // nullopt: IPv4 where it has such an address
  HmacMode hmac_mode = HmacMode::kEnforce;
  VrrpTransport transport = VrrpTransport::kMulticast;
  std::vector<IpAddress> peers;  // unicast: whom to send to and to hear
  std::vector<IpAddress> own;    // this host's in [nodes]: what its peers expect to hear from
  std::optional<IpAddress> source;
  bool preempt = true;
  Milliseconds preempt_delay{0};
  Milliseconds startup_delay{0};
  Milliseconds return_delay{0};
  bool accept = true;
  bool virtual_mac = false;
  bool reset_connections = false;
  Store store = Store::kInterface;
  Lease lease;
  Shared<Announce> announce;
  std::string provider;  // who routes the addresses; empty: whoever answers ARP
  bool arbiter = false;  // the provider: the role is taken only once it confirms
  bool require_fencing = false;
  bool operator==(const VipManner&) const = default;
};

struct Vip : VipIdentity {
  Shared<VipManner> manner;
  bool operator==(const Vip&) const = default;
};
// Those of them that do it alike have it once from then on; those of another reading have their own.
void share_manners(std::vector<Vip>& vips);

// Where addresses that a provider routes are held, on every node at all times: a dummy of vipd's own.
inline constexpr std::string_view kRoutedDevice = "hawser-vips";

struct TrackWeight {
  Place place;
  std::int32_t weight = 0;  // -253..253: what the priority changes by
};

// As it is read: in the rows every setting of a vip has its name.
struct VipSpec : VipIdentity, VipManner {
  std::vector<std::string> peer_words{};
  std::vector<TrackWeight> track_weights{};
};
const Rows<VipSpec>& vip_rows();
void add_hmac(Rows<VipSpec>& rows);  // those whose keys begin with hmac
VipSpec spec_of(const Vip& vip);
Vip vip_of(VipSpec spec);

struct Vips {
  struct Written {
    Sections<VipSpec> vips;
    // vip -> node -> priority; nodes that do not have the vip are absent.
    std::map<std::string, std::map<std::string, std::uint8_t>> priorities;
  };
  struct Built {
    std::map<std::string, Vip> vips;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

std::set<Family> families_of(const VipIdentity& vip);
// By which families it elects: one, or both. Empty: it has no address yet.
std::set<Family> elections_of(const VipIdentity& vip, std::optional<VrrpLead> lead);
inline std::set<Family> elections_of(const VipSpec& vip) {
  return elections_of(vip, vip.lead);
}
// The family of the only election that is left when each has a vip of its own (by_election).
Family family_of(const Vip& vip);
// The vip itself; one that elects by both families is two, "web/ipv4" and "web/ipv6", each with the addresses
// and peers of its own.
std::vector<Vip> by_election(const Vip& vip);

// What signing adds to an advertisement.
inline constexpr std::size_t kHmacTrailer = 28;  // bytes

// How many addresses an advertisement names: one byte counts them (RFC 9568 5.2.5), and of IPv6 ones more
// than 90, or 89 with what signs them, are more than an Ethernet frame carries. The first ones are named, all
// are held.
constexpr std::size_t most_advertised(Family family, bool is_signed = false) {
  constexpr std::size_t kRoom = 1500 - 40 - 8;  // beside the headers of IPv6 and VRRP
  return family == Family::kIpv4 ? 255 : (kRoom - (is_signed ? kHmacTrailer : 0)) / 16;
}
// Of this vip. The same in every mode: nodes at different steps of a change name the same addresses.
inline std::size_t most_advertised(const VipManner& manner, Family family) {
  return most_advertised(family, !manner.hmac.empty());
}

// Whom a unicast vip talks to: the peers written, or every other node that has the vip, by family of its
// elections. What cannot be resolved is left out; `report` (may be null) hears of it.
std::vector<IpAddress> peers_of(const File& file, const std::string& name, const Section<VipSpec>& vip,
                                Report* report);

// Which nodes hold a vip: those that its priority names (vip_nodes.cpp).
bool vip_is_elsewhere(const Table& section, const NodeView& view, const std::string& path, Report& report);
struct ReadContext;
void look_at_vips(const ReadContext& unheard, const Table& tree, File& file);
struct Effective;
void dump_every_priority(const File& file, std::vector<Effective>& rows);

void check_vips(const File& file, Report& report);
void check_vip_hmac(const File& file, Report& report);
void check_vip_addresses(const File& file, Report& report);
void check_vip_providers(const File& file, Report& report);
void check_vip_stores(const File& file, Report& report);
void note_vip_stores(const File& file, Report& report);
void note_vips(const File& file, Report& report);

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::VrrpChecksum>, 2> kNames<config::VrrpChecksum>{{
    {config::VrrpChecksum::kPseudoHeader, "pseudo-header"},
    {config::VrrpChecksum::kPlain, "plain"},
}};

template <>
inline constexpr std::array<Name<config::Store>, 3> kNames<config::Store>{{
    {config::Store::kInterface, "interface"},
    {config::Store::kSpread, "spread"},
    {config::Store::kLocalRoutes, "local-routes"},
}};

template <>
inline constexpr std::array<Name<config::VrrpLead>, 3> kNames<config::VrrpLead>{{
    {config::VrrpLead::kIpv4, "ipv4"},
    {config::VrrpLead::kIpv6, "ipv6"},
    {config::VrrpLead::kBoth, "both"},
}};

template <>
inline constexpr std::array<Name<config::VrrpTransport>, 2> kNames<config::VrrpTransport>{{
    {config::VrrpTransport::kMulticast, "multicast"},
    {config::VrrpTransport::kUnicast, "unicast"},
}};

}  // namespace hawser
