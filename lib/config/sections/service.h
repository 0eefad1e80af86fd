// [service.NAME]: virtual addresses, and the pool that answers for them.
#pragma once

#include "lib/base/duration.h"
#include "lib/config/sections/pool.h"
#include "lib/state/nft.h"

namespace hawser::config {

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

// Without the pool's keys: what [defaults.service] may hold, and `lbctl edit` sets.
const Rows<ServiceSpec>& service_own_rows();

// What gets a mark of ours: a range of ports, or many addresses as one service.
struct MarkedTraffic {
  std::vector<Marked> packets;
  std::uint16_t port = 0;  // of a real server that has none of its own; 0: each packet's
  bool operator==(const MarkedTraffic&) const = default;
};

struct VirtualService {
  std::string name;
  std::vector<ServiceKey> keys;                  // every virtual address, "@vip" resolved, and every mark
  std::map<ServiceKey, MarkedTraffic> marked{};  // of `keys` those whose mark netd sets
  std::string pool;
  Service service;  // scheduler, flags, persistence as configured; without reals, netmask: see service_for()
  std::uint32_t netmask4 = 32, netmask6 = 128;  // persistence_netmask by family
  bool operator==(const VirtualService&) const = default;
};

struct Services {
  struct Written {
    Sections<ServiceSpec> services;
  };
  struct Built {
    std::map<std::string, VirtualService> services;
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

// The service as the kernel should hold it under `key`, without real servers: the netmask depends on the
// family.
Service service_for(const VirtualService& service, const ServiceKey& key);

struct VirtualKey {
  ServiceKey key;
  Place place;
  Transport transport{};         // of the packets; kFwmark: of any, the mark is the user's
  std::uint16_t port = 0;        // of a real server that has none of its own; 0: each packet's
  bool range = false;            // of ports
  std::vector<Marked> marked{};  // what gets the mark in `key` by netd
};
// "tcp 192.0.2.100:8000-8099" for a mark of ours, which nobody knows by its number; else the key's own words.
std::string in_words(const VirtualKey& key);
// Every virtual address of a service, "@vip" resolved; `report` (may be null) hears of what cannot be.
std::vector<VirtualKey> keys_of(const File& file, const Section<ServiceSpec>& service, Report* report);
// The pool that a service uses: its own or a [pool.*]; null when there is none.
const PoolSpec* pool_of(const File& file, const ServiceSpec& service);

void check_services(const File& file, Report& report);
void note_services(const File& file, Report& report);

}  // namespace hawser::config
