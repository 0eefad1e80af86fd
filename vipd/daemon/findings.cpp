#include "vipd/daemon/findings.h"

#include <algorithm>

#include "vipd/addresses/unaccepted.h"
#include "vipd/daemon/route_word.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kRecently{60000};    // a mistake in another file was heard
constexpr Milliseconds kAskedAgain{15000};  // who else has an address: every ten seconds

std::string refusal_text(const IpAddress& peer, const Refusal& refusal) {
  if (peer.is_multicast()) return fmt::format("its advertisements do not get out: {}", refusal.reason);
  return fmt::format("{} {}: it cannot take over", peer, refusal.reason);
}

// What is wrong with one vip, gathered.
class Judge {
 public:
  Judge(const RouterStatus& router, TimePoint now) : router_(router), now_(now) {}

  std::vector<Finding> take() {
    if (router_.role == RoleName::kInitialize && router_.source.is_unspecified())
      add(Condition::kDead, router_.why);
    fault();
    if (router_.role == RoleName::kActive) rival();
    foreign();
    for (const auto& [interface, prefix] : router_.put_by_others)
      add(Condition::kDegraded,
          fmt::format("{} on {} was put there by somebody else: this host answers for it in any role", prefix,
                      interface));
    for (const auto& [interface, prefix] : router_.fought_over)
      add(Condition::kDegraded,
          fmt::format("{} on {} is removed by somebody else again and again, and put back each time", prefix,
                      interface));
    for (const auto& [peer, refusal] : router_.refused)
      add(Condition::kDegraded, refusal_text(peer, refusal));
    for (const auto& [address, conflict] : router_.conflicts)
      if (router_.role == RoleName::kActive && now_ - conflict.at < kAskedAgain)
        add(Condition::kDegraded,
            fmt::format("{} answers for {} too: take it away there", conflict.mac, address));
    out_of_reach();
    if (auto wrong = unexpected_source(router_.vip, router_.source); !wrong.empty())
      add(Condition::kDegraded, std::move(wrong));
    if (router_.unheard && now_ - router_.unheard->at < kRecently)
      add(Condition::kDegraded, router_.unheard->why);
    if (router_.differs && now_ - router_.differs->at < kRecently)
      add(Condition::kDegraded,
          fmt::format("{} advertises other addresses: the files differ", router_.differs->source));
    if (const auto& other = router_.other_interval; other && now_ - other->at < kRecently)
      add(Condition::kDegraded,
          fmt::format("{} advertises each {}, and this host's file says {}: the files differ", other->source,
                      format_duration(Milliseconds(other->interval)),
                      format_duration(router_.vip.manner->advertisement_interval)));
    return std::move(found_);
  }

 private:
  void add(Condition state, std::string text) {
    found_.push_back({router_.vip.name, state, std::move(text)});
  }

  void fault() {
    if (router_.fault.empty()) return;
    const bool some =
        std::ranges::any_of(router_.addresses, [](const auto& entry) { return answers(entry.second); });
    add(some ? Condition::kDegraded : Condition::kDead, router_.fault);
  }

  void rival() {
    const auto& heard = router_.heard;
    if (!heard || heard->priority == kLeavingPriority || heard->at < router_.since + kSettling) return;
    const auto interval =
        std::chrono::duration_cast<Centiseconds>(router_.vip.manner->advertisement_interval);
    if (now_ - heard->at < active_down_interval(heard->priority, interval))
      add(Condition::kDegraded,
          fmt::format("{} is Active too (priority {}) and does not yield: it does not hear this host",
                      heard->source, heard->priority));
  }

  // The vip's own interface is the election's business: without it there is no role.
  void out_of_reach() {
    const auto unreached = [this](const auto& entry) {
      return router_.out_of_reach.contains(entry.first.first);
    };
    const bool all = !router_.addresses.empty() && std::ranges::all_of(router_.addresses, unreached);
    for (const auto& [interface, why] : router_.out_of_reach)
      add(all ? Condition::kDead : Condition::kDegraded,
          fmt::format("{}: nobody reaches the vip's addresses there", why));
  }

