#include "lib/config/read_text.h"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/temp_dir.h"

namespace hawser::config {
namespace {

class ReadText : public testing::Test {
 protected:
  test::TempDir directory_;
  std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }
  static std::string refusal(const std::filesystem::path& path, const TextLimits& limits = {}) {
    const auto text = read_text(path, limits);
    return text ? "read" : text.error().text;
  }
};

TEST_F(ReadText, AFileIsReadWhole) {
  const std::string long_text(200000, 'x');
  { std::ofstream(path("a")) << long_text; }
  EXPECT_EQ(read_text(path("a")).value(), long_text);
}

TEST_F(ReadText, TheNullDeviceIsEmptyAndOtherDevicesAreRefused) {
  EXPECT_EQ(read_text("/dev/null").value(), "");
  EXPECT_EQ(refusal("/dev/zero"), "/dev/zero: is a device, not a file");
}

TEST_F(ReadText, ADirectoryOrASocketIsRefused) {
  EXPECT_EQ(refusal(directory_.path()), directory_.path().native() + ": is a directory: name the file in it");
  const Fd made(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path("s").native().copy(&address.sun_path[0], sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(refusal(path("s")), path("s").native() + ": is a socket, not a file");
}

TEST_F(ReadText, AFileThatIsTooLongIsRefusedUnread) {
  { std::ofstream(path("large")) << ""; }
  ASSERT_EQ(::truncate(path("large").c_str(), off_t{2} << 30), 0);
  EXPECT_EQ(refusal(path("large")),
            path("large").native() + ": has 2147483648 bytes, at most 16777216 are read");
}

TEST_F(ReadText, AMissingFileKeepsItsErrno) {
  EXPECT_EQ(read_text(path("missing")).error().code, ENOENT);
}

class Pipe : public ReadText {
 protected:
  void SetUp() override { ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0); }
};

TEST_F(Pipe, IsReadToItsEnd) {
  std::thread writer([&] {
    const Fd end(::open(path("pipe").c_str(), O_WRONLY | O_CLOEXEC));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(::write(end.get(), "abc", 3), 3);
      std::this_thread::sleep_for(Milliseconds(10));
    }
  });
  EXPECT_EQ(read_text(path("pipe")).value(), "abcabcabc");
  writer.join();
}

TEST_F(Pipe, ThatNobodyWritesToIsWaitedForNoLongerThanAllowed) {
  EXPECT_EQ(refusal(path("pipe"), {.wait = Milliseconds(50)}),
            path("pipe").native() + ": read: its end was not there within 50ms");
}

TEST_F(Pipe, ThatIsHeldOpenIsWaitedForNoLongerThanAllowed) {
  const Fd held(::open(path("pipe").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::write(held.get(), "abc", 3), 3);
  EXPECT_EQ(refusal(path("pipe"), {.wait = Milliseconds(50)}),
            path("pipe").native() + ": read: its end was not there within 50ms");
}

TEST_F(Pipe, WithoutEndIsReadNoFurtherThanAllowed) {
  const Fd held(::open(path("pipe").c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::write(held.get(), "0123456789", 10), 10);
  EXPECT_EQ(refusal(path("pipe"), {.bytes = 9}),
            path("pipe").native() + ": is longer than the 9 bytes that are read");
}

}  // namespace
}  // namespace hawser::config
