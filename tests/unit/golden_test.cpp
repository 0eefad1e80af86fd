// tests/golden/OWNER/CASE: desired.toml, observed.toml and the plan between them as people read it, plan.txt.
// observed.toml is a file that netd applied; beside.txt, where there is one, says what no file can: what
// others put there, and what netd's journal holds. UPDATE_GOLDEN=1 writes plan.txt anew.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "lib/answer/plan.h"
#include "lib/config/load.h"
#include "lib/config/ports.h"
#include "lib/plan/apply.h"
#include "lib/reconcile/ipvs_host.h"
#include "tests/support/as_configured.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

State load(const fs::path& path) {
  const auto loaded = config::load({{path.filename(), read(path)}}, {}, config::Part::kAll,
                                   config::Emptiness::kAllowed);  // a kernel that has nothing yet
  for (const auto& problem : loaded.problems) ADD_FAILURE() << path << ": " << config::to_string(problem);
  auto state = test::as_configured(loaded.config);
  state.ipvs = ipvs_host_of(loaded.config, lay_out(loaded.config));
  return state;
}

// What a kernel has and a file leaves out: the ports as devices, an MTU.
State as_observed(State state) {
  const auto links = state.links;
  for (const auto& [name, link] : links) {
    if (!link.bond) continue;
    for (const auto& [port, options] : link.bond->ports) {
      auto& device = state.links[port];
      device.up = true;
      device.master = name;
      if (!device.mtu) device.mtu = link.mtu;
    }
  }
  for (auto& [name, link] : state.links) link.mtu = link.mtu.value_or(1500);
  auto observed = settle(state, state);
  observed.ipvs = state.ipvs;
  observed.nft = state.nft;
  // As the kernel begins, and as it settles what it was not told.
  if (!observed.ipvs.timeouts) observed.ipvs.timeouts = IpvsTimeouts{900, 120, 300};
  for (auto& [role, daemon] : observed.ipvs.daemons)
    if (daemon.maxlen == 0) daemon.maxlen = 1472;
  return observed;
}

struct Beside {
  Journal journal;
  std::map<std::string, LinkStatus> ports;    // with the MACs that are their own
  std::map<std::string, std::string> before;  // the journal's values of before us

  void read_line(const std::string& line, State& observed) {
    std::istringstream words(line);
    std::string word;
    std::string name;
    std::string rest;
    words >> word >> name;
    std::getline(words >> std::ws, rest);
    if (word == "journal" && name == "link") {
      journal.links.insert(rest);
    } else if (word == "journal" && name == "service") {
      journal.services.insert(*ServiceKey::parse(rest));
    } else if (word == "before") {  // before NAME = VALUE
      const auto equals = line.find(" = ");
      const auto start = word.size() + 1;
      before[line.substr(start, equals - start)] = line.substr(equals + 3);
    } else if (word == "sysctl") {  // sysctl NAME VALUE
      observed.ipvs.sysctls[*from_name<IpvsSysctl>(name)] = static_cast<std::uint32_t>(std::stoul(rest));
    } else if (word == "stopped") {  // stopped ROLE
      observed.ipvs.daemons.erase(*from_name<SyncRole>(name));
    } else if (word == "journal" && name == "nft") {
      journal.nft = true;
    } else if (word == "address") {  // address LINK PREFIX NUMBER
      std::istringstream more(rest);
      std::string prefix;
      int number = 0;
      more >> prefix >> number;
      observed.links.at(name).addresses[*Prefix::parse(prefix)].protocol = static_cast<std::uint8_t>(number);
    } else if (word == "own-mac") {  // own-mac PORT MAC
      ports[name].carrier = true;
      ports[name].port = PortStatus{.permanent_mac = *MacAddress::parse(rest)};
      observed.links.at(name).mac = observed.links.at(observed.links.at(name).master).mac;
    } else if (word == "link" && rest == "down") {
      observed.links.at(name).up = false;
    } else if (word == "link" && rest.starts_with("mac ")) {
      observed.links.at(name).mac = *MacAddress::parse(rest.substr(4));
    } else if (word == "link" && rest.starts_with("mtu ")) {
      observed.links.at(name).mtu = static_cast<std::uint32_t>(std::stoul(rest.substr(4)));
    } else {
      ADD_FAILURE() << "beside.txt: " << line;
    }
  }
};

struct Triple {
  Desired desired;
  State observed;
  std::map<std::string, LinkStatus> ports;
};

// As netd does before it plans.
State with_devices(const State& state, const Observed& observed) {
  std::map<std::string, config::BondPolicy> bonds;
  for (const auto& [name, link] : state.links)
    if (link.bond) bonds[name].port_order = joining_order(*link.bond, JoinFor::kPreference);
  return config::resolve_ports(state, bonds, observed).network;
}

Triple load_case(const fs::path& folder) {
  Triple triple;
  triple.desired.state = load(folder / "desired.toml");
  triple.observed = as_observed(load(folder / "observed.toml"));
  Beside beside;
  std::istringstream lines(read(folder / "beside.txt"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line.front() != '#') beside.read_line(line, triple.observed);
  triple.desired.journal = beside.journal;
  triple.desired.state.ipvs = with_what_was(triple.desired.state.ipvs, beside.before);
  triple.ports = beside.ports;
  if (!triple.ports.empty())
    triple.desired.state = with_devices(triple.desired.state, {triple.observed, triple.ports, {}});
  return triple;
}

std::string text_of(const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) text += describe(step) + "\n";
  return text;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(HAWSER_SOURCE_DIR) / "tests/golden"))
    if (entry.path().filename() == "desired.toml") folders.push_back(entry.path().parent_path());
  std::ranges::sort(folders);
  return folders;
}

std::string name_of_case(const testing::TestParamInfo<fs::path>& info) {
  auto name = info.param.parent_path().filename().string() + "_" + info.param.filename().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, PlanIsAsWritten) {
  const auto triple = load_case(GetParam());
  const Observed observed{triple.observed, triple.ports, {}};
  const auto planned = plan(triple.desired, triple.observed);
  const auto steps =
      answer::plan_text({planned, bill_of(observed, planned), consequences(observed, planned), {}, {}}, 0);
  const auto file = GetParam() / "plan.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file) << steps;
  ASSERT_TRUE(fs::exists(file)) << file << " is missing; UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(steps, read(file)) << "UPDATE_GOLDEN=1 writes " << file;
}

TEST_P(Golden, PlanLeadsToTheDesiredState) {
  const auto triple = load_case(GetParam());
  FakeKernel kernel(triple.observed);
  for (const auto* name : {"eth0", "eth1", "eth2"})
    if (!triple.observed.links.contains(name)) kernel.plug_in(name);
  const auto applied = apply(triple.desired, kernel, Rollback::kEverything);
  ASSERT_TRUE(applied);
  for (const auto& refusal : applied->refused) ADD_FAILURE() << refusal.why.text;
  EXPECT_EQ(text_of(applied->left), "");
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(cases()), name_of_case);

TEST(GoldenCases, AreManyEnough) {
  EXPECT_GE(cases().size(), 26U);
}

}  // namespace
}  // namespace hawser
