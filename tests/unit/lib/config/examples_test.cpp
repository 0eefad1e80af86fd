// Every file in examples/ means something on every node that it names.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace hawser::config
