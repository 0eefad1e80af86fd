// What operators ask of the vips: to stand by, to take the role, and to go on as the file says.
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

namespace {

tl::unexpected<control::Response> refused(int status, const std::string& why) {
  return tl::unexpected(control::refusal(status, why));
}

}  // namespace

// Of one vip, or of all.
Daemon::AskedOrNot Daemon::asked_to_stand_by(const control::Request& request) {
  if (stopping_) return refused(409, "vipd is stopping");
  Asked asked{{}, {Stance::kStandingBy, {}}};
  if (const auto until = control::value_of(request, "until"); !until.empty()) {
    asked.stand.until = end_from(until);
    if (!asked.stand.until) return refused(400, "until: is no time in milliseconds since 1970");
    if (*asked.stand.until <= std::chrono::system_clock::now()) return refused(400, "until: is over");
  }
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr) return refused(404, no_such_vip(vip, vip_names()));
  for (const auto& [key, running] : routers_)
    if (!running.router.leaving() && (vip.empty() || running.router.vip().name == vip))
      asked.vips.push_back(running.router.vip().name);
  return asked;
}

Daemon::AskedOrNot Daemon::asked_to_take(const control::Request& request) {
  if (stopping_) return refused(409, "vipd is stopping");
  const std::string vip(control::value_of(request, "vip"));
  const auto* there = running(vip);
  if (there == nullptr) return refused(404, no_such_vip(vip, vip_names()));
  if (const auto why = there->router.why_not_taken(); !why.empty())
    return refused(409, fmt::format("{}: {}", vip, why));
  return Asked{{vip}, {Stance::kTaking, {}}};
}

Daemon::AskedOrNot Daemon::asked_to_resume(const control::Request& request) {
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr && !stands_.contains(vip))
    return refused(404, no_such_vip(vip, vip_names()));
  Asked asked;
  for (const auto& [name, stand] : stands_)
    if (vip.empty() || name == vip) asked.vips.push_back(name);
  for (const auto& [key, running] : routers_) {  // what it does counts, not only what is written down
    const auto& name = running.router.vip().name;
    const bool stands = running.router.stance() != Stance::kOrdinary && !stands_.contains(name);
    if (stands && (vip.empty() || name == vip)) asked.vips.push_back(name);
  }
  return asked;
}

control::Response Daemon::carry_out(const Asked& asked) {
  if (!asked.vips.empty()) stand(asked.vips, asked.stand);
  return control::good({{"vips", boost::json::array(asked.vips.begin(), asked.vips.end())}});
}

// To be done, and to be told; who may not change anything may be told.
void Daemon::route_stand(control::Routes& routes, const std::string& what,
                         AskedOrNot (Daemon::*asked)(const control::Request&)) {
  routes
      .post("/v1/" + what,
            [this, asked](const auto& request) {
              const auto in_order = (this->*asked)(request);
              return in_order ? carry_out(*in_order) : in_order.error();
            })
      .get("/v1/plan/" + what, [this, asked](const auto& request) {
        const auto in_order = (this->*asked)(request);
        return in_order ? plan_stand(*in_order) : in_order.error();
      });
}

}  // namespace hawser::vipd
