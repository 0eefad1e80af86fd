// hawser-demo: two load balancers, two switches, three web servers and one client, as network namespaces;
// what breaks, what heals, what it costs the client. Runs as root in the laboratory's virtual machine (./dev
// demo): it gives its namespaces plain names.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tests/lab/demo/director.h"
#include "tests/lab/demo/provider_play.h"
#include "tests/lab/demo/script.h"
#include "tests/lab/demo/shell.h"
#include "tests/lab/demo/site.h"
#include "tests/support/capture.h"
#include "tests/support/client.h"
#include "tests/support/failure.h"

namespace hawser::demo {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFolder = "/run/hawser-lab";
constexpr lab::Duration kStartPatience = 40s;

struct Arguments {
  Broken broken = Broken::kNothing;
  bool shell = false;
  bool provider = false;
  std::string capture;
  std::string record;
  std::string logs;
};

const std::map<std::string, Broken> kParts{
    {"netd", Broken::kNetd}, {"vipd", Broken::kVipd}, {"monitor", Broken::kMonitor}};

// Under emulation a request costs a hundred times what it costs on a real machine, and the client must not be
// what is measured.
Terms terms(bool emulated, const std::string& server) {
  return {.virtual_server = server, .interval = emulated ? 40ms : 10ms, .timeout = 500ms};
}

constexpr Pace kPace{.patience = 10s, .settle = 1500ms, .quiet = 4s, .in_a_row = 15};

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) lab::give_up("{}: cannot be read", path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, std::string_view text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) lab::give_up("{}: cannot be written", path);
}

bool emulated() {
  const std::string text = read_text("/proc/cpuinfo");
  return text.find("QEMU TCG") != std::string::npos;
}

// What the capture's clock showed when the laboratory's was at zero. Of several looks the quickest counts:
// this thread may have been put aside between the two clocks.
std::chrono::microseconds epoch() {
  std::chrono::nanoseconds difference{};
  auto quickest = lab::Duration::max();
  for (int look = 0; look < 20; ++look) {
    const auto before = lab::Clock::now();
    const auto wall = std::chrono::system_clock::now();
    const auto took = lab::Clock::now() - before;
    if (took >= quickest) continue;
    quickest = took;
    difference = wall.time_since_epoch() - (before + took / 2).time_since_epoch();
  }
  return std::chrono::duration_cast<std::chrono::microseconds>(difference);
}

void introduce(const Terms& terms, bool slow) {
  fmt::print(
      "Two load balancers (lb1, lb2), each with a bond of two ports to two switches (sw1, sw2); three web "
      "servers; one client that\n"
      "asks http://{}/ every {:.0f} ms, each time by a new connection. A request is lost when {:.0f} ms "
      "bring no answer.\n",
      lab::address::kFloating, lab::milliseconds(terms.interval), lab::milliseconds(terms.timeout));
  if (slow) fmt::print("This processor is emulated: every time here is longer than on a real machine.\n");
  fmt::print("\n");
}

// What the daemons said, each under its own head line.
std::string logs(Site& site) {
  std::string text;
  for (LoadBalancer* balancer : {&site.lb1(), &site.lb2()})
    for (const char* daemon : {"netd", "vipd"})
      text += fmt::format("--- {} on {} ({}):\n{}", daemon, balancer->name(),
                          balancer->running(daemon) ? "running" : "not running", balancer->output(daemon));
  return text;
}

bool all_run(Site& site) {
  return site.lb1().running("netd") && site.lb1().running("vipd") && site.lb2().running("netd") &&
         site.lb2().running("vipd");
}

// Waits until the service is up, as both kernels tell it; otherwise says what is missing.
void await_service(Site& site) {
  std::string missing;
  static_cast<void>(lab::eventually(
      kStartPatience,
      [&] {
        missing.clear();
        for (const Expectation& expectation : service_is_up(site))
          if (const auto instead = expectation.instead(); !instead.empty())
            missing += fmt::format("  not so: {}: {}\n", expectation.what, instead);
        return missing.empty() || !all_run(site);
      },
      50ms));
  if (!missing.empty()) lab::give_up("the service did not come up:\n{}{}", missing, logs(site));
}

