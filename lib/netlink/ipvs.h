// The IPVS table of one network namespace, through one generic netlink socket.
#pragma once

#include <set>
#include <span>
#include <vector>

#include "lib/netlink/ipvs_codec.h"
#include "lib/netlink/ipvs_sockopt.h"
#include "lib/netlink/socket.h"
#include "lib/plan/step.h"

namespace hawser::nl {

class Ipvs {
 public:
  static Result<Ipvs> open();

  // Fills services and their real servers; `only` empty: all of them. Without the module: none.
  // One dump for all services, or one question for each of `only`, and one dump for each service's real
  // servers, one after another: a netlink socket has one dump at a time (EBUSY), and the kernel has no dump
  // of all. Without `traffic` the real servers of many services are read the cheaper way (ipvs_sockopt.h)
  // where it can say them.
  Status observe(Observed& observed, const std::set<ServiceKey>& only, bool traffic = false);

  // Timeouts, sync daemons, version: State::ipvs and Observed::ipvs. Without the module: none.
  Status observe_host(Observed& observed);

  // A weight change is one message and one acknowledgement. The error's code is the errno; ENOPKG: the module
  // is missing.
  Status perform(const ServiceStep& step);
  // The same for many that only add: each is tried, whatever became of those before it. Few datagrams carry
  // them, and the kernel acknowledges one at the end of each; a refused one is tried once more when all are
  // through.
  std::vector<Status> perform_each(std::span<const ServiceStep* const> steps);
  Status perform(const IpvsHostStep& step);

 private:
  struct Perform;  // one call operator for each kind of step
  struct PerformHost;
  explicit Ipvs(Socket socket) : socket_(std::move(socket)), sockopt_(IpvsSockopt::open()) {}
  // Asks the kernel for the family's number when it is not known.
  Status resolve();
  // Sends what `encode(family)` gives; once more when the module was taken away and came back in between.
  template <class Encode>
  Status request(Encode encode);
  std::vector<std::size_t> refused_of(std::span<const ServiceStep* const> steps);
  Result<std::vector<DecodedService>> services(const std::set<ServiceKey>& only);
  Result<std::vector<DecodedReal>> reals(const ServiceKey& key, std::optional<std::uint32_t> size);

  Socket socket_;
  IpvsSockopt sockopt_;
  std::uint16_t family_ = 0;  // 0: not asked yet
};

}  // namespace hawser::nl
