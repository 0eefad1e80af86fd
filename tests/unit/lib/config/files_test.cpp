// Reading the file with its drop-ins, and the last good one.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "lib/config/load.h"

namespace hawser::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Files : public testing::Test {
 public:
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Files(Files&&) = delete;
  Files& operator=(Files&&) = delete;

 protected:
  Files() {
    std::string name = testing::TempDir() + "hawser-config-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }

  std::filesystem::path directory_;
};

TEST_F(Files, DropInsAreSortedAndLeftoversIgnored) {
  write("hawser.toml", "format = 1\n");
  write("hawser.d/20-b.toml", "b");
  write("hawser.d/10-a.toml", "a");
  for (const auto* ignored : {"hawser.d/30.toml~", "hawser.d/30.toml.dpkg-old", "hawser.d/x.dpkg-new.toml",
                              "hawser.d/.hidden.toml", "hawser.d/README"})
    write(ignored, "x");
  const auto sources = read_sources(directory_ / "hawser.toml");
  ASSERT_TRUE(sources);
  EXPECT_THAT(*sources,
              ElementsAre(Source{path("hawser.toml"), "format = 1\n"},
                          Source{path("hawser.d/10-a.toml"), "a"}, Source{path("hawser.d/20-b.toml"), "b"}));
}

TEST_F(Files, AMissingFileIsAnErrorThatNamesIt) {
  EXPECT_EQ(
      read_sources(directory_ / "hawser.toml").error().text,
      path("hawser.toml") + ": no such file: write one, such as those of examples/, or name another with -c");
  EXPECT_EQ(read_sources(directory_).error().text,
            directory_.string() + ": is a directory: name the file in it");
}

TEST_F(Files, TheLastGoodFileComesBackAsItWas) {
  const std::vector<Source> sources{
      {"/etc/hawser/hawser.toml", "a = 1\n\nend\n"}, {"b", ""}, {"c", std::string(3, '\0')}};
  ASSERT_TRUE(keep_last_good(directory_, "netd", {{"old", "old"}}));
  ASSERT_TRUE(keep_last_good(directory_, "netd", sources));
  EXPECT_EQ(read_last_good(directory_, "netd").value(), sources);
  EXPECT_FALSE(read_last_good(directory_, "vipd"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "netd.last-good.new"));
}

TEST_F(Files, TheLastGoodFileIsReadableOnlyByItsOwner) {
  ASSERT_TRUE(keep_last_good(directory_, "netd", {{"a", "b"}}));
  struct stat status {};
  ASSERT_EQ(::stat(path("netd.last-good").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Files, ALeftoverOfACrashIsNotWrittenThrough) {
  write("victim", "untouched");
  std::filesystem::create_symlink(directory_ / "victim", directory_ / "netd.last-good.new");
  ASSERT_TRUE(keep_last_good(directory_, "netd", {{"a", "b"}}));
  std::ifstream victim(path("victim"));
  std::string text;
  victim >> text;
  EXPECT_EQ(text, "untouched");
}

TEST_F(Files, AHalfWrittenLastGoodFileIsRefused) {
  ASSERT_TRUE(keep_last_good(directory_, "netd", {{"a", "format = 1\n"}, {"b", "x"}}));
  std::ifstream file(path("netd.last-good"));
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write("netd.last-good", whole.substr(0, length));
    const auto sources = read_last_good(directory_, "netd");
    ASSERT_FALSE(sources) << length;
    EXPECT_EQ(sources.error().text, path("netd.last-good") + ": read: not a complete last good file");
  }
  write("netd.last-good", whole + "more");
  EXPECT_FALSE(read_last_good(directory_, "netd"));
}

TEST_F(Files, ADirectoryThatIsNotThereIsAnErrorThatNamesIt) {
  const auto kept = keep_last_good(directory_ / "gone", "netd", {});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().text, path("gone/netd.last-good.new") + ": create: No such file or directory");
  EXPECT_THAT(read_last_good(directory_ / "gone", "netd").error().text,
              HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace hawser::config
