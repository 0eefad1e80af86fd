// What a virtual router holds: the vip's addresses against what the kernel has.
#include <algorithm>
#include <cerrno>

#include "vipd/addresses/secondaries.h"
#include "vipd/router/router.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kRetry{1000};  // after the kernel refused an address, and between two puttings back
// After it refused all of them; doubled each time.
constexpr Milliseconds kFirstPause{1000};
constexpr Milliseconds kLongestPause{30000};

std::string topic(std::string_view what, const AddressKey& address) {
  return fmt::format("{} {} {}", what, address.first, address.second);
}

// "192.0.2.100 on front" and what of it.
Event of_address(const AddressKey& address, std::string_view more, CauseKind cause) {
  return {.kind = EventKind::kAddress,
          .what = fmt::format("{} on {}{}", address.second.address, address.first, more),
          .cause = {cause, ""}};
}

Event refused(const Error& why) {
  return {.kind = EventKind::kRefusal, .cause = {CauseKind::kKernel, why.text}};
}

// Why an address that is there is not held.
std::string_view why_mute(Holding holding) {
  switch (holding) {
    case Holding::kOursMute:
      return "somebody made it tentative: it answers nobody";
    case Holding::kForeignTentative:
      return "somebody else's, and its duplicate address detection is not through";
    case Holding::kForeignDuplicate:
      return "somebody else's, and its duplicate address detection found it on another host";
    case Holding::kNo:
    case Holding::kOurs:
    case Holding::kForeign:
      break;
  }
  return "";
}

}  // namespace

// Whether some of the addresses are there and ours.
bool VirtualRouter::take_stock() {
  bool ours = false;
  for (auto& [address, holding] : addresses_) {
    note(address, holding, effects_.holding(address));
    ours = ours || is_ours(holding);
  }
  return ours;
}

void VirtualRouter::note(const AddressKey& address, Holding& before, Holding now) {
  if (answers(now)) refused_.erase(address);
  if (now != Holding::kForeignDuplicate) troubles_.over(topic("duplicate", address));
  const auto was = std::exchange(before, now);
  if (!is_foreign(now)) return troubles_.over(topic("foreign", address));
  if (!is_foreign(was)) say_foreign(address, was);
}

// The owner's address is the interface's own.
void VirtualRouter::say_foreign(const AddressKey& address, Holding was) {
  if (vip_.priority == kOwnerPriority) return;
  const auto* what = !holds_addresses(machine_)
                         ? "is there, and not by vipd: this host answers for it in any role"
                     : is_ours(was) ? "is somebody else's now: it stays when the role is left"
                                    : "was there before, and not by vipd: it stays when the role is left";
  warn(topic("foreign", address),
       of_address(address, fmt::format(" {}; remove it where it is configured", what), CauseKind::kOthers));
}

// The role is left, and what is not ours goes on answering.
void VirtualRouter::say_what_stays() {
  for (const auto& [address, holding] : addresses_)
    if (effects_.holding(address) == Holding::kForeign) say_foreign(address, Holding::kForeign);
}

void VirtualRouter::out_of_reach(std::map<std::string, std::string> why) {
  for (const auto& [interface, before] : out_of_reach_)
    if (!why.contains(interface)) {
      troubles_.over(fmt::format("reach {}", interface));
      tell(fmt::format("reach {}", interface),
           {.kind = EventKind::kInterface, .what = interface, .to = "can be used again"});
    }
  for (const auto& [interface, reason] : why)
    if (const auto known = out_of_reach_.find(interface);
        known == out_of_reach_.end() || known->second != reason)
      warn(fmt::format("reach {}", interface),
           {.kind = EventKind::kInterface, .what = reason, .to = "nobody reaches the vip's addresses there"});
  out_of_reach_ = std::move(why);
}

void VirtualRouter::kernel_changed() {
  std::vector<AddressKey> lost;
  bool left_over = false;
  for (auto& [address, holding] : addresses_) {
    const auto now = effects_.holding(address);
    if (now == holding) continue;
    if (now == Holding::kNo || now == Holding::kOursMute) lost.push_back(address);
    if (is_foreign(now) && holds_addresses(machine_)) jobs_.push({Job::Kind::kHold, address});
    left_over = left_over || is_ours(now);
    note(address, holding, now);
  }
  const bool back = awaited_is_back();
  if (unable_ && back) unable_->at = effects_.now();
  if (holds_addresses(machine_)) {
    put_back(lost);
    if (back) queue_missing();
  } else if (left_over) {
    remove_left_over("bears our number, and this host does not hold it now: removed");
  }
}

