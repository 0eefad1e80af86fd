#include "tests/lab/demo/script.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/lab/demo/observe.h"

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;

Expectation uses_port(const LoadBalancer& balancer, const std::string& port) {
  return {fmt::format("bond0 of {} sends through {}", balancer.name(), port),
          [&balancer, port]() -> std::string {
            const auto active = balancer.active_port();
            if (active == port) return {};
            return active.empty() ? "it has no active port" : fmt::format("it sends through {}", active);
          }};
}

Expectation both_ports_up(const LoadBalancer& balancer) {
  return {fmt::format("both ports of bond0 of {} are up", balancer.name()), [&balancer]() -> std::string {
            const auto ports = balancer.ports_up();
            return ports.size() == 2
                       ? ""
                       : fmt::format("up: {}",
                                     ports.empty() ? "none" : fmt::format("{}", fmt::join(ports, ", ")));
          }};
}

bool serves(const LoadBalancer& balancer, const std::string& server) {
  return std::ranges::binary_search(balancer.real_servers(), server);
}

Expectation server_is_out(const LoadBalancer& balancer, const std::string& web) {
  return {fmt::format("{} gets no connections from {}", web, balancer.name()),
          [&balancer, server = server_of(web)]() -> std::string {
            return serves(balancer, server) ? fmt::format("{} is still in its table", server) : "";
          }};
}

Expectation server_is_in(const LoadBalancer& balancer, const std::string& web) {
  return {fmt::format("{} gets connections from {}", web, balancer.name()),
          [&balancer, server = server_of(web)]() -> std::string {
            return serves(balancer, server) ? "" : fmt::format("{} is not in its table", server);
          }};
}

Expectation holds_both(const LoadBalancer& balancer) {
  return {fmt::format("{} holds {} and {}", balancer.name(), lab::address::kFloating, lab::address::kInner),
          [&balancer]() -> std::string {
            for (const char* address : {lab::address::kFloating, lab::address::kInner})
              if (!balancer.holds(address)) return fmt::format("it does not hold {}", address);
            return {};
          }};
}

Expectation holds_neither(const LoadBalancer& balancer) {
  return {fmt::format("{} holds neither", balancer.name()), [&balancer]() -> std::string {
            for (const char* address : {lab::address::kFloating, lab::address::kInner})
              if (balancer.holds(address)) return fmt::format("it still holds {}", address);
            return {};
          }};
}

std::vector<Act> cable(Site& site) {
  return {{"the pulled cable of lb1 eth0",
           "FAULT: the cable of lb1 eth0, which carries the traffic, is pulled",
           [&] { site.network().pull("lb1", "eth0"); },
           {uses_port(site.lb1(), "eth1")}},
          {"lb1 eth0 plugged again",
           "The cable of lb1 eth0 is plugged again",
           [&] { site.network().plug("lb1", "eth0"); },
           {both_ports_up(site.lb1()), uses_port(site.lb1(), "eth0")}}};
}

std::vector<Act> server(Site& site) {
  return {{"the killed web server web1",
           "FAULT: the web server on web1 is killed: it refuses connections",
           [&] { site.kill_server("web1"); },
           {server_is_out(site.lb1(), "web1"), server_is_out(site.lb2(), "web1")}},
          {"web1 started again",
           "The web server on web1 is started again",
           [&] { site.start_server("web1"); },
           {server_is_in(site.lb1(), "web1"), server_is_in(site.lb2(), "web1")}}};
}

std::vector<Act> host(Site& site) {
  return {{"the host lb1 cut off",
           "FAULT: lb1, which holds the addresses, is cut off: both its cables are pulled",
           [&] { site.network().cut("lb1"); },
           {holds_both(site.lb2())}},
          {"lb1 connected again",
           "Both cables of lb1 are plugged again; after 3 s (preempt) it takes its role back",
           [&] { site.network().mend("lb1"); },
           {both_ports_up(site.lb1()), server_is_in(site.lb1(), "web1"), holds_both(site.lb1()),
            holds_neither(site.lb2())}}};
}

std::vector<Act> maintenance(Site& site) {
  return {{"planned handover",
           "Planned handover: vipd on lb1 is asked to stop (SIGTERM)",
           [&] { site.lb1().stop("vipd"); },
           {holds_both(site.lb2()), holds_neither(site.lb1())},
           Toll::kNothing},
          {"vipd started again",
           "vipd on lb1 is started again; after 3 s (preempt) lb1 takes its role back",
           [&] { site.lb1().start("vipd"); },
           {holds_both(site.lb1()), holds_neither(site.lb2())},
           Toll::kNothing},
          {"netd killed, started again",
           "netd on lb1 is killed (SIGKILL) and started again; nobody should notice",
           [&] {
             site.lb1().kill("netd");
             site.lb1().start("netd");
           },
           {uses_port(site.lb1(), "eth0"), server_is_in(site.lb1(), "web1"), holds_both(site.lb1())},
           Toll::kNothing}};
}

}  // namespace

std::vector<Expectation> service_is_up(Site& site) {
  std::vector<Expectation> all;
  for (const LoadBalancer* balancer : {&site.lb1(), &site.lb2()}) {
    all.push_back(uses_port(*balancer, "eth0"));
    all.push_back(both_ports_up(*balancer));
    for (const char* web : {"web1", "web2", "web3"}) all.push_back(server_is_in(*balancer, web));
  }
  all.push_back(holds_both(site.lb1()));
  all.push_back(holds_neither(site.lb2()));
  return all;
}

std::vector<Act> script(Site& site) {
  std::vector<Act> acts{{"(nothing, to compare)",
                         "Nothing happens for a while: this is what the client sees when all is well",
                         [] {},
                         {}}};
  for (auto part : {cable, server, host, maintenance}) {
    auto more = part(site);
    std::ranges::move(more, std::back_inserter(acts));
  }
  acts.push_back(
      {"(nothing, once more)", "Nothing happens again: is the machine still as it was?", [] {}, {}});
  return acts;
}

}  // namespace hawser::demo
