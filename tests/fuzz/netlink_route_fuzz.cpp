// What rtnetlink sends, as one datagram: the monitor walks it, what it says of bonds is told, and each
// decoder gets each message, whatever its type says. The same bytes are read as the text of
// /proc/net/bonding.
#include "lib/netlink/address_codec.h"
#include "lib/netlink/bond_stats_codec.h"
#include "lib/netlink/bond_story.h"
#include "lib/netlink/bonding_proc.h"
#include "lib/netlink/inet_conf_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/macvlan_codec.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/neighbour_codec.h"
#include "lib/netlink/route_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hawser::ByteView rest{data, size};
  hawser::Changes changes;
  hawser::note_changes(rest, changes);
  hawser::BondStory story;
  for (const auto& fact : changes.facts)
    for (const auto& news : story.hear(fact, {})) (void)hawser::line_of(news);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libFuzzer gives bytes
  (void)hawser::nl::parse_bonding_proc({reinterpret_cast<const char*>(data), size});
  while (!rest.empty()) {
    const auto message = hawser::nl::next_message(rest);
    if (!message) return 0;
    (void)hawser::nl::decode_answer(*message);
    (void)hawser::nl::decode_link(*message);
    (void)hawser::nl::decode_address(*message);
    (void)hawser::nl::decode_bond_stats(*message);
    (void)hawser::nl::decode_speed(*message);
    (void)hawser::nl::decode_macvlan(*message);
    (void)hawser::nl::decode_inet_conf(*message);
    (void)hawser::nl::decode_neighbour(*message);
    const auto route = hawser::nl::decode_route(*message);
    if (route && *route && (*route)->rest)  // and it is put back as it came
      (void)hawser::nl::encode_put_kernel_route(hawser::nl::PutRoute::kNew, *(*route)->rest, (*route)->device,
                                                (*route)->hops);
  }
  return 0;
}
