// Addresses that a provider routes: held here in every role, and the worker is told what the role is.
#include <algorithm>

#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

using boost::system::error_code;

namespace {

Side side_of(const VirtualRouter& router) {
  if (router.role() == RoleName::kActive) return Side::kActive;
  return router.asks() ? Side::kCandidate : Side::kOther;
}

// For a process that may be started again, and for what is written on the disk.
std::optional<provider::WallTime> on_the_wall(std::optional<TimePoint> time, TimePoint now) {
  if (!time) return std::nullopt;
  const auto ago = now - *time;
  return std::chrono::system_clock::now() - std::chrono::duration_cast<provider::WallTime::duration>(ago);
}

bool has(const std::vector<config::Vip>& vips, const std::string& name, const IpAddress& address) {
  return std::ranges::any_of(vips, [&](const config::Vip& vip) {
    return vip.name == name && !vip.manner->provider.empty() &&
           std::ranges::any_of(vip.addresses, [&](const auto& one) { return routed_as(one) == address; });
  });
}

}  // namespace

// After the routers have begun: what an earlier run left tells them that there was one.
void Daemon::want_routed(const std::vector<config::Vip>& vips) {
  std::set<AddressKey> wanted;
  for (const auto& vip : vips)
    if (!vip.manner->provider.empty())
      for (const auto& address : vip.addresses) wanted.insert(held_as(address));
  const bool fences = std::ranges::any_of(vips, [](const auto& vip) { return vip.manner->require_fencing; });
  if (routed_ || fences || !wanted.empty()) worker_.follow();
  if (!routed_ && wanted.empty()) return;
  if (!routed_) routed_.emplace(*platform_);
  routed_->want(std::move(wanted));
  std::erase_if(routes_,
                [&vips](const auto& entry) { return !has(vips, entry.first.first, entry.first.second); });
}

void Daemon::settle_routed() {
  const auto due = routed_ ? routed_->due() : std::nullopt;
  const auto fires = platform_->timer(due.value_or(TimePoint::max()));
  if (routed_timer_.expiry() == fires) return;
  routed_timer_.expires_at(fires);
  if (!due) return;
  routed_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    routed_timer_.expires_at(TimePoint::max());
    routed_->on_time();
    settle_routed();
  });
}

// In the handler in which the role changed: the request is on its way before the next advertisement is.
void Daemon::lead(Running& running) {
  const auto& router = running.router;
  const auto& vip = router.vip();
  const bool asks = !vip.manner->provider.empty() || vip.manner->require_fencing;
  const auto side = asks ? side_of(router) : Side::kOther;
  if (const auto was = std::exchange(running.side, side); was != side) {
    fences_.erase(vip.name);
    running.fences = side == Side::kCandidate && router.needs().contains(Consent::kFencing);
    // What an earlier run of this program had led here is read first: a switch costs one of few.
    const auto begin = router.was_carried() ? provider::Begin::kByReading : provider::Begin::kBySwitching;
    worker_.lead({vip.name, side, begin, router.last_heard(), running.fences,
                  on_the_wall(router.last_heard_at(), platform_->now())});
  }
  if (const auto heard = std::exchange(running.losers_heard, router.losers_heard());
      heard != running.losers_heard && side != Side::kOther)
    worker_.lead_again(vip.name);
}

// That this host was left behind is said once for each reading.
void Daemon::take(const RouteReport& report) {
  const auto before = std::exchange(routes_[{report.vip, report.address}], report);
  hand_on(report.vip, report.left_behind && report.read_at != before.read_at);
}

void Daemon::take(const FenceReport& report) {
  fences_.insert_or_assign(report.vip, report);
  hand_on(report.vip, false);
}

void Daemon::hand_on(const std::string& vip, bool left_behind) {
  for (auto& [key, running] : routers_) {
    auto& router = running.router;
    if (router.vip().name != vip) continue;
    // Who stood still while it waited for this word may have an advertisement in the socket that says more.
    // It may end the takeover that the word is for, and with that what is known of the fencing.
    platform_->drain_socket({key.interface, key.family});
    if (left_behind) router.left_behind();
    const auto fence = fences_.find(vip);
    const auto word = word_of(router.vip(), routes_, fence == fences_.end() ? nullptr : &fence->second);
    if (word.given.contains(Consent::kFencing)) ask_arbiter(running);
    router.provider_says(word);
    settle(key);
    break;
  }
}

// Once the other is off, and once.
void Daemon::ask_arbiter(Running& running) {
  if (running.side != Side::kCandidate || !std::exchange(running.fences, false)) return;
  worker_.lead({running.router.vip().name, Side::kCandidate, provider::Begin::kBySwitching,
                running.router.last_heard()});
}

}  // namespace hawser::vipd
