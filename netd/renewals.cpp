#include "netd/renewals.h"

#include <algorithm>

#include "lib/state/observed.h"

namespace hawser {

Changes Renewals::without(Changes changes) {
  if (changes.lost) known_.clear();
  bool news = changes.lost;
  for (const auto& fact : changes.address_facts) {
    const bool leased = fact.protocol == static_cast<std::uint8_t>(Owner::kVipd);
    const std::pair key{fact.link, fact.prefix};
    const bool is_known = leased && !fact.removed && !known_.insert(key).second;
    if (fact.removed) known_.erase(key);
    news = news || !is_known;
  }
  if (!news && !changes.address_facts.empty()) changes.addresses = false;
  return changes;
}

}  // namespace hawser
