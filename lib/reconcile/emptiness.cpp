#include "lib/reconcile/emptiness.h"

#include <algorithm>

namespace hawser {
namespace {

constexpr std::size_t kNamed = 5;

bool is_ours(std::uint8_t protocol) {
  return protocol == static_cast<std::uint8_t>(Owner::kNetd);
}

template <class Set>
std::string named(const Set& set) {
  std::string text;
  std::size_t count = 0;
  for (const auto& one : set) {
    if (++count > kNamed) return fmt::format("{} and {} more", text, set.size() - kNamed);
    text += fmt::format("{}{}", text.empty() ? "" : ", ", one);
  }
  return text;
}

}  // namespace

Holdings holdings(const Journal& made, const State& observed) {
  Holdings all{made.links, made.services};
  for (const auto& [name, link] : observed.links)
    if (std::ranges::any_of(link.addresses, [](const auto& entry) { return is_ours(entry.second.protocol); }))
      all.links.insert(name);
  for (const auto& [key, route] : observed.routes)
    if (is_ours(route.protocol)) all.links.insert(route.device);
  return all;
}

std::optional<std::string> refusal_to_empty(const Holdings& holdings, const config::Config& config) {
  std::string goes;
  if (!holdings.links.empty() && config.network.links.empty())
    goes = fmt::format("every link of this host ({})", named(holdings.links));
  if (!holdings.services.empty() && config.services.empty())
    goes += fmt::format("{}every service ({})", goes.empty() ? "" : " and ", named(holdings.services));
  if (goes.empty()) return std::nullopt;
  return fmt::format("would remove {}: if that is meant, say so with --allow-empty", goes);
}

}  // namespace hawser
