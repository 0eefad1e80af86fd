// The real kernel: rtnetlink for links, addresses and routes, generic netlink for IPVS, nftables. It works on
// the network namespace in which it was opened. One socket per family, used from one thread; each call waits
// for the kernel, which answers at once.
#pragma once

#include "lib/netlink/ipvs.h"
#include "lib/netlink/network.h"
#include "lib/netlink/nft.h"
#include "lib/plan/kernel.h"

namespace hawser {

class NetlinkKernel : public Kernel {
 public:
  // Error: no netlink sockets to be had.
  static Result<NetlinkKernel> open(nl::Dialect dialect = {});

  Result<Observed> observe(const Scope& scope) override;
  Status perform(const Step& step) override;
  // What is added to IPVS one after the other goes to the kernel together.
  std::vector<Status> perform_each(std::span<const Step* const> steps) override;

 private:
  NetlinkKernel(nl::Network network, nl::Ipvs ipvs) : network_(std::move(network)), ipvs_(std::move(ipvs)) {}

  nl::Network network_;
  nl::Ipvs ipvs_;
  nl::Nft nft_;
};

}  // namespace hawser