void break_part(Site& site, const Director& director, Broken broken) {
  if (broken == Broken::kMonitor)
    director.tell("BROKEN ON PURPOSE: the file says monitor = \"none\" for bond0");
  if (broken == Broken::kNetd) {
    director.tell("BROKEN ON PURPOSE: netd is killed on both load balancers and stays dead");
    for (LoadBalancer* balancer : {&site.lb1(), &site.lb2()}) balancer->kill("netd");
  }
  // Not on lb1 too: what a dead one held is gone with its lease, before anything is pulled.
  if (broken == Broken::kVipd) {
    director.tell("BROKEN ON PURPOSE: vipd is killed on lb2 and stays dead");
    site.lb2().kill("vipd");
  }
}

int run_play(Site& site, const Arguments& arguments, const Terms& terms, lab::TimePoint start) {
  std::optional<lab::Capture> capture;
  if (!arguments.capture.empty())
    capture.emplace(site.network().host("client"), "eth0",
                    lab::Capture::Options{.filter = "ip", .file = arguments.capture});
  lab::Client client(site.network().host("client"),
                     {.address = lab::address::kFloating, .every = terms.interval, .timeout = terms.timeout});
  Director director(client, terms, kPace, start);
  director.tell("The service is up: lb1 holds the addresses, both know three web servers, the client asks");
  const auto first = lab::Clock::now();
  if (!lab::eventually(kPace.patience, [&] { return client.answered_in_a_row(kPace.in_a_row, first); }))
    lab::give_up("the client got no answer before anything was broken");
  break_part(site, director, arguments.broken);
  director.begin();
  for (const Act& act : script(site)) {
    const bool healed = director.play(act);
    if (healed || arguments.broken == Broken::kNothing) continue;
    director.tell("The rest is left out: something was broken on purpose, and it was noticed");
    break;
  }
  client.stop();
  if (capture) capture->stop();
  if (!arguments.logs.empty()) write_text(arguments.logs, logs(site));
  if (!arguments.record.empty()) write_text(arguments.record, record(director.events(), terms, epoch()));
  return director.conclude();
}

int run(const Arguments& arguments) {
  const lab::TimePoint start = lab::Clock::now();
  const bool slow = emulated();
  if (arguments.provider)
    return run_provider_play({kFolder, terms(slow, kRoutedServer), arguments.broken, arguments.logs});
  const std::string file = read_text(HAWSER_SOURCE_DIR "/tests/lab/demo/hawser.toml");
  Site site(kFolder, configuration(file, arguments.broken));
  const auto how = terms(slow, fmt::format("{}:80", lab::address::kFloating));
  if (!arguments.shell) introduce(how, slow);
  site.start_daemons();
  await_service(site);
  return arguments.shell ? keep_for_shell(site, kFolder) : run_play(site, arguments, how, start);
}

}  // namespace
}  // namespace hawser::demo

int main(int argc, char** argv) {
  using namespace hawser::demo;
  Arguments arguments;
  CLI::App app{"Pulls cables, kills a server, cuts a host off; tells what a client noticed."};
  app.add_option("--break", arguments.broken, "stop this part before the first fault: netd, vipd or monitor")
      ->transform(CLI::CheckedTransformer(kParts));
  auto* capture = app.add_option("--capture", arguments.capture,
                                 "write what passes the client's cable to this .pcap file");
  auto* record = app.add_option("--record", arguments.record,
                                "write the figures to this JSON file, for evaluate_capture.py");
  app.add_option("--logs", arguments.logs, "write what the daemons said to this file");
  auto* shell =
      app.add_flag("--shell", arguments.shell, "set everything up and stay, for trying failovers by hand");
  auto* provider = app.add_flag("--provider", arguments.provider,
                                "two hosts and an address that a provider routes: a host is cut off, and the "
                                "route moves by the provider's API");
  for (auto* other : {capture, record, shell}) provider->excludes(other);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (arguments.provider && arguments.broken != Broken::kNothing && arguments.broken != Broken::kVipd) {
    fmt::print(stderr, "hawser-demo: --break: with --provider only vipd runs, and can be broken\n");
    return 2;
  }
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "hawser-demo: {}\n", error.what());
    return 1;
  }
}
