#include "tests/bench/host_pair.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/bench/processes.h"
#include "tests/lab/demo/observe.h"
#include "tests/support/failure.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

// Where it is not installed: HAWSER_KEEPALIVED names one that was unpacked.
std::string keepalived_program() {
  if (const char* named = std::getenv("HAWSER_KEEPALIVED"); named != nullptr) return named;
  for (const char* path : {"/usr/sbin/keepalived", "/sbin/keepalived"})
    if (std::filesystem::exists(path)) return path;
  return {};
}

lab::Process start_hawser(const std::string& daemon, const lab::Namespace& host,
                          const std::filesystem::path& folder, const std::string& file) {
  return {host,
          {lab::program(daemon), "run", "--config", file, "--node", host.host(), "--runtime-dir",
           (folder / "run").string(), "--state-dir", (folder / "state").string()}};
}

lab::Process start_keepalived(Duty duty, const lab::Namespace& host, const std::filesystem::path& folder,
                              const std::string& file) {
  lab::Argv argv{keepalived_program(), "--dont-fork", "--log-console", "--use-file", file};
  for (const char* option : {"--pid", "--vrrp_pid", "--checkers_pid"})
    argv.push_back(fmt::format("{}={}", option, (folder / "run" / (option + 2)).string()));
  if (duty == Duty::kVrrp) argv.emplace_back("--vrrp");
  if (duty == Duty::kServers) argv.emplace_back("--check");
  return {host, argv};
}

}  // namespace

bool installed(Product product) {
  return product == Product::kHawser || !keepalived_program().empty();
}

std::vector<lab::Process> start(Product product, Duty duty, const lab::Namespace& host,
                                const std::filesystem::path& folder, std::string_view file) {
  std::filesystem::create_directories(folder / "run");
  std::filesystem::create_directories(folder / "state");
  const std::string path =
      (folder / (product == Product::kHawser ? "hawser.toml" : "keepalived.conf")).string();
  std::ofstream(path) << file;
  std::vector<lab::Process> processes;
  if (product == Product::kKeepalived) {
    // One that was killed leaves these, and where nobody reaps its children they seem to run: it would not
    // start.
    for (const char* left : {"pid", "vrrp_pid", "checkers_pid"})
      std::filesystem::remove(folder / "run" / left);
    processes.push_back(start_keepalived(duty, host, folder, path));
    return processes;
  }
  if (duty != Duty::kServers) processes.push_back(start_hawser("vipd", host, folder, path));
  if (duty != Duty::kVrrp) processes.push_back(start_hawser("netd", host, folder, path));
  return processes;
}

pid_t advertiser(Product product, const std::vector<lab::Process>& processes) {
  const pid_t first = processes.at(0).pid();
  if (product == Product::kHawser) return first;
  // The parent only watches; with --vrrp there is one child.
  const auto tree = tree_of(first);
  if (tree.size() < 2) lab::give_up("keepalived has no process that advertises");
  return tree.at(1);
}

HostPair::HostPair(Product product, const std::filesystem::path& folder, PairPlan plan)
    : product_{product}, folder_{folder / name_of(product)}, plan_{std::move(plan)} {
  int last_byte = 11;
  for (const char* name : {"lb1", "lb2"}) {
    Host& host = hosts_.try_emplace(name, name).first->second;
    cables_.push_back(switch_.connect(host.where, "eth0"));
    host.where.ip({fmt::format("addr add 192.0.2.{}/24 dev eth0", last_byte++), "link set eth0 up",
                   "route add 203.0.113.0/24 via 192.0.2.254"});
    servers_.push_back(std::make_unique<lab::Echo>(host.where, kFloating, 80));
    web_.emplace_back(host.where, 8080);
  }
  cables_.push_back(switch_.connect(client_, "eth0"));
  client_.ip({"addr add 192.0.2.200/24 dev eth0", "link set eth0 up"});
  cables_.push_back(switch_.connect(router_, "eth0"));
  cables_.emplace_back(lab::Cable::End{&router_, "eth1"}, lab::Cable::End{&far_, "eth0"});
  router_.ip({"addr add 192.0.2.254/24 dev eth0", "link set eth0 up", "addr add 203.0.113.254/24 dev eth1",
              "link set eth1 up"});
  router_.check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  far_.ip({"addr add 203.0.113.10/24 dev eth0", "link set eth0 up", "route add default via 203.0.113.254"});
  for (const char* name : {"lb1", "lb2"}) start(name);
  await_holder("lb1");
}

HostPair::~HostPair() {
  for (auto& [name, host] : hosts_)
    for (lab::Process& daemon : host.daemons) daemon.stop();
}

void HostPair::start(const std::string& host) {
  Host& one = hosts_.at(host);
  for (lab::Process& daemon : one.daemons) daemon.stop();
  one.daemons.clear();
  one.daemons =
      bench::start(product_, Duty::kVrrp, one.where, folder_ / host, pair_file(product_, host, plan_));
}

void HostPair::stop_lb1() {
  hosts_.at("lb1").daemons.at(0).signal(SIGTERM);
}
void HostPair::freeze_lb1() {
  ::kill(advertiser(product_, hosts_.at("lb1").daemons), SIGSTOP);
}
void HostPair::thaw_lb1() {
  ::kill(advertiser(product_, hosts_.at("lb1").daemons), SIGCONT);
}

void HostPair::kill_lb1() {
  for (const pid_t process : tree_of(hosts_.at("lb1").daemons.at(0).pid())) ::kill(process, SIGKILL);
}

lab::Output HostPair::vipctl(const lab::Argv& words) const {
  lab::Argv argv{lab::program("vipctl"), words.front(),
                 "--runtime-dir",        (folder_ / "lb1" / "run").string(),
                 "--state-dir",          (folder_ / "lb1" / "state").string()};
  argv.insert(argv.end(), words.begin() + 1, words.end());
  return hosts_.at("lb1").where.run(argv);
}

void HostPair::hand_over_lb1() {
  if (product_ == Product::kKeepalived) return stop_lb1();
  if (const auto done = vipctl({"handover", "web"}); done.status != 0)
    lab::give_up("vipctl handover: {}", done.text);
}

void HostPair::resume_lb1() {
  if (product_ == Product::kKeepalived) return start("lb1");
  if (const auto done = vipctl({"resume", "web"}); done.status != 0)
    lab::give_up("vipctl resume: {}", done.text);
}

bool HostPair::holds(const std::string& host) const {
  return hosts_.at(host).where.inside([] {
    std::ifstream file("/proc/thread-self/net/fib_trie");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return demo::holds_address(text, kFloating);
  });
}

bool HostPair::has_last(const std::string& host) const {
  return hosts_.at(host).where.run({"ip", "route", "get", last_address(plan_)}).text.starts_with("local");
}

bool HostPair::holds_all(const std::string& host) const {
  const std::string other = host == "lb1" ? "lb2" : "lb1";
  return has_last(host) && !has_last(other) && holds(host) && !holds(other);
}

void HostPair::await_holder(const std::string& host) const {
  const std::string other = host == "lb1" ? "lb2" : "lb1";
  if (lab::eventually(20s, [&] { return holds(host) && !holds(other); })) return;
  std::string said;
  for (const auto& [name, one] : hosts_)
    for (const lab::Process& daemon : one.daemons) said += fmt::format("--- {}:\n{}", name, daemon.output());
  lab::give_up("{}: the address did not come to {} alone:\n{}", name_of(product_), host, said);
}

}  // namespace hawser::bench
