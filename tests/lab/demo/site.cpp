#include "tests/lab/demo/site.h"

#include <csignal>
#include <fstream>
#include <iterator>

#include "tests/lab/demo/observe.h"
#include "tests/support/failure.h"

namespace hawser::demo {
namespace {

std::filesystem::path write_file(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) lab::give_up("{}: cannot be written", path.string());
  return path;
}

}  // namespace

std::string configuration(std::string_view file, Broken broken) {
  constexpr std::string_view kMonitor = "miimon = \"100ms\"";
  std::string text{file};
  const auto at = text.find(kMonitor);
  if (at == std::string::npos) lab::give_up("the demo's file has no line {}", kMonitor);
  if (broken == Broken::kMonitor) text.replace(at, kMonitor.size(), "monitor = \"none\"");
  return text;
}

LoadBalancer::LoadBalancer(const lab::Namespace& host, const std::filesystem::path& folder,
                           std::filesystem::path file)
    : host_{host}, folder_{folder / host.host()}, file_{std::move(file)} {
  std::filesystem::create_directories(folder_ / "run");
  std::filesystem::create_directories(folder_ / "state");
}

void LoadBalancer::start(const std::string& daemon) {
  daemons_.erase(daemon);
  daemons_.try_emplace(
      daemon, host_,
      lab::Argv{lab::program(daemon), "run", "--config", file_.string(), "--node", name(), "--runtime-dir",
                (folder_ / "run").string(), "--state-dir", (folder_ / "state").string()});
}

void LoadBalancer::kill(const std::string& daemon) {
  daemons_.at(daemon).kill();
}

void LoadBalancer::stop(const std::string& daemon) {
  daemons_.at(daemon).signal(SIGTERM);
}

bool LoadBalancer::running(const std::string& daemon) {
  const auto found = daemons_.find(daemon);
  return found != daemons_.end() && found->second.running();
}

std::string LoadBalancer::variables() const {
  return fmt::format("LAB_CONFIG={}\nLAB_RUNTIME_DIR={}\nLAB_STATE_DIR={}\n", file_.string(),
                     (folder_ / "run").string(), (folder_ / "state").string());
}

std::string LoadBalancer::output(const std::string& daemon) const {
  const auto found = daemons_.find(daemon);
  return found == daemons_.end() ? "" : found->second.output();
}

std::string LoadBalancer::read(const std::string& proc_net_file) const {
  return host_.inside([&] {
    std::ifstream file("/proc/thread-self/net/" + proc_net_file);
    return std::string(std::istreambuf_iterator<char>(file), {});
  });
}

std::string LoadBalancer::active_port() const {
  return demo::active_port(read("bonding/bond0"));
}
std::vector<std::string> LoadBalancer::ports_up() const {
  return demo::ports_up(read("bonding/bond0"));
}
std::vector<std::string> LoadBalancer::real_servers() const {
  return demo::real_servers(read("ip_vs"));
}
bool LoadBalancer::holds(std::string_view address) const {
  return holds_address(read("fib_trie"), address);
}
std::string LoadBalancer::role() const {
  const auto said =
      host_.run({lab::program("vipctl"), "status", "--json", "--runtime-dir", (folder_ / "run").string()});
  return first_role(said.text);
}

Site::Site(const std::filesystem::path& folder, const std::string& configuration)
    : lb1_{network_.host("lb1"), folder, write_file(folder / "hawser.toml", configuration)},
      lb2_{network_.host("lb2"), folder, folder / "hawser.toml"} {
  for (const char* web : {"web1", "web2", "web3"}) start_server(web);
}

void Site::start_daemons() {
  for (LoadBalancer* balancer : {&lb1_, &lb2_})
    for (const char* daemon : {"netd", "vipd"}) balancer->start(daemon);
}

// To the network a server that was killed and one that refuses are the same: every connection is reset.
void Site::kill_server(const std::string& web) {
  servers_.at(web).set(lab::Backend::Behaviour::kRefusing);
}

void Site::start_server(const std::string& web) {
  const auto [server, added] = servers_.try_emplace(web, network_.host(web), kServerPort);
  if (!added) server->second.set(lab::Backend::Behaviour::kAnswering);
}

std::string server_of(std::string_view web) {
  const char* address = web == "web1"   ? lab::address::kWeb1
                        : web == "web2" ? lab::address::kWeb2
                                        : lab::address::kWeb3;
  return fmt::format("{}:{}", address, kServerPort);
}

}  // namespace hawser::demo
