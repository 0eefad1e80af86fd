// What the daemon answers on its control socket, /run/hawser/vipd.sock.
#include <boost/json.hpp>

#include "lib/control/json.h"
#include "vipd/daemon.h"

namespace hawser::vipd {

control::Response Daemon::answer(const control::Request& request) {
  const auto asks = [&](std::string_view method, std::string_view target) {
    return request.method == method && request.target == target;
  };
  if (asks("GET", "/v1/status")) return {200, boost::json::serialize(to_json(status()))};
  const bool allow_empty = asks("POST", "/v1/reload?allow-empty");
  if (allow_empty || asks("POST", "/v1/reload")) {
    if (stopping_) return control::refusal(409, "vipd is stopping");
    reload(allow_empty ? config::Emptiness::kAllowed : config::Emptiness::kRefused);
    // The worker reads it meanwhile: done when `readings` of the status is above this.
    return {200, boost::json::serialize(boost::json::object{{"readings", readings_}})};
  }
  if (asks("POST", "/v1/restart")) return stopping_ ? control::refusal(409, "vipd is stopping") : restart();
  return control::refusal(404, fmt::format("nothing at {} {}", request.method, request.target));
}

}  // namespace hawser::vipd
