// Our nftables table of one network namespace: that of the thread which first looks or changes. Not before: a
// socket of netfilter alone brings a kernel to load its modules, which most hosts of ours never need.
#pragma once

#include <optional>

#include "lib/netlink/nft_socket.h"
#include "lib/plan/nft_steps.h"

namespace hawser::nl {

class Nft {
 public:
  // nullopt: no such table, which is also so without the nf_tables module.
  Result<std::optional<NftTable>> observe();

  // The error's code is the errno; explain() makes a sentence of it.
  Status perform(const NftStep& step);

 private:
  Result<NftSocket*> socket();

  std::optional<NftSocket> socket_;
};

}  // namespace hawser::nl
