// Links, addresses and routes of one network namespace, through one rtnetlink socket.
#pragma once

#include "lib/netlink/bond_files.h"
#include "lib/netlink/prefix_routes.h"
#include "lib/netlink/route_codec.h"
#include "lib/netlink/socket.h"
#include "lib/plan/step.h"
#include "lib/state/observed.h"

namespace hawser::nl {

struct DecodedLink;

// How options of bonds are spoken of. A kernel says nothing of attributes that it does not know, and ignores
// them; what it has as a file all the same goes by that.
struct Dialect {
  EnumSet<BondOption> unknown{};  // taken for such, whatever the kernel says: how tests come to an older one
  BondFiles files{};
};

class Network {
 public:
  static Result<Network> open(Dialect dialect = {});

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

  Network(Socket socket, Dialect dialect) : socket_(std::move(socket)), dialect_(std::move(dialect)) {}
  // network_options.cpp
  Status set(const SetBondOption& step);
  Status set(const SetPortOptions& step);
  Status give_the_rest(const CreateLink& made);
  static Status in_other_words(const CreateLink& refused, Status status);
  void read_from_files(DecodedLink& link) const;
  Result<DecodedLink> look_at(const std::string& name);
  [[nodiscard]] Status set_by_file(const DecodedLink& bond, BondOption option, std::uint32_t value) const;

  Status observe_links(Observed& observed, Names& names);
  Result<std::vector<DecodedAddress>> observe_addresses(Observed& observed, const Names& names);
  Status observe_routes(Observed& observed, const Names& names, std::span<const DecodedAddress> addresses);
  Status observe_gone(Observed& observed, const Names& names, const std::vector<DecodedRoute>& gone);
  Status put(PutRoute how, const RouteKey& key, const Route& route);
  // Index 0 for an empty name; an error that names a missing one.
  Result<IfIndex> find(const std::string& name);

  Socket socket_;
  Dialect dialect_;
};

}  // namespace hawser::nl
