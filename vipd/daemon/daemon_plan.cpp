// What would come of what an operator asks (--dry-run): the same decisions, and nothing of it done.
#include <boost/asio.hpp>
#include <boost/json.hpp>

#include "lib/base/wall_clock.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"
#include "vipd/daemon/changes.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace json = boost::json;

namespace {

json::object would(const std::string& vip, std::string what) {
  return {{"vip", vip}, {"would", std::move(what)}};
}

}  // namespace

control::Response Daemon::plan_stand(const Asked& asked) {
  json::array plan;
  for (const auto& vip : asked.vips) {
    const auto* there = running(vip);
    auto what = there == nullptr ? "is not of this host now: would be as the file says when it is"
                                 : there->router.plan_of(asked.stand.stance);
    if (asked.stand.until)
      what += fmt::format("; as the file says again from {}", iso8601(*asked.stand.until));
    plan.push_back(would(vip, std::move(what)));
  }
  return control::good({{"plan", std::move(plan)}});
}

control::Response Daemon::plan_announce(const std::vector<Running*>& those) {
  json::array plan;
  for (const auto* running : those)
    plan.push_back(would(running->router.vip().name, fmt::format("would announce {} addresses again",
                                                                 running->router.vip().addresses.size())));
  return control::good({{"plan", std::move(plan)}});
}

// The program that is installed now is asked, as before a restart.
control::Response Daemon::plan_restart() {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  if (rehearsal_) return control::refusal(409, "vipd: asked whether it would start again already");
  auto later = std::make_shared<control::Later>();
  auto rehearsal =
      Rehearsal::start(context_, own_program(), options_.files, [this, later](const Status& would_start) {
        rehearsal_.reset();
        later->give(foretold_restart(would_start));
      });
  if (!rehearsal) return control::refusal(500, rehearsal.error().text);
  rehearsal_ = std::move(*rehearsal);
  return {.later = std::move(later)};
}

control::Response Daemon::foretold_restart(const Status& would_start) const {
  if (!would_start) return control::good({{"plan", json::array{}}, {"refused", would_start.error().text}});
  json::array plan;
  for (const auto& [key, running] : routers_) {
    const auto& router = running.router;
    const auto* how = router.state() ? "would go on so, with its timers" : "would begin anew";
    plan.push_back(would(router.vip().name, fmt::format("{} here: {}", name_of(router.role()), how)));
  }
  return control::good({{"plan", std::move(plan)}, {"refused", nullptr}});
}

control::Response Daemon::plan_reload(const control::Request& request) {
  if (stopping_) return control::refusal(409, "vipd is stopping");
  if (ahead_) return control::refusal(409, "vipd: asked what a reload would do already");
  auto later = std::make_shared<control::Later>();
  const auto emptiness = emptiness_in(request);
  ahead_ = std::make_unique<ReadAhead>(context_, options_.files, emptiness,
                                       [this, later, emptiness](const Result<Reading>& reading) {
                                         ahead_.reset();
                                         later->give(reading ? foretold_reload(*reading, emptiness)
                                                             : control::refusal(500, reading.error().text));
                                       });
  if (const auto begun = ahead_->start(); !begun) {
    ahead_.reset();
    return control::refusal(500, begun.error().text);
  }
  return {.later = std::move(later)};
}

control::Response Daemon::foretold_reload(Reading reading, config::Emptiness emptiness) const {
  refuse_to_empty(reading, emptiness);
  const bool used = reading.settings && !reading.last_good;
  return control::good(
      {{"file", options_.files.config.native()},
       {"changes", used ? json::value(changes_between(in_use().vips, reading.settings->vips)) : nullptr},
       {"problems", config::problems_json(reading.problems)}});
}

}  // namespace hawser::vipd
