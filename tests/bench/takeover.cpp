#include <algorithm>
#include <fstream>
#include <memory>

#include <unistd.h>

#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/bench/wire.h"
#include "tests/support/capture.h"
#include "tests/support/client.h"
#include "tests/support/failure.h"

namespace hawser::bench {

using namespace std::chrono_literals;

namespace {

void end_lb1(HostPair& pair, Fault fault) {
  switch (fault) {
    case Fault::kFrozen:
      return pair.freeze_lb1();
    case Fault::kKilled:
      return pair.kill_lb1();
    case Fault::kPulled:
      return pair.pull_lb1();
  }
}

void bring_lb1_back(HostPair& pair, Fault fault) {
  switch (fault) {
    case Fault::kFrozen:
      return pair.thaw_lb1();
    case Fault::kKilled:
      return pair.start("lb1");
    case Fault::kPulled:
      return pair.plug_lb1();
  }
}

}  // namespace

std::vector<double> takeovers(Product product, const std::filesystem::path& folder, int runs,
                              std::chrono::milliseconds interval, Fault fault) {
  HostPair pair(product, folder / "takeover", {.interval = interval, .addresses = 1});
  std::vector<double> late;
  for (int run = 0; run < runs; ++run) {
    std::this_thread::sleep_for(500ms);
    const lab::Capture capture(pair.wire(), HostPair::wire_interface(), {.filter = "arp or ip proto 112"});
    std::this_thread::sleep_for(3 * interval);
    end_lb1(pair, fault);
    const auto seen = [&] { return takeover_lateness(capture.packets(), interval); };
    static_cast<void>(lab::eventually(5s + 4 * interval, [&] { return seen().has_value(); }));
    if (const auto value = seen()) late.push_back(*value);
    bring_lb1_back(pair, fault);
    pair.await_holder("lb1");
  }
  return late;
}

Handover handovers(Product product, const std::filesystem::path& folder, int runs, const HandoverPlan& plan) {
  HostPair pair(product, folder / "handover");
  Handover result;
  const bool udp = plan.protocol == lab::Client::Protocol::kUdp;
  const auto of_connections = [&](const char* host) -> std::unique_ptr<lab::Capture> {
    if (udp) return nullptr;
    return std::make_unique<lab::Capture>(
        pair.wire(), HostPair::wire_interface(host),
        lab::Capture::Options{.filter = fmt::format("tcp dst port 8080 and dst host {}", kFloating)});
  };
  for (int run = 0; run < runs; ++run) {
    const auto to_lb1 = of_connections("lb1");
    const auto to_lb2 = of_connections("lb2");
    lab::Client client(plan.from == From::kSegment ? pair.client() : pair.far_client(),
                       {.protocol = plan.protocol,
                        .address = std::string(kFloating),
                        .port = static_cast<std::uint16_t>(udp ? 80 : 8080),
                        .every = plan.every,
                        .timeout = 500ms});
    // Each time at another moment between two requests, or all runs would show the same.
    std::this_thread::sleep_for(500ms + plan.every * run / runs);
    plan.leave == Leave::kStop ? pair.stop_lb1() : pair.hand_over_lb1();
    pair.await_holder("lb2");
    std::this_thread::sleep_for(500ms);
    client.stop();
    const auto report = client.report();
    result.lost += report.lost;
    for (const auto& [why, count] : report.losses) result.losses[why] += count;
    result.sent += report.sent;
    if (!udp) result.cut += cut_in_two(to_lb1->packets(), to_lb2->packets());
    result.gaps.push_back(lab::milliseconds(report.longest_gap));
    plan.leave == Leave::kStop ? pair.start("lb1") : pair.resume_lb1();
    pair.await_holder("lb1");
  }
  return result;
}

namespace {

// The first address stands for what a client waits for; the last ones, of which each dummy of a store has
// one, for all. Ten thousand are not captured.
std::string filter_of(const PairPlan& plan) {
  const auto last = IpAddress::parse(last_address(plan));
  const auto from = last ? last->v4_host_order() - 63 : 0;
  return fmt::format("ip proto 112 or (arp and (host {0} or arp[24:4] >= {1})) or (udp and src host {0})",
                     kFloating, from);
}

}  // namespace

ManyAddresses many_addresses(Product product, const std::filesystem::path& folder, const PairPlan& plan,
                             int runs) {
  constexpr auto kPatience = 180s;
  const int addresses = plan.addresses;
  HostPair pair(product, folder / ("addresses" + plan.store), plan);
  const auto all_are_on = [&](const std::string& host) {
    if (!lab::eventually(kPatience, [&] { return pair.holds_all(host); }))
      lab::give_up("{}: {} addresses did not come to {} alone", name_of(product), addresses, host);
  };
  ManyAddresses result;
  for (int run = 0; run < runs; ++run) {
    all_are_on("lb1");
    std::this_thread::sleep_for(1s);
    const lab::Capture capture(pair.wire(), HostPair::wire_interface(), {.filter = filter_of(plan)});
    lab::Client client(pair.client(), {.protocol = lab::Client::Protocol::kUdp,
                                       .address = std::string(kFloating),
                                       .port = 80,
                                       .every = 1ms,
                                       .timeout = 500ms});
    std::this_thread::sleep_for(3 * plan.interval);
    pair.freeze_lb1();
    const auto taken = lab::eventually(kPatience, [&] { return pair.has_last("lb2"); });
    std::this_thread::sleep_for(10 * plan.interval);
    client.stop();
    const auto packets = capture.packets();
    const auto late = takeover_lateness(packets, plan.interval);
    const auto answer = first_answer(packets, plan.interval);
    const auto pause = longest_pause(packets, kLowPriority);
    const auto whole = whole_takeover(packets, plan.interval);
    pair.thaw_lb1();
    if (!taken || !late || !answer || !pause || !whole)
      lab::give_up("{}: no takeover of {} addresses ({}{}{}{}{} missing)", name_of(product), addresses,
                   taken ? "" : " the last address", late ? "" : " an announcement",
                   answer ? "" : " an answer", pause ? "" : " advertisements",
                   whole ? "" : " the last announcement");
    result.late.push_back(*late);
    result.answers.push_back(*answer);
    result.pauses.push_back(*pause);
    result.whole.push_back(*whole);
  }
  all_are_on("lb1");
  return result;
}

namespace {

// Seconds that a process has computed so far.
double computed(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text(std::istreambuf_iterator<char>(file), {});
  const auto name_ends = text.rfind(')');
  if (name_ends == std::string::npos) return 0;
  std::istringstream rest(text.substr(name_ends + 1));
  std::string word;
  double user = 0;
  double system = 0;
  for (int field = 3; field < 14; ++field) rest >> word;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Until a process takes in two seconds in a row about the same: what it does once is over.
void await_calm(const std::vector<pid_t>& processes) {
  const auto in_a_second = [&] {
    std::vector<double> before;
    before.reserve(processes.size());
    for (const auto pid : processes) before.push_back(computed(pid));
    std::this_thread::sleep_for(1s);
    double most = 0;
    for (std::size_t i = 0; i < processes.size(); ++i)
      most = std::max(most, computed(processes[i]) - before[i]);
    return most;
  };
  constexpr double kBusy = 0.1;  // of a core: no virtual router that only advertises takes so much
  const auto is_calm = [&] {
    const auto first = in_a_second();
    return std::max(first, in_a_second()) < kBusy;
  };
  static_cast<void>(lab::eventually(120s, is_calm));
}

struct RouterHost {
  explicit RouterHost(const std::string& name) : where{name} {}
  lab::Namespace where;
  std::vector<lab::Process> daemons;
};

}  // namespace

ManyRouters many_routers(Product product, const std::filesystem::path& folder, int routers,
                         std::chrono::seconds during) {
  RouterHost lb1("lb1");
  RouterHost lb2("lb2");
  std::vector<lab::Cable> cables;
  for (int i = 0; i * kRoutersEach < routers; ++i) {
    const auto interface = fmt::format("eth{}", i);
    cables.emplace_back(lab::Cable::End{&lb1.where, interface}, lab::Cable::End{&lb2.where, interface});
    for (auto* host : {&lb1, &lb2})
      host->where.ip(
          {fmt::format("addr add 192.0.2.{}/24 dev {}", 2 * i + (host == &lb1 ? 11 : 12), interface),
           fmt::format("link set {} up", interface)});
  }
  for (auto* host : {&lb1, &lb2})
    host->daemons =
        start(product, Duty::kVrrp, host->where, folder / "routers" / name_of(product) / host->where.host(),
              routers_file(product, host->where.host(), routers));
  std::this_thread::sleep_for(15s);  // elections, their announcements, and what programs do once
  const auto first = advertiser(product, lb1.daemons);
  const auto second = advertiser(product, lb2.daemons);
  await_calm({first, second});
  const auto before = std::pair(computed(first), computed(second));
  const auto begun = lab::Clock::now();
  std::this_thread::sleep_for(during);
  const auto took = std::chrono::duration<double>(lab::Clock::now() - begun).count();
  ManyRouters result{100 * (computed(first) - before.first) / took,
                     100 * (computed(second) - before.second) / took, memory_of(first)};
  for (auto* host : {&lb1, &lb2})
    for (auto& daemon : host->daemons) daemon.stop();
  return result;
}

}  // namespace hawser::bench
