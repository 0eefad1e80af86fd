// What a project of Hetzner Cloud holds, as its lists tell, and the requests that have an address lead
// elsewhere. An address is a floating IP, an alias IP of a server in a private network, or the destination of
// a route of such a network: which of them it is, is seen here, and nobody has to say it. Pure.
#pragma once

#include <boost/json/fwd.hpp>

#include "vipd/provider/driver.h"

namespace hawser::vipd::provider {

// Numbers are those of the API, as text; an empty one is nobody.
struct CloudServer {
  struct Net {
    std::string network, ip;
    std::vector<std::string> aliases;
  };
  std::string number;
  std::vector<std::string> names;  // its number, its name, its public address
  std::vector<Net> nets;

  [[nodiscard]] const Net* in(const std::string& network) const;  // nullptr: it is not
};

struct CloudNetwork {
  struct Route {
    std::string destination, gateway;
  };
  std::string number;
  std::vector<Prefix> subnets;
  std::vector<Route> routes;
};

// Where an address stands.
struct CloudPlace {
  enum class Resource : std::uint8_t { kFloatingIp, kAlias, kRoute };
  Resource resource = Resource::kFloatingIp;
  std::string number;                // of the floating IP, of the network
  std::string destination, gateway;  // of a route
  std::string target;  // the server's number; a gateway that is no server of the project: its address
};

// Requests in this order, each an action that is awaited. An alias and a route can be at one place only, so
// they are taken away first; where giving fails they are put back.
struct CloudChange {
  std::optional<Request> take, give, put_back;
};

class CloudProject {
 public:
  explicit CloudProject(IpAddress address) : address_(address) {}

  // A page of each list.
  void add_floating_ips(const boost::json::value& body);
  void add_servers(const boost::json::value& body);
  void add_networks(const boost::json::value& body);

  [[nodiscard]] const std::optional<CloudPlace>& floating_ip() const { return floating_; }
  [[nodiscard]] std::optional<CloudPlace> alias() const;
  [[nodiscard]] std::optional<CloudPlace> route() const;
  // One that is nowhere at the moment, after it was taken and before it was given: an alias where it lies in
  // a subnet, a route where it is a private address. `target` says which network, where several could be
  // meant.
  [[nodiscard]] std::optional<CloudPlace> free(const std::string& target) const;

  [[nodiscard]] const CloudServer* server(const std::string& name) const;  // nullptr: there is none
  // `to` is nullptr: nobody. Errors: it cannot lead there.
  [[nodiscard]] Result<CloudChange> change(const CloudPlace& place, const CloudServer* to) const;

 private:
  [[nodiscard]] Result<CloudChange> change_alias(const CloudPlace& place, const CloudServer* to) const;
  [[nodiscard]] Result<CloudChange> change_route(const CloudPlace& place, const CloudServer* to) const;
  [[nodiscard]] std::string server_at(const std::string& network, const std::string& ip) const;

  IpAddress address_;
  std::optional<CloudPlace> floating_;
  std::vector<CloudServer> servers_;
  std::vector<CloudNetwork> networks_;
};

}  // namespace hawser::vipd::provider
