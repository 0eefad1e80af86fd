#include "lib/netlink/bond_details_reader.h"

#include <linux/ethtool_netlink.h>
#include <linux/netlink.h>

#include "lib/base/atomic_file.h"
#include "lib/netlink/bond_stats_codec.h"
#include "lib/netlink/bonding_proc.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/socket.h"

namespace hawser {

namespace {

class Inquiry {
 public:
  Inquiry(nl::Socket route, nl::Socket generic) : route_(std::move(route)), generic_(std::move(generic)) {
    ethtool_ = generic_.number_of(ETHTOOL_GENL_NAME).value_or(0);
  }

  Result<BondDetails> read() {
    const auto links = route_.collect(nl::encode_get_links(), nl::decode_link);
    if (!links) return fail_because("links: read", links.error());
    BondDetails details;
    for (const auto& link : *links) {
      if (link.kind == "bond") details.bonds[link.name] = bond_of(link);
      if (link.port_kind == "bond") details.ports[link.name] = port_of(link);
    }
    for (const auto& [name, bond] : details.bonds)
      if (bond.aggregator) add_ends(details, name);
    return details;
  }

 private:
  LacpOfBond bond_of(const nl::DecodedLink& link) {
    LacpOfBond bond{link.bond.aggregator, {}};
    if (link.bond.bond.mode == BondMode::k8023ad) bond.counters = counters(link.index, nl::StatsOf::kBond);
    return bond;
  }

  PortDetails port_of(const nl::DecodedLink& link) {
    PortDetails port{link.carrier_ups, link.carrier_downs, speed(link.index), link.port.lacp, {}};
    if (port.lacp) port.counters = counters(link.index, nl::StatsOf::kPort);
    return port;
  }

  std::optional<LacpCounters> counters(IfIndex link, nl::StatsOf which) {
    return route_.ask(nl::encode_get_bond_stats(link, which), nl::decode_bond_stats).value_or(std::nullopt);
  }

  std::optional<LinkSpeed> speed(IfIndex link) {
    if (ethtool_ == 0) return std::nullopt;
    const auto speed = generic_.ask(nl::encode_get_speed(ethtool_, link), nl::decode_speed);
    return speed ? std::optional(*speed) : std::nullopt;
  }

  static void add_ends(BondDetails& details, const std::string& bond) {
    const auto text = read_file("/proc/net/bonding/" + bond);
    if (!text) return;
    for (const auto& [name, said] : nl::parse_bonding_proc(*text)) {
      const auto port = details.ports.find(name);
      if (port == details.ports.end() || !port->second.lacp) continue;
      auto& lacp = *port->second.lacp;
      lacp.actor = said.actor;
      lacp.partner = said.partner;
      lacp.actor_churns = said.actor_churns;
      lacp.partner_churns = said.partner_churns;
      if (!lacp.actor_churn) lacp.actor_churn = said.actor_churn;
      if (!lacp.partner_churn) lacp.partner_churn = said.partner_churn;
    }
  }

  nl::Socket route_, generic_;
  std::uint16_t ethtool_ = 0;  // 0: the kernel has no such family
};

}  // namespace

Result<BondDetails> read_bond_details() {
  auto route = nl::Socket::open(NETLINK_ROUTE);
  if (!route) return tl::unexpected(route.error());
  auto generic = nl::Socket::open(NETLINK_GENERIC);
  if (!generic) return tl::unexpected(generic.error());
  return Inquiry(std::move(*route), std::move(*generic)).read();
}

}  // namespace hawser
