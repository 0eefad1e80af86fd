#include "vipd/vrrp/machine.h"

#include <utility>

#include "vipd/vrrp/in_seconds.h"

namespace hawser::vipd {

using std::chrono::nanoseconds;

bool yields_to(const VrrpConfig& config, Priority priority, const IpAddress& source) {
  return priority > config.priority || (priority == config.priority && source > config.source);
}

RoleName name_of_role(const Role& role) {
  return static_cast<RoleName>(role.index());
}

namespace {

// A losing router is answered at once, but who sends a thousand packets a second does not make us do so too.
constexpr Milliseconds kBetweenAnswers{100};

// One event being worked on: the machine as it becomes, the actions as they gather.
struct Turn {
  const VrrpConfig& config;
  Machine machine;
  TimePoint now;
  std::vector<Action> actions;

  void become(Role role, std::string why) {
    const auto from = name_of_role(machine.role);
    machine.role = role;
    actions.emplace_back(RoleChange{from, name_of_role(machine.role), std::move(why)});
  }

  void send(Priority priority) { send(priority, config.interval); }
  void send(Priority priority, Centiseconds interval) {
    actions.emplace_back(SendAdvertisement{priority, interval});
  }

  // The advertisement first: it stops the others, and costs nothing. Then what takes time.
  void become_active(std::string why) {
    send(config.priority);
    actions.emplace_back(HoldAddresses{});
    become(Active{now + config.interval, now + kSettling}, std::move(why));
  }

  void leave(std::string_view asked = "leave", bool stays = false) {
    send(kLeavingPriority);
    Leaving leaving{now + config.interval, now + active_down_interval(config, config.interval)};
    leaving.stays = stays;
    become(leaving, fmt::format("asked to {}, answering until another router is Active", asked));
  }

  void stop_holding() {
    if (holds_addresses(machine)) actions.emplace_back(DropAddresses{});
  }

