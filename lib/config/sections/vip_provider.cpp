// Rules of a vip whose addresses a provider routes.
#include <algorithm>

#include "lib/config/engine/rules.h"
#include "lib/config/sections/addresses.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using VipSection = Section<VipSpec>;

void refuse(Report& report, const VipSection& vip, std::string_view key, const std::string& what) {
  config::fault(report, vip, key, what, Part::kVipd);
}

void provider_is_there(const File& file, const VipSection& vip, Report& report) {
  if (file.providers.contains(vip.spec.provider)) return;
  std::vector<std::string_view> names;
  for (const auto& [name, section] : file.providers) names.push_back(name);
  refuse(report, vip, "provider",
         fmt::format("there is no [provider.{}]{}", vip.spec.provider,
                     names.empty() ? "" : ": there is " + joined(names, " and ")));
}

// Hosts whose addresses a provider routes share no segment that carries multicast.
void nodes_talk_by_unicast(const VipSection& vip, Report& report) {
  if (vip.spec.transport != VrrpTransport::kUnicast)
    refuse(
        report, vip, "provider",
        "needs transport = \"unicast\": between hosts whose addresses are routed no multicast gets through");
}

std::vector<std::string> holders_of(const File& file, const std::string& name) {
  std::vector<std::string> holders;
  if (const auto all = file.priorities.find(name); all != file.priorities.end())
    for (const auto& [node, priority] : all->second)
      if (file.nodes.contains(node)) holders.push_back(node);
  return holders;
}

std::optional<Family> family_without_target(const Node& node, const VipSpec& vip) {
  const auto names = node.provider.find(vip.provider);
  for (const auto family : families_of(vip))
    if (names == node.provider.end() || name_for(names->second, family).empty()) return family;
  return std::nullopt;
}

// Guessing it (from a default route, say) is what scripts do, and one day it is the wrong one.
void each_holder_has_a_target(const File& file, const std::string& name, const VipSection& vip,
                              Report& report) {
  if (file.nodes.empty())
    return refuse(report, vip, "provider", "needs [nodes]: where the addresses are led is written there");
  for (const auto& holder : holders_of(file, name))
    if (const auto family = family_without_target(file.nodes.at(holder).spec, vip.spec))
      refuse(report, vip, "provider",
             fmt::format(
                 "where does it lead {2} addresses when {0} has the role? Write provider.{1} = \"..\" in "
                 "[nodes.{0}]: what {0} is called there",
                 holder, vip.spec.provider, family_name(*family)));
}

void one_network_is_led_once(const VipSection& vip, Report& report) {
  std::set<IpAddress> seen;
  for (std::size_t i = 0; i < vip.spec.addresses.size(); ++i) {
    const auto network = vip.spec.addresses[i].prefix.network();
    if (!seen.insert(network.address).second)
      report.add(Part::kVipd, vip.at("addresses", i), vip.path + ".addresses",
                 fmt::format("{} is led already, by an address before it", network));
  }
}

// Neither waits for anybody: an owner takes the role as it starts.
void owners_ask_nobody(const VipSection& vip, Report& report) {
  if (vip.spec.priority != kOwnerPriority) return;
  for (const auto& [key, is_set] :
       {std::pair("arbiter", vip.spec.arbiter), std::pair("require_fencing", vip.spec.require_fencing)})
    if (is_set) refuse(report, vip, key, "asks before the role is taken, and priority 255 takes it at once");
}

void arbiters_are_providers(const VipSection& vip, Report& report) {
  if (vip.spec.arbiter && vip.spec.provider.empty())
    refuse(report, vip, "arbiter", "needs provider: it is the one who is asked");
}

void others_can_be_fenced(const File& file, const std::string& name, const VipSection& vip, Report& report) {
  if (!vip.spec.require_fencing) return;
  if (vip.spec.startup_delay == Milliseconds(0))
    refuse(
        report, vip, "require_fencing",
        "needs startup_delay: a node that was reset must not come back into the role at once; write such as "
        "startup_delay = \"60s\"");
  for (const auto& holder : holders_of(file, name))
    if (holder != file.view.node && file.nodes.at(holder).spec.fence.provider.empty())
      refuse(
          report, vip, "require_fencing",
          fmt::format("nothing says how {0} is fenced: write fence = {{ provider = \"..\" }} in [nodes.{0}]",
                      holder));
}

}  // namespace

void check_vip_providers(const File& file, Report& report) {
  for (const auto& [name, vip] : file.vips) {
    owners_ask_nobody(vip, report);
    arbiters_are_providers(vip, report);
    others_can_be_fenced(file, name, vip, report);
    if (vip.spec.provider.empty()) continue;
    provider_is_there(file, vip, report);
    nodes_talk_by_unicast(vip, report);
    if (file.providers.contains(vip.spec.provider)) each_holder_has_a_target(file, name, vip, report);
    one_network_is_led_once(vip, report);
  }
}

}  // namespace hawser::config
