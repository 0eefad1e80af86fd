#include "tests/lab/demo/provider_play.h"

#include <fstream>

#include <fmt/format.h>

#include "tests/lab/demo/provider_site.h"
#include "tests/support/client.h"
#include "tests/support/failure.h"

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;

// A switch takes 4 s, and is read back after it.
constexpr Pace kProviderPace{.patience = 30s, .settle = 1500ms, .quiet = 4s, .in_a_row = 15};

Expectation is(const std::string& wanted, const LoadBalancer& balancer) {
  return {fmt::format("{} is {}", balancer.name(), wanted), [&balancer, wanted]() -> std::string {
            const auto role = balancer.role();
            return role == wanted ? "" : fmt::format("it is {}", role.empty() ? "not running" : role);
          }};
}

Expectation has_called(const ProviderSite& site, const LoadBalancer& balancer) {
  return {fmt::format("the API has answered {}: POST /failover/{} active_server_ip={}", balancer.name(),
                      kRouted, server_address(balancer.name())),
          [&site]() -> std::string { return site.has_called() ? "" : "nobody was answered"; }};
}

// Beside the vip's role: what the provider says, and what its router does.
Expectation is_led_to(const ProviderSite& site, const LoadBalancer& balancer) {
  return {
      fmt::format("the provider has moved the route: its router sends {} to {}", kRouted, balancer.name()),
      [&site, wanted = server_address(balancer.name())]() -> std::string {
        const auto target = site.router().sends_to();
        return target == wanted ? "" : fmt::format("it sends it to {}", target);
      }};
}

Expectation holds_routed(const LoadBalancer& balancer) {
  return {fmt::format("{} holds {}", balancer.name(), kRouted),
          [&balancer]() -> std::string { return balancer.holds(kRouted) ? "" : "it does not"; }};
}

std::vector<Expectation> moves_to(ProviderSite& site, const LoadBalancer& balancer) {
  return {is("Active", balancer), has_called(site, balancer), is_led_to(site, balancer)};
}

// One that has the route moved; `make` only after the calls so far were counted.
Act moving(ProviderSite& site, Act act) {
  act.make = [&site, make = act.make] {
    site.count_calls();
    make();
  };
  return act;
}

std::vector<Act> provider_script(ProviderSite& site) {
  return {
      {"(nothing, to compare)",
       "Nothing happens for a while: this is what the client sees when all is well",
       [] {},
       {}},
      moving(site, {"the host lb1 cut off",
                    "FAULT: lb1, to which the provider leads the address, is cut off: its cable is pulled",
                    [&] { site.cut_lb1(); }, moves_to(site, site.lb2())}),
      moving(site, {"lb1 connected again",
                    "The cable of lb1 is plugged again; after 3 s (preempt) it takes its role back. Until "
                    "the route has moved lb2 answers: it holds the address in every role",
                    [&] { site.mend_lb1(); }, moves_to(site, site.lb1()), Toll::kNothing}),
      moving(site, {"planned handover", "Planned handover: vipd on lb1 is asked to stop (SIGTERM)",
                    [&] { site.lb1().stop("vipd"); }, moves_to(site, site.lb2()), Toll::kNothing}),
      {"(nothing, once more)", "Nothing happens again: is the machine still as it was?", [] {}, {}}};
}

std::string logs(ProviderSite& site) {
  std::string text;
  for (LoadBalancer* balancer : {&site.lb1(), &site.lb2()})
    text += fmt::format("--- vipd on {} ({}):\n{}", balancer->name(),
                        balancer->running("vipd") ? "running" : "not running", balancer->output("vipd"));
  return text;
}

void introduce_provider(const Terms& terms) {
  fmt::print(
      "Two hosts (lb1, lb2) at a provider that routes {} to one of them; an imitation of its API, in which a "
      "switch takes 4 s (of\nHetzner Robot: 40 to 60 s); its router; one client beyond it that asks "
      "http://{}/ every {:.0f} ms, each time by a new\nconnection. A request is lost when {:.0f} ms bring no "
      "answer.\n\n",
      kRouted, terms.virtual_server, lab::milliseconds(terms.interval), lab::milliseconds(terms.timeout));
}

void await(ProviderSite& site, const Expectation& expectation) {
  if (!lab::eventually(
          40s, [&] { return expectation.instead().empty(); }, 100ms))
    lab::give_up("the service did not come up: {}: {}\n{}", expectation.what, expectation.instead(),
                 logs(site));
}

// One after the other: two that begin at once may both be Active for a moment, and both have the route moved.
void start(ProviderSite& site) {
  site.lb1().start("vipd");
  await(site, is("Active", site.lb1()));
  await(site, holds_routed(site.lb1()));
  await(site, is_led_to(site, site.lb1()));
  site.lb2().start("vipd");
  await(site, is("Backup", site.lb2()));
  await(site, holds_routed(site.lb2()));
}

void break_vipd(ProviderSite& site, const Director& director) {
  director.tell("BROKEN ON PURPOSE: vipd is killed on both hosts and stays dead");
  for (LoadBalancer* balancer : {&site.lb1(), &site.lb2()}) balancer->kill("vipd");
}

}  // namespace

int run_provider_play(const ProviderPlay& play) {
  const lab::TimePoint begun = lab::Clock::now();
  introduce_provider(play.terms);
  ProviderSite site(play.folder);
  start(site);
  lab::Client client(site.client(),
                     {.address = kRouted, .every = play.terms.interval, .timeout = play.terms.timeout});
  Director director(client, play.terms, kProviderPace, begun);
  director.tell("The service is up: both hosts hold the address, lb1 is Active, the provider leads it there");
  if (!lab::eventually(10s, [&] { return client.answered_in_a_row(kProviderPace.in_a_row, begun); }))
    lab::give_up("the client got no answer before anything was broken\n{}", logs(site));
  if (play.broken == Broken::kVipd) break_vipd(site, director);
  director.begin();
  for (const Act& act : provider_script(site))
    if (!director.play(act) && play.broken != Broken::kNothing) break;
  client.stop();
  if (!play.logs.empty()) std::ofstream(play.logs) << logs(site);
  return director.conclude();
}

}  // namespace hawser::demo
