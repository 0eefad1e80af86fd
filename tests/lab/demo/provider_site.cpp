#include "tests/lab/demo/provider_site.h"

#include <fstream>

#include "tests/support/failure.h"

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;

constexpr lab::Duration kRouterLooks = 100ms;

// A switch takes 4 s instead of Hetzner's 40.
const lab::Argv kTenTimesAsFast{"--scale", "0.1"};

std::string file_of_both(const test::ProviderSim& api) {
  return fmt::format(R"(format = 1

[nodes.lb1]
addresses = ["192.0.2.11"]
provider.robot = "192.0.2.11"
[nodes.lb2]
addresses = ["192.0.2.12"]
provider.robot = "192.0.2.12"

[provider.robot]
kind = "hetzner-robot"
credentials = "file:{}"
endpoint = "{}"
ca = "{}"
timeout = "10s"

[vip.web]
interface = "eth0"
addresses = ["{}"]
virtual_router_id = 51
priority = {{ lb1 = 150, lb2 = 100 }}
advertisement_interval = "500ms"
preempt = "3s"
transport = "unicast"
provider = "robot"
)",
                     api.at("robot.credentials"), api.url(), api.at("ca.pem"), kRouted);
}

}  // namespace

std::string server_address(std::string_view host) {
  return host == "lb1" ? "192.0.2.11" : "192.0.2.12";
}

ProviderRouter::ProviderRouter(const lab::Namespace& router, const test::ProviderSim& api)
    : router_(router), api_(api), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::string ProviderRouter::sends_to() const {
  const std::scoped_lock lock(mutex_);
  return sends_to_;
}

void ProviderRouter::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto target = led_to();
    if (!target.empty() && target != sends_to()) {
      router_.ip({fmt::format("route replace {}/32 via {}", kRouted, target)});
      const std::scoped_lock lock(mutex_);
      sends_to_ = target;
    }
    std::this_thread::sleep_for(kRouterLooks);
  }
}

// Empty: the API said nothing of use, and everything stays as it is until it does.
std::string ProviderRouter::led_to() const {
  try {
    return api_.leads_to(kRouted);
  } catch (const std::exception&) {
    return {};
  }
}

ProviderSite::ProviderSite(const std::filesystem::path& folder) {
  connect();
  for (const auto* host : {&host1_, &host2_}) servers_.emplace_back(*host, 80);
  api_.begin(kTenTimesAsFast);
  std::filesystem::create_directories(folder);
  const auto file = folder / "hawser.toml";
  std::ofstream(file) << file_of_both(api_);
  lb1_.emplace(host1_, folder, file);
  lb2_.emplace(host2_, folder, file);
  routing_.emplace(router_, api_);
}

void ProviderSite::connect() {
  for (const auto* host : {&host1_, &host2_, &api_host_, &router_})
    cables_.push_back(segment_.connect(*host, "eth0"));
  cables_.emplace_back(lab::Cable::End{&client_, "eth0"}, lab::Cable::End{&router_, "eth1"});
  for (const auto& [host, address] :
       {std::pair(&host1_, "192.0.2.11"), {&host2_, "192.0.2.12"}, {&api_host_, "192.0.2.50"}})
    host->ip({fmt::format("addr add {}/24 dev eth0", address), "link set eth0 up",
              "route add default via 192.0.2.1"});
  router_.ip({"addr add 192.0.2.1/24 dev eth0", "addr add 198.51.100.1/24 dev eth1", "link set eth0 up",
              "link set eth1 up"});
  router_.sysctl("net.ipv4.ip_forward", "1");
  client_.ip(
      {"addr add 198.51.100.200/24 dev eth0", "link set eth0 up", "route add default via 198.51.100.1"});
}

}  // namespace hawser::demo
