// [vip.NAME]: addresses that move, held by the node that an election chooses.
#pragma once

#include <optional>
#include <set>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

struct VipAddress {
  Prefix prefix;          // /32, /128 unless written
  std::string interface;  // the vip's own unless written; what a provider routes: kRoutedDevice
  bool operator==(const VipAddress&) const = default;
};

enum class VrrpChecksum : std::uint8_t { kPseudoHeader, kPlain };
enum class VrrpTransport : std::uint8_t { kMulticast, kUnicast };

inline constexpr std::size_t kMostPassword = 8;  // characters: RFC 2338 5.3.6.2

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
  std::string password{};                // of version 2: "file:/PATH" or "systemd:NAME"
  std::string password_text{};           // what is there; never in a row, and so in no dump
  std::optional<VrrpChecksum> checksum;  // nullopt: with pseudo-header until a peer uses the other form
  VrrpTransport transport = VrrpTransport::kMulticast;
  std::vector<IpAddress> peers;  // unicast: whom to send to and to hear
  std::vector<IpAddress> own;    // this host's in [nodes]: what its peers expect to hear from
  std::optional<IpAddress> source;
  bool preempt = true;
  Milliseconds preempt_delay{0};
  Milliseconds startup_delay{0};
  Announce announce;
  std::string provider;  // who routes the addresses; empty: whoever answers ARP
  bool arbiter = false;  // the provider: the role is taken only once it confirms
  bool require_fencing = false;
  bool operator==(const Vip&) const = default;
};

// Where addresses that a provider routes are held, on every node at all times: a dummy of vipd's own.
inline constexpr std::string_view kRoutedDevice = "hawser-vips";

struct TrackWeight {
  Place place;
  std::int32_t weight = 0;  // -253..253: what the priority changes by
};

struct VipSpec : Vip {
  std::vector<std::string> peer_words{};
  std::vector<TrackWeight> track_weights{};
};
const Rows<VipSpec>& vip_rows();
VipSpec spec_of(const Vip& vip);  // for the rows: in them every setting of a vip has its name

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

std::set<Family> families_of(const Vip& vip);

// Whom a unicast vip talks to: the peers written, or every other node that has the vip, by family of its
// addresses. What cannot be resolved is left out; `report` (may be null) hears of it.
std::vector<IpAddress> peers_of(const File& file, const std::string& name, const Section<VipSpec>& vip,
                                Report* report);

// Which nodes hold a vip: those that its priority names (vip_nodes.cpp).
bool vip_is_elsewhere(const Table& section, const NodeView& view, const std::string& path, Report& report);
struct ReadContext;
void look_at_vips(const ReadContext& unheard, const Table& tree, File& file);
struct Effective;
void dump_every_priority(const File& file, std::vector<Effective>& rows);

void check_vips(const File& file, Report& report);
void check_vip_addresses(const File& file, Report& report);
void check_vip_providers(const File& file, Report& report);
void note_vips(const File& file, Report& report);

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

}  // namespace hawser
