#include "vipd/daemon/changes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hawser::vipd {

namespace {

// The settings in the file's words.
std::vector<std::string_view> differing(const config::Vip& before, const config::Vip& after) {
  std::vector<std::string_view> keys;
  const auto compare = [&](std::string_view key, bool same) {
    if (!same) keys.push_back(key);
  };
  compare("interface", before.interface == after.interface);
  compare("addresses", before.addresses == after.addresses);
  compare("virtual_router_id", before.virtual_router_id == after.virtual_router_id);
  compare("priority", before.priority == after.priority);
  compare("advertisement_interval", before.advertisement_interval == after.advertisement_interval);
  compare("checksum", before.checksum == after.checksum);
  compare("peers", before.transport == after.transport && before.peers == after.peers);
  compare("source", before.source == after.source && before.own == after.own);
  compare("preempt", before.preempt == after.preempt && before.preempt_delay == after.preempt_delay);
  compare("startup_delay", before.startup_delay == after.startup_delay);
  compare("announcements", before.announce == after.announce);
  return keys;
}

const config::Vip* find(const std::vector<config::Vip>& vips, const std::string& name) {
  const auto found = std::ranges::find(vips, name, &config::Vip::name);
  return found == vips.end() ? nullptr : &*found;
}

}  // namespace

std::string changes_between(const std::vector<config::Vip>& before, const std::vector<config::Vip>& after) {
  std::vector<std::string> words;
  for (const auto& vip : after) {
    const auto* old = find(before, vip.name);
    if (old == nullptr) {
      words.push_back(fmt::format("{} added", vip.name));
    } else if (const auto keys = differing(*old, vip); !keys.empty()) {
      words.push_back(fmt::format("{} changed ({})", vip.name, fmt::join(keys, ", ")));
    }
  }
  for (const auto& vip : before)
    if (find(after, vip.name) == nullptr) words.push_back(fmt::format("{} removed", vip.name));
  return words.empty() ? "no vip differs" : fmt::format("{}", fmt::join(words, ", "));
}

std::string why_leaving(const config::Vip& router, const std::vector<config::Vip>& after) {
  const auto* now = find(after, router.name);
  if (now == nullptr) return fmt::format("{}: no longer in the file", router.name);
  return fmt::format("{}: is on {} with router id {} now: leaves {} with router id {}", router.name,
                     now->interface, now->virtual_router_id, router.interface, router.virtual_router_id);
}

}  // namespace hawser::vipd
