// The demo's other site (./dev demo --provider): an address that no wire carries, because a provider routes
// it.
//
//    client ---- [ router ] ---- [ segment ] ---- lb1
//                  the provider's     |    \----- lb2
//                                   the API
//
// Both hosts hold 203.0.113.100 all the time, and run vipd and a web server. The router sends it to whom the
// imitation of the provider's API (tests/support/provider_sim) says, as the provider's own routers do.
#pragma once

#include <mutex>
#include <optional>
#include <thread>

#include "tests/lab/demo/site.h"
#include "tests/support/provider.h"

namespace hawser::demo {

inline constexpr const char* kRouted = "203.0.113.100";

// Does what the API says, a moment later.
class ProviderRouter {
 public:
  ProviderRouter(const lab::Namespace& router, const test::ProviderSim& api);
  // To which address it sends now; empty: to none yet.
  [[nodiscard]] std::string sends_to() const;

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] std::string led_to() const;

  const lab::Namespace& router_;
  const test::ProviderSim& api_;
  mutable std::mutex mutex_;
  std::string sends_to_;
  std::jthread thread_;  // last: it ends first
};

class ProviderSite {
 public:
  // `folder` as Site's.
  explicit ProviderSite(const std::filesystem::path& folder);

  [[nodiscard]] const lab::Namespace& client() const { return client_; }
  [[nodiscard]] LoadBalancer& lb1() { return *lb1_; }
  [[nodiscard]] LoadBalancer& lb2() { return *lb2_; }
  [[nodiscard]] const ProviderRouter& router() const { return *routing_; }
  // Switches that somebody has asked the API for since.
  void count_calls() { calls_before_ = api_.calls("POST"); }
  [[nodiscard]] bool has_called() const { return api_.calls("POST") > calls_before_; }
  void cut_lb1() const { static_cast<void>(cables_.at(0).pull()); }
  void mend_lb1() const { static_cast<void>(cables_.at(0).plug()); }

 private:
  static constexpr auto kNames = lab::Namespace::Naming::kPlain;

  void connect();

  lab::Switch segment_{"sw1", kNames};
  lab::Namespace host1_{"lb1", kNames};
  lab::Namespace host2_{"lb2", kNames};
  lab::Namespace api_host_{"api", kNames};
  lab::Namespace router_{"router", kNames};
  lab::Namespace client_{"client", kNames};
  std::vector<lab::Cable> cables_;  // lb1's first
  std::vector<lab::Backend> servers_;
  test::ProviderSim api_{api_host_, "192.0.2.50"};
  std::optional<LoadBalancer> lb1_, lb2_;
  int calls_before_ = 0;
  std::optional<ProviderRouter> routing_;  // last: it asks the API
};

// "192.0.2.11" of "lb1": the host in the provider's words.
std::string server_address(std::string_view host);

}  // namespace hawser::demo
