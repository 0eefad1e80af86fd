// Links, addresses and routes of one network namespace, through one rtnetlink socket.
#pragma once

#include "lib/netlink/prefix_routes.h"
#include "lib/netlink/route_codec.h"
#include "lib/netlink/socket.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser::nl {

class Network {
 public:
  static Result<Network> open();

  // Fills links and addresses, and routes if asked for.
  Status observe(Observed& observed, bool with_routes);

  // The error's code is the errno; its text, where there is one, is the kernel's or names the missing
  // interface.
  Status perform(const LinkStep& step);
  Status perform(const BondStep& step);
  Status perform(const AddressStep& step);
  Status perform(const RouteStep& step);

 private:
  struct Perform;  // one call operator for each kind of step
  using Names = std::map<IfIndex, std::string>;

  explicit Network(Socket socket) : socket_(std::move(socket)) {}
  Status observe_links(Observed& observed, Names& names);
  Result<std::vector<DecodedAddress>> observe_addresses(Observed& observed, const Names& names);
  Status observe_routes(Observed& observed, const Names& names, std::span<const DecodedAddress> addresses);
  Status observe_gone(Observed& observed, const Names& names, const std::vector<DecodedRoute>& gone);
  Status put(PutRoute how, const RouteKey& key, const Route& route);
  // Index 0 for an empty name; an error that names a missing one.
  Result<IfIndex> find(const std::string& name);

  Socket socket_;
};

}  // namespace hawser::nl
