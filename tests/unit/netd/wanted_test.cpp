// `netd plan` and the daemon want the same: what the one prints is what the other does.
#include "lib/reconcile/wanted.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "lib/config/load.h"
#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

// Each example on a machine with three cards, on the second of its nodes, and what has trouble on any
// machine.
constexpr auto kTroubled = R"(
format = 1

[link.eth0]
kind = "physical"
addresses = ["192.0.2.1/24"]

[bond.bond0]
mode = "active-backup"
ports = ["eth1", "mac:52:54:00:99:99:99", "path:pci-0000:01:00.0"]
addresses = ["198.51.100.1/24"]

[vip.web]
interface = "eth0"
virtual_router_id = 51
addresses = ["192.0.2.100/24"]
)";

std::vector<config::Config> files() {
  std::vector<config::Source> sources{{"troubled.toml", kTroubled}};
  for (const auto& entry : fs::directory_iterator(fs::path(HAWSER_SOURCE_DIR) / "examples"))
    if (entry.path().extension() == ".toml")
      sources.push_back(std::move(config::read_sources(entry.path())->front()));
  std::vector<config::Config> files;
  for (const auto& source : sources) {
    config::Loaded loaded;
    for (const auto* node : {"", "lb2", "b"}) {
      loaded = config::load({source}, {node, {}, {}}, config::Part::kNetd);
      if (loaded.problems.empty()) break;
    }
    for (const auto& problem : loaded.problems) ADD_FAILURE() << to_string(problem);
    files.push_back(std::move(loaded.config));
  }
  return files;
}

class PlanAndDaemon : public site::Netd {
 protected:
  PlanAndDaemon() {
    for (const auto* card : {"eth0", "eth1", "eth2"}) kernel.plug_in(card);
  }
  // As `netd plan` sees the host.
  Observed seen(const config::Config& config) {
    auto observed = *kernel.observe(what_to_look_at(config, controller->journal().names()));
    hide_addresses(observed.state, vip_addresses(config));
    return observed;
  }
  Wanted by_plan(const config::Config& config) {
    return wanted(config, controller->known(now), seen(config), controller->journal(), {});
  }
  void find_all_up() {
    for (const auto& [key, check] : controller->board().probes())
      for (int i = 0; i < check.rise; ++i) controller->verdict(key, site::good(), now);
    pass(std::chrono::seconds(10));
  }
};

TEST_F(PlanAndDaemon, WantTheSameNetwork) {
  ASSERT_GE(files().size(), 6U);
  for (const auto& config : files()) {
    start(config);
    const auto planned = by_plan(config);
    const auto& done = controller->network();
    EXPECT_EQ(done.desired().state.links, planned.desired.state.links);
    EXPECT_EQ(done.desired().state.routes, planned.desired.state.routes);
    EXPECT_EQ(done.desired().journal.links, planned.desired.journal.links);
    EXPECT_EQ(done.desired().owner, planned.desired.owner);
    EXPECT_EQ(done.resolved().missing, planned.ports.missing);
    EXPECT_EQ(done.resolved().missing_devices, planned.ports.missing_devices);
  }
}

TEST_F(PlanAndDaemon, LeaveNothingToEachOther) {
  for (const auto& config : files()) {
    start(config);
    find_all_up();
    std::vector<std::string> planned;
    for (const auto& step : plan(by_plan(config).desired, seen(config).state))
      planned.push_back(describe(step));
    EXPECT_THAT(planned, IsEmpty());
    for (const auto& [key, service] : controller->ipvs().layout())
      EXPECT_EQ(kernel.state().services.at(key).reals.size(), service.members.size()) << to_string(key);
  }
}

}  // namespace
}  // namespace hawser::netd
