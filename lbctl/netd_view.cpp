#include "lbctl/netd_view.h"

#include <algorithm>

#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

using boost::json::value;

// A real server is in its state since the youngest of the checks that agree with it: that one made the
// verdict.
Milliseconds since_of(const value& real, const std::string& state) {
  std::optional<Milliseconds> youngest;
  for (const auto& check : control::list_in(real, "checks")) {
    if (control::text_in(check, "state") != state) continue;
    const Milliseconds age{static_cast<Milliseconds::rep>(control::number_in(check, "for_ms"))};
    youngest = std::min(youngest.value_or(age), age);
  }
  return youngest.value_or(Milliseconds{0});
}

NetdReal read_real(const value& real) {
  const auto state = control::text_in(real, "state");
  return {control::text_in(real, "name"), control::number_in(real, "weight"), state,
          control::text_in(real, "reason"), since_of(real, state)};
}

NetdService read_service(const value& service) {
  NetdService result{control::text_in(service, "name"), control::text_in(service, "scheduler"), {}};
  for (const auto& real : control::list_in(service, "reals"))
    if (const auto endpoint = Endpoint::parse(control::text_in(real, "address")))
      result.reals[*endpoint] = read_real(real);
  return result;
}

}  // namespace

NetdView read_netd(const value& status) {
  NetdView result;
  for (const auto& service : control::list_in(status, "services"))
    if (const auto key = ServiceKey::parse(control::text_in(service, "virtual")))
      result[*key] = read_service(service);
  return result;
}

}  // namespace hawser::lbctl
