#include "vipd/router/router.h"

#include <algorithm>

#include "vipd/addresses/routed.h"
#include "vipd/vrrp/outlook.h"

namespace hawser::vipd {

namespace {

// After the kernel refused every address; doubled each time.
constexpr Milliseconds kFirstPause{1000};
constexpr Milliseconds kLongestPause{30000};

// The kernel asks for a neighbour three times, a second apart, before it gives up.
constexpr Milliseconds kRefusalHolds{6000};

// Who stands by is Active only where nobody else wants to be; who has taken the role yields to nobody but the
// owner.
constexpr Priority kStandingByPriority{1};
constexpr Priority kTakingPriority{254};

Priority priority_of(const config::Vip& vip, Stance stance) {
  if (stance == Stance::kStandingBy) return kStandingByPriority;
  return stance == Stance::kTaking ? std::max(kTakingPriority, vip.priority) : vip.priority;
}

void earlier(std::optional<TimePoint>& first, const std::optional<TimePoint>& other) {
  if (other && (!first || *other < *first)) first = other;
}

CauseKind cause_of(FaultReason reason) {
  switch (reason) {
    case FaultReason::kInterface:
      return CauseKind::kInterface;
    case FaultReason::kAddresses:
      return CauseKind::kKernel;
    case FaultReason::kProvider:
      return CauseKind::kProvider;
  }
  return CauseKind::kNone;
}

// What a change of role goes back to.
CauseKind cause_of(const MachineEvent& event) {
  return std::visit(Overloaded{[](const Startup&) { return CauseKind::kStart; },
                               [](const Shutdown&) { return CauseKind::kOperator; },
                               [](const HandOver&) { return CauseKind::kOperator; },
                               [](const TakeRole&) { return CauseKind::kOperator; },
                               [](const Timer&) { return CauseKind::kPeer; },
                               [](const AdvertisementHeard&) { return CauseKind::kPeer; },
                               [](const PriorityChanged&) { return CauseKind::kFile; },
                               [](const Reload&) { return CauseKind::kFile; },
                               [](const Fault& fault) { return cause_of(fault.reason); }},
                    event);
}

Use use_of(const Machine& machine) {
  if (!holds_addresses(machine)) return Use::kNone;
  if (std::holds_alternative<Leaving>(machine.role)) return Use::kQuiet;
  const auto* active = std::get_if<Active>(&machine.role);
  return active != nullptr && !active->listening ? Use::kHeld : Use::kKept;
}

}  // namespace

RouterKey key_of(const config::Vip& vip) {
  return {vip.interface, family_of(vip), vip.virtual_router_id};
}

VrrpConfig VirtualRouter::config_as(Stance stance) const {
  return {priority_of(vip_, stance),
          std::chrono::duration_cast<Centiseconds>(vip_.manner->advertisement_interval),
          source_,
          stance == Stance::kTaking || (stance == Stance::kOrdinary && vip_.manner->preempt),
          stance == Stance::kOrdinary ? vip_.manner->preempt_delay : Milliseconds(0),
          !vip_.manner->provider.empty(),
          leaving_grace(vip_.addresses.size()),
          vip_.manner->version,
          vip_.manner->return_delay};
}

VirtualRouter::VirtualRouter(config::Vip vip, Effects& effects)
    : vip_(std::move(vip)),
      effects_(effects),
      log_(effects, vip_.name),
      held_(vip_, effects, log_),
      checksum_(vip_.manner->checksum.value_or(VrrpChecksum::kPseudoHeader)),
      found_(held_by_an_earlier_run()),
      created_(effects.now()),
      since_(created_) {
  plan_lease();
}

void VirtualRouter::interface_usable(const IpAddress& source) {
  const bool moved = usable_ && source != source_;
  source_ = source;
  unusable_.reset();
  log_.over("interface");
  judge_source();
  if (moved) return handle(Reload{effects_.now()});
  if (usable_ || leaving_) return;
  usable_ = true;
  if (goes_on()) return;
  const bool adopted = held_.take_stock() || std::exchange(found_, false);
  const auto ready = was_lost_ ? effects_.now() + vip_.manner->return_delay : TimePoint{};
  const auto begun = created_ + vip_.manner->startup_delay;
  handle(Startup{effects_.now(), adopted, std::max(begun, ready), ready > begun});
}

// Who was away for longer than the others wait has been given up, or does not know what it missed: it begins
// anew.
bool VirtualRouter::goes_on() {
  const auto carried = std::exchange(carried_, {});
  if (!carried || carried->source != source_) return false;
  const auto due = deadline(config(), carried->machine);
  const bool active = std::holds_alternative<Active>(carried->machine.role);
  const auto patience = active ? down_interval() : std::chrono::nanoseconds(0);
  if (!due || effects_.now() >= *due + patience) return false;
  machine_ = carried->machine;
  since_ = carried->since;
  why_ = carried->why;
  if (!vip_.manner->checksum) checksum_ = carried->checksum;
  found_ = false;
  was_carried_ = true;
  held_.go_on(use_of(machine_), since_);
  return true;
}

void VirtualRouter::go_on_with(RouterState state) {
  source_ = state.source;    // it is kept as long as it is there
  signing_ = state.signing;  // whatever becomes of the role: what was heard is not heard again
  carried_ = std::move(state);
}

void VirtualRouter::remember(Past past) {
  history_ = std::move(past.changes);
  late_ = past.late;
  counters_ = std::move(past.counters);
}

Past VirtualRouter::past() const {
  return {history_, late_, counters()};
}

Counters VirtualRouter::counters() const {
  auto counters = counters_;
  counters.announced += held_.announced();
  counters.put_back += held_.times_put_back();
  return counters;
}

std::optional<RouterState> VirtualRouter::state() const {
  const auto name = role();
  if (leaving_ || !usable_ || asking_since_ || (name != RoleName::kActive && name != RoleName::kBackup))
    return std::nullopt;
  return RouterState{machine_, since_, why(), source_, checksum_, signing_};
}

void VirtualRouter::interface_unusable(const std::string& why) {
  if (role() == RoleName::kInitialize) {
    held_.remove_left_over(fmt::format("of the earlier run removed: {}", why));
    if (!unusable_ || *unusable_ != why)
      log_.warn("interface", {.kind = EventKind::kInterface, .cause = {CauseKind::kInterface, why}});
    why_ = why;
  } else if (role() == RoleName::kActive) {
    // A renamed interface still sends: the others need not wait until we are missed.
    say_goodbye();
  }
  unusable_ = why;  // otherwise the change of role says it
  carried_.reset();
  was_lost_ = was_lost_ || usable_;
  usable_ = false;
  unable_.reset();
  handle(Fault{effects_.now(), why});
}

void VirtualRouter::announce_again_on(const std::string& interface) {
  held_.announce_again_on(interface);
}

void VirtualRouter::put_by_others(std::vector<AddressKey> there) {
  held_.put_by_others(std::move(there));
}

void VirtualRouter::out_of_reach(std::map<std::string, std::string> why) {
  held_.out_of_reach(std::move(why));
}

// Its time has come and gone: what it does next is decided before what it held is put back.
bool VirtualRouter::is_overdue() const {
  const auto due = asking_since_ ? std::nullopt : deadline(config(), machine_);
  return due && effects_.now() > *due;
}

void VirtualRouter::kernel_changed() {
  held_.kernel_changed(is_overdue());
  if (held_.home_is_back() && unable_) unable_->at = effects_.now();
}

void VirtualRouter::receive(const Received& received, const IpAddress& from) {
  ++counters_.received;
  not_before_.reset();
  if (!vip_.manner->checksum) checksum_ = received.form.checksum;
  compare_addresses(received.advertisement, from);
  compare_interval(received.advertisement, from);
  measure(from, effects_.now());
  const bool was_active = role() == RoleName::kActive;
  handle(AdvertisementHeard{effects_.now(), from, received.advertisement.priority,
                            received.advertisement.interval});
  const bool still = was_active && role() == RoleName::kActive && from != source_;
  if (still && received.advertisement.priority != kLeavingPriority) ++losers_heard_;
}

void VirtualRouter::on_time() {
  const auto now = effects_.now();
  // After a stall it listens before it asks: whoever is Active by now is not to be fenced.
  if (must_ask(now) && (asking_since_ || !is_stalled(config(), machine_, now)))
    asking_since_ = asking_since_.value_or(now);
  else
    handle(Timer{now});
  held_.on_time();
  if (unable_ && now >= unable_->at) try_again(now);
  log_.say_last_words();
}

bool VirtualRouter::is_other_priority_only(const config::Vip& vip) const {
  auto same = vip;
  same.priority = vip_.priority;
  return vip.priority != vip_.priority && same == vip_;
}

void VirtualRouter::plan_lease() {
  auto lease = vip_.manner->lease;
  lease.off = lease.off || vip_.manner->store == config::Store::kLocalRoutes;  // routes have no lifetime
  held_.lease(lease_plan(lease, down_interval(), std::max(held_here_, held_.size())));
}

void VirtualRouter::share_with(std::size_t held_here) {
  held_here_ = held_here;
  plan_lease();
}

void VirtualRouter::change_priority(Priority priority) {
  vip_.priority = priority;
  plan_lease();
  handle(PriorityChanged{effects_.now()});
}

void VirtualRouter::reconfigure(const config::Vip& vip) {
  if (is_other_priority_only(vip)) return change_priority(vip.priority);
  held_.reconfigure(vip);
  vip_ = vip;
  plan_lease();
  // The checksum that was learnt stays.
  checksum_ = vip_.manner->checksum.value_or(checksum_);
  if (unable_) unable_->at = effects_.now();
  unreached_.clear();
  unheard_.reset();  // whoever is not heard still is named again
  handle(Reload{effects_.now()});
}

void VirtualRouter::adopt(Stance stance) {
  stance_ = stance;
  plan_lease();
}

// What an operator wants of it, as an event in the role that it has.
MachineEvent VirtualRouter::asked_for(Stance stance) const {
  const auto now = effects_.now();
  if (stance == Stance::kStandingBy && role() == RoleName::kActive) return HandOver{now};
  if (stance == Stance::kTaking && role() == RoleName::kBackup) return TakeRole{now};
  return PriorityChanged{now};  // the addresses are where they were
}

// Who had taken the role before a restart does not take it once more.
void VirtualRouter::set_stance(Stance stance) {
  if (stance == stance_) return;
  const auto event =
      stance == Stance::kTaking ? MachineEvent(PriorityChanged{effects_.now()}) : asked_for(stance);
  adopt(stance);
  handle(event);
}

std::string VirtualRouter::plan_of(Stance stance) const {
  if (stance == stance_ && stance != Stance::kTaking)
    return fmt::format("{} here, and {} already", hawser::name_of(role()), hawser::name_of(stance));
  return foretold(config_as(stance), machine_, asked_for(stance), effects_.now());
}

void VirtualRouter::announce() {
  held_.announce_by_hand();
}

std::string VirtualRouter::why_not_announced() const {
  if (role() != RoleName::kActive)
    return fmt::format("is {} here: only its Active router announces it", hawser::name_of(role()));
  if (held_.size() == 0) return "a provider routes it: no announcement moves it";
  if (use_of(machine_) != Use::kHeld)
    return "listens after a stall: it is announced when no other router is heard";
  return {};
}

std::string VirtualRouter::why_not_taken() const {
  const auto now = effects_.now();
  if (role() == RoleName::kActive) return {};
  if (role() != RoleName::kBackup) return fmt::format("is {}: {}", hawser::name_of(role()), why());
  if (!needs().empty()) return "its provider decides: hand it over on the host that has it";
  const auto& heard = machine_.heard;
  const auto taking = config_as(Stance::kTaking);
  const bool is_there = heard && now - heard->at < down_interval();
  if (is_there && heard->priority != kLeavingPriority && yields_to(taking, heard->priority, heard->source))
    return fmt::format("{} has priority {}: it would not yield: hand it over there", heard->source,
                       heard->priority);
  return {};
}

void VirtualRouter::take() {
  const auto event = asked_for(Stance::kTaking);
  adopt(Stance::kTaking);
  handle(event);
}

void VirtualRouter::shutdown() {
  leaving_ = true;
  unable_.reset();
  handle(Shutdown{effects_.now()});
}

void VirtualRouter::resume() {
  leaving_ = false;
  if (usable_) handle(Startup{effects_.now(), false, {}});
}

void VirtualRouter::advertise_before_exec() {
  if (use_of(machine_) == Use::kHeld) carry_out(SendAdvertisement{config().priority, config().interval});
}

std::optional<TimePoint> VirtualRouter::due() const {
  auto first = asking_since_ ? std::nullopt : deadline(config(), machine_);
  if (asking_since_ && !asks()) earlier(first, not_before_);
  if (unable_) earlier(first, unable_->at);
  earlier(first, held_.due());
  earlier(first, log_.due());
  return first;
}

bool VirtualRouter::stopped() const {
  return leaving_ && role() == RoleName::kInitialize && !held_.working();
}

bool VirtualRouter::wants(const AddressKey& address) const {
  return holds_addresses(machine_) && held_.has(address);
}

// What is overdue is decided first: another router may have the role by now.
bool VirtualRouter::work() {
  if (is_overdue()) return false;
  const bool more = held_.work();
  if (!more) judge();
  return more || working();
}

// Active without an address: what is missing is in the status. Without any, the role is another's to have.
void VirtualRouter::judge() {
  if (const auto why = held_.why_none(); !why.empty())
    give_up(fmt::format("no address can be held: {}", why));
}

void VirtualRouter::give_up(const std::string& why) {
  say_goodbye();
  unable_ = Unable{effects_.now() + kFirstPause, kFirstPause, why};
  handle(Fault{effects_.now(), why, FaultReason::kAddresses});
}

// Not by taking the role: the router that has it would lose it to one that may not be able to hold anything.
void VirtualRouter::try_again(TimePoint now) {
  if (!held_.can_hold()) {
    unable_->pause = std::min(unable_->pause * 2, kLongestPause);
    unable_->at = now + unable_->pause;
    return;
  }
  unable_.reset();
  log_.tell("able", {.kind = EventKind::kAddress, .to = "addresses can be held again"});
  handle(Startup{now, false, {}});
}

std::string VirtualRouter::why() const {
  if (why_) return *why_;
  return history_.empty() ? "not started" : history_.back().why;
}

std::string VirtualRouter::fault() const {
  return unable_ ? unable_->why : held_.fault();
}

RouterStatus VirtualRouter::status() const {
  auto there = held_.there();
  if (!vip_.manner->provider.empty())
    for (const auto& address : vip_.addresses)
      there.emplace(held_as(address), effects_.holding(held_as(address)));
  RouterStatus status{vip_,
                      role(),
                      why(),
                      since_,
                      usable_ ? source_ : IpAddress(),
                      machine_.heard,
                      form(),
                      there,
                      held_.put_by_others(),
                      fault(),
                      counters()};
  status.outlook = outlook_of(config(), machine_, effects_.now());
  status.late = late_;
  status.lease = held_.lease();
  status.conflicts = *conflicts_;
  status.answers = answers(machine_);
  status.stance = stance_;
  status.differs = differs_.optional();
  status.other_interval = other_interval_.optional();
  status.unheard = unheard_.optional();
  status.out_of_reach = held_.out_of_reach();
  status.fought_over = held_.fought_over();
  status.senders = *senders_;
  for (const auto& [peer, refusal] : *unreached_)
    if (effects_.now() - refusal.at < kRefusalHolds + 4 * vip_.manner->advertisement_interval)
      status.refused.emplace(peer, refusal);
  return status;
}

void VirtualRouter::handle(const MachineEvent& event) {
  auto transition = step(config(), machine_, event);
  machine_ = transition.machine;
  held_.be(use_of(machine_));
  for (const auto& action : transition.actions)
    std::visit(Overloaded{[&](const RoleChange& change) { change_role(change, cause_of(event)); },
                          [this](const auto& what) { carry_out(what); }},
               action);
  settle_asking();
}

void VirtualRouter::carry_out(const HoldAddresses&) {
  held_.hold();
}

void VirtualRouter::carry_out(const DropAddresses&) {
  held_.drop();
}

void VirtualRouter::carry_out(const Announce&) {
  held_.announce();
}

void VirtualRouter::change_role(const RoleChange& change, CauseKind cause) {
  if (change.to == RoleName::kActive) ++counters_.became_active;
  const auto now = effects_.now();
  const auto lasted = std::chrono::duration_cast<Milliseconds>(now - std::exchange(since_, now));
  why_.reset();
  conflicts_.clear();  // of the role before
  history_.push_back(
      {now, change.from, change.to, config().priority, change.why, Rare<Heard>(machine_.heard)});
  if (history_.size() > kMostChanges) history_.erase(history_.begin());
  log_.tell("role", {.kind = EventKind::kRole,
                     .from = std::string(hawser::name_of(change.from)),
                     .to = std::string(hawser::name_of(change.to)),
                     .cause = {cause, change.why},
                     .duration = lasted});
  effects_.role_changed(vip_.name, history_.back());
}

void VirtualRouter::carry_out(const Note& action) {
  if (role() == RoleName::kInitialize) why_ = action.text;
  log_.tell("note", {.kind = EventKind::kRole, .what = action.text});
}

}  // namespace hawser::vipd
