// Keeps vipd's nftables table (see unaccepted_codec.h) of one network namespace: that of the thread which
// first looks or changes. Not before: a socket of netfilter alone brings a kernel to load its modules.
#pragma once

#include <optional>

#include "lib/netlink/nft_socket.h"
#include "lib/netlink/unaccepted_codec.h"

namespace hawser {

class UnacceptedKeeper {
 public:
  // nullopt: no such table, which is also so without the nf_tables module.
  Result<std::optional<nl::UnacceptedTable>> observe();
  // Afterwards the table is there as `wanted` says, or gone where nothing is wanted; in one moment, so that
  // nothing is accepted meanwhile. Whether there was anything to do. The error says what the administrator
  // can do.
  Result<bool> keep(const Unaccepted& wanted);

 private:
  Result<bool> try_to_keep(const Unaccepted& wanted);
  Result<nl::NftSocket*> socket();

  std::optional<nl::NftSocket> socket_;
};

}  // namespace hawser
