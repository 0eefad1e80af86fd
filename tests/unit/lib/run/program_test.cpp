#include "lib/run/program.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/unit/lib/run/script.h"

namespace hawser::run {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class Program : public testing::Test {
 protected:
  Program() {
    fs::create_directory(directory / "bin");
    test::write_script(file, test::shell("exit 0"));
  }
  // Why it may not be run; empty: it may.
  static std::string why(const fs::path& path) {
    const auto opened = open_program(path);
    return opened ? "" : opened.error().text;
  }
  [[nodiscard]] std::string why() const { return why(file); }

  test::TempDir temp;
  fs::path directory = fs::canonical(temp.path());
  fs::path file = directory / "bin" / "move";
};

TEST_F(Program, ThatOnlyItsOwnerMayChangeIsOpened) {
  EXPECT_EQ(why(), "");
}

TEST_F(Program, ThatOthersMayWriteIsRefusedWithTheCommandThatMendsIt) {
  ::chmod(file.c_str(), 0757);
  EXPECT_THAT(why(), StartsWith(file.native() + ": everybody may write to it"));
  EXPECT_THAT(why(), EndsWith(": chmod o-w " + file.native()));
  ::chmod(file.c_str(), 0775);
  EXPECT_THAT(why(), EndsWith(": chmod g-w " + file.native()));
}

TEST_F(Program, InADirectoryThatOthersMayWriteIsRefusedNamingTheDirectory) {
  ::chmod((directory / "bin").c_str(), 0777);
  EXPECT_THAT(why(), EndsWith(": chmod o-w " + (directory / "bin").native()));
  ::chmod((directory / "bin").c_str(), 0755);
  ::chmod(directory.c_str(), 0775);
  EXPECT_THAT(why(), EndsWith(": chmod g-w " + directory.native()));
}

TEST_F(Program, InADirectoryWhoseFilesNobodyElseMayReplaceIsOpened) {
  ::chmod((directory / "bin").c_str(), 01777);
  EXPECT_EQ(why(), "");
}

TEST_F(Program, OfSomebodyElseIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chown(file.c_str(), 65534, 0), 0);
  EXPECT_THAT(why(), StartsWith(file.native() + ": belongs to user 65534"));
}

TEST_F(Program, ByALinkIsJudgedByWhereTheLinkLeads) {
  fs::create_directory(directory / "open");
  test::write_script(directory / "open" / "move", test::shell("exit 0"));
  fs::create_symlink("../open/move", directory / "bin" / "link");
  EXPECT_EQ(why(directory / "bin" / "link"), "");
  ::chmod((directory / "open").c_str(), 0777);
  EXPECT_THAT(why(directory / "bin" / "link"), EndsWith(": chmod o-w " + (directory / "open").native()));
}

TEST_F(Program, ByADirectoryThatIsALinkIsJudgedByTheDirectoryWhereTheLinkLies) {
  fs::create_directory(directory / "open");
  fs::create_directory_symlink(directory / "bin", directory / "open" / "bin");
  EXPECT_EQ(why(directory / "open" / "bin" / "move"), "");
  ::chmod((directory / "open").c_str(), 0777);
  EXPECT_THAT(why(directory / "open" / "bin" / "move"),
              EndsWith(": chmod o-w " + (directory / "open").native()));
}

TEST_F(Program, ByALinkToItselfIsRefused) {
  fs::create_symlink("loop", directory / "loop");
  EXPECT_THAT(why(directory / "loop"), HasSubstr("Too many levels of symbolic links"));
}

TEST_F(Program, ThatIsNoneIsRefused) {
  EXPECT_EQ(why(directory / "bin"), (directory / "bin").native() + ": is a directory, no program");
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0755), 0);
  EXPECT_EQ(why(directory / "pipe"), (directory / "pipe").native() + ": is no file");
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(why(), file.native() + ": may not be executed: chmod +x " + file.native());
  EXPECT_EQ(why(directory / "nothing"), (directory / "nothing").native() + ": No such file or directory");
  EXPECT_EQ(why(file / "below"), (file / "below").native() + ": Not a directory");
}

TEST_F(Program, WithoutItsWholePathIsRefused) {
  EXPECT_EQ(why("bin/move"), "bin/move: not a whole path: write it from / on");
  EXPECT_EQ(why(""), ": not a whole path: write it from / on");
}

}  // namespace
}  // namespace hawser::run
