// What nf_tables notifies of: datagrams, messages, and whether one is about our table. What a message says
// beyond that is taken apart by libnftnl, which trusts the kernel: on other bytes it ends the process.
#include <cstdlib>

#include "lib/netlink/nft_socket.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser;
  const Bytes datagram(data, data + size);  // aligned, as a socket's buffer is
  std::size_t taken = 0;
  (void)nl::each_message(datagram, [&](ByteView message) -> Status {
    taken += message.size();
    if (taken > size) std::abort();
    (void)nl::is_about_our_table(message);
    return {};
  });
  return 0;
}
