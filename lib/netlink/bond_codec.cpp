#include "lib/netlink/bond_codec.h"

#include <algorithm>
#include <array>

#include <linux/if_link.h>

#include "lib/state/bond_options.h"

namespace hawser::nl {

namespace {

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
}};

std::uint32_t read_option(const Attr& attr, std::size_t width) {
  if (width == 1) return attr.number<std::uint8_t>();
  if (width == 2) return attr.number<std::uint16_t>();
  return attr.number<std::uint32_t>();
}

IfIndex read_index(const Attr& attr) {
  return IfIndex{static_cast<int>(attr.number<std::uint32_t>())};
}

std::vector<IpAddress> read_targets(const Attr& attr) {
  std::vector<IpAddress> targets;
  attr.each([&](const Attr& one) { targets.push_back(one.address()); });
  std::ranges::sort(targets);
  return targets;
}

void read_bond_attr(const Attr& attr, BondData& data) {
  const auto* row = std::ranges::find(kRows, attr.type(), &Row::attribute);
  if (row != kRows.end()) return data.bond.set(row->option, read_option(attr, row->width));
  switch (attr.type()) {
    case IFLA_BOND_ACTIVE_SLAVE:
      data.active_port = read_index(attr);
      break;
    case IFLA_BOND_PRIMARY:
      data.primary = read_index(attr);
      break;
    case IFLA_BOND_ARP_IP_TARGET:
      data.bond.arp_ip_target = read_targets(attr);
      break;
    case IFLA_BOND_NS_IP6_TARGET:
      data.bond.ns_ip6_target = read_targets(attr);
      break;
    case IFLA_BOND_AD_ACTOR_SYSTEM:
      data.bond.ad_actor_system = attr.mac();
      break;
    case IFLA_BOND_AD_INFO:
      attr.each([&](const Attr& part) {
        if (part.type() == IFLA_BOND_AD_INFO_AGGREGATOR) data.aggregator = part.number<std::uint16_t>();
      });
      break;
    default:
      break;
  }
}

// The bits of IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE (IEEE 802.1AX 6.4.2.3;
// drivers/net/bonding/bond_3ad.c).
constexpr std::uint8_t kDistributing = 0x20;
constexpr std::uint8_t kNobodyAnswers = 0x40 | 0x80;  // DEFAULTED, EXPIRED

LacpStatus& lacp_of(PortData& port) {
  return port.status.lacp ? *port.status.lacp : port.status.lacp.emplace();
}

void read_actor_state(std::uint8_t bits, LacpStatus& lacp) {
  lacp.partner = (bits & kNobodyAnswers) == 0;
  lacp.distributing = (bits & kDistributing) != 0;
}

}  // namespace

bool decode_bond(ByteView data, BondData& bond) {
  auto mode = BondMode::kBalanceRr;
  bool ok = for_each_attr(data, [&](const Attr& attr) {
    if (attr.type() == IFLA_BOND_MODE) mode = static_cast<BondMode>(attr.number<std::uint8_t>());
  });
  bond.bond = kernel_default_bond(mode);
  return for_each_attr(data, [&](const Attr& attr) { read_bond_attr(attr, bond); }) && ok;
}

bool decode_port(ByteView data, PortData& port) {
  return for_each_attr(data, [&](const Attr& attr) {
    switch (attr.type()) {
      case IFLA_BOND_SLAVE_STATE:
        port.status.active = attr.number<std::uint8_t>() == 0;
        break;
      case IFLA_BOND_SLAVE_MII_STATUS:
        port.status.mii = static_cast<MiiStatus>(attr.number<std::uint8_t>());
        break;
      case IFLA_BOND_SLAVE_LINK_FAILURE_COUNT:
        port.status.failures = attr.number<std::uint32_t>();
        break;
      case IFLA_BOND_SLAVE_PERM_HWADDR:
        port.status.permanent_mac = attr.mac();
        break;
      case IFLA_BOND_SLAVE_QUEUE_ID:
        port.options.queue_id = attr.number<std::uint16_t>();
        break;
      case IFLA_BOND_SLAVE_PRIO:
        port.options.prio = attr.number<std::int32_t>();
        break;
      case IFLA_BOND_SLAVE_AD_AGGREGATOR_ID:
        lacp_of(port).aggregator = attr.number<std::uint16_t>();
        break;
      case IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE:
        read_actor_state(attr.number<std::uint8_t>(), lacp_of(port));
        break;
      default:
        break;
    }
  });
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
  const auto standard = kernel_default_bond(bond.mode);
  put_mode(message, bond.mode);
  for (const auto& info : bond_options())
    if (option_applies(info, bond.mode) && bond.get(info.option) != standard.get(info.option))
      put_option(message, info.option, bond.get(info.option));
  if (!bond.arp_ip_target.empty()) put_targets(message, Family::kIpv4, bond.arp_ip_target);
  if (!bond.ns_ip6_target.empty()) put_targets(message, Family::kIpv6, bond.ns_ip6_target);
  if (bond.mode == BondMode::k8023ad && !bond.ad_actor_system.is_zero())
    message.bytes(IFLA_BOND_AD_ACTOR_SYSTEM, bond.ad_actor_system.bytes);
}

void put_port(Message& message, const BondPort& from, const BondPort& to) {
  if (from.queue_id != to.queue_id) message.number(IFLA_BOND_SLAVE_QUEUE_ID, to.queue_id);
  if (from.prio != to.prio) message.number(IFLA_BOND_SLAVE_PRIO, to.prio);
}

}  // namespace hawser::nl
