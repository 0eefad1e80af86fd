// Short words for states in the planner's tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/plan.h"

namespace hawser::world {

inline IpAddress ip(std::string_view text) {
  return *IpAddress::parse(text);
}
inline Prefix prefix(std::string_view text) {
  return *Prefix::parse(text);
}
inline MacAddress mac(std::string_view text) {
  return *MacAddress::parse(text);
}
inline Endpoint endpoint(std::string_view text) {
  return *Endpoint::parse(text);
}
inline ServiceKey service(std::string_view text) {
  return *ServiceKey::parse(text);
}

inline Link card(bool up = false) {
  Link link;
  link.up = up;
  link.mtu = 1500;
  return link;
}

inline Link bond(BondMode mode, const std::vector<std::string>& ports, std::uint32_t miimon = 100) {
  Link link;
  link.kind = LinkKind::kBond;
  link.up = true;
  link.bond = kernel_default_bond(mode);
  link.bond->set(BondOption::kMiimon, miimon);
  for (const auto& port : ports) link.bond->ports[port] = {};
  return link;
}

inline Link vlan(const std::string& on, std::uint16_t id) {
  Link link;
  link.kind = LinkKind::kVlan;
  link.up = true;
  link.vlan = Vlan{.on = on, .id = id, .protocol = 0x8100};
  return link;
}

inline Link of_kind(LinkKind kind, std::uint32_t table = 0) {
  Link link;
  link.kind = kind;
  link.up = true;
  link.vrf_table = table;
  return link;
}

inline Address owned_by(std::uint8_t protocol) {
  Address address;
  address.protocol = protocol;
  return address;
}
inline constexpr std::uint8_t kNetd = 201;
inline constexpr std::uint8_t kVipd = 202;
inline constexpr std::uint8_t kBoot = 3;  // what `ip` writes

inline RouteKey route_to(std::string_view to, std::uint32_t metric = 0) {
  RouteKey key;
  key.to = prefix(to);
  key.metric = metric;
  return key;
}
inline Route route(const std::string& device, std::string_view via = {}, std::uint8_t protocol = 0) {
  Route result;
  result.device = device;
  if (!via.empty()) result.via = ip(via);
  result.protocol = protocol;
  return result;
}

inline std::vector<std::string> lines(const std::vector<Step>& steps) {
  std::vector<std::string> text;
  text.reserve(steps.size());
  for (const auto& step : steps) text.push_back(describe(step));
  return text;
}

inline Desired wanting(State state, Journal journal = {}) {
  return {.state = std::move(state), .owner = Owner::kNetd, .journal = std::move(journal)};
}

}  // namespace hawser::world
