// The connections that IPVS knows: /proc/net/ip_vs_conn (ip_vs_conn_seq_show()). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "lib/base/address.h"
#include "lib/base/result.h"

namespace hawser::lbctl {

struct Connection {
  std::string protocol;  // "TCP", "UDP", "SCTP", "IP" of a template for a mark
  Endpoint client, service, real;
  std::string state;          // "ESTABLISHED", "NONE" of a template
  std::uint32_t expires = 0;  // seconds
  std::string engine, engine_data;

  bool operator==(const Connection&) const = default;
};

// Lines that cannot be read are counted, not shown: the kernel may have changed the form.
struct Connections {
  std::vector<Connection> list;
  std::size_t unread = 0;
};
Connections read_connections(std::string_view text);

// "client=192.0.2.0/24 service=192.0.2.100:80 real=198.51.100.21": an address, one with a port, a network.
class ConnectionFilter {
 public:
  // Error: a word that is none of these.
  static Result<ConnectionFilter> parse(const std::vector<std::string>& words);
  [[nodiscard]] bool wants(const Connection& connection) const;

 private:
  struct Side {
    Prefix network;
    std::optional<std::uint16_t> port;
    [[nodiscard]] bool fits(const Endpoint& endpoint) const;
  };
  static Result<Side> parse_side(std::string_view text);

  std::optional<Side> client_, service_, real_;
  std::string protocol_;  // of service=tcp:192.0.2.100:80; empty: any
};

std::string render(const Connections& connections, std::size_t width);
boost::json::value to_json(const Connections& connections);

}  // namespace hawser::lbctl
