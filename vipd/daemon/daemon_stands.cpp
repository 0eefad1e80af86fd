// What operators ask of the vips: to stand by, to take the role, and to go on as the file says.
#include <charconv>

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"
#include "lib/control/json.h"
#include "vipd/daemon/daemon.h"
#include "vipd/daemon/names.h"

namespace hawser::vipd {

using boost::system::error_code;
using WallTime = std::chrono::system_clock::time_point;

namespace {

// The clock may be set meanwhile.
constexpr std::chrono::minutes kLookAtClock{1};

// Milliseconds since 1970; nullopt: no number.
std::optional<WallTime> time_in(std::string_view text) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, count);
  if (problem != std::errc{} || stop != end) return std::nullopt;
  return WallTime(Milliseconds(count));
}

std::string words_of(const Stand& stand) {
  if (stand.stance == Stance::kOrdinary) return "as the file says";
  return fmt::format("{}{}", name_of(stand.stance), stand.until ? " until " + iso8601(*stand.until) : "");
}

}  // namespace

void Daemon::recall(const std::string& remembered) {
  auto stands = read_stands(remembered);
  if (!stands)
    return report({.kind = EventKind::kStorage,
                   .level = Level::kWarning,
                   .object = "vipd",
                   .what = stands.error().text});
  stands_ = std::move(*stands);
  (void)expire(stands_, std::chrono::system_clock::now());
  wait_for_ends();
}

Daemon::Running* Daemon::running(const std::string& vip) {
  for (auto& [key, running] : routers_)
    if (running.router.vip().name == vip && !running.router.leaving()) return &running;
  return nullptr;
}

void Daemon::stand(const std::vector<std::string>& vips, const Stand& stand) {
  for (const auto& vip : vips) {
    stands_.erase(vip);
    if (stand.stance != Stance::kOrdinary) stands_.emplace(vip, stand);
  }
  worker_.remember(write_stands(stands_));
  wait_for_ends();
  for (const auto& vip : vips) {
    auto* there = running(vip);
    if (there == nullptr) continue;
    report({.kind = EventKind::kRole,
            .object = vip,
            .to = words_of(stand),
            .cause = {CauseKind::kOperator, ""}});
    if (stand.stance == Stance::kTaking)
      there->router.take();
    else
      there->router.set_stance(stand.stance);
    settle(key_of(there->router.vip()));
  }
}

void Daemon::wait_for_ends() {
  const auto end = next_end(stands_);
  if (!end) return (void)stand_timer_.cancel();
  const auto left = std::max(*end - std::chrono::system_clock::now(), WallTime::duration{0});
  stand_timer_.expires_after(std::min<std::chrono::nanoseconds>(left, kLookAtClock));
  stand_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    auto over = stands_;
    const auto ended = expire(over, std::chrono::system_clock::now());
    if (ended.empty()) return wait_for_ends();
    stand(ended, {});
  });
}

// Of one vip, or of all.
control::Response Daemon::answer_stand_by(const control::Request& request) {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  Stand wanted{Stance::kStandingBy, {}};
  if (const auto until = control::value_of(request, "until"); !until.empty()) {
    wanted.until = time_in(until);
    if (!wanted.until) return control::refusal(400, "until: is no number of milliseconds");
    if (*wanted.until <= std::chrono::system_clock::now()) return control::refusal(400, "until: is over");
  }
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr) return control::refusal(404, no_such_vip(vip, vip_names()));
  std::vector<std::string> names;
  for (const auto& [key, running] : routers_)
    if (!running.router.leaving() && (vip.empty() || running.router.vip().name == vip))
      names.push_back(running.router.vip().name);
  stand(names, wanted);
  return control::good({{"vips", boost::json::array(names.begin(), names.end())}});
}

control::Response Daemon::answer_take(const control::Request& request) {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  const std::string vip(control::value_of(request, "vip"));
  const auto* there = running(vip);
  if (there == nullptr) return control::refusal(404, no_such_vip(vip, vip_names()));
  if (const auto why = there->router.why_not_taken(); !why.empty())
    return control::refusal(409, fmt::format("{}: {}", vip, why));
  stand({vip}, {Stance::kTaking, {}});
  return control::good({{"vips", boost::json::array{vip}}});
}

control::Response Daemon::answer_resume(const control::Request& request) {
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr && !stands_.contains(vip))
    return control::refusal(404, no_such_vip(vip, vip_names()));
  std::vector<std::string> names;
  for (const auto& [name, stand] : stands_)
    if (vip.empty() || name == vip) names.push_back(name);
  for (const auto& [key, running] : routers_) {  // what it does counts, not only what is written down
    const auto& name = running.router.vip().name;
    const bool stands = running.router.stance() != Stance::kOrdinary && !stands_.contains(name);
    if (stands && (vip.empty() || name == vip)) names.push_back(name);
  }
  if (!names.empty()) stand(names, {});
  return control::good({{"vips", boost::json::array(names.begin(), names.end())}});
}

}  // namespace hawser::vipd