  void fall_to_initialize(std::string why) {
    stop_holding();
    become(Initialize{}, std::move(why));
  }
};

// ---- Initialize

bool takes_over_at_once(const VrrpConfig& config) {
  return config.priority == kOwnerPriority || (config.preempt && config.preempt_delay == Milliseconds(0));
}

void begin(Turn& turn) {
  if (turn.config.priority == kOwnerPriority)
    return turn.become_active("owner of the addresses (priority 255)");
  Backup backup;
  backup.since = turn.now;
  turn.become(backup, "started");
}

// The addresses of an earlier run are still there: they go on answering, but nothing is announced before it
// is sure that nobody else holds them by now. Who preempts says at once that it is back, which keeps the
// others Backup and makes a higher Active answer; who does not could make a lower Active yield by it.
void listen(Turn& turn) {
  if (turn.config.priority == kOwnerPriority) return begin(turn);
  if (takes_over_at_once(turn.config)) turn.send(turn.config.priority);
  Backup backup;
  backup.since = turn.now;
  backup.holding = true;
  backup.wait = Backup::Wait::kListen;
  turn.become(backup, turn.config.keeps_addresses ? "listening, as after an earlier run"
                                                  : "listening, addresses of the earlier run kept");
}

void on(Turn& turn, const Initialize&, const Startup& event) {
  if (event.adopted) return listen(turn);
  if (event.now >= event.not_before) return begin(turn);
  turn.machine.role = Initialize{event.not_before};
  turn.actions.emplace_back(Note{fmt::format("{} delay of {}", event.returns ? "return" : "startup",
                                             in_seconds(event.not_before - event.now))});
}

void on(Turn& turn, const Initialize&, const Timer&) {
  begin(turn);
}

void on(Turn& turn, const Initialize& role, const Fault&) {
  if (role.start_at) turn.machine.role = Initialize{};
}

void on(Turn& turn, const Initialize& role, const Shutdown&) {
  if (role.start_at) turn.machine.role = Initialize{};
}

// ---- Backup

std::string why_above(const VrrpConfig& config, Priority priority, const IpAddress& source) {
  return fmt::format("priority {} is above the {} of {}", config.priority, priority, source);
}

std::string why_taking_over(const Turn& turn, const Backup& role) {
  const auto& heard = turn.machine.heard;
  const auto silence = in_seconds(turn.now - role.since);
  if (role.wait == Backup::Wait::kListen && !role.discarded)
    return fmt::format("no other router heard for {}", silence);
  if (!heard || heard->at < role.since) return fmt::format("no advertisement for {}", silence);
  if (role.discarded || (role.preempt_at && turn.now >= *role.preempt_at))
    return why_above(turn.config, heard->priority, heard->source);
  if (role.wait == Backup::Wait::kSkew) return fmt::format("{} left the role", heard->source);
  return fmt::format("no advertisement from {} for {}", heard->source, silence);
}

// Nobody left the role to us, and we do not take it from one that is heard.
bool is_silence(const Backup& role, TimePoint now) {
  return role.wait != Backup::Wait::kSkew && !role.discarded && !(role.preempt_at && now >= *role.preempt_at);
}

// What was sent while this host was suspended may be lost, so that nobody was heard says nothing: the Active
// router will be within an interval of its own. What was known of it is out of date, as is a preempt delay.
void listen_after_stall(Turn& turn, const Backup& role, nanoseconds late) {
  Backup backup = role;
  backup.wait = Backup::Wait::kListen;
  backup.since = turn.now;
  backup.preempt_at.reset();
  backup.discarded.reset();
  turn.machine.role = backup;
  turn.actions.emplace_back(
      Note{fmt::format("takeover {} late: listening for another router first", in_seconds(late))});
}

void on(Turn& turn, const Backup& role, const Timer& event) {
  if (!event.awaited && is_stalled(turn.config, turn.machine, event.now))
    return listen_after_stall(turn, role, event.now - *deadline(turn.config, turn.machine));
  turn.become_active(why_taking_over(turn, role));
  std::get<Active>(turn.machine.role).alone = is_silence(role, turn.now);
}

// RFC 9568 6.4.2: the Active router's interval is learnt with each advertisement that is accepted.
void accept(Backup& backup, const AdvertisementHeard& event) {
  if (backup.not_before && event.now >= *backup.not_before) backup.not_before.reset();
  backup.wait = Backup::Wait::kActiveDown;
  backup.since = event.now;
  backup.interval = event.interval;
  backup.discarded.reset();
}

void on(Turn& turn, const Backup& role, const AdvertisementHeard& event) {
  const auto& config = turn.config;
  Backup backup = role;
  if (event.priority == kLeavingPriority) {
    backup.wait = Backup::Wait::kSkew;
    backup.since = event.now;
    backup.not_before.reset();  // it says so itself
    backup.preempt_at.reset();
    backup.discarded.reset();
    turn.machine.role = backup;
    return;
  }
  const bool lower = event.priority < config.priority;
  if (backup.holding) {
    if (lower && takes_over_at_once(config))
      return turn.become_active(why_above(config, event.priority, event.source));
    turn.stop_holding();
    if (!config.keeps_addresses)
      turn.actions.emplace_back(
          Note{fmt::format("{} is Active: addresses of the earlier run dropped", event.source)});
    backup.holding = false;
    backup.wait = Backup::Wait::kActiveDown;
  }
  const bool owner = config.priority == kOwnerPriority;
  if (!lower || (!config.preempt && !owner)) {
    accept(backup, event);
    backup.preempt_at.reset();
  } else if (config.preempt_delay > Milliseconds(0) && !owner) {
    accept(backup, event);
    if (!backup.preempt_at) backup.preempt_at = event.now + config.preempt_delay;
  } else {
    backup.discarded = event.interval;
  }
  turn.machine.role = backup;
}

// Another rule for preemption counts from the next advertisement. A return delay that is shorter now ends
// sooner.
void on(Turn& turn, const Backup& role, const Reload& event) {
  Backup backup = role;
  if (backup.not_before)
    backup.not_before = std::min<TimePoint>(*backup.not_before, event.now + turn.config.return_delay);
  backup.preempt_at.reset();
  backup.discarded.reset();
  turn.machine.role = backup;
}

// What was begun against a lower priority goes on: one that comes and goes does not put off preemption. It
// ends where the Active router is no lower any more, and its last advertisement counts after all.
void on(Turn& turn, const Backup& role, const PriorityChanged&) {
  const auto& heard = turn.machine.heard;
  if (!heard || heard->priority < turn.config.priority) return;
  Backup backup = role;
  if (backup.discarded) {
    backup.wait = Backup::Wait::kActiveDown;
    backup.since = heard->at;
    backup.interval = backup.discarded;
  }
  backup.preempt_at.reset();
  backup.discarded.reset();
  turn.machine.role = backup;
}

void on(Turn& turn, const Backup& role, const Shutdown&) {
  if (role.holding) return turn.leave();
  turn.fall_to_initialize("stopped");
}

void on(Turn& turn, const Backup&, const TakeRole&) {
  turn.become_active("asked to take the role");
}

void on(Turn& turn, const Backup&, const Fault& event) {
  turn.fall_to_initialize(event.why);
}

// ---- Active

// What it says next ends its doubts, too: the addresses are its own again, and what the kernel took away
// meanwhile comes back. Caches may point elsewhere.
Active end_of_doubt(Turn& turn, Active active) {
  if (std::exchange(active.listening, false)) turn.actions.emplace_back(HoldAddresses{});
  return active;
}

void send_and_go_on(Turn& turn, Active active) {
  turn.send(turn.config.priority);
  active.advert_at = turn.now + turn.config.interval;
  turn.machine.role = end_of_doubt(turn, active);
}

// Whoever slept that long (a stopped process, a starved host) has been given up by the others. What they sent
// meanwhile was read before this timer; where nothing was there, the one that is Active by now is heard
// within an interval of ours, most of the time.
void listen_after_stall(Turn& turn, Active active, nanoseconds late) {
  active.advert_at = turn.now + turn.config.interval;
  active.listening = true;
  turn.machine.role = active;
  turn.actions.emplace_back(Note{fmt::format(
      "advertisement {} late: listening for another router first, addresses kept", in_seconds(late))});
}

void on(Turn& turn, const Active& role, const Timer& event) {
  if (is_stalled(turn.config, turn.machine, event.now))
    return listen_after_stall(turn, role, event.now - role.advert_at);
  send_and_go_on(turn, role);
  if (role.listening)
    turn.actions.emplace_back(Note{"no other router heard after the stall: addresses announced again"});
}

// With a last word: when a split has healed and the winner speaks first, it would never learn that another
// router had the addresses, and the caches of the segment would keep pointing here. Hearing it, the winner
// announces again, and so does keepalived. It says the winner's interval: the others would learn ours from it
// once more, and where that is much shorter they would miss the winner before its next advertisement.
void yield(Turn& turn, const Active& role, const AdvertisementHeard& event) {
  turn.send(turn.config.priority, event.interval);
  turn.stop_holding();
  Backup backup;
  accept(backup, event);
  if (role.alone && turn.config.return_delay > Milliseconds(0))
    backup.not_before = event.now + turn.config.return_delay;
  turn.become(backup, fmt::format("{} has priority {}, ours is {}", event.source, event.priority,
                                  turn.config.priority));
}

nanoseconds between_answers(const VrrpConfig& config) {
  return std::min<nanoseconds>(kBetweenAnswers, config.interval);
}

nanoseconds between_announcements(const VrrpConfig& config) {
  return std::max<nanoseconds>(kBetweenAnswers, active_down_interval(config, config.interval));
}

// A split has healed, or a router does not hear us. Answering at once (RFC 9568 6.4.3) makes it yield and
// corrects the bridges; the announcements correct the caches, but not once per packet of a router that stays
// deaf.
void reassert(Turn& turn, Active active, const AdvertisementHeard& event) {
  const bool announce = event.now >= active.quiet_until;
  if (!announce && event.now < active.silent_until) return;
  turn.send(turn.config.priority);
  // An answer that is later than the next advertisement stands for it; RFC 9568 6.4.3 resets no timer
  // otherwise.
  if (active.listening || event.now > active.advert_at) active.advert_at = event.now + turn.config.interval;
  const bool doubted = active.listening;
  active.alone = false;
  active = end_of_doubt(turn, active);
  active.silent_until = event.now + between_answers(turn.config);
  if (announce) active.quiet_until = event.now + between_announcements(turn.config);
  turn.machine.role = active;
  if (!announce) return;
  if (!doubted) turn.actions.emplace_back(Announce{});
  turn.actions.emplace_back(
      Note{fmt::format("{} was Active too with priority {}, ours is {}: addresses announced again",
                       event.source, event.priority, turn.config.priority)});
}

void on(Turn& turn, const Active& role, const AdvertisementHeard& event) {
  if (yields_to(turn.config, event.priority, event.source)) return yield(turn, role, event);
  if (event.priority != kLeavingPriority) return reassert(turn, role, event);
  if (event.now < role.silent_until) return;
  Active active = role;
  active.silent_until = event.now + between_answers(turn.config);
  send_and_go_on(turn, active);
}

// The others hear of it at once, but one that changes all the time is told with pauses. The addresses are
// where they were.
void on(Turn& turn, const Active& role, const PriorityChanged& event) {
  // Who listens says his own with the end of that.
  if (event.now < role.silent_until || role.listening) return;
  Active active = role;
  active.silent_until = event.now + between_answers(turn.config);
  send_and_go_on(turn, active);
}

void on(Turn& turn, const Active& role, const Reload& event) {
  Active listening = role;
  listening.advert_at = std::min<TimePoint>(role.advert_at, event.now + turn.config.interval);
  turn.machine.role = listening;
  if (role.listening) return;  // its end holds what there is to hold
  send_and_go_on(turn, role);
  turn.actions.emplace_back(HoldAddresses{});
}

void on(Turn& turn, const Active&, const Shutdown&) {
  turn.leave();
}

void on(Turn& turn, const Active&, const HandOver&) {
  turn.leave("hand over", true);
}

void on(Turn& turn, const Active&, const Fault& event) {
  turn.fall_to_initialize(event.why);
}

// ---- Leaving

// Nobody else wants the role: it was asked for a change of hands, not for an end.
void keep_after_all(Turn& turn) {
  turn.become_active("no other router took over");
}

void hand_over(Turn& turn, const Leaving& role) {
  turn.stop_holding();
  Backup backup;
  backup.since = turn.now;
  backup.interval = role.interval;
  turn.become(backup, fmt::format("handed over, {} is Active", *role.successor));
}

void on(Turn& turn, const Leaving& role, const Timer& event) {
  if (event.now >= role.drop_at && role.stays)
    return role.successor ? hand_over(turn, role) : keep_after_all(turn);
  if (event.now >= role.drop_at)
    return turn.fall_to_initialize(role.successor ? fmt::format("left, {} is Active", *role.successor)
                                                  : "left, no other router became Active");
  turn.send(kLeavingPriority);
  Leaving leaving = role;
  leaving.again_at = event.now + turn.config.interval;
  turn.machine.role = leaving;
}

// The new Active says so first, then adds its addresses and announces them (keepalived on a busy machine: up
// to 40 ms later). Until then everybody still asks us.
void on(Turn& turn, const Leaving& role, const AdvertisementHeard& event) {
  if (event.priority == kLeavingPriority) return;
  const auto drop_at = std::min(role.drop_at, event.now + turn.config.grace);
  turn.machine.role = Leaving{drop_at, drop_at, event.source, event.interval, role.stays};
}

// As long as nobody took over there is no need to listen first.
void on(Turn& turn, const Leaving& role, const Startup&) {
  if (!role.successor && takes_over_at_once(turn.config))
    return turn.become_active("wanted again before it had left");
  listen(turn);
}

void on(Turn& turn, const Leaving& role, const Shutdown&) {
  if (role.stays) {
    Leaving leaving = role;
    leaving.stays = false;
    turn.machine.role = leaving;
    return;
  }
  // asked twice: no more waiting
  turn.fall_to_initialize("left without waiting");
}

void on(Turn& turn, const Leaving&, const Fault& event) {
  turn.fall_to_initialize(event.why);
}

// ---- everything else

template <class AnyRole, class AnyEvent>
void on(Turn&, const AnyRole&, const AnyEvent&) {}

// What never reaches a role: our own advertisement looped back (answering it would never end), and a timer
// that fires before its time.
bool heeded(const VrrpConfig& config, const Machine& machine, const MachineEvent& event) {
  if (const auto* heard = std::get_if<AdvertisementHeard>(&event)) return heard->source != config.source;
  if (const auto* timer = std::get_if<Timer>(&event)) {
    const auto due = deadline(config, machine);
    return due && timer->now >= *due;
  }
  return true;
}

}  // namespace

bool holds_addresses(const Machine& machine) {
  if (const auto* backup = std::get_if<Backup>(&machine.role)) return backup->holding;
  return !std::holds_alternative<Initialize>(machine.role);
}

bool answers(const Machine& machine) {
  const auto* leaving = std::get_if<Leaving>(&machine.role);
  return holds_addresses(machine) && (leaving == nullptr || !leaving->successor);
}

Transition step(const VrrpConfig& config, Machine machine, const MachineEvent& event) {
  if (!heeded(config, machine, event)) return {machine, {}};
  const auto now = std::visit([](const auto& any) { return any.now; }, event);
  Turn turn{config, machine, now, {}};
  if (const auto* heard = std::get_if<AdvertisementHeard>(&event))
    turn.machine.heard = Heard{heard->source, heard->priority, heard->now};
  const Role role = turn.machine.role;
  std::visit([&](const auto& in, const auto& what) { on(turn, in, what); }, role, event);
  return {turn.machine, std::move(turn.actions)};
}

}  // namespace hawser::vipd
