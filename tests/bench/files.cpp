#include "tests/bench/files.h"

#include <algorithm>

#include <fmt/format.h>

namespace hawser::bench {
namespace {

constexpr std::array kReals{"198.51.100.21", "198.51.100.22", "198.51.100.23", "198.51.100.24"};

constexpr std::string_view kNodes = R"(format = 1
[nodes.lb1]
addresses = ["192.0.2.11"]
[nodes.lb2]
addresses = ["192.0.2.12"]
)";

std::string hawser_vip() {
  return fmt::format(R"({}[vip.web]
interface = "eth0"
addresses = ["{}"]
virtual_router_id = 51
priority = {{ lb1 = {}, lb2 = {} }}
advertisement_interval = "{}ms"
)",
                     kNodes, kFloating, kHighPriority, kLowPriority, kAdvertisement.count());
}

std::string keepalived_instance(std::string_view node) {
  return fmt::format(R"(vrrp_instance web {{
  state BACKUP
  interface eth0
  version 3
  virtual_router_id 51
  priority {}
  advert_int {:.2f}
  virtual_ipaddress {{
    {}/32
  }}
}}
)",
                     node == "lb1" ? kHighPriority : kLowPriority,
                     std::chrono::duration<double>(kAdvertisement).count(), kFloating);
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

std::string pair_file(Product product, std::string_view node) {
  return product == Product::kHawser ? hawser_vip() : keepalived_instance(node);
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
