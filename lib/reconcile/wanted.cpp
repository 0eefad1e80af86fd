#include "lib/reconcile/wanted.h"

#include <algorithm>

#include "lib/reconcile/ipvs_host.h"
#include "lib/reconcile/nft.h"

namespace hawser {

FileNetwork network_of(const config::Config& config) {
  FileNetwork file{config.network, config.bonds, vip_addresses(config)};
  hide_addresses(file.network, file.vips);
  for (const auto& [name, policy] : file.bonds)
    file.uses_paths |= std::ranges::any_of(policy.port_order,
                                           [](const std::string& port) { return port.starts_with("path:"); });
  return file;
}

Wanted wanted_network(const FileNetwork& file, const Observed& observed, const JournalBook& book,
                      const FindPaths& find_paths) {
  const auto paths = file.uses_paths && find_paths ? find_paths() : config::DevicesByPath{};
  Wanted wanted{config::resolve_ports(file.network, file.bonds, observed, paths), {}};
  wanted.desired = {wanted.ports.network, Owner::kNetd, book.names(), book.owed()};
  return wanted;
}

Scope what_to_look_at(const config::Config& config, const Journal& made) {
  Scope scope{{Look::kLinks, Look::kRoutes, Look::kIpvs, Look::kIpvsHost}};
  if (made.nft || nft_of(lay_out(config))) scope.parts.add(Look::kNft);
  return scope;
}

Desired wanted_ipvs(const config::Config& config, const Layout& layout, const KnownHealth& known,
                    const State& there, const JournalBook& book) {
  Desired desired{{}, Owner::kNetd, book.names(), book.owed()};
  desired.state.services = desired_services(layout, known, there.services).services;
  desired.state.ipvs = with_what_was(ipvs_host_of(config, layout), book.values());
  desired.state.nft = nft_of(layout);
  return desired;
}

Wanted wanted(const config::Config& config, const KnownHealth& known, const Observed& observed,
              const JournalBook& book, const FindPaths& find_paths) {
  auto all = wanted_network(network_of(config), observed, book, find_paths);
  auto ipvs = wanted_ipvs(config, lay_out(config), known, observed.state, book);
  all.desired.state.services = std::move(ipvs.state.services);
  all.desired.state.ipvs = std::move(ipvs.state.ipvs);
  all.desired.state.nft = std::move(ipvs.state.nft);
  return all;
}

}  // namespace hawser
