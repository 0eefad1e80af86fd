// The demo's site: the laboratory's network with netd and vipd on both load balancers and a web server
// process on each backend. What the kernel says of it is read here; what happens to it is the script's
// business.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/backend.h"
#include "tests/support/network.h"
#include "tests/support/process.h"

namespace hawser::demo {

// The part that is stopped (or, the monitor, left out of the file) to see that the demo then fails.
enum class Broken : std::uint8_t { kNothing, kNetd, kVipd, kMonitor };

// The file of the load balancers: tests/lab/demo/hawser.toml, with the bond's link monitoring switched off
// for kMonitor.
std::string configuration(std::string_view file, Broken broken);

// One load balancer: its daemons, and what its kernel says.
class LoadBalancer {
 public:
  // Runtime and state directories are made below `folder`.
  LoadBalancer(const lab::Namespace& host, const std::filesystem::path& folder, std::filesystem::path file);

  void start(const std::string& daemon);  // "netd" or "vipd"
  void kill(const std::string& daemon);   // SIGKILL
  void stop(const std::string& daemon);   // SIGTERM, without waiting for the end
  [[nodiscard]] bool running(const std::string& daemon);
  [[nodiscard]] std::string output(const std::string& daemon) const;

  // Where its daemons have their files, as shell variables.
  [[nodiscard]] std::string variables() const;

  [[nodiscard]] const std::string& name() const { return host_.host(); }
  [[nodiscard]] std::string active_port() const;  // of bond0; empty: none
  [[nodiscard]] std::vector<std::string> ports_up() const;
  [[nodiscard]] std::vector<std::string> real_servers() const;  // "198.51.100.21:8080"
  [[nodiscard]] bool holds(std::string_view address) const;
  // What vipd says of its one vip: "Active", ..; empty where it does not answer.
  [[nodiscard]] std::string role() const;

 private:
  [[nodiscard]] std::string read(const std::string& proc_net_file) const;

  const lab::Namespace& host_;
  std::filesystem::path folder_;
  std::filesystem::path file_;
  std::map<std::string, lab::Process> daemons_;
};

class Site {
 public:
  // Below `folder`, which is made: the file, and each load balancer's directories.
  Site(const std::filesystem::path& folder, const std::string& configuration);

  [[nodiscard]] lab::Network& network() { return network_; }
  [[nodiscard]] LoadBalancer& lb1() { return lb1_; }
  [[nodiscard]] LoadBalancer& lb2() { return lb2_; }

  void start_daemons();
  void start_server(const std::string& web);
  void kill_server(const std::string& web);

 private:
  lab::Network network_{lab::Namespace::Naming::kPlain};
  LoadBalancer lb1_;
  LoadBalancer lb2_;
  std::map<std::string, lab::Backend> servers_;
};

inline constexpr std::uint16_t kServerPort = 8080;
// "198.51.100.21:8080" of "web1".
std::string server_of(std::string_view web);

}  // namespace hawser::demo
