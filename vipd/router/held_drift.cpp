// What becomes of a router's addresses by others' doing: somebody removes them, adds them, takes their
// interface away, and is told from the kernel that ended a lease.
#include <algorithm>

#include "vipd/router/held_addresses.h"
#include "vipd/router/held_words.h"

namespace hawser::vipd {

namespace {
// What is told of a lease that ran out comes within this time of that.
constexpr Milliseconds kNewsOfIt{5000};
}  // namespace

void HeldAddresses::say_run_out(const std::vector<AddressKey>& lost) {
  log_.warn("lease",
            of_address(lost.front(),
                       fmt::format("{}: not renewed in time, so the kernel removed what was leased: "
                                   "vipd was not on time (see loop in vipctl status); a longer lease "
                                   "bears more",
                                   and_more(lost.size())),
                       CauseKind::kKernel));
}

void HeldAddresses::note(const AddressKey& address, Holding& before, Holding now) {
  if (answers(now)) refused_.erase(address);
  if (now != Holding::kForeignDuplicate) log_.over(topic("duplicate", address));
  const auto was = std::exchange(before, now);
  if (!is_foreign(now)) return log_.over(topic("foreign", address));
  if (!is_foreign(was)) say_foreign(address, was);
}

// The owner's address is the interface's own.
void HeldAddresses::say_foreign(const AddressKey& address, Holding was) {
  if (owner_) return;
  const auto* what = !is_held()     ? "is there, and not by vipd: this host answers for it in any role"
                     : is_ours(was) ? "is somebody else's now: it stays when the role is left"
                                    : "was there before, and not by vipd: it stays when the role is left";
  log_.warn(
      topic("foreign", address),
      of_address(address, fmt::format(" {}; remove it where it is configured", what), CauseKind::kOthers));
}

// The role is left, and what is not ours goes on answering.
void HeldAddresses::say_what_stays() {
  for (const auto& [address, holding] : addresses_)
    if (effects_.holding(address) == Holding::kForeign) say_foreign(address, Holding::kForeign);
}

void HeldAddresses::out_of_reach(std::map<std::string, std::string> why) {
  for (const auto& [interface, before] : *out_of_reach_)
    if (!why.contains(interface)) {
      log_.over(fmt::format("reach {}", interface));
      log_.tell(fmt::format("reach {}", interface),
                {.kind = EventKind::kInterface, .what = interface, .to = "can be used again"});
      announce_again_on(interface);
    }
  for (const auto& [interface, reason] : why)
    if (const auto known = out_of_reach_->find(interface);
        known == out_of_reach_->end() || known->second != reason)
      log_.warn(
          fmt::format("reach {}", interface),
          {.kind = EventKind::kInterface, .what = reason, .to = "nobody reaches the vip's addresses there"});
  out_of_reach_ = Sparse(std::move(why));
}

void HeldAddresses::kernel_changed(bool overdue) {
  std::vector<AddressKey> lost;
  bool left_over = false;
  for (auto& [address, holding] : addresses_) {
    const auto now = effects_.holding(address);
    if (now == holding) continue;
    if (now == Holding::kNo || now == Holding::kOursMute) lost.push_back(address);
    if (is_foreign(now) && is_held()) jobs_.push({Job::Kind::kHold, address});
    left_over = left_over || is_ours(now);
    note(address, holding, now);
  }
  const bool back = awaited_is_back();
  home_is_back_ = home_is_back_ || back;
  if (is_held() && !lost.empty()) put_back(lost, overdue);
  if (is_whole() && back) queue_missing();
  if (!is_held() && left_over)
    remove_left_over("bears our number, and this host does not hold it now: removed");
}

// An interface that an address needs has returned.
bool HeldAddresses::awaited_is_back() {
  const auto gone = awaited_.erase_if([this](const std::string& name) {
    if (!effects_.has_interface(name)) return false;
    log_.over(fmt::format("missing {}", name));
    log_.tell("back", {.kind = EventKind::kInterface, .what = name, .to = "interface is there again"});
    return true;
  });
  return gone > 0;
}

void HeldAddresses::put_back(const std::vector<AddressKey>& lost, bool overdue) {
  const auto now = effects_.now();
  const bool ran_out = has_run_out() || (ran_out_at_ && now - *ran_out_at_ < kNewsOfIt);
  if (ran_out) say_run_out(lost);
  if (!is_whole()) return;
  times_put_back_ += lost.size();
  if (!ran_out) note_fights(lost);
  // Once the router knows whether it has the role still.
  if (overdue) retry_at_ = now;
  const bool too_soon = put_back_at_ && now - *put_back_at_ < kRetryAddress;
  if (too_soon && !overdue) retry_at_ = *put_back_at_ + kRetryAddress;
  if (overdue && !too_soon && !ran_out) unsaid_.fill() = lost;
  if (too_soon || overdue) return;
  put_back_at_ = now;
  queue_missing();
  if (!ran_out) say_put_back(lost);
}

void HeldAddresses::say_put_back(const std::vector<AddressKey>& lost) {
  const auto& [interface, prefix] = lost.front();
  if (!effects_.has_interface(interface)) return;  // that is said when it cannot be put back
  if (fights_.is_on(lost.front())) return;
  const auto there = effects_.holding(lost.front());
  const auto put_back = topic("put back", lost.front());
  log_.over(put_back);  // each time is another one
  const auto why = there == Holding::kNo ? "removed by somebody else" : why_mute(there);
  log_.warn(put_back, of_address(lost.front(), fmt::format("{}: {}, put back", and_more(lost.size()), why),
                                 CauseKind::kOthers));
}

void HeldAddresses::note_fights(const std::vector<AddressKey>& lost) {
  std::vector<AddressKey> begun;
  for (const auto& address : lost)
    if (effects_.has_interface(address.first) && fights_.lost(address, effects_.now()))
      begun.push_back(address);
  if (begun.empty()) return;
  for (const auto& address : begun) log_.over(topic("put back", address));  // this says it all
  auto event = of_address(
      begun.front(),
      fmt::format("{}: removed by somebody else again and again: put back each time, at most once in {}",
                  and_more(begun.size()), format_duration(kRetryAddress)),
      CauseKind::kOthers);
  event.kind = EventKind::kContention;
  log_.warn(topic("fight", begun.front()), std::move(event));
}

void HeldAddresses::settle_fights() {
  for (const auto& address : fights_.settle(effects_.now())) {
    log_.over(topic("fight", address));
    auto event =
        of_address(address, fmt::format(": not removed any more for {}", format_duration(Fights::kWithin)),
                   CauseKind::kOthers);
    event.kind = EventKind::kContention;
    log_.tell(topic("fight", address), std::move(event));
  }
}

void HeldAddresses::put_by_others(std::vector<AddressKey> there) {
  for (const auto& address : *put_by_others_)
    if (std::ranges::find(there, address) == there.end()) log_.over(topic("elsewhere", address));
  for (const auto& address : there)
    if (std::ranges::find(*put_by_others_, address) == put_by_others_->end())
      log_.warn(
          topic("elsewhere", address),
          {.kind = EventKind::kAddress,
           .what = fmt::format("{} on {} is there, and not by vipd: this host answers for it in any role; "
                               "remove it where it is configured",
                               address.second, address.first),
           .cause = {CauseKind::kOthers, ""}});
  put_by_others_ = Sparse(std::move(there));
}

void HeldAddresses::remove_left_over(std::string_view words) {
  if (!jobs_.empty()) return;
  for (const auto& [address, holding] : addresses_) {
    if (!is_ours(effects_.holding(address))) continue;
    log_.tell(topic("left over", address), of_address(address, fmt::format(" {}", words), CauseKind::kStart));
    jobs_.push({Job::Kind::kRemove, address});
  }
}

}  // namespace hawser::vipd
