#include "lib/netlink/bond_codec.h"

#include <algorithm>
#include <array>

#include <linux/if_link.h>

#include "lib/netlink/attributes.h"
#include "lib/state/bond_options.h"

namespace hawser::nl {

namespace {

// Younger than some headers that we are built with.
constexpr int kCoupledControl = 32;       // IFLA_BOND_COUPLED_CONTROL
constexpr int kBroadcastNeigh = 33;       // IFLA_BOND_BROADCAST_NEIGH
constexpr int kLacpStrict = 34;           // IFLA_BOND_LACP_STRICT
constexpr int kActorPortPrioOfPort = 10;  // IFLA_BOND_SLAVE_ACTOR_PORT_PRIO
constexpr int kAdChurnActorState = 11;    // IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE
constexpr int kAdChurnPartnerState = 12;  // IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE

struct Row {
  BondOption option;
  int attribute;
  std::size_t width;  // bytes
};

constexpr std::array<Row, kBondOptionCount> kRows{{
    {BondOption::kMiimon, IFLA_BOND_MIIMON, 4},
    {BondOption::kUpdelay, IFLA_BOND_UPDELAY, 4},
    {BondOption::kDowndelay, IFLA_BOND_DOWNDELAY, 4},
    {BondOption::kPeerNotifDelay, IFLA_BOND_PEER_NOTIF_DELAY, 4},
    {BondOption::kUseCarrier, IFLA_BOND_USE_CARRIER, 1},
    {BondOption::kArpInterval, IFLA_BOND_ARP_INTERVAL, 4},
    {BondOption::kArpValidate, IFLA_BOND_ARP_VALIDATE, 4},
    {BondOption::kArpAllTargets, IFLA_BOND_ARP_ALL_TARGETS, 4},
    {BondOption::kArpMissedMax, IFLA_BOND_MISSED_MAX, 1},
    {BondOption::kPrimaryReselect, IFLA_BOND_PRIMARY_RESELECT, 1},
    {BondOption::kFailOverMac, IFLA_BOND_FAIL_OVER_MAC, 1},
    {BondOption::kXmitHashPolicy, IFLA_BOND_XMIT_HASH_POLICY, 1},
    {BondOption::kResendIgmp, IFLA_BOND_RESEND_IGMP, 4},
    {BondOption::kNumGratArp, IFLA_BOND_NUM_PEER_NOTIF, 1},
    {BondOption::kAllSlavesActive, IFLA_BOND_ALL_SLAVES_ACTIVE, 1},
    {BondOption::kMinLinks, IFLA_BOND_MIN_LINKS, 4},
    {BondOption::kLpInterval, IFLA_BOND_LP_INTERVAL, 4},
    {BondOption::kPacketsPerSlave, IFLA_BOND_PACKETS_PER_SLAVE, 4},
    {BondOption::kLacpRate, IFLA_BOND_AD_LACP_RATE, 1},
    {BondOption::kLacpActive, IFLA_BOND_AD_LACP_ACTIVE, 1},
    {BondOption::kAdSelect, IFLA_BOND_AD_SELECT, 1},
    {BondOption::kAdActorSysPrio, IFLA_BOND_AD_ACTOR_SYS_PRIO, 2},
    {BondOption::kAdUserPortKey, IFLA_BOND_AD_USER_PORT_KEY, 2},
    {BondOption::kTlbDynamicLb, IFLA_BOND_TLB_DYNAMIC_LB, 1},
    {BondOption::kCoupledControl, kCoupledControl, 1},
    {BondOption::kBroadcastNeighbor, kBroadcastNeigh, 1},
    {BondOption::kLacpStrict, kLacpStrict, 1},
}};

std::uint32_t read_option(const Attr& attr, std::size_t width) {
  if (width == 1) return attr.number<std::uint8_t>();
  if (width == 2) return attr.number<std::uint16_t>();
  return attr.number<std::uint32_t>();
}

// bond_fill_info(): only in 802.3ad, and only to CAP_NET_ADMIN. All others are told of in every mode.
bool is_always_told(BondOption option) {
  return option != BondOption::kAdActorSysPrio && option != BondOption::kAdUserPortKey;
}

void read_options(Attributes& attributes, Bond& bond) {
  for (const auto& row : kRows) {
    if (const auto attr = attributes.find(row.attribute))
      bond.set(row.option, read_option(*attr, row.width));
    else if (is_always_told(row.option))
      bond.lacking.options.add(row.option);
  }
}

void read_targets(const std::optional<Attr>& list, std::vector<IpAddress>& targets) {
  if (!list) return;
  list->each([&](const Attr& one) { targets.push_back(one.address()); });
  std::ranges::sort(targets);
}

void read_aggregator(Attributes& info, ActiveAggregator& aggregator) {
  info.read(IFLA_BOND_AD_INFO_AGGREGATOR, aggregator.id);
  info.read(IFLA_BOND_AD_INFO_NUM_PORTS, aggregator.ports);
  info.read(IFLA_BOND_AD_INFO_ACTOR_KEY, aggregator.actor_key);
  info.read(IFLA_BOND_AD_INFO_PARTNER_KEY, aggregator.partner_key);
  info.read(IFLA_BOND_AD_INFO_PARTNER_MAC, aggregator.partner);
}

void read_churn(const std::optional<Attr>& attr, std::optional<Churn>& churn) {
  if (attr) churn = static_cast<Churn>(attr->number<std::uint8_t>());
}

// Only 802.3ad has these attributes; the aggregator is the first of them.
void read_lacp(Attributes& attributes, PortData& port) {
  if (!attributes.find(IFLA_BOND_SLAVE_AD_AGGREGATOR_ID)) return;
  auto& lacp = port.lacp.emplace();
  attributes.read(IFLA_BOND_SLAVE_AD_AGGREGATOR_ID, lacp.aggregator);
  attributes.read(IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE, lacp.actor_state);
  if (const auto state = attributes.find(IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE))
    lacp.partner_state = static_cast<std::uint8_t>(state->number<std::uint16_t>());
  read_churn(attributes.find(kAdChurnActorState), lacp.actor_churn);
  read_churn(attributes.find(kAdChurnPartnerState), lacp.partner_churn);
  const bool alone = has(lacp.actor_state, LacpBit::kDefaulted) || has(lacp.actor_state, LacpBit::kExpired);
  port.status.lacp = LacpStatus{.aggregator = lacp.aggregator,
                                .partner = !alone,
                                .distributing = has(lacp.actor_state, LacpBit::kDistributing)};
}

// Everything else the module's parameters can set, and "options bonding miimon=50" is there on many a host.
bool is_no_module_parameter(BondOption option) {
  switch (option) {
    case BondOption::kPeerNotifDelay:
    case BondOption::kArpMissedMax:
    case BondOption::kLacpActive:
    case BondOption::kAdActorSysPrio:
    case BondOption::kAdUserPortKey:
    case BondOption::kTlbDynamicLb:
    case BondOption::kCoupledControl:
    case BondOption::kBroadcastNeighbor:
    case BondOption::kLacpStrict:
      return true;
    default:
      return false;
  }
}

// Without miimon a delay of nothing is refused, too.
bool is_said_to_a_new_bond(const BondOptionInfo& info, const Bond& bond, const Bond& defaults) {
  if (!option_applies(info, bond.mode)) return false;
  if (bond.get(info.option) != defaults.get(info.option)) return true;
  const bool delay = info.option == BondOption::kUpdelay || info.option == BondOption::kDowndelay;
  return !is_no_module_parameter(info.option) && (!delay || bond.get(BondOption::kMiimon) != 0);
}

}  // namespace

bool decode_bond(ByteView data, BondData& bond) {
  Attributes attributes{data};
  auto mode = BondMode::kBalanceRr;
  attributes.read(IFLA_BOND_MODE, mode);
  bond.bond = kernel_default_bond(mode);
  read_options(attributes, bond.bond);
  attributes.read(IFLA_BOND_ACTIVE_SLAVE, bond.active_port);
  attributes.read(IFLA_BOND_PRIMARY, bond.primary);
  read_targets(attributes.find(IFLA_BOND_ARP_IP_TARGET), bond.bond.arp_ip_target);
  read_targets(attributes.find(IFLA_BOND_NS_IP6_TARGET), bond.bond.ns_ip6_target);
  attributes.read(IFLA_BOND_AD_ACTOR_SYSTEM, bond.bond.ad_actor_system);
  attributes.inside(IFLA_BOND_AD_INFO,
                    [&](Attributes& info) { read_aggregator(info, bond.aggregator.emplace()); });
  return attributes.ok();
}

bool decode_port(ByteView data, PortData& port) {
  Attributes attributes{data};
  if (const auto state = attributes.find(IFLA_BOND_SLAVE_STATE))
    port.status.active = state->number<std::uint8_t>() == 0;
  attributes.read(IFLA_BOND_SLAVE_MII_STATUS, port.status.mii);
  attributes.read(IFLA_BOND_SLAVE_LINK_FAILURE_COUNT, port.status.failures);
  attributes.read(IFLA_BOND_SLAVE_PERM_HWADDR, port.status.permanent_mac);
  attributes.read(IFLA_BOND_SLAVE_QUEUE_ID, port.options.queue_id);
  attributes.read(IFLA_BOND_SLAVE_PRIO, port.options.prio);
  attributes.read(kActorPortPrioOfPort, port.options.actor_port_prio);
  port.tells_actor_port_prio = attributes.find(kActorPortPrioOfPort).has_value();
  read_lacp(attributes, port);
  return attributes.ok();
}

void put_mode(Message& message, BondMode mode) {
  message.number(IFLA_BOND_MODE, static_cast<std::uint8_t>(mode));
}

void put_option(Message& message, BondOption option, std::uint32_t value) {
  const auto& row = *std::ranges::find(kRows, option, &Row::option);
  if (row.width == 1) return message.number(row.attribute, static_cast<std::uint8_t>(value));
  if (row.width == 2) return message.number(row.attribute, static_cast<std::uint16_t>(value));
  message.number(row.attribute, value);
}

void put_targets(Message& message, Family family, const std::vector<IpAddress>& targets) {
  const int attribute = family == Family::kIpv4 ? IFLA_BOND_ARP_IP_TARGET : IFLA_BOND_NS_IP6_TARGET;
  message.nest(attribute, [&] {
    int place = 0;
    for (const auto& target : targets) message.address(place++, target);
  });
}

void put_new_bond(Message& message, const Bond& bond) {
  const auto defaults = kernel_default_bond(bond.mode);
  put_mode(message, bond.mode);
  for (const auto& info : bond_options())
    if (is_said_to_a_new_bond(info, bond, defaults)) put_option(message, info.option, bond.get(info.option));
  put_targets(message, Family::kIpv4, bond.arp_ip_target);
  if (!bond.ns_ip6_target.empty()) put_targets(message, Family::kIpv6, bond.ns_ip6_target);
  if (bond.mode == BondMode::k8023ad && !bond.ad_actor_system.is_zero())
    message.bytes(IFLA_BOND_AD_ACTOR_SYSTEM, bond.ad_actor_system.bytes);
}

void put_port(Message& message, const BondPort& from, const BondPort& to) {
  if (from.queue_id != to.queue_id) message.number(IFLA_BOND_SLAVE_QUEUE_ID, to.queue_id);
  if (from.prio != to.prio) message.number(IFLA_BOND_SLAVE_PRIO, to.prio);
  if (from.actor_port_prio != to.actor_port_prio) message.number(kActorPortPrioOfPort, to.actor_port_prio);
}

}  // namespace hawser::nl
