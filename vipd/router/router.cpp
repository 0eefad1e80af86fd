#include "vipd/router/router.h"

#include <algorithm>
#include <ranges>

#include "vipd/addresses/routed.h"

namespace hawser::vipd {

namespace {

// How long the new Active may take to add and announce the addresses; we need about 0.1 ms for each.
constexpr Milliseconds kGrace{100};
constexpr Milliseconds kGraceEach{1};

// Each takeover of an ordinary day is a line; a peer that flaps is not.
constexpr Damper::Pace kChanges{.free = 10, .change = Milliseconds(1000), .longest = Milliseconds(300000)};
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

VrrpConfig machine_config(const config::Vip& vip, const IpAddress& source, Stance stance) {
  return {priority_of(vip, stance),
          std::chrono::duration_cast<Centiseconds>(vip.advertisement_interval),
          source,
          stance == Stance::kTaking || (stance == Stance::kOrdinary && vip.preempt),
          stance == Stance::kOrdinary ? vip.preempt_delay : Milliseconds(0),
          !vip.provider.empty(),
          kGrace + kGraceEach * vip.addresses.size(),
          vip.version};
}

WireForm form_of(const config::Vip& vip) {
  return {vip.version, vip.checksum.value_or(VrrpChecksum::kPseudoHeader), vip.password_text};
}

std::map<AddressKey, Holding> configured(const config::Vip& vip) {
  std::map<AddressKey, Holding> addresses;
  if (!vip.provider.empty()) return addresses;  // in every role: RoutedAddresses
  for (const auto& address : vip.addresses)
    addresses.emplace(AddressKey{address.interface, address.prefix}, Holding::kNo);
  return addresses;
}

void earlier(std::optional<TimePoint>& first, const std::optional<TimePoint>& other) {
  if (other && (!first || *other < *first)) first = other;
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
                               [](const InterfaceDown&) { return CauseKind::kInterface; }},
                    event);
}

}  // namespace

// An election over IPv6 is not there yet: lib/config/sections/vip_rules.cpp.
RouterKey key_of(const config::Vip& vip) {
  return {vip.interface, Family::kIpv4, vip.virtual_router_id};
}

VirtualRouter::VirtualRouter(config::Vip vip, Effects& effects)
    : vip_(std::move(vip)),
      effects_(effects),
      config_(machine_config(vip_, {}, stance_)),
      created_(effects.now()),
      since_(created_),
      found_(held_by_an_earlier_run()),
      form_(form_of(vip_)),
      addresses_(configured(vip_)),
      changes_(kChanges) {}

void VirtualRouter::interface_usable(const IpAddress& source) {
  const bool moved = usable_ && source != config_.source;
  config_.source = source;
  unusable_.clear();
  troubles_.over("interface");
  judge_source();
  if (moved) return handle(Reload{effects_.now()});
  if (usable_ || leaving_) return;
  usable_ = true;
  const bool adopted = take_stock() || std::exchange(found_, false);
  handle(Startup{effects_.now(), adopted, created_ + vip_.startup_delay});
}

void VirtualRouter::interface_unusable(const std::string& why) {
  if (role() == RoleName::kInitialize) {
    remove_left_over(fmt::format("of the earlier run removed: {}", why));
    if (unusable_ != why)
      warn("interface", {.kind = EventKind::kInterface, .cause = {CauseKind::kInterface, why}});
    why_ = why;
  } else if (role() == RoleName::kActive) {
    // A renamed interface still sends: the others need not wait until we are missed.
    say_goodbye();
  }
  unusable_ = why;  // otherwise the change of role says it
  usable_ = false;
  unable_.reset();
  handle(InterfaceDown{effects_.now(), why});
}

// Best effort: where it does not get out nobody is listening.
void VirtualRouter::say_goodbye() {
  const Advertisement last{vip_.virtual_router_id, kLeavingPriority, config_.interval,
                           advertised_addresses(vip_)};
  const auto send = [&](const IpAddress& to) {
    (void)effects_.send(vip_.interface, config_.source, to, encode(last, form_, config_.source, to));
  };
  if (vip_.transport == config::VrrpTransport::kMulticast) return send(kVrrpGroup);
  std::ranges::for_each(vip_.peers, send);
}

