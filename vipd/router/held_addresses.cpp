#include "vipd/router/held_addresses.h"

#include <algorithm>
#include <cerrno>
#include <ranges>

#include "vipd/addresses/secondaries.h"
#include "vipd/addresses/store.h"
#include "vipd/router/held_words.h"

namespace hawser::vipd {

namespace {

// As it may have another file, its interval does not count less than ours.
Milliseconds others_answer(const config::Vip& vip) {
  return std::max(vip.manner->advertisement_interval, leaving_grace(vip.addresses.size()));
}

}  // namespace

// Sorted once: each in its place would move the others ten thousand times.
HeldAddresses::Addresses HeldAddresses::configured(const config::Vip& vip) {
  Addresses::sequence_type addresses;
  if (!vip.manner->provider.empty()) return {};  // in every role: RoutedAddresses
  addresses.reserve(vip.addresses.size());
  for (const auto& address : vip.addresses)
    addresses.emplace_back(AddressKey{address.interface, address.prefix}, Holding::kNo);
  Addresses sorted;
  sorted.adopt_sequence(std::move(addresses));
  return sorted;
}

HeldAddresses::HeldAddresses(const config::Vip& vip, Effects& effects, RouterLog& log)
    : effects_(effects),
      log_(log),
      owner_(vip.priority == kOwnerPriority),
      ends_connections_(vip.manner->reset_connections),
      others_answer_(others_answer(vip)),
      carriers_(Sparse(carriers_of(vip))),
      addresses_(configured(vip)),
      announcing_(vip.manner->announce) {}

void HeldAddresses::reconfigure(const config::Vip& vip) {
  others_answer_ = others_answer(vip);
  owner_ = vip.priority == kOwnerPriority;
  ends_connections_ = vip.manner->reset_connections;
  carriers_ = Sparse(carriers_of(vip));
  announcing_.change(vip.manner->announce);
  auto wanted = configured(vip);
  for (const auto& [address, holding] : addresses_) {
    const auto found = wanted.find(address);
    if (found != wanted.end())
      found->second = holding;
    else if (is_ours(effects_.holding(address)))
      obsolete_.fill().insert(address);
  }
  for (const auto& [address, holding] : wanted) obsolete_.erase(address);
  refused_.erase_if([&](const auto& entry) { return !wanted.contains(entry.first); });
  next_renewal_ = next_renewal_among(wanted);
  addresses_ = std::move(wanted);
  (void)take_stock();
  remove_obsolete(is_whole() ? Obsolete::kInTheWay : Obsolete::kAll);
  if (!is_whole()) return;
  // Those that only move to another interface are never gone.
  for (const auto& [address, holding] : addresses_)
    if (!is_ours(holding) && moves(address)) jobs_.push({Job::Kind::kHold, address});
  remove_obsolete(Obsolete::kOthers);
}

// Whether another interface has it from us still.
bool HeldAddresses::moves(const AddressKey& address) const {
  return std::ranges::any_of(*obsolete_,
                             [&](const auto& old) { return old.second.address == address.second.address; });
}

void HeldAddresses::remove_obsolete(Obsolete which) {
  // The kernel takes no second form of one on the same interface.
  const auto in_the_way = [&](const AddressKey& old) {
    return std::ranges::any_of(addresses_, [&](const auto& entry) {
      return entry.first.first == old.first && entry.first.second.address == old.second.address;
    });
  };
  for (const auto& address : *obsolete_)
    if (which == Obsolete::kAll || in_the_way(address) == (which == Obsolete::kInTheWay))
      jobs_.push({Job::Kind::kRemove, address});
}

// What an earlier run left has what is left of its lease.
void HeldAddresses::be(Use use) {
  const bool begins = use_ == Use::kNone && use == Use::kKept;
  // In the middle of a takeover: what has not come yet need not come any more.
  if (use_ == Use::kHeld && use == Use::kQuiet) forget_jobs();
  use_ = use;
  if (use == Use::kNone) renewal_.stop();
  if (begins) begin_lease();
}

void HeldAddresses::go_on(Use use, TimePoint since) {
  (void)take_stock();
  use_ = use;
  if (use == Use::kNone) return remove_left_over("of the earlier run removed");
  begin_lease();
  if (use != Use::kHeld) return;
  announcing_.go_on(since, effects_.now(), others_answer_);
  queue_missing();
}

void HeldAddresses::lease(const LeasePlan& plan) {
  if (plan == lease_) return;
  lease_ = plan;
  leased_ = leased_ || plan.length.count() > 0;
  if (is_held()) begin_lease();
}

void HeldAddresses::begin_lease() {
  renewed_at_ = effects_.now();
  renewal_.begin(lease_, addresses_.size(), effects_.now());
  for (const auto& [address, holding] : addresses_) jobs_.push({Job::Kind::kRenew, address});
}

// Each gets its lease as it is added, or anew where it was there already.
void HeldAddresses::hold() {
  by_hand_ = false;
  if (renewal_.keep(lease_, addresses_.size(), effects_.now())) renewed_at_ = effects_.now();
  announcing_.begin_takeover(effects_.now(), others_answer_);
  jobs_.clear();
  remove_obsolete(Obsolete::kInTheWay);
  for (const auto& [address, holding] : addresses_) jobs_.push({Job::Kind::kHold, address});
  remove_obsolete(Obsolete::kOthers);
}

void HeldAddresses::drop() {
  by_hand_ = false;
  announcing_.stop();
  renewal_.stop();
  retry_at_.reset();
  fights_.clear();
  refused_.clear();
  say_what_stays();
  forget_jobs();
  for (const auto& [address, holding] : addresses_)
    if (is_ours(effects_.holding(address))) jobs_.push({Job::Kind::kRemove, address});
}

void HeldAddresses::announce() {
  by_hand_ = false;
  announcing_.begin(effects_.now());
  queue_announcements();
}

void HeldAddresses::announce_by_hand() {
  announce();
  by_hand_ = true;
}

void HeldAddresses::announce_again_on(const std::string& interface) {
  const auto here = [&](const auto& entry) {
    return carrier_of(entry.first.first) == interface && answers(entry.second);
  };
  if (use_ == Use::kHeld && std::ranges::any_of(addresses_, here)) announce();
}

void HeldAddresses::on_time() {
  const auto now = effects_.now();
  if (retry_at_ && now >= *retry_at_) {
    retry_at_.reset();
    put_back_at_ = now;
    if (is_whole()) queue_missing();
    if (is_whole() && !unsaid_->empty()) say_put_back(*unsaid_);
    unsaid_.clear();
  }
  settle_fights();
  if (is_held()) queue_renewals();
  for (const auto& address : announcing_.next(now)) send(address);
  if (announcing_.round_begins(now)) queue_announcements();
}

std::optional<TimePoint> HeldAddresses::due() const {
  std::optional<TimePoint> first;
  for (const auto& next :
       std::initializer_list<MaybeTime>{retry_at_, announcing_.due(), renewal_.due(), fights_.due()})
    if (next && (!first || *next < *first)) first = next;
  return first;
}

bool HeldAddresses::work() {
  return jobs_.run([this] { return effects_.now(); }, kSlice, [this](const Job& job) { perform(job); });
}

void HeldAddresses::perform(const Job& job) {
  switch (job.kind) {
    case Job::Kind::kHold:
      return hold(job.address);
    case Job::Kind::kRemove:
      return remove(job.address);
    case Job::Kind::kAnnounce:
      return announce(job.address);
    case Job::Kind::kRenew:
      return renew(job.address);
  }
}

// What the file no longer names goes in any case.
void HeldAddresses::forget_jobs() {
  jobs_.clear();
  remove_obsolete(Obsolete::kAll);
}

// ---- leases

// A stall in which the kernel may have taken them away: what it did is known with its next notifications, and
// until then a renewal could bring back what must not be there.
bool HeldAddresses::has_run_out() const {
  if (lease_.length.count() == 0 || !renewed_at_) return false;
  // What was renewed longest before that turn: a cycle, less the turn itself.
  const auto earliest =
      *renewed_at_ - (lease_.cycle - std::min<std::chrono::nanoseconds>(renewal_.pause(), lease_.cycle));
  return effects_.now() - earliest >= lease_.length;
}

void HeldAddresses::queue_renewals() {
  auto count = renewal_.turn(effects_.now());
  if (count == 0) return;
  if (has_run_out()) {
    renewed_at_ = ran_out_at_ = effects_.now();
    return;
  }
  renewed_at_ = effects_.now();
  for (; count > 0 && !addresses_.empty(); --count) {
    next_renewal_ %= addresses_.size();
    jobs_.push({Job::Kind::kRenew, addresses_.nth(next_renewal_++)->first});
  }
}

// Nobody's turn is missed where some were added or removed.
std::size_t HeldAddresses::next_renewal_among(const Addresses& others) const {
  if (next_renewal_ >= addresses_.size()) return 0;
  return others.index_of(others.lower_bound(addresses_.nth(next_renewal_)->first));
}

void HeldAddresses::renew(const AddressKey& address) {
  if (!is_held() || effects_.holding(address) != Holding::kOurs) return;
  const auto renewed = effects_.renew_address(address.first, address.second, lease_.length);
  if (!renewed) log_.warn(topic("renew", address), refused(renewed.error()));
}

// Whether some of the addresses are there and ours.
bool HeldAddresses::take_stock() {
  bool ours = false;
  for (auto& [address, holding] : addresses_) {
    note(address, holding, effects_.holding(address));
    ours = ours || is_ours(holding);
  }
  return ours;
}

void HeldAddresses::hold(const AddressKey& address) {
  const auto found = addresses_.find(address);
  if (found == addresses_.end() || !is_whole()) return;
  const bool was_there = effects_.holding(address) == Holding::kOurs;
  const auto holding = add(address);
  if (!holding) {
    refused_.fill()[address] = holding.error().text;
    return;
  }
  if (*holding == Holding::kForeignTentative) return note(address, found->second, *holding);
  log_.over(topic("add", address));
  if (was_there && leased_) renew(address);
  note(address, found->second, *holding);
  announce(address);
}

void HeldAddresses::announce(const AddressKey& address) {
  // Who leaves or listens still answers, but a round of an earlier takeover would draw the addresses back
  // here.
  if (use_ != Use::kHeld || (announcing_.is_off() && !by_hand_)) return;
  if (announcing_.admits(address, effects_.now())) send(address);
}

// A paced one may have waited for long.
void HeldAddresses::send(const AddressKey& address) {
  if (use_ != Use::kHeld || !has(address) || !answers(effects_.holding(address))) return;
  const auto sent = effects_.announce(carrier_of(address.first), address.second.address);
  if (sent)
    ++announced_;
  else if (sent.error().code == ENOBUFS || sent.error().code == EAGAIN)
    announcing_.postpone(address, effects_.now());
}

// The interface over which others reach what is held on a device.
const std::string& HeldAddresses::carrier_of(const std::string& held_on) const {
  const auto found = carriers_->find(held_on);
  return found == carriers_->end() ? held_on : found->second;
}

void HeldAddresses::queue_announcements() {
  for (const auto& [address, holding] : addresses_)
    if (answers(holding)) jobs_.push({Job::Kind::kAnnounce, address});
}

// Whose it is, once it is there.
Result<Holding> HeldAddresses::add(const AddressKey& address) {
  const auto there = effects_.holding(address);
  if (answers(there) || there == Holding::kForeignTentative) return there;  // that passes, or fails, soon
  const auto& [interface, prefix] = address;
  if (there == Holding::kForeignDuplicate) {
    log_.warn(topic("duplicate", address),
              of_address(address, fmt::format(" is {}: remove it where it is configured", why_mute(there)),
                         CauseKind::kOthers));
    return fail("{} on {} is {}", prefix.address, interface, why_mute(there));
  }
  if (!effects_.has_interface(interface)) {  // tried again when it returns
    awaited_.fill().insert(interface);
    log_.warn(fmt::format("missing {}", interface),
              {.kind = EventKind::kInterface,
               .what = interface,
               .to = "interface missing",
               .cause = {CauseKind::kInterface, fmt::format("{} is held when it returns", prefix.address)}});
    return fail("{}: interface missing", interface);
  }
  const auto added = effects_.add_address(interface, prefix, lease_.length);
  if (added) return Holding::kOurs;
  if (added.error().code == EEXIST) return Holding::kForeign;  // it came after we looked
  retry_at_ = effects_.now() + kRetryAddress;
  log_.warn(topic("add", address), refused(added.error()));
  return tl::unexpected(added.error());
}

void HeldAddresses::remove(const AddressKey& address) {
  obsolete_.erase(address);
  if (!is_ours(effects_.holding(address))) return;  // gone already, or somebody else's by now
  const auto removed = effects_.remove_address(address.first, address.second);
  if (!removed) return log_.warn(topic("remove", address), refused(removed.error()));
  const auto found = addresses_.find(address);
  if (found != addresses_.end()) found->second = Holding::kNo;
  const bool gone = effects_.holding(address) == Holding::kNo;  // and no other vip's
  if (gone && ends_connections_ && !is_held_elsewhere(address))
    effects_.end_connections(address.second.address);
}

// It has only moved to another interface.
bool HeldAddresses::is_held_elsewhere(const AddressKey& address) const {
  return std::ranges::any_of(addresses_, [&](const auto& entry) {
    return entry.first.second.address == address.second.address && is_ours(effects_.holding(entry.first));
  });
}

void HeldAddresses::queue_missing() {
  for (const auto& [address, holding] : addresses_)
    if (!answers(holding)) jobs_.push({Job::Kind::kHold, address});
}

std::string HeldAddresses::why_none() const {
  const bool none = use_ == Use::kHeld && !addresses_.empty() && refused_->size() == addresses_.size();
  return none ? refused_->begin()->second : std::string();
}

// What the kernel says to one address it says to all others of its family on that interface.
bool HeldAddresses::can_hold() {
  std::set<std::pair<std::string, Family>> tried;
  return std::ranges::any_of(addresses_, [&](const auto& entry) {
    const auto& [interface, prefix] = entry.first;
    const auto there = effects_.holding(entry.first);
    if (answers(there)) return true;
    if (is_foreign(there)) return false;
    if (!effects_.has_interface(interface)) {
      awaited_.fill().insert(interface);
      return false;
    }
    if (!tried.emplace(interface, prefix.address.family()).second) return false;
    const auto taken = effects_.try_address(interface, prefix);
    return taken || taken.error().code == EEXIST;
  });
}

void HeldAddresses::add_secondaries(std::set<std::string>& interfaces) const {
  const auto add = [&](const AddressKey& address) {
    if (has_secondaries(address.second)) interfaces.insert(address.first);
  };
  for (const auto& [address, holding] : addresses_) add(address);
  std::ranges::for_each(*obsolete_, add);
}

bool HeldAddresses::names(const AddressKey& address) const {
  return addresses_.contains(address) || obsolete_->contains(address);
}

std::size_t HeldAddresses::ours() const {
  const auto is_there = [this](const AddressKey& address) { return is_ours(effects_.holding(address)); };
  return static_cast<std::size_t>(std::ranges::count_if(std::views::keys(addresses_), is_there) +
                                  std::ranges::count_if(*obsolete_, is_there));
}

std::map<AddressKey, Holding> HeldAddresses::there() const {
  std::map<AddressKey, Holding> there;
  for (const auto& [address, holding] : addresses_)
    there.emplace_hint(there.end(), address, effects_.holding(address));
  return there;
}

std::string HeldAddresses::fault() const {
  if (use_ != Use::kHeld || working()) return {};
  std::size_t missing = 0;
  std::string first;
  for (const auto& [address, holding] : addresses_) {
    const auto there = effects_.holding(address);
    if (answers(there)) continue;
    if (missing++ > 0) continue;
    first = fmt::format("{} on {}", address.second.address, address.first);
    if (there != Holding::kNo)
      first += fmt::format(" ({})", why_mute(there));
    else if (const auto why = refused_->find(address); why != refused_->end())
      first += fmt::format(" ({})", why->second);
  }
  if (missing == 0) return {};
  return fmt::format("Active without {}{}", first, and_more(missing));
}

}  // namespace hawser::vipd
