// vipd advertises each 10 ms beside what goes wrong with a provider, and is not late: as it says itself, with
// real-time priority as on a user's host. Without that the machine's other work would be measured; and so it
// is where the machine is shared, so that only the thorough run, on a quiet one, judges the figure.
#include <gmock/gmock.h>
#include <sched.h>

#include "lib/base/json_in.h"
#include "tests/native/vipd_host.h"
#include "tests/support/provider.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

constexpr const char* kAddress = "203.0.113.100";
Duration interval() {
  return thorough() ? 10ms : 100ms;
}

bool may_be_realtime() {
  const sched_param highest{.sched_priority = 10};
  const bool may = ::sched_setscheduler(0, SCHED_FIFO, &highest) == 0;
  const sched_param usual{};
  ::sched_setscheduler(0, SCHED_OTHER, &usual);
  return may;
}

class VipdLate : public VipTest {
 protected:
  void SetUp() override {
    if (thorough()) {
      ASSERT_TRUE(may_be_realtime()) << "without real-time priority the machine's other work would be judged";
    }
  }
  void begin(const std::string& endpoint = "") {
    provider.begin({"--state", limits()});
    for (auto* host : {&lb1, &lb2}) {
      host->write_text(file(endpoint.empty() ? provider.url() : endpoint));
      host->host().ip({"link set lo up"});
    }
  }
  // `prepare`: what a shell does first, in the mount namespace of lb2's vipd.
  void settle(const std::string& prepare = "true") {
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
    lb2.start({"sh", "-ec", prepare + "; exec \"$@\"", "sh"});
    ASSERT_TRUE(lb2.hears_somebody()) << lb2.daemon_output();
    before = timers();
  }
  // lb1 dies, and lb2 takes over; then lb1 is there again and takes it back.
  void take_over() {
    lb1.daemon().kill();
    EXPECT_TRUE(lb2.becomes("Active")) << lb2.daemon_output();
  }
  void give_back() {
    lb1.start();
    EXPECT_TRUE(lb2.becomes("Backup")) << lb2.daemon_output();
  }
  [[nodiscard]] bool leads_to(const std::string& host, Duration within = 30s) const {
    return eventually(
        within, [&] { return provider.leads_to(kAddress) == host; }, 50ms);
  }
  // Of lb2's timers since it started, and those late by an interval or more.
  struct Timers {
    std::uint64_t all = 0, late = 0;
  };
  [[nodiscard]] Timers timers() const {
    const auto status = lb2.status();
    const auto& loop = value_in(value_in(status, "lateness"), "loop");
    Timers timers{.all = number_in(loop, "count")};
    const auto& bounds = list_in(loop, "bounds_us");
    const auto& buckets = list_in(loop, "buckets");
    for (std::size_t index = 0; index < buckets.size(); ++index)
      if (index >= bounds.size() || bounds.at(index).to_number<std::int64_t>() > interval() / 1us)
        timers.late += buckets.at(index).to_number<std::uint64_t>();
    return timers;
  }
  // The first timer of all waits for what a start takes: that is no lateness.
  void expect_never_late() const {
    const auto now = timers();
    EXPECT_GT(now.all, before.all);
    if (thorough()) {
      EXPECT_EQ(now.late, before.late) << lb2.vipctl({"status"}).text;
    } else {
      std::cout << fmt::format("    {} of {} timers late by an interval of {} ms\n", now.late - before.late,
                               now.all - before.all, interval() / 1ms);
    }
  }
  // As if an hour had passed since: Robot permits 50 switches in one, and vipd keeps to that.
  void forget_calls() const {
    for (const auto* host : {&lb1, &lb2})
      for (const auto& entry : std::filesystem::directory_iterator(host->directory() / "provider"))
        if (entry.path().extension() == ".json") std::filesystem::remove(entry.path());
  }
  static int rounds() { return thorough() ? 100 : 5; }

  Neighbour api{"api", "192.0.2.50", segment};
  test::ProviderSim provider{api.host, "192.0.2.50"};
  Timers before;

