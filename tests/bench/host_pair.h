// Two hosts lb1 and lb2 on one switch, each with the daemon of one product, an echo on UDP port 80 and a web
// server on TCP port 80, and two clients, one in the segment and one behind a router: for what needs neither
// bonds nor IPVS, so that it also runs natively.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/bench/files.h"
#include "tests/support/backend.h"
#include "tests/support/echo.h"
#include "tests/support/process.h"
#include "tests/support/switch.h"

namespace hawser::bench {

// Whether the product's programs are on this machine.
bool installed(Product product);

// Starts the daemon of a product that speaks VRRP, or the one that checks real servers, with a file written
// into `folder` (made).
enum class Duty : std::uint8_t { kVrrp, kServers, kBoth };
std::vector<lab::Process> start(Product product, Duty duty, const lab::Namespace& host,
                                const std::filesystem::path& folder, std::string_view file);
// Of the processes that start() gave, the one that advertises.
pid_t advertiser(Product product, const std::vector<lab::Process>& processes);

class HostPair {
 public:
  HostPair(Product product, const std::filesystem::path& folder, PairPlan plan = {});
  HostPair(const HostPair&) = delete;
  HostPair& operator=(const HostPair&) = delete;
  ~HostPair();  // ends the daemons as an operator would: what is killed may leave children

  [[nodiscard]] const lab::Namespace& client() const { return client_; }
  [[nodiscard]] const lab::Namespace& far_client() const { return far_; }
  // The switch's end of a host's cable: what the host hears and says.
  [[nodiscard]] const lab::Namespace& wire() const { return switch_.where(); }
  [[nodiscard]] static std::string wire_interface(const std::string& host = "lb2") { return host + "-eth0"; }

  void start(const std::string& host);
  // SIGTERM to the daemon of lb1, without waiting.
  void stop_lb1();
  // SIGSTOP, SIGCONT to the advertising process of lb1.
  void freeze_lb1();
  void thaw_lb1();
  // SIGKILL to the advertising process of lb1 and whatever would start it again.
  void kill_lb1();
  // The cable of lb1.
  void pull_lb1() const { cables_.front().pull(); }
  void plug_lb1() const { cables_.front().plug(); }
  // The product's own word for planned work on lb1: vipctl handover; keepalived has none but to stop.
  void hand_over_lb1();
  // That lb1 takes it again.
  void resume_lb1();
  [[nodiscard]] bool holds(const std::string& host) const;
  // The last one of many, and whether this host alone has that and the first.
  [[nodiscard]] bool has_last(const std::string& host) const;
  [[nodiscard]] bool holds_all(const std::string& host) const;
  // Waits until exactly this host holds the address; Failure when it does not come within 20 s.
  void await_holder(const std::string& host) const;

 private:
  struct Host {
    explicit Host(const std::string& name) : where{name} {}
    lab::Namespace where;
    std::vector<lab::Process> daemons;
  };

  [[nodiscard]] lab::Output vipctl(const lab::Argv& words) const;

  Product product_;
  std::filesystem::path folder_;
  PairPlan plan_;
  lab::Switch switch_{"sw1"};
  lab::Namespace client_{"client"}, router_{"router"}, far_{"far"};
  std::map<std::string, Host> hosts_;
  std::vector<lab::Cable> cables_;
  std::vector<std::unique_ptr<lab::Echo>> servers_;
  std::vector<lab::Backend> web_;
};

}  // namespace hawser::bench
