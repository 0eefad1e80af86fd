// What the sections say, key by key, before they are put together: shapes for the rows to write into, with
// the place of every key for the rules that look across keys.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/config/config.h"
#include "lib/config/fields.h"

namespace hawser::config {

template <class S>
struct Section {
  std::string path;  // "vip.web"
  Place place;
  Places places;
  S spec{};

  [[nodiscard]] bool has(std::string_view key) const { return places.contains(key); }
  // The place of a key, or of the section where it is not written.
  [[nodiscard]] Place at(std::string_view key) const {
    const auto found = places.find(key);
    return found == places.end() ? place : found->second;
  }
  [[nodiscard]] Place at(std::string_view key, std::size_t element) const {
    const auto found = places.find(fmt::format("{}[{}]", key, element));
    return found == places.end() ? at(key) : found->second;
  }
};
template <class S>
using Sections = std::map<std::string, Section<S>>;

struct RouteSpec {
  std::string to;
  std::optional<IpAddress> via, source;
  std::optional<std::uint32_t> table, metric;
  std::uint32_t mtu = 0;
  bool onlink = false;
};

struct InterfaceSpec {  // what [bond.*] and [link.*] have in common
  std::string device;
  std::vector<Prefix> addresses;
  std::vector<Section<RouteSpec>> routes;
  std::optional<std::uint32_t> mtu;
  std::optional<MacAddress> mac;
  std::string vrf;
  std::string description;
  bool up = true;
};

enum class BondMonitor : std::uint8_t { kMii, kArp, kNone };

}  // namespace hawser::config

namespace hawser {

template <>
inline constexpr std::array<Name<config::BondMonitor>, 3> kNames<config::BondMonitor>{{
    {config::BondMonitor::kMii, "mii"},
    {config::BondMonitor::kArp, "arp"},
    {config::BondMonitor::kNone, "none"},
}};

}  // namespace hawser

namespace hawser::config {

struct BondSpec : InterfaceSpec {
  BondMode mode = BondMode::kActiveBackup;
  std::map<BondOption, std::uint32_t> options;  // as written
  std::vector<std::string> ports;
  std::string primary;
  std::optional<BondMonitor> monitor;
  bool fast_failover = true;
  std::vector<IpAddress> arp_ip_target, ns_ip6_target;
  std::optional<MacAddress> ad_actor_system;
  Sections<BondPort> port;
};

struct LinkSpec : InterfaceSpec {
  std::optional<LinkKind> kind;
  std::string on;
  std::uint16_t id = 0;
  std::string protocol = "802.1q";
  std::uint32_t table = 0;
};

struct TrackWeight {
  Place place;
  std::int32_t weight = 0;  // -253..253: what the priority changes by
};

struct VipSpec : Vip {
  std::vector<std::string> peer_words;
  std::vector<TrackWeight> track_weights;
};

struct CheckRef {
  Place place;
  std::string name;  // of a [check.*]; empty: written here
  std::optional<Section<Check>> written;
};

struct TunnelSpec {
  TunnelType type = TunnelType::kIpip;
  std::uint16_t port = 0;
  bool checksum = false;
};

struct RealSpec {
  std::string name;
  std::vector<Endpoint> addresses;  // port 0: not written
  std::optional<std::uint16_t> port;
  std::uint32_t weight = 1;
  std::optional<Forwarding> forwarding;
  std::optional<Section<TunnelSpec>> tunnel;
  std::uint32_t upper_threshold = 0, lower_threshold = 0;
  std::optional<std::vector<CheckRef>> checks;
};

struct PoolSpec {
  std::vector<CheckRef> checks;
  Need need = Need::kAll;
  Forwarding forwarding = Forwarding::kMasquerade;
  OnFailure on_failure = OnFailure::kRemove;
  std::optional<Section<TunnelSpec>> tunnel;
  std::vector<Section<RealSpec>> reals;
};

struct Netmask {
  int length = 0;
  bool dotted = false;  // a mask with dots: IPv4
};

struct ServiceSpec : PoolSpec {
  std::vector<std::string> virtuals;
  std::string protocol;
  std::string pool;
  std::string scheduler = "wlc";
  std::vector<std::string> scheduler_flags;
  std::optional<Milliseconds> persistence;
  std::optional<Netmask> persistence_netmask;
  std::string persistence_engine;
  bool one_packet = false;
};

struct LogSpec {
  std::string level = "info";
};
struct NetdSpec {
  Milliseconds ipvs_check{5000};
};
struct VipdSpec {
  int realtime = 10;
  bool lock_memory = true;
};
struct TopSpec {
  int format = 1;
};

// Names that stand somewhere in the file as what is used, whichever node it is for.
struct Named {
  std::set<std::string> pools, checks;
};

struct OwnAddress {
  std::string node;
  Place place;
};

// One host's file.
struct File {
  NodeView view;
  Sections<Node> nodes;
  LogSpec log;
  NetdSpec netd;
  VipdSpec vipd;
  Sections<BondSpec> bonds;
  Sections<LinkSpec> links;
  Sections<VipSpec> vips;
  Sections<Check> checks;
  Sections<PoolSpec> pools;
  Sections<ServiceSpec> services;
  // vip -> node -> priority; nodes that do not have the vip are absent.
  std::map<std::string, std::map<std::string, std::uint8_t>> priorities;
  // What belongs to one node alone: [nodes], and the devices of the other nodes.
  std::map<IpAddress, OwnAddress> own_addresses;
  Named named;
};

// The rows of each section.
const Rows<TopSpec>& top_rows();
const Rows<Node>& node_rows();
const Rows<LogSpec>& log_rows();
const Rows<NetdSpec>& netd_rows();
const Rows<VipdSpec>& vipd_rows();
const Rows<BondSpec>& bond_rows();
const Rows<BondPort>& port_rows();
const Rows<LinkSpec>& link_rows();
const Rows<RouteSpec>& route_rows();
const Rows<VipSpec>& vip_rows();
const Rows<Announce>& announce_rows();
const Rows<Check>& check_rows();
const Rows<PoolSpec>& pool_rows();
const Rows<RealSpec>& real_rows();
const Rows<TunnelSpec>& tunnel_rows();
const Rows<ServiceSpec>& service_rows();
// Without the pool's keys: what [defaults.service] may hold.
const Rows<ServiceSpec>& service_own_rows();

}  // namespace hawser::config
