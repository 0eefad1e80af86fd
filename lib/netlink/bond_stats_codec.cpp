#include "lib/netlink/bond_stats_codec.h"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/if_bonding.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "lib/netlink/attributes.h"

namespace hawser::nl {

namespace {

constexpr std::uint32_t kUnknownSpeed = 0xFFFFFFFF;  // SPEED_UNKNOWN

void read_counters(Attributes& numbers, LacpCounters& counters) {
  numbers.read(BOND_3AD_STAT_LACPDU_RX, counters.lacpdu_rx);
  numbers.read(BOND_3AD_STAT_LACPDU_TX, counters.lacpdu_tx);
  numbers.read(BOND_3AD_STAT_LACPDU_UNKNOWN_RX, counters.lacpdu_unknown_rx);
  numbers.read(BOND_3AD_STAT_LACPDU_ILLEGAL_RX, counters.lacpdu_illegal_rx);
  numbers.read(BOND_3AD_STAT_MARKER_RX, counters.marker_rx);
  numbers.read(BOND_3AD_STAT_MARKER_TX, counters.marker_tx);
  numbers.read(BOND_3AD_STAT_MARKER_RESP_RX, counters.marker_response_rx);
  numbers.read(BOND_3AD_STAT_MARKER_RESP_TX, counters.marker_response_tx);
  numbers.read(BOND_3AD_STAT_MARKER_UNKNOWN_RX, counters.marker_unknown_rx);
}

}  // namespace

Message encode_get_bond_stats(IfIndex link, StatsOf which) {
  if_stats_msg fixed{};
  fixed.ifindex = static_cast<std::uint32_t>(link.value);
  fixed.filter_mask = which == StatsOf::kBond ? IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_XSTATS)
                                              : IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_XSTATS_SLAVE);
  Message message{RTM_GETSTATS, NLM_F_ACK};
  message.header(fixed);
  return message;
}

Result<std::optional<LacpCounters>> decode_bond_stats(const MessageView& message) {
  if_stats_msg fixed{};
  Attributes attributes{message, fixed};
  std::optional<LacpCounters> counters;
  for (const auto type : {IFLA_STATS_LINK_XSTATS, IFLA_STATS_LINK_XSTATS_SLAVE})
    attributes.inside(type, [&](Attributes& kinds) {
      kinds.inside(LINK_XSTATS_TYPE_BOND, [&](Attributes& bond) {
        bond.inside(BOND_XSTATS_3AD,
                    [&](Attributes& numbers) { read_counters(numbers, counters.emplace()); });
      });
    });
  if (!attributes.ok()) return fail("statistics message malformed");
  return counters;
}

Message encode_get_speed(std::uint16_t family, IfIndex link) {
  Message message{family, NLM_F_ACK};
  message.header(genlmsghdr{ETHTOOL_MSG_LINKMODES_GET, ETHTOOL_GENL_VERSION, 0});
  message.nest(ETHTOOL_A_LINKMODES_HEADER, [&] {
    message.number(ETHTOOL_A_HEADER_DEV_INDEX, static_cast<std::uint32_t>(link.value));
    message.number(ETHTOOL_A_HEADER_FLAGS, std::uint32_t{ETHTOOL_FLAG_COMPACT_BITSETS});
  });
  return message;
}

Result<LinkSpeed> decode_speed(const MessageView& message) {
  genlmsghdr fixed{};
  Attributes attributes{message, fixed};
  LinkSpeed speed;
  attributes.read(ETHTOOL_A_LINKMODES_SPEED, speed.megabits);
  attributes.read(ETHTOOL_A_LINKMODES_DUPLEX, speed.duplex);
  if (!attributes.ok()) return fail("link modes message malformed");
  if (speed.megabits == kUnknownSpeed) speed.megabits = 0;
  return speed;
}

}  // namespace hawser::nl
