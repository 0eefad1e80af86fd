// When the machine acts, and how late it may be: RFC 9568 6.1 and what is ours beside it.
#include <algorithm>

#include "vipd/vrrp/machine.h"

namespace hawser::vipd {

using std::chrono::nanoseconds;

nanoseconds skew_time(Priority priority, Centiseconds interval) {
  return nanoseconds(interval) * (256 - priority.value) / 256;
}

nanoseconds active_down_interval(Priority priority, Centiseconds interval) {
  return 3 * nanoseconds(interval) + skew_time(priority, interval);
}

nanoseconds skew_time(const VrrpConfig& config, Centiseconds interval) {
  return skew_time(config.priority, config.version == 2 ? Centiseconds(std::chrono::seconds(1)) : interval);
}

nanoseconds active_down_interval(const VrrpConfig& config, Centiseconds interval) {
  return 3 * nanoseconds(interval) + skew_time(config, interval);
}

namespace {

nanoseconds wait_of(const VrrpConfig& config, const Backup& backup) {
  const auto interval = backup.interval.value_or(config.interval);
  switch (backup.wait) {
    case Backup::Wait::kSkew:
      return skew_time(config, interval);
    case Backup::Wait::kListen:
      return nanoseconds(interval) + skew_time(config, interval);
    case Backup::Wait::kActiveDown:
      break;
  }
  return active_down_interval(config, interval);
}

TimePoint takeover_at(const VrrpConfig& config, const Backup& backup) {
  TimePoint at = backup.since + wait_of(config, backup);
  if (backup.preempt_at) at = std::min(at, *backup.preempt_at);
  return backup.not_before ? std::max(at, *backup.not_before) : at;
}

// How late its timer may be. Initialize and Leaving may be as late as they are.
std::optional<nanoseconds> patience_of(const VrrpConfig& config, const Role& role) {
  if (std::holds_alternative<Active>(role)) return active_down_interval(config, config.interval);
  const auto* backup = std::get_if<Backup>(&role);
  if (backup == nullptr) return std::nullopt;
  return active_down_interval(config, backup->interval.value_or(config.interval));
}

std::optional<TimePoint> deadline_of(const VrrpConfig&, const Initialize& role) {
  return role.start_at;
}
std::optional<TimePoint> deadline_of(const VrrpConfig& config, const Backup& role) {
  return takeover_at(config, role);
}
std::optional<TimePoint> deadline_of(const VrrpConfig&, const Active& role) {
  return role.advert_at;
}
std::optional<TimePoint> deadline_of(const VrrpConfig&, const Leaving& role) {
  return std::min(role.again_at, role.drop_at);
}

}  // namespace

std::optional<TimePoint> deadline(const VrrpConfig& config, const Machine& machine) {
  return std::visit([&](const auto& role) { return deadline_of(config, role); }, machine.role);
}

bool is_stalled(const VrrpConfig& config, const Machine& machine, TimePoint now) {
  const auto due = deadline(config, machine);
  const auto patience = patience_of(config, machine.role);
  return due && patience && now >= *due + *patience;
}

}  // namespace hawser::vipd
