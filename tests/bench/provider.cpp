// Addresses that a provider routes: how long after the decision the request is on the wire, and what a
// hundred providers that do not answer cost. An imitation of the provider's API (tests/support/provider_sim)
// is asked.
#include "tests/support/provider.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/bench/wire.h"
#include "tests/support/capture.h"
#include "tests/support/failure.h"
#include "tests/support/switch.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRouted = "203.0.113.100";

std::string provider_section(const std::string& name, const test::ProviderSim& sim) {
  return fmt::format(
      "[provider.{}]\nkind = \"hetzner-robot\"\ncredentials = \"file:{}\"\nendpoint = \"{}\"\nca = \"{}\"\n",
      name, sim.at("robot.credentials"), sim.url(), sim.at("ca.pem"));
}

// Held on lo, so that it runs where the kernel has no dummy.
std::string vip_section(const std::string& name, std::string_view address, int router_id,
                        const std::string& provider) {
  return fmt::format(
      "[vip.{}]\ninterface = \"eth0\"\naddresses = [{{ address = \"{}\", interface = \"lo\" }}]\n"
      "virtual_router_id = {}\npriority = {{ lb1 = {}, lb2 = {} }}\nadvertisement_interval = \"{}ms\"\n"
      "transport = \"unicast\"\nprovider = \"{}\"\n",
      name, address, router_id, kHighPriority, kLowPriority, kAdvertisement.count(), provider);
}

std::string nodes(int providers) {
  std::string text = "format = 1\n";
  for (int node = 1; node <= 2; ++node) {
    text += fmt::format("[nodes.lb{0}]\naddresses = [\"192.0.2.1{0}\"]\n", node);
    for (int i = 0; i < providers; ++i) text += fmt::format("provider.p{} = \"192.0.2.1{}\"\n", i, node);
  }
  return text;
}

// Two hosts and the imitation on one switch.
class Site {
 public:
  explicit Site(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    int last_byte = 11;
    for (const auto* host : {&lb1, &lb2, &api_}) {
      cables_.push_back(switch_.connect(*host, "eth0"));
      host->ip({fmt::format("addr add 192.0.2.{}/24 dev eth0", host == &api_ ? 50 : last_byte++),
                "link set eth0 up", "link set lo up"});
    }
    std::ofstream(folder_ / "limits.json") << R"({"robot":{"limits":{"read":10000,"switch":10000}}})";
    sim.begin({"--state", (folder_ / "limits.json").string()});
  }

  std::vector<lab::Process> start(const lab::Namespace& host, const std::string& file) const {
    return bench::start(Product::kHawser, Duty::kVrrp, host, folder_ / host.host(), file);
  }
  [[nodiscard]] const lab::Namespace& wire() const { return switch_.where(); }

  const lab::Namespace lb1{"lb1"}, lb2{"lb2"};

 private:
  std::filesystem::path folder_;
  lab::Switch switch_{"sw1"};
  const lab::Namespace api_{"api"};
  std::vector<lab::Cable> cables_;

 public:
  test::ProviderSim sim{api_, "192.0.2.50"};
};

// Of the first advertisement of the new Active, which goes out in the handler that decided, and of the SYN.
std::optional<double> delay(std::span<const lab::Packet> packets) {
  const auto from_active = [](const lab::Packet& packet) { return is_advertisement(packet, kHighPriority); };
  const auto last = std::find_if(packets.rbegin(), packets.rend(), from_active);
  const auto decided = std::find_if(last.base(), packets.end(), [](const lab::Packet& packet) {
    return is_advertisement(packet, kLowPriority);
  });
  const auto asked = std::find_if(decided, packets.end(), is_syn);
  if (last == packets.rend() || asked == packets.end()) return std::nullopt;
  return std::chrono::duration<double, std::milli>(asked->time - decided->time).count();
}

}  // namespace

std::vector<double> provider_delays(const std::filesystem::path& folder, int runs) {
  const Site site(folder / "provider");
  const auto file = nodes(1) + provider_section("p0", site.sim) + vip_section("web", kRouted, 51, "p0");
  const auto leads_to = [&](std::string_view target) {
    return lab::eventually(
        30s, [&] { return site.sim.leads_to(std::string(kRouted)) == target; }, 20ms);
  };
  std::vector<double> delays;
  const auto lb2 = site.start(site.lb2, file);
  for (int run = 0; run < runs; ++run) {
    std::filesystem::remove_all(folder / "provider" / "lb1" / "state" / "provider");  // calls of an hour ago
    std::filesystem::remove_all(folder / "provider" / "lb2" / "state" / "provider");
    auto lb1 = site.start(site.lb1, file);
    if (!leads_to("192.0.2.11")) lab::give_up("the address did not come to lb1");
    std::this_thread::sleep_for(1s);
    const lab::Capture capture(site.wire(), "lb2-eth0",
                               {.filter = "ip proto 112 or (tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn)"});
    std::this_thread::sleep_for(3 * kAdvertisement);
    lb1.at(0).kill();
    if (!leads_to("192.0.2.12")) lab::give_up("the address did not come to lb2");
    if (const auto value = delay(capture.packets())) delays.push_back(*value);
  }
  return delays;
}

std::vector<ProcessMemory> hanging_providers(const std::filesystem::path& folder, int providers) {
  const Site site(folder / "hanging");
  auto file = nodes(providers);
  for (int i = 0; i < providers; ++i) {
    const auto name = fmt::format("p{}", i);
    file += provider_section(name, site.sim) +
            vip_section(fmt::format("v{}", i), fmt::format("203.0.113.{}", 100 + i), 1 + i, name);
  }
  site.sim.control("POST", "plan", R"([{"match":"GET /failover/","do":"stall","seconds":120,"times":0},
      {"match":"POST /failover/","do":"stall","seconds":120,"times":0}])");
  const auto daemons = site.start(site.lb1, file);
  std::this_thread::sleep_for(10s);  // every one of them has been asked, and is silent
  return memories(Product::kHawser, daemons);
}

}  // namespace hawser::bench
