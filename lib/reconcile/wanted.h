// What a file wants of this host as it is now: the one answer by which `netd plan`, `netd apply` and the
// daemon plan, so that they cannot disagree.
#pragma once

#include <functional>

#include "lib/config/ports.h"
#include "lib/plan/kernel.h"
#include "lib/plan/plan.h"
#include "lib/reconcile/journal.h"
#include "lib/reconcile/known_health.h"
#include "lib/reconcile/vip_addresses.h"

namespace hawser {

// The network of a file as the file has it: what depends on the host is still open.
struct FileNetwork {
  State network;  // without addresses that a vip names
  std::map<std::string, config::BondPolicy> bonds;
  VipAddresses vips;
  bool uses_paths = false;  // a bond names a port by the place of its card
};
FileNetwork network_of(const config::Config& config);

// udev's names of the devices; asked for only when the file uses one.
using FindPaths = std::function<config::DevicesByPath()>;

// All that wanted() and a plan over it go by. Of nftables our table, and only where one is wanted or was
// made.
Scope what_to_look_at(const config::Config& config, const Journal& made);

struct Wanted {
  config::ResolvedPorts ports;  // links and bonds with ports that are devices, and what of them is not there
  Desired desired;
};
// `observed` is without what vips have, as OwnKernel shows it.
Wanted wanted_network(const FileNetwork& file, const Observed& observed, const JournalBook& book,
                      const FindPaths& find_paths);
// What of it is IPVS's: services as their real servers are, what IPVS has once, and our nftables table.
Desired wanted_ipvs(const config::Config& config, const Layout& layout, const KnownHealth& known,
                    const State& there, const JournalBook& book);
// With the services, too, as their real servers are. The daemon goes from one service to the next and asks
// weigh() for each.
Wanted wanted(const config::Config& config, const KnownHealth& known, const Observed& observed,
              const JournalBook& book, const FindPaths& find_paths);

}  // namespace hawser
