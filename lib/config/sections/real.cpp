#include "lib/config/sections/real.h"

#include "lib/config/sections/pool.h"
#include "lib/config/sections/pool_rows.h"

namespace hawser::config {

namespace {

constexpr std::string_view kRealExample = "[\"198.51.100.21\", \"2001:db8:1::21\"]";

void read_real_address(const ReadContext& scope, std::string_view key, const Value& item, RealSpec& real) {
  const auto* text = item.as<std::string>();
  if (text == nullptr)
    return scope.problem(item.place, key, not_a("an address as text", "\"198.51.100.21:80\"", item));
  if (const auto address = IpAddress::parse(*text))
    real.addresses.push_back({*address, 0});
  else if (const auto endpoint = Endpoint::parse(*text); endpoint && endpoint->port > 0)
    real.addresses.push_back(*endpoint);
  else
    scope.problem(item.place, key, fmt::format("{} is not an address, with or without :PORT", quote(*text)));
}

void read_real_addresses(const ReadContext& scope, const Value& value, RealSpec& real) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "addresses", not_a_list(value, kRealExample, in_list(value)));
  for (const auto& item : *list) read_real_address(scope, "addresses", item, real);
}

std::optional<Value> write_real_addresses(const RealSpec& real) {
  List list;
  for (const auto& [address, port] : real.addresses)
    list.push_back(plain_value(port == 0 ? to_string(address) : to_string(Endpoint{address, port})));
  return plain_value(std::move(list));
}

constexpr std::uint16_t kChecksumFlag = 1;  // IP_VS_TUNNEL_ENCAP_FLAG_CSUM

std::string name_of_real(const Real& real) {
  if (real.addresses.empty()) return {};
  if (!real.port) return to_string(real.addresses.front());
  return to_string(Endpoint{real.addresses.front(), *real.port});
}

Tunnel tunnel_of(const TunnelSpec& spec) {
  return {spec.type, spec.port, spec.checksum ? kChecksumFlag : std::uint16_t{0}};
}

}  // namespace

const Rows<RealSpec>& real_rows() {
  static const auto rows = [] {
    Rows<RealSpec> made;
    made.add("name", &RealSpec::name, NonEmpty{}, "unique in its pool; unset: ADDRESS:PORT");
    made.custom(setting("addresses", "list of address", "",
                        "at most one of each family; this or address is required"),
                read_real_addresses, write_real_addresses)
        .like(kRealExample)
        .only_if([](const RealSpec& real) { return !real.addresses.empty(); });
    made.custom(setting("address", "address", "", "the short form: one address, with or without :PORT"),
                [](const ReadContext& scope, const Value& value, RealSpec& real) {
                  read_real_address(scope, "address", value, real);
                },
                {})
        .like("\"198.51.100.21:80\"")
        .alias_of("addresses");
    made.add("port", &RealSpec::port, Whole{1, 65535}, "unset: the service's")
        .like("8080")
        .add("weight", &RealSpec::weight, Whole{0, kMaxInt}, "its share; 0: no new connections")
        .add("forwarding", &RealSpec::forwarding, forwarding_word(), "unset: the pool's");
    made.custom(
            table_setting("tunnel", "table", "{ type, port, checksum }", "unset: the pool's"),
            [](const ReadContext& scope, const Value& value, RealSpec& real) {
              read_tunnel_into(scope, value, real.tunnel);
            },
            [](const RealSpec& real) { return write_tunnel(real.tunnel); })
        .like(kTunnelExample);
    made.add("upper_threshold", &RealSpec::upper_threshold, Whole{0, kMax32},
             "connections above which it gets no new ones; 0: no limit")
        .add("lower_threshold", &RealSpec::lower_threshold, Whole{0, kMax32},
             "connections below which it gets new ones again");
    made.custom(
            setting("checks", "list of name or table", "", "unset: the pool's"),
            [](const ReadContext& scope, const Value& value, RealSpec& real) {
              real.checks = read_checks(scope, value);
            },
            [](const RealSpec& real) {
              return real.checks ? std::optional(write_checks(*real.checks)) : std::nullopt;
            })
        .like(kChecksExample);
    made.unsupported({"depends"});
    return made;
  }();
  return rows;
}

Real real_of(const RealSpec& spec, const PoolSpec& pool) {
  Real real;
  real.port = spec.port;
  for (const auto& [address, port] : spec.addresses) {
    real.addresses.push_back(address);
    if (port != 0) real.port = port;
  }
  real.name = spec.name.empty() ? name_of_real(real) : spec.name;
  real.server = {
      spec.forwarding.value_or(pool.forwarding), spec.weight, spec.upper_threshold, spec.lower_threshold, {}};
  const auto& tunnel = spec.tunnel ? spec.tunnel : pool.tunnel;
  if (real.server.forwarding == Forwarding::kTunnel && tunnel) real.server.tunnel = tunnel_of(tunnel->spec);
  return real;
}

std::optional<Endpoint> endpoint_of(const Real& real, Family family, std::uint16_t port) {
  for (const auto& address : real.addresses)
    if (address.family() == family) return Endpoint{address, real.port.value_or(port)};
  return std::nullopt;
}

}  // namespace hawser::config
