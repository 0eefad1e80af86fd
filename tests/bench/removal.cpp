#include <atomic>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/lab/demo/observe.h"
#include "tests/support/backend.h"
#include "tests/support/capture.h"
#include "tests/support/failure.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;
using Wall = std::chrono::system_clock;

std::size_t servers_in_table() {
  std::ifstream file("/proc/thread-self/net/ip_vs");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return demo::real_servers(text).size();
}

// The first reset that the real server's host sent: the probe that fails.
std::optional<std::chrono::nanoseconds> first_reset(const std::vector<lab::Packet>& packets) {
  if (packets.empty()) return std::nullopt;
  return packets.front().time;
}

// Looks without pause, from inside, until the table has so many real servers; when it had.
std::optional<std::chrono::nanoseconds> await_table(const lab::Namespace& host, std::size_t count) {
  return host.inside([&]() -> std::optional<std::chrono::nanoseconds> {
    const auto end = lab::Clock::now() + 10s;
    while (lab::Clock::now() < end)
      if (servers_in_table() == count) return Wall::now().time_since_epoch();
    return std::nullopt;
  });
}

}  // namespace

std::vector<double> removals(Product product, const std::filesystem::path& folder, int runs) {
  const lab::Namespace balancer("lb1");
  const lab::Namespace web("web1");
  const lab::Cable cable({&balancer, "eth0"}, {&web, "eth0"});
  balancer.ip({"addr add 198.51.100.11/24 dev eth0", "addr add 192.0.2.100/32 dev eth0", "link set eth0 up"});
  web.ip({"addr add 198.51.100.21/24 dev eth0"});
  lab::Backend server(web, 8080);
  const auto daemons =
      start(product, Duty::kServers, balancer, folder / "removal" / name_of(product), removal_file(product));
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    if (!await_table(balancer, 1))
      lab::give_up("{}: the real server did not come into the table:\n{}", name_of(product),
                   daemons.at(0).output());
    std::this_thread::sleep_for(200ms);
    const lab::Capture capture(web, "eth0",
                               {.filter = "src host 198.51.100.21 and tcp[tcpflags] & tcp-rst != 0"});
    server.set(lab::Backend::Behaviour::kRefusing);
    const auto gone = await_table(balancer, 0);
    // A reset that ended a probe under way comes before the one that refuses the next; the first is the
    // verdict either way.
    static_cast<void>(lab::eventually(1s, [&] { return capture.count() > 0; }));
    const auto verdict = first_reset(capture.packets());
    if (gone && verdict) times.push_back(std::chrono::duration<double, std::milli>(*gone - *verdict).count());
    server.set(lab::Backend::Behaviour::kAnswering);
  }
  return times;
}

}  // namespace hawser::bench
