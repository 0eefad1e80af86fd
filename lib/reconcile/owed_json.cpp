#include "lib/reconcile/owed_json.h"

#include <charconv>

#include <boost/json.hpp>
#include <fmt/ranges.h>

#include "lib/control/json.h"

namespace hawser {
namespace {

namespace json = boost::json;
using control::flag_in;
using control::list_in;
using control::number_in;
using control::text_in;
using control::value_in;

template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? to_string(*value) : std::string{};
}

std::string hex(const Bytes& bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

Result<Bytes> bytes_of(std::string_view text) {
  Bytes bytes;
  if (text.size() % 2 != 0) return fail("not hexadecimal");
  for (; !text.empty(); text.remove_prefix(2)) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + 2) return fail("not hexadecimal");
    bytes.push_back(byte);
  }
  return bytes;
}

// An empty text is no value; a bad one is an error.
template <class T>
Status read(const json::value& object, std::string_view key, std::optional<T>& value) {
  const auto text = text_in(object, key);
  if (text.empty()) return {};
  auto parsed = T::parse(text);
  if (!parsed) return fail_because(key, parsed.error());
  value = *parsed;
  return {};
}

template <class T>
T number(const json::value& object, std::string_view key) {
  return static_cast<T>(number_in(object, key));
}

json::object address_json(const std::string& link, const Prefix& prefix, const Address& address) {
  return {{"link", link},
          {"prefix", to_string(prefix)},
          {"protocol", address.protocol},
          {"scope", address.scope},
          {"preferred_lifetime", address.preferred_lifetime},
          {"no_prefix_route", address.no_prefix_route},
          {"no_dad", address.no_dad},
          {"broadcast", text_of(address.broadcast)}};
}

json::value rest_json(const RouteRest& rest) {
  if (!rest) return nullptr;
  json::array hops;
  for (const auto& hop : rest->hops)
    hops.push_back(json::object{{"device", hop.device}, {"message", hex(hop.message)}});
  return json::object{{"message", hex(rest->message)},
                      {"hops", std::move(hops)},
                      {"expires", rest->expires},
                      {"nexthop_id", rest->nexthop_id}};
}

json::object route_json(const RouteKey& key, const Route& route) {
  return {{"table", key.table},
          {"to", to_string(key.to)},
          {"metric", key.metric},
          {"tos", key.tos},
          {"from", text_of(key.from)},
          {"nth", key.nth},
          {"device", route.device},
          {"via", text_of(route.via)},
          {"source", text_of(route.source)},
          {"onlink", route.onlink},
          {"mtu", route.mtu},
          {"protocol", route.protocol},
          {"rest", rest_json(route.rest)}};
}

Status read_address(const json::value& item, Owed& owed) {
  std::optional<Prefix> prefix;
  Address address;
  address.protocol = number<std::uint8_t>(item, "protocol");
  address.scope = number<std::uint8_t>(item, "scope");
  address.preferred_lifetime = number<std::uint32_t>(item, "preferred_lifetime");
  address.no_prefix_route = flag_in(item, "no_prefix_route");
  address.no_dad = flag_in(item, "no_dad");
  if (auto done = read(item, "broadcast", address.broadcast); !done) return done;
  if (auto done = read(item, "prefix", prefix); !done) return done;
  if (!prefix) return fail("prefix: is missing");
  owed.addresses.insert_or_assign({text_in(item, "link"), *prefix}, address);
  return {};
}

Result<RouteRest> rest_of(const json::value& item) {
  if (!item.is_object()) return RouteRest{};
  KernelRoute rest;
  auto message = bytes_of(text_in(item, "message"));
  if (!message) return fail_because("rest", message.error());
  rest.message = std::move(*message);
  for (const auto& one : list_in(item, "hops")) {
    auto way = bytes_of(text_in(one, "message"));
    if (!way) return fail_because("rest", way.error());
    rest.hops.push_back({text_in(one, "device"), std::move(*way)});
  }
  rest.expires = number<std::uint32_t>(item, "expires");
  rest.nexthop_id = number<std::uint32_t>(item, "nexthop_id");
  return RouteRest{std::move(rest)};
}

Result<RouteKey> key_of(const json::value& item) {
  RouteKey key;
  std::optional<Prefix> to;
  if (auto done = read(item, "to", to); !done) return tl::unexpected(done.error());
  if (!to) return fail("to: is missing");
  key.to = *to;
  key.table = number<std::uint32_t>(item, "table");
  key.metric = number<std::uint32_t>(item, "metric");
  key.tos = number<std::uint8_t>(item, "tos");
  if (auto done = read(item, "from", key.from); !done) return tl::unexpected(done.error());
  key.nth = number<std::uint8_t>(item, "nth");
  return key;
}

Status read_route(const json::value& item, Owed& owed) {
  const auto key = key_of(item);
  if (!key) return tl::unexpected(key.error());
  Route route;
  route.device = text_in(item, "device");
  if (auto done = read(item, "via", route.via); !done) return done;
  if (auto done = read(item, "source", route.source); !done) return done;
  route.onlink = flag_in(item, "onlink");
  route.mtu = number<std::uint32_t>(item, "mtu");
  route.protocol = number<std::uint8_t>(item, "protocol");
  auto rest = rest_of(value_in(item, "rest"));
  if (!rest) return tl::unexpected(rest.error());
  route.rest = std::move(*rest);
  owed.routes.insert_or_assign(*key, std::move(route));
  return {};
}

}  // namespace

json::object owed_json(const Owed& owed) {
  json::array addresses;
  for (const auto& [place, address] : owed.addresses)
    addresses.push_back(address_json(place.first, place.second, address));
  json::array routes;
  for (const auto& [key, route] : owed.routes) routes.push_back(route_json(key, route));
  return {{"addresses", std::move(addresses)}, {"routes", std::move(routes)}};
}

Result<Owed> parse_owed(const json::value& value) {
  Owed owed;
  for (const auto& item : list_in(value, "addresses"))
    if (auto done = read_address(item, owed); !done) return fail_because("owed: addresses", done.error());
  for (const auto& item : list_in(value, "routes"))
    if (auto done = read_route(item, owed); !done) return fail_because("owed: routes", done.error());
  return owed;
}

}  // namespace hawser