void VirtualRouter::mac_changed(const std::string& interface) {
  if (role() != RoleName::kActive) return;
  const auto here = [&](const auto& entry) {
    return entry.first.first == interface && answers(entry.second);
  };
  if (std::ranges::any_of(addresses_, here)) carry_out(Announce{});
}

void VirtualRouter::receive(const Received& received, const IpAddress& from) {
  ++counters_.received;
  not_before_.reset();
  if (!vip_.checksum) form_.checksum = received.form.checksum;
  compare_addresses(received.advertisement, from);
  const bool was_active = role() == RoleName::kActive;
  handle(AdvertisementHeard{effects_.now(), from, received.advertisement.priority,
                            received.advertisement.interval});
  const bool still = was_active && role() == RoleName::kActive && from != config_.source;
  if (still && received.advertisement.priority != kLeavingPriority) ++losers_heard_;
}

void VirtualRouter::on_time() {
  const auto now = effects_.now();
  if (must_ask(now))
    asking_since_ = asking_since_.value_or(now);
  else
    handle(Timer{now});
  if (retry_at_ && now >= *retry_at_) {
    retry_at_.reset();
    put_back_at_ = now;
    if (holds_addresses(machine_)) queue_missing();
  }
  settle_fights();
  if (unable_ && now >= unable_->at) try_again(now);
  if (schedule_.next && now >= *schedule_.next) {
    schedule_ = after_round(schedule_, vip_.announce, now);
    queue_announcements();
  }
  say_last_words();
}

bool VirtualRouter::is_other_priority_only(const config::Vip& vip) const {
  auto same = vip;
  same.priority = vip_.priority;
  return vip.priority != vip_.priority && same == vip_;
}

void VirtualRouter::change_priority(Priority priority) {
  vip_.priority = priority;
  config_ = machine_config(vip_, config_.source, stance_);
  handle(PriorityChanged{effects_.now()});
}

