// Hears that somebody changed an nftables table of ours. What it is now needs a look.
#pragma once

#include <string>
#include <string_view>

#include "lib/netlink/nft_socket.h"

namespace hawser {

class NftMonitor {
 public:
  static constexpr std::string_view kNetds = "hawser";

  // Listens in the current network namespace. Brings the kernel to load nf_tables: only for who has a table.
  static Result<NftMonitor> open(std::string_view table = kNetds);

  // Readable when there is something to drain. Stays the monitor's.
  [[nodiscard]] int fd() const { return socket_.fd(); }

  // Everything that has arrived; never waits. True: some of it was about that table, or is lost.
  Result<bool> drain();

 private:
  NftMonitor(nl::NftSocket socket, std::string_view table) : socket_(std::move(socket)), table_(table) {}

  nl::NftSocket socket_;
  std::string table_;
};

}  // namespace hawser
