#include "vipd/daemon/watchdog.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <unistd.h>

namespace hawser::vipd {
namespace {

using namespace std::chrono_literals;

TEST(Watchdog, IsFedUntilTheLoopIsLateByHalfOfWhatTheHardwareWaits) {
  EXPECT_TRUE(is_in_time(0s, 10s));
  EXPECT_TRUE(is_in_time(-1ms, 10s));
  EXPECT_TRUE(is_in_time(5s, 10s));
  EXPECT_FALSE(is_in_time(5s + 1ns, 10s));
  EXPECT_FALSE(is_in_time(3600s, 10s));
  EXPECT_TRUE(is_in_time(5s + 1ns, 60s)) << "another driver has a minute";
  EXPECT_FALSE(is_in_time(31s, 60s));
}

// A device is a file to whoever writes to it.
TEST(Watchdog, IsFedAtOnceAndLetGoOfWithTheMagicClose) {
  const auto device = testing::TempDir() + "watchdog" + std::to_string(::getpid());
  std::ofstream(device).flush();
  boost::asio::io_context context;
  std::string warned;
  Watchdog watchdog(context, [&](const Error& why) { warned = why.text; });
  EXPECT_TRUE(watchdog.use(device).has_value());
  EXPECT_TRUE(watchdog.use("").has_value());
  context.poll();
  std::ifstream file(device, std::ios::binary);
  const std::string eaten{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(eaten, std::string("\0V", 2));
  EXPECT_EQ(warned, "");
  ::unlink(device.c_str());
}

}  // namespace
}  // namespace hawser::vipd
