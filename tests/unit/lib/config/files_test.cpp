// Reading the file with its drop-ins, and the last good one.
#include <array>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
  const LastGood good{
      "lb1", {{"/etc/hawser/hawser.toml", "a = 1\n\nend\n"}, {"b\xff", ""}, {"c", std::string(3, '\0')}}};
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"", {{"old", "old"}}}));
  ASSERT_TRUE(keep_last_good(directory_, "netd", good));
  EXPECT_EQ(read_last_good(directory_, "netd").value(), good);
  EXPECT_FALSE(read_last_good(directory_, "vipd"));
}

TEST_F(Files, TheLastGoodFileIsReadableOnlyByItsOwner) {
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"lb1", {{"a", "b"}}}));
  struct stat status {};
  ASSERT_EQ(::stat(path("netd.last-good").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Files, TheLastGoodFileBelongsToWhomTheDirectoryBelongs) {
  if (::geteuid() != 0) GTEST_SKIP() << "root is needed";
  ASSERT_EQ(::chown(directory_.c_str(), 4711, 4712), 0);
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"lb1", {{"a", "b"}}}));
  struct stat status {};
  ASSERT_EQ(::stat(path("netd.last-good").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 4711U);
  EXPECT_EQ(status.st_gid, 4712U);
}

// Reads it as another user, in a process of its own.
std::string said_to_another_user(const std::filesystem::path& directory) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const auto child = ::fork();
  if (child == 0) {
    const bool dropped = ::setgid(4712) == 0 && ::setuid(4711) == 0;
    const auto kept = read_last_good(directory, "netd");
    const auto text = !dropped ? "not dropped" : kept ? "readable" : kept.error().text;
    _exit(::write(ends[1], text.data(), text.size()) > 0 ? 0 : 1);
  }
  ::close(ends[1]);
  std::array<char, 1024> text{};
  const auto count = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

TEST_F(Files, ALastGoodFileOfSomebodyElseIsNamedWithTheRemedy) {
  if (::geteuid() != 0) GTEST_SKIP() << "root is needed";
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"lb1", {{"a", "b"}}}));
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  EXPECT_EQ(said_to_another_user(directory_),
            fmt::format("last good file {0}: read: Permission denied: chown --reference={1} {0}",
                        path("netd.last-good"), directory_.string()));
}

TEST_F(Files, ALinkInItsPlaceIsNotWrittenThrough) {
  write("victim", "untouched");
  std::filesystem::create_symlink(directory_ / "victim", directory_ / "netd.last-good");
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"lb1", {{"a", "b"}}}));
  std::ifstream victim(path("victim"));
  std::string text;
  victim >> text;
  EXPECT_EQ(text, "untouched");
}

TEST_F(Files, WhatAnEarlierReleaseKeptIsRefusedInWords) {
  write("netd.last-good", "hawser-last-good 1 1\n10 a\nformat = 1\nend\n");
  EXPECT_EQ(read_last_good(directory_, "netd").error().text,
            fmt::format("last good file {}: it is not whole, or of another release", path("netd.last-good")));
  for (const auto* wrong :
       {R"([{"file": "a", "text": "b"}])", R"({"file": "a", "text": "b"})", R"({"files": []})",
        R"({"node": 1, "files": []})", R"({"node": "lb1", "files": ["a"]})",
        R"({"node": "lb1", "files": [{"file": "a"}]})",
        R"({"node": "lb1", "files": [{"file": "a", "text": 1}]})", ""}) {
    write("netd.last-good", wrong);
    EXPECT_FALSE(read_last_good(directory_, "netd")) << wrong;
  }
}

TEST_F(Files, AHalfWrittenLastGoodFileIsRefused) {
  ASSERT_TRUE(keep_last_good(directory_, "netd", {"lb1", {{"a", "format = 1\n"}, {"b", "x"}}}));
  std::ifstream file(path("netd.last-good"));
  const std::string whole((std::istreambuf_iterator<char>(file)), {});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write("netd.last-good", whole.substr(0, length));
    const auto sources = read_last_good(directory_, "netd");
    ASSERT_FALSE(sources) << length;
    EXPECT_THAT(sources.error().text, HasSubstr("it is not whole"));
  }
  write("netd.last-good", whole + "more");
  EXPECT_FALSE(read_last_good(directory_, "netd"));
}

TEST_F(Files, ADirectoryThatIsNotThereIsAnErrorThatNamesIt) {
  const auto kept = keep_last_good(directory_ / "gone", "netd", {});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().text,
            "last good file " + path("gone/netd.last-good") + ": write: No such file or directory");
  EXPECT_EQ(read_last_good(directory_ / "gone", "netd").error().code, ENOENT);
}

}  // namespace
}  // namespace hawser::config