  // The owner's address is the interface's own.
  void foreign() {
    if (router_.vip.priority == kOwnerPriority) return;
    for (const auto& [address, holding] : router_.addresses)
      if (is_foreign(holding))
        add(Condition::kDegraded,
            fmt::format("{} on {} was put there by somebody else{}", address.second, address.first,
                        router_.role == RoleName::kActive ? " and stays when the role is left"
                                                          : ": this host answers for it in any role"));
  }

  const RouterStatus& router_;
  TimePoint now_;
  std::vector<Finding> found_;
};

// Where the provider leads the addresses of a vip, against the role that this host has.
class RouteJudge {
 public:
  RouteJudge(const RouterStatus& router, const DaemonStatus& status) : router_(router), status_(status) {}

  std::vector<Finding> take() {
    for (const auto& route : status_.routes) {
      if (route.vip != router_.vip.name) continue;
      if (router_.role == RoleName::kActive) leads_here(route);
      if (router_.role == RoleName::kBackup) leads_away(route);
      if (!route.trouble.empty())
        add(fmt::format("{}: {} says nothing of where it leads: {}", route.address, route.provider,
                        route.trouble));
    }
    if (const auto why = status_.fencing.find(router_.vip.name); why != status_.fencing.end())
      add(fmt::format("the role waits for fencing: {}", why->second));
    for (const auto& address : router_.vip.addresses)
      if (const auto why = status_.not_held.find(held_as(address)); why != status_.not_held.end())
        add(fmt::format("{} on {} is not held, so nobody is served there: {}", address.prefix.address,
                        address.interface, why->second));
    return std::move(found_);
  }

 private:
  void add(std::string text) { found_.push_back({router_.vip.name, Condition::kDegraded, std::move(text)}); }

  void leads_here(const RouteReport& route) {
    if (route.standing == provider::Standing::kHere || route.standing == provider::Standing::kUnknown) return;
    const auto* doing = route.lost                            ? "it was faster, and keeps it"
                        : route.asking == provider::Ask::kSet ? "being switched"
                        : route.confirmed || route.next       ? "somebody led it there"
                                                              : "to be switched";
    add(fmt::format("{} leads to {} while this host is Active: {}", route.address, whose(route), doing));
  }

  // A reading from before the role was left, or from while the new Active still switches, says nothing.
  void leads_away(const RouteReport& route) {
    constexpr Milliseconds kSwitching{120'000};
    if (route.standing != provider::Standing::kHere || !route.read_at || !router_.heard) return;
    const auto read_ago = std::chrono::duration_cast<Milliseconds>(status_.wall_clock - *route.read_at);
    const auto backup_for = std::chrono::duration_cast<Milliseconds>(status_.now - router_.since);
    if (backup_for - read_ago > kSwitching)
      add(fmt::format("{} leads here while {} is Active", route.address, router_.heard->source));
  }

  const RouterStatus& router_;
  const DaemonStatus& status_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> findings(const DaemonStatus& status) {
  std::vector<Finding> all;
  if (status.last_good)
    all.push_back({status.config_file, Condition::kDegraded, "broken: the last good file is in use"});
  else if (!status.problems.empty())
    all.push_back({status.config_file, Condition::kDegraded, "broken: what was read before stays in use"});
  if (!status.worker.empty()) all.push_back({"worker", Condition::kDegraded, status.worker});
  for (const auto& router : status.vips) {
    auto found = Judge(router, status.now).take();
    std::ranges::move(found, std::back_inserter(all));
    if (!status.not_dropped.empty() && !accepts(router.vip))
      all.push_back({router.vip.name, Condition::kDegraded,
                     fmt::format("packets to its addresses are accepted in spite of accept = false: {}",
                                 status.not_dropped)});
    auto routed = RouteJudge(router, status).take();
    std::ranges::move(routed, std::back_inserter(all));
  }
  return all;
}

}  // namespace hawser::vipd
