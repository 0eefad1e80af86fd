#include "vipd/daemon/route_word.h"

#include <algorithm>

namespace hawser::vipd {

ProviderWord word_of(const config::Vip& vip, const RouteReports& reports, const FenceReport* fence) {
  ProviderWord word;
  const bool confirmed = std::ranges::all_of(vip.addresses, [&](const auto& address) {
    const auto found = reports.find({vip.name, routed_as(address)});
    return found != reports.end() && found->second.confirmed;
  });
  if (confirmed) word.given.add(Consent::kProvider);
  // Whom nobody is led to serves nobody: there is nothing to switch off.
  const bool leads_here =
      !vip.manner->provider.empty() && std::ranges::all_of(vip.addresses, [&](const auto& address) {
        const auto found = reports.find({vip.name, routed_as(address)});
        return found != reports.end() && found->second.standing == provider::Standing::kHere;
      });
  if (leads_here || (fence != nullptr && fence->done)) word.given.add(Consent::kFencing);
  for (const auto& [key, report] : reports)
    if (key.first == vip.name && report.standing == provider::Standing::kElsewhere && !report.confirmed)
      word.elsewhere = fmt::format("{} leads {} to {}", report.provider, report.address, whose(report));
  return word;
}

}  // namespace hawser::vipd
