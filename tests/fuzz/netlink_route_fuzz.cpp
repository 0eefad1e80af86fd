// What rtnetlink sends, as one datagram: the monitor walks it, and each decoder gets each message, whatever
// its type says.
#include "lib/netlink/address_codec.h"
#include "lib/netlink/link_codec.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/route_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hawser::ByteView rest{data, size};
  hawser::Changes changes;
  hawser::note_changes(rest, changes);
  while (!rest.empty()) {
    const auto message = hawser::nl::next_message(rest);
    if (!message) return 0;
    (void)hawser::nl::decode_answer(*message);
    (void)hawser::nl::decode_link(*message);
    (void)hawser::nl::decode_address(*message);
    const auto route = hawser::nl::decode_route(*message);
    if (route && *route && (*route)->rest)  // and it is put back as it came
      (void)hawser::nl::encode_put_kernel_route(hawser::nl::PutRoute::kNew, *(*route)->rest, (*route)->device,
                                                (*route)->hops);
  }
  return 0;
}
