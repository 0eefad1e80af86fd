#include "vipd/vrrp/outlook.h"

#include "vipd/vrrp/in_seconds.h"

namespace hawser::vipd {

namespace {

using std::chrono::nanoseconds;

std::string left(std::optional<TimePoint> due, TimePoint now) {
  return in_seconds(due ? *due - now : nanoseconds(0));
}

// "a priority above 150, or 150 with an address above 192.0.2.11"
std::string who_wins(const VrrpConfig& config) {
  const auto equal = fmt::format("{} with an address above {}", config.priority, config.source);
  if (config.priority == kOwnerPriority) return "priority " + equal;
  return fmt::format("a priority above {}, or {}", config.priority, equal);
}

std::string of(const VrrpConfig&, const Machine&, const Initialize& role, TimePoint now) {
  if (role.start_at) return fmt::format("takes part in {}, when its delay is over", left(role.start_at, now));
  return "takes part when it is started and its interface can be used";
}

std::string of(const VrrpConfig& config, const Machine& machine, const Backup& role, TimePoint now) {
  const auto due = deadline(config, machine);
  if (role.wait == Backup::Wait::kListen && !role.discarded)
    return fmt::format("takes the role in {}, if no other router is heard", left(due, now));
  const auto& heard = machine.heard;
  if (role.wait == Backup::Wait::kSkew || !heard || heard->at < role.since)
    return fmt::format("takes over in {}, if nobody else does", left(due, now));
  if (role.discarded || role.preempt_at)
    return fmt::format("takes over in {}: priority {} is above the {} of {}",
                       left(role.preempt_at ? role.preempt_at : MaybeTime(due), now), config.priority,
                       heard->priority, heard->source);
  if (role.not_before && now < *role.not_before)
    return fmt::format("takes over from silence in {} at the earliest: its return delay is running",
                       in_seconds(*role.not_before - now));
  const auto down = active_down_interval(config, role.interval.value_or(config.interval));
  const bool above = config.priority > heard->priority;
  // Its priority has only just become that, or the delay has: it is judged with the next advertisement.
  if (above && (config.preempt || config.priority == kOwnerPriority))
    return fmt::format("takes over from {} (priority {}): priority {} is above that", heard->source,
                       heard->priority, config.priority);
  const auto* unless = above ? ", and not before: preempt is off" : "";
  return fmt::format("takes over if {} (priority {}) is not heard for {}{}", heard->source, heard->priority,
                     in_seconds(down), unless);
}

std::string of(const VrrpConfig& config, const Machine&, const Active& role, TimePoint now) {
  if (role.listening)
    return fmt::format("goes on in {}, if no other router is heard", left(role.advert_at, now));
  return fmt::format("yields to {}", who_wins(config));
}

std::string of(const VrrpConfig&, const Machine&, const Leaving& role, TimePoint now) {
  const auto* then = role.stays ? "is Active again" : "drops the addresses";
  if (role.successor)
    return fmt::format("drops the addresses in {}: {} is Active", left(role.drop_at, now), *role.successor);
  return fmt::format("{} in {}, if no other router is heard", then, left(role.drop_at, now));
}

std::string done_by(const SendAdvertisement& action) {
  return fmt::format("{} priority {}", action.priority == kLeavingPriority ? "send" : "advertise",
                     action.priority);
}
std::string done_by(const HoldAddresses&) {
  return "hold the addresses";
}
std::string done_by(const DropAddresses&) {
  return "drop the addresses";
}
std::string done_by(const Announce&) {
  return "announce them";
}
std::string done_by(const RoleChange& action) {
  if (action.to == RoleName::kLeaving) return "go on answering until another router is Active";
  return fmt::format("be {}", hawser::name_of(action.to));
}
std::string done_by(const Note& action) {
  return action.text;
}

std::string done_by(const std::vector<Action>& actions) {
  std::string text;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const auto* before = i == 0 ? "" : i + 1 == actions.size() ? " and " : ", ";
    text += before + std::visit([](const auto& action) { return done_by(action); }, actions[i]);
  }
  return text;
}

std::string last_heard(const Machine& machine, TimePoint now) {
  const auto& heard = machine.heard;
  if (!heard) return "no other router was heard";
  return fmt::format("{} (priority {}) was heard {} ago", heard->source, heard->priority,
                     in_seconds(now - heard->at));
}

}  // namespace

std::string foretold(const VrrpConfig& config, const Machine& machine, const MachineEvent& event,
                     TimePoint now) {
  const auto after = step(config, machine, event);
  const auto done =
      after.actions.empty() ? fmt::format("go on with priority {}", config.priority) : done_by(after.actions);
  return fmt::format("{} here: would {}; then it {}; {}", hawser::name_of(name_of_role(machine.role)), done,
                     outlook_of(config, after.machine, now), last_heard(machine, now));
}

std::string outlook_of(const VrrpConfig& config, const Machine& machine, TimePoint now) {
  return std::visit([&](const auto& role) { return of(config, machine, role, now); }, machine.role);
}

}  // namespace hawser::vipd
