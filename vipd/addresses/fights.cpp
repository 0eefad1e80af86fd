#include "vipd/addresses/fights.h"

namespace hawser::vipd {

bool Fights::lost(const AddressKey& address, TimePoint now) {
  auto& [last, fight] = known_.fill()[address];
  last.push_back(now);
  if (last.size() > kMany) last.pop_front();
  if (fight || last.size() < kMany || now - last.front() > kWithin) return false;
  fight = true;
  return true;
}

bool Fights::is_on(const AddressKey& address) const {
  const auto found = known_->find(address);
  return found != known_->end() && found->second.fight;
}

std::vector<AddressKey> Fights::going_on() const {
  std::vector<AddressKey> all;
  for (const auto& [address, losses] : *known_)
    if (losses.fight) all.push_back(address);
  return all;
}

std::vector<AddressKey> Fights::settle(TimePoint now) {
  std::vector<AddressKey> over;
  known_.erase_if([&](const auto& entry) {
    const auto& [address, losses] = entry;
    if (now - losses.last.back() < kWithin) return false;
    if (losses.fight) over.push_back(address);
    return true;
  });
  return over;
}

std::optional<TimePoint> Fights::due() const {
  std::optional<TimePoint> first;
  for (const auto& [address, losses] : *known_) {
    const auto end = losses.last.back() + kWithin;
    if (losses.fight && (!first || end < *first)) first = end;
  }
  return first;
}

}  // namespace hawser::vipd
