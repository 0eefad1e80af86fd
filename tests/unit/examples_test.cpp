// Every file in examples/, as every node that it names: planned against a kernel that has the ports and
// nothing else, applied, and planned again.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "lib/config/load.h"
#include "lib/plan/apply.h"
#include "tests/support/as_configured.h"
#include "tests/support/fake/fake_kernel.h"

namespace hawser {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> examples() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(HAWSER_SOURCE_DIR) / "examples"))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

FakeKernel with_cards(const State& desired) {
  FakeKernel kernel;
  std::set<std::string> cards;
  for (const auto& [name, link] : desired.links) {
    if (link.kind == LinkKind::kPhysical) cards.insert(name);
    if (link.vlan && !desired.links.contains(link.vlan->on)) cards.insert(link.vlan->on);
    if (!link.bond) continue;
    for (const auto& [port, options] : link.bond->ports) cards.insert(port);
  }
  for (const auto& card : cards) kernel.plug_in(card);
  return kernel;
}

void expect_one_apply(const fs::path& file, const std::vector<config::Source>& sources,
                      const std::string& node) {
  const auto loaded = config::load(sources, {.asked = node, .node_file = {}, .host_name = {}});
  for (const auto& problem : loaded.problems) ADD_FAILURE() << config::to_string(problem);
  const Desired desired{.state = test::as_configured(loaded.config), .owner = Owner::kNetd, .journal = {}};
  auto kernel = with_cards(desired.state);
  // A file of floating addresses alone is vipd's: netd has nothing to do for it.
  const bool for_netd = !desired.state.links.empty() || !desired.state.services.empty();
  EXPECT_NE(plan(desired, kernel.state()).empty(), for_netd) << file;
  const auto applied = apply(desired, kernel, Rollback::kEverything);
  ASSERT_TRUE(applied);
  for (const auto& refusal : applied->refused)
    ADD_FAILURE() << file << " as \"" << node << "\": " << refusal.why.text;
  for (const auto& step : plan(desired, kernel.state()))
    ADD_FAILURE() << file << " leaves: " << describe(step);
}

class Example : public testing::TestWithParam<fs::path> {};

TEST_P(Example, IsAppliedAtOnceOnEveryNode) {
  const auto sources = config::read_sources(GetParam());
  ASSERT_TRUE(sources) << sources.error().text;
  for (const auto& node : config::node_names(*sources)) expect_one_apply(GetParam(), *sources, node);
}

// What the peers' tools must see of it in the laboratory; said here because there it is said half an hour
// later.
TEST_P(Example, SaysWhatTheLaboratorySeesOfIt) {
  const auto sources = config::read_sources(GetParam());
  ASSERT_TRUE(sources) << sources.error().text;
  for (const auto& node : config::node_names(*sources)) {
    const auto name = GetParam().stem().string() + (node.empty() ? "" : "@") + node + ".txt";
    EXPECT_TRUE(fs::exists(fs::path(HAWSER_SOURCE_DIR) / "tests/lab/examples" / name)) << name;
  }
}

std::string name_of_example(const testing::TestParamInfo<fs::path>& tested) {
  auto name = tested.param.stem().string();
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Example, testing::ValuesIn(examples()), name_of_example);

}  // namespace
}  // namespace hawser
