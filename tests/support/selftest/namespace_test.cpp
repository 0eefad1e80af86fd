#include <filesystem>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

class NamespaceTest : public LabTest {};
class ProcessTest : public LabTest {
 protected:
  Namespace where{"lb1"};
};

TEST_F(NamespaceTest, TwoOfTheSameHostNeverMeet) {
  const Namespace one("lb1");
  const Namespace two("lb1");
  EXPECT_NE(one.name(), two.name());
  EXPECT_EQ(one.host(), two.host());
}

TEST_F(NamespaceTest, IsGoneWithItsObject) {
  std::string path;
  {
    const Namespace where("lb1");
    path = "/run/netns/" + where.name();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(NamespaceTest, HoldsOnlyItsOwnLoopbackAndThatIsUp) {
  const Namespace where("lb1");
  EXPECT_EQ(where.check({"ls", "/sys/devices/virtual/net"}), "lo\n");
  EXPECT_EQ(where.run({"ping", "-c1", "-W1", "127.0.0.1"}).status, 0);
}

TEST_F(NamespaceTest, CanBeEnteredByHand) {
  const Namespace where("lb1");
  where.sysctl("net.ipv4.ip_forward", "1");
  const Namespace other("lb2");
  EXPECT_EQ(other.check({"ip", "netns", "exec", where.name(), "cat", "/proc/sys/net/ipv4/ip_forward"}),
            "1\n");
  EXPECT_EQ(other.check({"cat", "/proc/sys/net/ipv4/ip_forward"}), "0\n");
}

TEST_F(NamespaceTest, WhatIsThrownInsideArrivesOutside) {
  const Namespace where("lb1");
  EXPECT_THROW(where.inside([] { give_up("no"); }), Failure);
  EXPECT_EQ(where.inside([] { return 7; }), 7);
}

TEST_F(ProcessTest, ArgumentsArriveUntouchedAndBothStreamsInOrder) {
  const Output output =
      where.run({"sh", "-c", "echo \"$1\"; echo err >&2; hostname; exit 3", "sh", "a  '\"$x"});
  EXPECT_EQ(output.status, 3);
  EXPECT_EQ(output.text, "a  '\"$x\nerr\nlb1\n");
}

TEST_F(ProcessTest, InheritsNoFileOfOurs) {
  const Fd ours(::dup(STDERR_FILENO));
  const std::string path = fmt::format("/proc/self/fd/{}", ours.get());
  EXPECT_EQ(where.run({"test", "-e", path}).status, 1);
}

TEST_F(ProcessTest, ReadsTheInputItIsGiven) {
  Process process(where, {"cat"}, {.input = "hello"});
  EXPECT_EQ(process.wait(5s), 0);
  EXPECT_EQ(process.output(), "hello");
}

TEST_F(ProcessTest, IsKilledWithItsObject) {
  pid_t pid = 0;
  {
    Process process(where, {"sleep", "1000"});
    pid = process.pid();
    EXPECT_TRUE(process.running());
    EXPECT_EQ(process.wait(10ms), std::nullopt);
  }
  EXPECT_FALSE(std::filesystem::exists(fmt::format("/proc/{}", pid)));
}

TEST_F(ProcessTest, OneThatIgnoresTermIsKilledAfterPatience) {
  Process process(where, {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"});
  ASSERT_TRUE(eventually(5s, [&] { return process.output() == "ready\n"; }));
  EXPECT_EQ(process.stop(50ms), 128 + SIGKILL);
}

TEST_F(ProcessTest, AProgramThatIsNotThereSaysSo) {
  const Output output = where.run({"no-such-program"});
  EXPECT_EQ(output.status, 127);
  EXPECT_EQ(output.text, "no-such-program: No such file or directory\n");
}

TEST_F(ProcessTest, ARunPastItsTimeIsKilled) {
  EXPECT_EQ(where.run({"sleep", "1000"}, 20ms).status, 137);
}

}  // namespace
}  // namespace hawser::lab