 private:
  [[nodiscard]] std::string limits() const {
    const auto path = lb1.directory() / "limits.json";
    std::ofstream(path) << R"({"robot": {"limits": {"read": 100000, "switch": 10000}}})";
    return path.string();
  }
  [[nodiscard]] std::string file(const std::string& endpoint) const {
    return fmt::format(
        "format = 1\n[nodes.lb1]\naddresses = [\"192.0.2.11\"]\nprovider.robot = "
        "\"192.0.2.11\"\n[nodes.lb2]\n"
        "addresses = [\"192.0.2.12\"]\nprovider.robot = \"192.0.2.12\"\n[provider.robot]\nkind = "
        "\"hetzner-robot\"\ncredentials = \"file:{}\"\nendpoint = \"{}\"\nca = \"{}\"\ntimeout = "
        "\"10s\"\n[vip.web]\ninterface = \"front\"\naddresses = [{{ address = \"{}\", interface = \"lo\" "
        "}}]\nvirtual_router_id = 51\npriority = {{ lb1 = 200, lb2 = 100 }}\nadvertisement_interval = "
        "\"{}ms\"\ntransport = \"unicast\"\nprovider = \"robot\"\n",
        provider.at("robot.credentials"), endpoint, provider.at("ca.pem"), kAddress, interval() / 1ms);
  }
};

TEST_F(VipdLate, TakeoversWithASwitchEachDelayNoTimer) {
  begin();
  settle();
  for (int round = 0; round < rounds(); ++round) {
    take_over();
    EXPECT_TRUE(leads_to("192.0.2.12")) << "round " << round << ":\n" << lb2.daemon_output();
    give_back();
    EXPECT_TRUE(leads_to("192.0.2.11")) << "round " << round << ":\n" << lb1.daemon_output();
    forget_calls();
  }
  expect_never_late();
}

TEST_F(VipdLate, AWorkerThatStandsStillDelaysNoTimer) {
  begin();
  settle();
  const auto worker =
      std::stoi(lb2.host().run({"pgrep", "-P", fmt::format("{}", lb2.daemon().pid()), "vipd-worker"}).text);
  ::kill(worker, SIGSTOP);
  for (int round = 0; round < rounds() / 5; ++round) {
    take_over();
    give_back();
  }
  expect_never_late();
  take_over();
  ::kill(worker, SIGCONT);
  EXPECT_TRUE(leads_to("192.0.2.12")) << "and the latest role counts:\n" << lb2.daemon_output();
}

TEST_F(VipdLate, AFullDiskDelaysNoTimerAndNoSwitch) {
  begin();
  const auto folder = (lb2.directory() / "provider").string();
  settle(fmt::format("mkdir -p {0}; mount -t tmpfs -o size=4k,nr_inodes=3 tmpfs {0}; touch {0}/a {0}/b",
                     folder));
  for (int round = 0; round < rounds() / 5; ++round) {
    take_over();
    EXPECT_TRUE(leads_to("192.0.2.12")) << lb2.daemon_output();
    give_back();
    EXPECT_TRUE(leads_to("192.0.2.11")) << lb1.daemon_output();
  }
  expect_never_late();
}

// The name servers are at an address that swallows what is sent to it.
TEST_F(VipdLate, AResolverThatDoesNotAnswerDelaysNoTimerAndIsNamed) {
  begin("https://api.example:8443");
  lb2.host().ip({"neigh replace 192.0.2.99 lladdr 02:00:00:00:00:01 nud permanent dev front",
                 "route add 198.51.100.53 via 192.0.2.99"});
  const auto resolver = lb2.directory() / "resolv.conf";
  std::ofstream(resolver) << "nameserver 198.51.100.53\noptions timeout:1 attempts:1\n";
  settle(fmt::format("mount --bind {} /etc/resolv.conf", resolver.string()));
  for (int round = 0; round < rounds() / 5; ++round) {
    take_over();
    give_back();
  }
  take_over();
  EXPECT_TRUE(eventually(30s, [&] { return lb2.logged("is not answered for by robot"); }))
      << lb2.daemon_output();
  EXPECT_TRUE(lb2.logged("api.example: Host not found")) << lb2.daemon_output();
  expect_never_late();
}

}  // namespace
}  // namespace hawser::lab
