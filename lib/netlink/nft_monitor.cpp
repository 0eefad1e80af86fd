#include "lib/netlink/nft_monitor.h"

#include <cerrno>
#include <cstring>

namespace hawser {

namespace {

tl::unexpected<Error> cannot_listen(const Error& why) {
  return fail_with(why.code, "nftables: listen for changes: {}", std::strerror(why.code));
}

}  // namespace

Result<NftMonitor> NftMonitor::open(std::string_view table) {
  auto socket = nl::NftSocket::open();
  if (!socket) return cannot_listen(socket.error());
  if (auto joined = socket->join(); !joined) return cannot_listen(joined.error());
  return NftMonitor(std::move(*socket), table);
}

Result<bool> NftMonitor::drain() {
  bool ours = false;
  Bytes datagram;
  while (true) {
    const auto received = socket_.receive_now(datagram);
    if (received && !*received) return ours;
    if (!received && received.error().code == ENOBUFS) {
      ours = true;
      continue;
    }
    if (!received)
      return fail_with(received.error().code, "nftables: read changes: {}",
                       std::strerror(received.error().code));
    const auto read = nl::each_message(datagram, [&](ByteView message) -> Status {
      ours = ours || nl::is_about(table_, message);
      return {};
    });
    ours = ours || !read;
  }
}

}  // namespace hawser