// An interface that an address needs has returned.
bool VirtualRouter::awaited_is_back() {
  const auto gone = std::erase_if(awaited_, [this](const std::string& name) {
    if (!effects_.has_interface(name)) return false;
    troubles_.over(fmt::format("missing {}", name));
    tell("back", {.kind = EventKind::kInterface, .what = name, .to = "interface is there again"});
    return true;
  });
  return gone > 0;
}

void VirtualRouter::put_back(const std::vector<AddressKey>& lost) {
  if (lost.empty()) return;
  const auto now = effects_.now();
  counters_.put_back += lost.size();
  note_fights(lost);
  if (put_back_at_ && now - *put_back_at_ < kRetry) {
    retry_at_ = *put_back_at_ + kRetry;
    return;
  }
  put_back_at_ = now;
  queue_missing();
  const auto& [interface, prefix] = lost.front();
  if (!effects_.has_interface(interface)) return;  // that is said when it cannot be put back
  if (fights_.is_on(lost.front())) return;
  const auto there = effects_.holding(lost.front());
  const auto put_back = topic("put back", lost.front());
  troubles_.over(put_back);  // each time is another one
  const auto more = lost.size() > 1 ? fmt::format(" and {} more", lost.size() - 1) : "";
  const auto why = there == Holding::kNo ? "removed by somebody else" : why_mute(there);
  warn(put_back, of_address(lost.front(), fmt::format("{}: {}, put back", more, why), CauseKind::kOthers));
}

void VirtualRouter::note_fights(const std::vector<AddressKey>& lost) {
  std::vector<AddressKey> begun;
  for (const auto& address : lost)
    if (effects_.has_interface(address.first) && fights_.lost(address, effects_.now()))
      begun.push_back(address);
  if (begun.empty()) return;
  for (const auto& address : begun) troubles_.over(topic("put back", address));  // this says it all
  const auto more = begun.size() > 1 ? fmt::format(" and {} more", begun.size() - 1) : "";
  auto event = of_address(
      begun.front(),
      fmt::format("{}: removed by somebody else again and again: put back each time, at most once in {}",
                  more, format_duration(kRetry)),
      CauseKind::kOthers);
  event.kind = EventKind::kContention;
  warn(topic("fight", begun.front()), std::move(event));
}

void VirtualRouter::settle_fights() {
  for (const auto& address : fights_.settle(effects_.now())) {
    troubles_.over(topic("fight", address));
    auto event =
        of_address(address, fmt::format(": not removed any more for {}", format_duration(Fights::kWithin)),
                   CauseKind::kOthers);
    event.kind = EventKind::kContention;
    tell(topic("fight", address), std::move(event));
  }
}

void VirtualRouter::put_by_others(std::vector<AddressKey> there) {
  for (const auto& address : put_by_others_)
    if (std::ranges::find(there, address) == there.end()) troubles_.over(topic("elsewhere", address));
  for (const auto& address : there)
    if (std::ranges::find(put_by_others_, address) == put_by_others_.end())
      warn(topic("elsewhere", address),
           {.kind = EventKind::kAddress,
            .what = fmt::format("{} on {} is there, and not by vipd: this host answers for it in any role; "
                                "remove it where it is configured",
                                address.second, address.first),
            .cause = {CauseKind::kOthers, ""}});
  put_by_others_ = std::move(there);
}

void VirtualRouter::remove_left_over(std::string_view words) {
  if (!jobs_.empty()) return;
  for (const auto& [address, holding] : addresses_) {
    if (!is_ours(effects_.holding(address))) continue;
    tell(topic("left over", address), of_address(address, fmt::format(" {}", words), CauseKind::kStart));
    jobs_.push({Job::Kind::kRemove, address});
  }
}

void VirtualRouter::hold(const AddressKey& address) {
  const auto found = addresses_.find(address);
  if (found == addresses_.end()) return;
  const auto holding = add(address);
  if (!holding) {
    refused_[address] = holding.error().text;
    return;
  }
  if (*holding == Holding::kForeignTentative) return note(address, found->second, *holding);
  troubles_.over(topic("add", address));
  note(address, found->second, *holding);
  announce(address);
}

