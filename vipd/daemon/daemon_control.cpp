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
  routes.post("/v1/stand-by", [this](const auto& request) { return answer_stand_by(request); })
      .post("/v1/take", [this](const auto& request) { return answer_take(request); })
      .post("/v1/resume", [this](const auto& request) { return answer_resume(request); });
  routes.get("/v1/why", [this](const auto& request) { return answer_why(request); })
      .post("/v1/announce", [this](const auto& request) { return answer_announce(request); });
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

// Of one vip, or of all that are Active here.
control::Response Daemon::answer_announce(const control::Request& request) {
  const std::string vip(control::value_of(request, "vip"));
  if (!vip.empty() && running(vip) == nullptr) return control::refusal(404, no_such_vip(vip, vip_names()));
  boost::json::array announced;
  std::string why_not = "no vip is Active here: only its Active router announces an address";
  for (auto& [key, running] : routers_) {
    const auto& name = running.router.vip().name;
    if (!vip.empty() && name != vip) continue;
    const auto why = running.router.announce();
    if (why.empty()) {
      announced.emplace_back(name);
      settle(key);
    } else if (!vip.empty()) {
      why_not = fmt::format("{}: {}", name, why);
    }
  }
  if (announced.empty()) return control::refusal(409, why_not);
  return control::good({{"vips", std::move(announced)}});
}

control::Response Daemon::answer_reload(const control::Request& request) {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  // The worker reads it meanwhile: done when `readings` of the status is above this. Those that are under way
  // already are not the one that is asked for.
  const auto before = readings_ + worker_.outstanding();
  reload(asks_for(request, "allow-empty") ? config::Emptiness::kAllowed : config::Emptiness::kRefused);
  return control::good({{"readings", before}});
}

}  // namespace hawser::vipd
