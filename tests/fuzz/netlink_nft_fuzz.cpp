// What nf_tables sends of tables, chains, rules and sets; what decodes must survive the way back.
#include <cstdlib>

#include "lib/netlink/nft_socket.h"

namespace {

using namespace hawser;
using namespace hawser::nl;

void reencode(const NftMarks& marks) {
  NftHearing hearing;
  for (const auto& message : encode_make(marks))
    if (!hearing.hear(message)) std::abort();
  const auto again = hearing.table();
  if (!again || !again->ours || again->marks.size() != marks.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram(data, data + size);  // aligned, as a socket's buffer is
  NftHearing hearing;
  (void)each_message(datagram, [&](ByteView message) -> Status {
    (void)is_about_our_table(message);
    (void)hearing.hear(message);
    return {};
  });
  if (const auto table = hearing.table()) reencode(table->marks);
  return 0;
}
