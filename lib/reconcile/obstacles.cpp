#include "lib/reconcile/obstacles.h"

#include <algorithm>

namespace hawser {
namespace {

constexpr std::size_t kMostNamed = 3;

// Its answers come back through this host and have to be forwarded; one on this host itself answers here.
bool needs_forwarding(const Member& member, const HostFacts& facts) {
  return member.server.forwarding == Forwarding::kMasquerade && !facts.local.contains(member.real.address);
}

std::string services_behind_masquerade(const Layout& layout, const HostFacts& facts, Family family) {
  std::set<std::string> names;
  for (const auto& [key, service] : layout)
    if (key.family() == family && std::ranges::any_of(service.members, [&](const auto& member) {
          return needs_forwarding(member, facts);
        }))
      names.insert(service.service);
  if (names.empty()) return {};
  std::string text;
  std::size_t named = 0;
  for (const auto& name : names)
    if (named++ < kMostNamed) text += (text.empty() ? "" : ", ") + name;
  if (names.size() > kMostNamed) text += fmt::format(" and {} more", names.size() - kMostNamed);
  return fmt::format("{} {}", names.size() == 1 ? "service" : "services", text);
}

void add_forwarding(std::vector<Obstacle>& list, const Layout& layout, const HostFacts& facts,
                    Family family) {
  const bool ipv4 = family == Family::kIpv4;
  if (ipv4 ? facts.forwards_ipv4 : facts.forwards_ipv6) return;
  const auto services = services_behind_masquerade(layout, facts, family);
  if (services.empty()) return;
  list.push_back(
      {Obstacle::Kind::kForwarding,
       fmt::format("{} is 0: answers of real servers behind masquerade ({}) are not passed on to their "
                   "clients: set it to 1",
                   ipv4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding", services)});
}

void add_tracking(std::vector<Obstacle>& list, const Layout& layout, const HostFacts& facts) {
  const auto wants_nat = [](const auto& entry) { return entry.second.source_nat; };
  const auto found = std::ranges::find_if(layout, wants_nat);
  if (facts.tracks_connections || found == layout.end()) return;
  list.push_back(
      {Obstacle::Kind::kTracking,
       fmt::format("{}: source_nat has no effect: IPVS of this kernel tracks no connections "
                   "(net.ipv4.vs.conntrack is missing): it needs one with CONFIG_IP_VS_NFCT, or the real "
                   "servers' default route through this host",
                   found->second.service)});
}

// With the words of what is served there; a mark that somebody else sets is none of ours to know.
std::vector<std::pair<IpAddress, std::string>> virtual_addresses(const ServiceKey& key,
                                                                 const VirtualServer& service) {
  if (key.transport != Transport::kFwmark) return {{key.virtual_address.address, to_string(key)}};
  std::vector<std::pair<IpAddress, std::string>> all;
  all.reserve(service.marked.size());
  for (const auto& marked : service.marked) all.emplace_back(marked.address, to_string(marked));
  return all;
}

void add_absent(std::vector<Obstacle>& list, const Layout& layout, const HostFacts& facts) {
  std::set<IpAddress> said;
  for (const auto& [key, service] : layout) {
    for (const auto& [address, words] : virtual_addresses(key, service))
      if (!facts.local.contains(address) && said.insert(address).second && said.size() <= kMostNamed)
        list.push_back(
            {Obstacle::Kind::kAddress,
             fmt::format(
                 "{}: {}: no interface has the address and no vip of the file names it: nothing reaches the "
                 "service",
                 service.service, words)});
  }
  if (said.size() > kMostNamed)
    list.push_back({Obstacle::Kind::kAddress,
                    fmt::format("{} more virtual addresses are on no interface and in no vip of the file",
                                said.size() - kMostNamed)});
}

}  // namespace

std::vector<Obstacle> obstacles(const Layout& layout, const HostFacts& facts) {
  std::vector<Obstacle> list;
  add_forwarding(list, layout, facts, Family::kIpv4);
  add_forwarding(list, layout, facts, Family::kIpv6);
  add_tracking(list, layout, facts);
  add_absent(list, layout, facts);
  return list;
}

}  // namespace hawser