// Whose it is, once it is there.
Result<Holding> VirtualRouter::add(const AddressKey& address) {
  const auto there = effects_.holding(address);
  if (answers(there) || there == Holding::kForeignTentative) return there;  // that passes, or fails, soon
  const auto& [interface, prefix] = address;
  if (there == Holding::kForeignDuplicate) {
    warn(topic("duplicate", address),
         of_address(address, fmt::format(" is {}: remove it where it is configured", why_mute(there)),
                    CauseKind::kOthers));
    return fail("{} on {} is {}", prefix.address, interface, why_mute(there));
  }
  if (!effects_.has_interface(interface)) {  // tried again when it returns
    awaited_.insert(interface);
    warn(fmt::format("missing {}", interface),
         {.kind = EventKind::kInterface,
          .what = interface,
          .to = "interface missing",
          .cause = {CauseKind::kInterface, fmt::format("{} is held when it returns", prefix.address)}});
    return fail("{}: interface missing", interface);
  }
  const auto added = effects_.add_address(interface, prefix);
  if (added) return Holding::kOurs;
  if (added.error().code == EEXIST) return Holding::kForeign;  // it came after we looked
  retry_at_ = effects_.now() + kRetry;
  warn(topic("add", address), refused(added.error()));
  return tl::unexpected(added.error());
}

void VirtualRouter::remove(const AddressKey& address) {
  obsolete_.erase(address);
  if (!is_ours(effects_.holding(address))) return;  // gone already, or somebody else's by now
  const auto removed = effects_.remove_address(address.first, address.second);
  if (!removed) return warn(topic("remove", address), refused(removed.error()));
  const auto found = addresses_.find(address);
  if (found != addresses_.end()) found->second = Holding::kNo;
}

void VirtualRouter::queue_missing() {
  for (const auto& [address, holding] : addresses_)
    if (!answers(holding)) jobs_.push({Job::Kind::kHold, address});
}

// Active without an address: what is missing is in the status. Without any, the role is another's to have.
void VirtualRouter::judge() {
  if (role() != RoleName::kActive || addresses_.empty()) return;
  if (refused_.size() == addresses_.size()) give_up();
}

void VirtualRouter::give_up() {
  const auto why = fmt::format("no address can be held: {}", refused_.begin()->second);
  say_goodbye();
  unable_ = Unable{effects_.now() + kFirstPause, kFirstPause, why};
  handle(InterfaceDown{effects_.now(), why});
}

// Not by taking the role: the router that has it would lose it to one that may not be able to hold anything.
void VirtualRouter::try_again(TimePoint now) {
  if (!can_hold()) {
    unable_->pause = std::min(unable_->pause * 2, kLongestPause);
    unable_->at = now + unable_->pause;
    return;
  }
  unable_.reset();
  tell("able", {.kind = EventKind::kAddress, .to = "addresses can be held again"});
  handle(Startup{now, false, {}});
}

// What the kernel says to one address it says to all others of its family on that interface.
bool VirtualRouter::can_hold() {
  std::set<std::pair<std::string, Family>> tried;
  return std::ranges::any_of(addresses_, [&](const auto& entry) {
    const auto& [interface, prefix] = entry.first;
    const auto there = effects_.holding(entry.first);
    if (answers(there)) return true;
    if (is_foreign(there)) return false;
    if (!effects_.has_interface(interface)) {
      awaited_.insert(interface);
      return false;
    }
    if (!tried.emplace(interface, prefix.address.family()).second) return false;
    const auto taken = effects_.try_address(interface, prefix);
    return taken || taken.error().code == EEXIST;
  });
}

void VirtualRouter::add_secondaries(std::set<std::string>& interfaces) const {
  const auto add = [&](const AddressKey& address) {
    if (has_secondaries(address.second)) interfaces.insert(address.first);
  };
  for (const auto& [address, holding] : addresses_) add(address);
  std::ranges::for_each(obsolete_, add);
}

std::string VirtualRouter::fault() const {
  if (unable_) return unable_->why;
  if (role() != RoleName::kActive || working()) return {};
  std::size_t missing = 0;
  std::string first;
  for (const auto& [address, holding] : addresses_) {
    const auto there = effects_.holding(address);
    if (answers(there)) continue;
    if (missing++ > 0) continue;
    first = fmt::format("{} on {}", address.second.address, address.first);
    if (there != Holding::kNo)
      first += fmt::format(" ({})", why_mute(there));
    else if (const auto why = refused_.find(address); why != refused_.end())
      first += fmt::format(" ({})", why->second);
  }
  if (missing == 0) return {};
  const auto more = missing > 1 ? fmt::format(" and {} more", missing - 1) : "";
  return fmt::format("Active without {}{}", first, more);
}

}  // namespace hawser::vipd