void VirtualRouter::reconfigure(const config::Vip& vip) {
  if (is_other_priority_only(vip)) return change_priority(vip.priority);
  auto wanted = configured(vip);
  for (const auto& [address, holding] : addresses_) {
    const auto found = wanted.find(address);
    if (found != wanted.end())
      found->second = holding;
    else if (is_ours(effects_.holding(address)))
      obsolete_.insert(address);
  }
  for (const auto& [address, holding] : wanted) obsolete_.erase(address);
  std::erase_if(refused_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  addresses_ = std::move(wanted);
  (void)take_stock();
  vip_ = vip;
  config_ = machine_config(vip_, config_.source, stance_);
  // The checksum that was learnt stays.
  form_ = {vip_.version, vip_.checksum.value_or(form_.checksum), vip_.password_text};
  if (unable_) unable_->at = effects_.now();
  unreached_.clear();
  for (const auto& address : obsolete_) jobs_.push({Job::Kind::kRemove, address});
  handle(Reload{effects_.now()});
}

void VirtualRouter::adopt(Stance stance) {
  stance_ = stance;
  config_ = machine_config(vip_, config_.source, stance_);
}

void VirtualRouter::set_stance(Stance stance) {
  if (stance == stance_) return;
  adopt(stance);
  if (stance == Stance::kStandingBy && role() == RoleName::kActive) return handle(HandOver{effects_.now()});
  handle(PriorityChanged{effects_.now()});  // the addresses are where they were
}

std::string VirtualRouter::why_not_taken() const {
  const auto now = effects_.now();
  if (role() == RoleName::kActive) return {};
  if (role() != RoleName::kBackup) return fmt::format("is {}: {}", hawser::name_of(role()), why_);
  if (!needs().empty()) return "its provider decides: hand it over on the host that has it";
  const auto& heard = machine_.heard;
  const auto taking = machine_config(vip_, config_.source, Stance::kTaking);
  const bool is_there = heard && now - heard->at < active_down_interval(config_, config_.interval);
  if (is_there && heard->priority != kLeavingPriority && yields_to(taking, heard->priority, heard->source))
    return fmt::format("{} has priority {}: it would not yield: hand it over there", heard->source,
                       heard->priority);
  return {};
}

void VirtualRouter::take() {
  adopt(Stance::kTaking);
  if (role() == RoleName::kBackup) return handle(TakeRole{effects_.now()});
  handle(PriorityChanged{effects_.now()});
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
  if (role() == RoleName::kActive) carry_out(SendAdvertisement{config_.priority, config_.interval});
}

std::optional<TimePoint> VirtualRouter::due() const {
  auto first = asking_since_ ? std::nullopt : deadline(config_, machine_);
  if (asking_since_ && !asks()) earlier(first, not_before_);
  earlier(first, retry_at_);
  if (unable_) earlier(first, unable_->at);
  earlier(first, schedule_.next);
  earlier(first, fights_.due());
  earlier(first, changes_.due());
  earlier(first, troubles_.due());
  return first;
}

bool VirtualRouter::stopped() const {
  return leaving_ && role() == RoleName::kInitialize && jobs_.empty();
}

bool VirtualRouter::wants(const AddressKey& address) const {
  return holds_addresses(machine_) && addresses_.contains(address);
}

bool VirtualRouter::names(const AddressKey& address) const {
  return addresses_.contains(address) || obsolete_.contains(address);
}

std::size_t VirtualRouter::ours() const {
  const auto is_there = [this](const AddressKey& address) { return is_ours(effects_.holding(address)); };
  return static_cast<std::size_t>(std::ranges::count_if(std::views::keys(addresses_), is_there) +
                                  std::ranges::count_if(obsolete_, is_there));
}

bool VirtualRouter::work() {
  const bool more =
      jobs_.run([this] { return effects_.now(); }, kSlice, [this](const Job& job) { perform(job); });
  if (!more) judge();
  return more || working();
}

RouterStatus VirtualRouter::status() const {
  std::map<AddressKey, Holding> there;
  for (const auto& [address, holding] : addresses_)
    there.emplace_hint(there.end(), address, effects_.holding(address));
  if (!vip_.provider.empty())
    for (const auto& address : vip_.addresses)
      there.emplace(held_as(address), effects_.holding(held_as(address)));
  RouterStatus status{vip_,           role(), why_,  since_,         usable_ ? config_.source : IpAddress(),
                      machine_.heard, form_,  there, put_by_others_, fault(),
                      counters_};
  status.answers = answers(machine_);
  status.stance = stance_;
  status.differs = differs_;
  status.unheard = unheard_;
  status.out_of_reach = out_of_reach_;
  status.fought_over = fights_.going_on();
  for (const auto& [peer, refusal] : unreached_)
    if (effects_.now() - refusal.at < kRefusalHolds + 4 * vip_.advertisement_interval)
      status.refused.emplace(peer, refusal);
  return status;
}

void VirtualRouter::handle(const MachineEvent& event) {
  auto transition = step(config_, machine_, event);
  machine_ = transition.machine;
  for (const auto& action : transition.actions)
    std::visit(Overloaded{[&](const RoleChange& change) { change_role(change, cause_of(event)); },
                          [this](const auto& what) { carry_out(what); }},
               action);
  settle_asking();
}

void VirtualRouter::carry_out(const SendAdvertisement& action) {
  const Advertisement advertisement{vip_.virtual_router_id, action.priority, action.interval,
                                    advertised_addresses(vip_)};
  if (vip_.transport == config::VrrpTransport::kMulticast) return send_to(kVrrpGroup, advertisement);
  for (const auto& peer : vip_.peers) send_to(peer, advertisement);
}

void VirtualRouter::send_to(const IpAddress& destination, const Advertisement& advertisement) {
  const auto message = encode(advertisement, form_, config_.source, destination);
  const auto sent = effects_.send(vip_.interface, config_.source, destination, message);
  const auto to = fmt::format("send to {}", destination);
  if (sent) {
    ++counters_.sent;
    return troubles_.over(to);
  }
  ++counters_.not_sent;
  unreached_[destination] = {fmt::format("cannot be sent to ({})", sent.error().text), effects_.now()};
  const bool multicast = destination == kVrrpGroup;
  warn(to, {.kind = EventKind::kRefusal,
            .what = multicast ? "send advertisement" : fmt::format("send advertisement to {}", destination),
            .cause = {CauseKind::kKernel, sent.error().text}});
}

// What the file no longer names goes in any case.
void VirtualRouter::forget_jobs() {
  jobs_.clear();
  for (const auto& address : obsolete_) jobs_.push({Job::Kind::kRemove, address});
}

void VirtualRouter::carry_out(const HoldAddresses&) {
  schedule_ = first_round(vip_.announce, effects_.now());
  forget_jobs();
  for (const auto& [address, holding] : addresses_) jobs_.push({Job::Kind::kHold, address});
}

void VirtualRouter::carry_out(const DropAddresses&) {
  schedule_ = {};
  retry_at_.reset();
  fights_.clear();
  refused_.clear();
  say_what_stays();
  forget_jobs();
  for (const auto& [address, holding] : addresses_)
    if (is_ours(effects_.holding(address))) jobs_.push({Job::Kind::kRemove, address});
}

void VirtualRouter::carry_out(const Announce&) {
  schedule_ = first_round(vip_.announce, effects_.now());
  queue_announcements();
}

void VirtualRouter::change_role(const RoleChange& change, CauseKind cause) {
  if (change.to == RoleName::kActive) ++counters_.became_active;
  const auto now = effects_.now();
  const auto lasted = std::chrono::duration_cast<Milliseconds>(now - std::exchange(since_, now));
  why_ = change.why;
  tell("role", {.kind = EventKind::kRole,
                .from = std::string(hawser::name_of(change.from)),
                .to = std::string(hawser::name_of(change.to)),
                .cause = {cause, change.why},
                .duration = lasted});
}

void VirtualRouter::carry_out(const Note& action) {
  if (role() == RoleName::kInitialize) why_ = action.text;
  tell("note", {.kind = EventKind::kRole, .what = action.text});
}

void VirtualRouter::perform(const Job& job) {
  switch (job.kind) {
    case Job::Kind::kHold:
      return hold(job.address);
    case Job::Kind::kRemove:
      return remove(job.address);
    case Job::Kind::kAnnounce:
      return announce(job.address);
  }
}

void VirtualRouter::announce(const AddressKey& address) {
  // Who leaves or listens still answers, but a round of an earlier takeover would draw the addresses back
  // here.
  if (role() != RoleName::kActive) return;
  if (vip_.announce == config::Announce{0, vip_.announce.interval, Milliseconds(0)}) return;  // switched off
  ++counters_.announced;
  effects_.announce(address.first, address.second.address);
}

void VirtualRouter::queue_announcements() {
  for (const auto& [address, holding] : addresses_)
    if (answers(holding)) jobs_.push({Job::Kind::kAnnounce, address});
}

void VirtualRouter::tell(std::string_view topic, Event event) {
  event.object = vip_.name;
  if (const auto told = changes_.say(topic, std::move(event), effects_.now())) effects_.report(*told);
}

void VirtualRouter::warn(std::string_view topic, Event event) {
  event.object = vip_.name;
  event.level = Level::kWarning;
  if (const auto told = troubles_.say(topic, std::move(event), effects_.now())) effects_.report(*told);
}

void VirtualRouter::say_last_words() {
  const auto now = effects_.now();
  for (const auto& event : changes_.last_words(now)) effects_.report(event);
  for (const auto& event : troubles_.last_words(now)) effects_.report(event);
}

}  // namespace hawser::vipd
