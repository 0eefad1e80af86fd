#include "vipd/router/routed_addresses.h"

#include <algorithm>

#include "vipd/router/work_queue.h"

namespace hawser::vipd {

namespace {

// After a refusal, and between two puttings back of what somebody removes again and again.
constexpr Milliseconds kPutBackAgain{1000};

std::string name_of(const AddressKey& address) {
  return fmt::format("{} on {}", address.second.address, address.first);
}

}  // namespace

void RoutedAddresses::want(std::set<AddressKey> addresses) {
  const auto before = std::exchange(wanted_, std::move(addresses));
  for (const auto& address : before)
    if (!wanted_.contains(address) && is_ours(effects_.holding(address)))
      if (const auto removed = effects_.remove_address(address.first, address.second); !removed)
        effects_.report(event_from(removed.error().text, EventKind::kRefusal, Level::kWarning));
  std::erase_if(held_, [this](const auto& entry) { return !wanted_.contains(entry.first); });
  settle();
}

void RoutedAddresses::on_time() {
  due_.reset();
  settle();
}

std::size_t RoutedAddresses::ours() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      wanted_, [this](const AddressKey& address) { return is_ours(effects_.holding(address)); }));
}

std::map<AddressKey, std::string> RoutedAddresses::troubles() const {
  std::map<AddressKey, std::string> missing;
  for (const auto& address : wanted_) {
    if (answers(effects_.holding(address))) continue;
    const auto found = held_.find(address);
    missing.emplace(address, found == held_.end() || found->second.trouble.empty() ? "not added yet"
                                                                                   : found->second.trouble);
  }
  return missing;
}

// In slices: an advertisement does not wait for a thousand addresses.
void RoutedAddresses::settle() {
  const auto begun = effects_.now();
  for (const auto& address : wanted_) {
    const auto now = effects_.now();
    if (now - begun >= kSlice) {
      due_ = now;
      return;
    }
    if (!answers(effects_.holding(address))) hold(address, now);
  }
}

void RoutedAddresses::hold(const AddressKey& address, TimePoint now) {
  auto& held = held_[address];
  if (held.put_at && now - *held.put_at < kPutBackAgain) {
    due_ = std::min(due_.value_or(TimePoint::max()), *held.put_at + kPutBackAgain);
    return;
  }
  if (!has_home(address)) return refuse(address, fmt::format("{}: interface missing", address.first), now);
  if (held.put_at)
    if (const auto told = said_.say("back " + name_of(address),
                                    {.kind = EventKind::kAddress,
                                     .level = Level::kWarning,
                                     .object = name_of(address),
                                     .what = "removed by somebody else, put back",
                                     .cause = {CauseKind::kOthers, ""}},
                                    now))
      effects_.report(*told);
  held.put_at = now;
  const auto added = effects_.add_address(address.first, address.second, std::chrono::seconds(0));
  if (!added) return refuse(address, added.error().text, now);
  held.trouble.clear();
  said_.over(name_of(address));
}

bool RoutedAddresses::has_home(const AddressKey& address) {
  if (effects_.has_interface(address.first)) return true;
  if (address.first != config::kRoutedDevice) return false;
  const auto made = effects_.make_dummy(address.first);
  if (!made) refuse(address, made.error().text, effects_.now());
  return effects_.has_interface(address.first);
}

void RoutedAddresses::refuse(const AddressKey& address, std::string why, TimePoint now) {
  auto& held = held_[address];
  if (held.trouble.empty() || effects_.has_interface(address.first)) held.trouble = std::move(why);
  due_ = std::min(due_.value_or(TimePoint::max()), now + kPutBackAgain);
  if (const auto told = said_.say(name_of(address),
                                  {.kind = EventKind::kRefusal,
                                   .level = Level::kWarning,
                                   .object = name_of(address),
                                   .what = "is not held",
                                   .cause = {CauseKind::kKernel, held.trouble},
                                   .outlook = Outlook::kRetried},
                                  now))
    effects_.report(*told);
}

}  // namespace hawser::vipd
