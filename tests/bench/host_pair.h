// Two hosts lb1 and lb2 on one switch, each with the daemon of one product and an echo on UDP port 80, and a
// client: for what needs neither bonds nor IPVS, so that it also runs natively.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/bench/files.h"
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
  HostPair(Product product, const std::filesystem::path& folder);
  HostPair(const HostPair&) = delete;
  HostPair& operator=(const HostPair&) = delete;
  ~HostPair();  // ends the daemons as an operator would: what is killed may leave children

  [[nodiscard]] const lab::Namespace& client() const { return client_; }
  // The switch's end of lb2's cable: what lb2 hears and says.
  [[nodiscard]] const lab::Namespace& wire() const { return switch_.where(); }
  [[nodiscard]] static std::string wire_interface() { return "lb2-eth0"; }

  void start(const std::string& host);
  // SIGTERM to the daemon of lb1, without waiting.
  void stop_lb1();
  // SIGSTOP, SIGCONT to the advertising process of lb1.
  void freeze_lb1();
  void thaw_lb1();
  [[nodiscard]] bool holds(const std::string& host) const;
  // Waits until exactly this host holds the address; Failure when it does not come within 20 s.
  void await_holder(const std::string& host) const;

 private:
  struct Host {
    explicit Host(const std::string& name) : where{name} {}
    lab::Namespace where;
    std::vector<lab::Process> daemons;
  };

  Product product_;
  std::filesystem::path folder_;
  lab::Switch switch_{"sw1"};
  lab::Namespace client_{"client"};
  std::map<std::string, Host> hosts_;
  std::vector<lab::Cable> cables_;
  std::vector<std::unique_ptr<lab::Echo>> servers_;
};

}  // namespace hawser::bench
