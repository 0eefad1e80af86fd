#include "tests/bench/files.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hawser::bench {
namespace {

constexpr std::array kReals{"198.51.100.21", "198.51.100.22", "198.51.100.23", "198.51.100.24"};

constexpr std::string_view kNodes = R"(format = 1
[nodes.lb1]
addresses = ["192.0.2.11"]
[nodes.lb2]
addresses = ["192.0.2.12"]
)";

std::string further_address(int number) {
  return fmt::format("198.{}.{}.{}", 18 + number / 65536, number / 256 % 256, number % 256);
}

int priority_of(std::string_view node) {
  return node == "lb1" ? kHighPriority : kLowPriority;
}

struct Router {
  std::string name = "web", interface = "eth0";
  int id = 51;
  std::chrono::milliseconds interval = kAdvertisement;
  std::vector<std::string> addresses;
  std::string store{};
};

std::string hawser_router(const Router& router) {
  const auto store = router.store.empty() ? "" : fmt::format("store = \"{}\"\n", router.store);
  return fmt::format(R"([vip.{}]
interface = "{}"
addresses = ["{}"]
virtual_router_id = {}
priority = {{ lb1 = {}, lb2 = {} }}
advertisement_interval = "{}ms"
{})",
                     router.name, router.interface, fmt::join(router.addresses, "\", \""), router.id,
                     kHighPriority, kLowPriority, router.interval.count(), store);
}

std::string keepalived_router(const Router& router, std::string_view node) {
  return fmt::format(R"(vrrp_instance {} {{
  state BACKUP
  interface {}
  version 3
  virtual_router_id {}
  priority {}
  advert_int {:.2f}
  virtual_ipaddress {{
    {}/32
  }}
}}
)",
                     router.name, router.interface, router.id, priority_of(node),
                     std::chrono::duration<double>(router.interval).count(),
                     fmt::join(router.addresses, "/32\n    "));
}

Router router_of(const PairPlan& plan) {
  Router router;
  router.interval = plan.interval;
  router.store = plan.store;
  router.addresses.emplace_back(kFloating);
  for (int i = 1; i < plan.addresses; ++i) router.addresses.push_back(further_address(i));
  return router;
}

Router router_number(int number) {
  return {.name = fmt::format("r{}", number),
          .interface = fmt::format("eth{}", number / kRoutersEach),
          .id = number % kRoutersEach + 1,
          .interval = std::chrono::seconds{1},
          .addresses = {further_address(number)}};
}

std::string hawser_vip() {
  return std::string(kNodes) + hawser_router(router_of({}));
}

std::string keepalived_instance(std::string_view node) {
  return keepalived_router(router_of({}), node);
}

std::string hawser_service(int number, int port) {
  std::string text = fmt::format(
      "[service.s{0}]\nvirtual = [\"tcp {1}:{2}\"]\npool = \"p{0}\"\n[pool.p{0}]\nchecks = [\"port\"]\n",
      number, kFloating, port);
  for (const char* real : kReals)
    text += fmt::format("[[pool.p{}.real]]\naddress = \"{}\"\nport = {}\n", number, real, port);
  return text;
}

std::string keepalived_real(std::string_view address, int port) {
  return fmt::format(
      "  real_server {} {} {{\n    weight 1\n    TCP_CHECK {{\n      connect_timeout 1\n      retry 0\n    "
      "}}\n  }}\n",
      address, port);
}

std::string keepalived_service(int port, double delay, std::string_view reals) {
  return fmt::format(
      "virtual_server {} {} {{\n  delay_loop {:.1f}\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n{}}}\n",
      kFloating, port, delay, reals);
}

std::string hawser_check(std::chrono::milliseconds interval) {
  return fmt::format(
      "[check.port]\ntype = \"tcp\"\ninterval = \"{}ms\"\ntimeout = \"{}ms\"\nfall = 1\nrise = 1\n",
      interval.count(), std::min(interval, std::chrono::milliseconds{1000}).count());
}

}  // namespace

std::string last_address(const PairPlan& plan) {
  return router_of(plan).addresses.back();
}

std::string pair_file(Product product, std::string_view node, const PairPlan& plan) {
  const auto router = router_of(plan);
  return product == Product::kHawser ? std::string(kNodes) + hawser_router(router)
                                     : keepalived_router(router, node);
}

std::string routers_file(Product product, std::string_view node, int routers) {
  std::string text(product == Product::kHawser ? kNodes : "");
  for (int number = 0; number < routers; ++number) {
    const auto router = router_number(number);
    text += product == Product::kHawser ? hawser_router(router) : keepalived_router(router, node);
  }
  return text;
}

std::string removal_file(Product product) {
  if (product == Product::kKeepalived) return keepalived_service(80, 0.1, keepalived_real(kReals[0], 8080));
  return fmt::format(
      "{}{}[service.web]\nvirtual = [\"tcp {}:80\"]\nscheduler = \"rr\"\npool = "
      "\"web\"\n[pool.web]\nchecks = [\"port\"]\n"
      "forwarding = \"masquerade\"\n[[pool.web.real]]\naddress = \"{}\"\nport = 8080\n",
      kNodes, hawser_check(std::chrono::milliseconds{100}), kFloating, kReals[0]);
}

std::string large_file(Product product, int services, std::chrono::seconds interval) {
  std::string text =
      product == Product::kHawser
          ? hawser_vip() + hawser_check(interval) +
                "[defaults.pool]\nforwarding = \"masquerade\"\n[defaults.service]\nscheduler = \"rr\"\n"
          : keepalived_instance("lb1");
  for (int number = 0; number < services; ++number) {
    const int port = kFirstPort + number;
    if (product == Product::kHawser) {
      text += hawser_service(number, port);
      continue;
    }
    std::string reals;
    for (const char* real : kReals) reals += keepalived_real(real, port);
    text += keepalived_service(port, static_cast<double>(interval.count()), reals);
  }
  return text;
}

}  // namespace hawser::bench
