// What the daemon answers on its control socket, /run/hawser/vipd.sock.
#include <boost/json.hpp>

#include "lib/control/json.h"
#include "vipd/daemon/daemon.h"

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
  events_.add_to(routes);
  return routes;
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
