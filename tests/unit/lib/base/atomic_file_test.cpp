// Files that are either the old ones or the new ones.
#include "lib/base/atomic_file.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/temp_dir.h"

namespace hawser {
namespace {

class AtomicFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::size_t files() const {
    const std::filesystem::directory_iterator all{directory_.path()};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
  test::TempDir directory_;
};

TEST_F(AtomicFile, ReplacesTheOldContentWithTheNewMode) {
  const auto file = directory_.path() / "kept.toml";
  ASSERT_TRUE(write_atomically(file, "a much longer first content"));
  ASSERT_TRUE(write_atomically(file, "second", 0600));
  EXPECT_EQ(read_file(file), "second");
  struct stat found {};
  ASSERT_EQ(::stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777U, 0600U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, LeavesNothingBehindWhenItFails) {
  const auto occupied = directory_.path() / "directory";
  std::filesystem::create_directory(occupied);
  const auto written = write_atomically(occupied, "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text, occupied.native() + ": write: Is a directory");
  EXPECT_EQ(written.error().code, EISDIR);
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, NamesTheFileAndTheReason) {
  const auto missing = directory_.path() / "no" / "file";
  EXPECT_EQ(write_atomically(missing, "x").error().text,
            missing.native() + ": write: No such file or directory");
  EXPECT_EQ(read_file(missing).error().text, missing.native() + ": read: No such file or directory");
  EXPECT_EQ(read_file(missing).error().code, ENOENT);
}

TEST_F(AtomicFile, ReadsUpToItsLimit) {
  const auto file = directory_.path() / "file";
  ASSERT_TRUE(write_atomically(file, std::string(1000, 'x')));
  EXPECT_EQ(read_file(file, 1000)->size(), 1000U);
  EXPECT_EQ(read_file(file, 999).error().code, EFBIG);
}

// While it lives, standard input is `other`.
class StandardInput {
 public:
  explicit StandardInput(int other) : was_(::dup(STDIN_FILENO)) { ::dup2(other, STDIN_FILENO); }
  ~StandardInput() { ::dup2(was_.get(), STDIN_FILENO); }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  Fd was_;
};

// sshd gives a program one; it has no name that could be opened.
TEST(ReadStdin, ReadsASocketToItsEnd) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const Fd ours(ends[0]);
  Fd theirs(ends[1]);
  ASSERT_EQ(::write(theirs.get(), "rules", 5), 5);
  theirs.reset();
  const StandardInput input(ours.get());
  EXPECT_EQ(read_stdin(), "rules");
}

TEST(ReadStdin, SaysWhyItCannotBeRead) {
  const Fd directory(::open("/", O_RDONLY | O_CLOEXEC));
  const StandardInput input(directory.get());
  EXPECT_EQ(read_stdin().error().text, "stdin: read: Is a directory");
}

}  // namespace
}  // namespace hawser
