// Every file in examples/ means something on every node that it names.
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/engine/schema.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(HAWSER_SOURCE_DIR) + "/examples"))
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  return files;
}

TEST(Examples, LoadForEveryNode) {
  EXPECT_GE(examples().size(), 6U);
  for (const auto& file : examples()) {
    const auto sources = read_sources(file);
    ASSERT_TRUE(sources) << sources.error().text;
    for (const auto& node : node_names(*sources)) {
      const auto loaded = load(*sources, {node, {}, {}});
      EXPECT_THAT(lines(loaded), testing::IsEmpty()) << file << " for " << node;
      EXPECT_TRUE(loaded.config.vips.size() + loaded.config.bonds.size() > 0) << file;
      for (const auto part : {Part::kNetd, Part::kVipd})
        EXPECT_EQ(load(*sources, {node, {}, {}}, part).config, loaded.config) << file;
    }
  }
}

// The page says so.
TEST(Examples, OfTheManualPageAreOneFile) {
  std::string text;
  std::set<std::string> sections;
  for (const auto& info : schema()) {
    for (const auto& example : info.examples) {
      text += example.text;
      sections.insert(std::string(example.section));
    }
  }
  for (const auto& node : node_names({{"page.toml", text}})) {
    const auto loaded = load({{"page.toml", text}}, {node, {}, {}});
    EXPECT_THAT(lines(loaded), testing::IsEmpty()) << text;
    EXPECT_EQ(loaded.config.vips.size(), node == "lb3" ? 1U : 2U);
  }
  for (const auto& info : describe_keys()) EXPECT_TRUE(sections.contains(info.section)) << info.section;
}

}  // namespace
}  // namespace hawser::config
