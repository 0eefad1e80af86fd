// Hears that somebody changed our nftables table. What it is now needs a look.
#pragma once

#include "lib/netlink/nft_socket.h"

namespace hawser {

class NftMonitor {
 public:
  // Listens in the current network namespace. Brings the kernel to load nf_tables: only for who has a table.
  static Result<NftMonitor> open();

  // Readable when there is something to drain. Stays the monitor's.
  [[nodiscard]] int fd() const { return socket_.fd(); }

  // Everything that has arrived; never waits. True: some of it was about our table, or is lost.
  Result<bool> drain();

 private:
  explicit NftMonitor(nl::NftSocket socket) : socket_(std::move(socket)) {}

  nl::NftSocket socket_;
};

}  // namespace hawser
