// What the daemon answers on its control socket, /run/hawser/vipd.sock.
#include <boost/json.hpp>

#include "lib/control/json.h"
#include "vipd/daemon/daemon.h"
#include "vipd/daemon/names.h"
#include "vipd/daemon/why.h"

namespace hawser::vipd {

control::Routes Daemon::routes() {
  control::Routes routes(::geteuid());
  routes.get("/v1/status", [this](const auto&) { return control::good(to_json(status()).get_object()); })
      .post("/v1/reload", [this](const auto& request) { return answer_reload(request); })
      .post("/v1/restart", [this](const auto&) {
        return stopping_ ? control::refusal(409, "vipd is stopping") : restart();
      });
  route_stand(routes, "stand-by", &Daemon::asked_to_stand_by);
  route_stand(routes, "take", &Daemon::asked_to_take);
  route_stand(routes, "resume", &Daemon::asked_to_resume);
  routes.get("/v1/why", [this](const auto& request) { return answer_why(request); })
      .post("/v1/announce",
            [this](const auto& request) {
              const auto those = asked_to_announce(request);
              return those ? announce(*those) : those.error();
            })
      .get("/v1/plan/announce", [this](const auto& request) {
        const auto those = asked_to_announce(request);
        return those ? plan_announce(*those) : those.error();
      });
  // These start another program.
  routes.post("/v1/plan/restart", [this](const auto&) { return plan_restart(); })
      .post("/v1/plan/reload", [this](const auto& request) { return plan_reload(request); });
  events_.add_to(routes);
  return routes;
}

std::vector<std::string> Daemon::vip_names() const {
  std::vector<std::string> names;
  names.reserve(routers_.size());
  for (const auto& [key, running] : routers_) names.push_back(running.router.vip().name);
  return names;
}

control::Response Daemon::answer_why(const control::Request& request) {
  const std::string vip(control::value_of(request, "vip"));
  const auto* there = running(vip);
  if (there == nullptr) return control::refusal(404, no_such_vip(vip, vip_names()));
  return control::good(why_json(there->router.status(), there->router.changes(), platform_->now(),
                                std::chrono::system_clock::now()));
}

// One vip, or all that are Active here.
tl::expected<std::vector<Daemon::Running*>, control::Response> Daemon::asked_to_announce(
    const control::Request& request) {
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr)
    return tl::unexpected(control::refusal(404, no_such_vip(vip, vip_names())));
  std::vector<Running*> those;
  std::string why_not = "no vip is Active here: only its Active router announces an address";
  for (auto& [key, running] : routers_) {
    const auto& name = running.router.vip().name;
    if (!vip.empty() && name != vip) continue;
    const auto why = running.router.why_not_announced();
    if (why.empty())
      those.push_back(&running);
    else if (!vip.empty())
      why_not = fmt::format("{}: {}", name, why);
  }
  if (those.empty()) return tl::unexpected(control::refusal(409, why_not));
  return those;
}

control::Response Daemon::announce(const std::vector<Running*>& those) {
  boost::json::array announced;
  for (auto* running : those) {
    running->router.announce();
    announced.emplace_back(running->router.vip().name);
    settle(key_of(running->router.vip()));
  }
  return control::good({{"vips", std::move(announced)}});
}

config::Emptiness Daemon::emptiness_in(const control::Request& request) {
  return asks_for(request, "allow-empty") ? config::Emptiness::kAllowed : config::Emptiness::kRefused;
}

control::Response Daemon::answer_reload(const control::Request& request) {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  // The worker reads it meanwhile: done when `readings` of the status is above this. Those that are under way
  // already are not the one that is asked for.
  const auto before = readings_ + worker_.outstanding();
  reload(emptiness_in(request));
  return control::good({{"readings", before}});
}

}  // namespace hawser::vipd
