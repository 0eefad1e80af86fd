#include "vipd/daemon/changes.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lib/config/engine/carry.h"

namespace hawser::vipd {

namespace {

// The setting in the words of the log: one that follows from another is told as that.
std::string_view told_as(std::string_view key) {
  if (key == "transport" || key == "peer_addresses") return "peers";
  if (key == "own_addresses") return "source";
  return key == "announce" ? "announcements" : key;
}

std::vector<std::string_view> differing(const config::Vip& before, const config::Vip& after) {
  std::vector<std::string_view> words;
  for (const auto key :
       config::differing_keys(config::vip_rows(), config::spec_of(before), config::spec_of(after)))
    if (std::ranges::find(words, told_as(key)) == words.end()) words.push_back(told_as(key));
  // What the file points to is another one.
  if (before.manner->password == after.manner->password &&
      before.manner->password_text != after.manner->password_text)
    words.emplace_back("password");
  // Where the rows are alike, what differs is behind them.
  if (before.manner->hmac != after.manner->hmac && std::ranges::find(words, "hmac") == words.end())
    words.emplace_back("hmac");
  return words;
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
