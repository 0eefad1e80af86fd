// Programs whose standard output or error is closed, or on a full disk: cron, a log partition without room, a
// unit with StandardError=null gone wrong. What they do, and their exit code, must not depend on who listens.
#include <gmock/gmock.h>

#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::Not;

constexpr const char* kCard =
    "format = 1\n[link.eth0]\nkind = \"physical\"\nmtu = 1400\naddresses = [\"192.0.2.11/24\"]\n";

class Descriptors : public LabTest {
 protected:
  Descriptors() : lb1("lb1"), lb2("lb2"), cable({&lb1, "eth0"}, {&lb2, "eth0"}) { netd.write(kCard); }
  // `netd WORDS` under a shell that bends its descriptors.
  [[nodiscard]] Output netd_with(const std::string& bent, const Argv& words) const {
    Argv argv{"/bin/sh", "-c", "exec \"$@\" " + bent, "sh"};
    const auto command = netd.command(words);
    argv.insert(argv.end(), command.begin(), command.end());
    return lb1.run(argv);
  }
  [[nodiscard]] bool has_address() const {
    return lb1.check({"ip", "-4", "address", "show", "dev", "eth0"}).find("192.0.2.11/24") !=
           std::string::npos;
  }
  // What stands behind descriptors 0, 1 and 2 of the running netd.
  [[nodiscard]] std::vector<std::string> standard_descriptors() {
    std::vector<std::string> files;
    for (int number = 0; number < 3; ++number)
      files.push_back(
          std::filesystem::read_symlink(fmt::format("/proc/{}/fd/{}", netd.daemon().pid(), number)));
    return files;
  }

  Namespace lb1, lb2;
  Cable cable;
  NetdHost netd{lb1};
};

TEST_F(Descriptors, ACommandThatCannotSayWhatIsWrongEndsWithItsOwnCode) {
  for (const auto* bent : {"2>&-", "2>/dev/full", ">&- 2>&-"}) {
    EXPECT_EQ(netd_with(bent, {"status"}).status, 1) << bent;
    EXPECT_EQ(netd_with(bent, {"statsu"}).status, 2) << bent;
  }
  netd.write("[bond.bond0\n");
  EXPECT_EQ(netd_with("2>/dev/full", {"check"}).status, 78);
  EXPECT_EQ(netd_with("2>/dev/full", {"apply"}).status, 78);
}

TEST_F(Descriptors, ApplyDoesItsWorkThoughNobodyListens) {
  for (const auto* bent : {"2>&-", "2>/dev/full"}) {
    EXPECT_EQ(netd_with(bent, {"apply"}).status, 0) << bent;
    EXPECT_TRUE(has_address()) << bent;
    lb1.check({"ip", "address", "flush", "dev", "eth0"});
  }
  EXPECT_EQ(netd_with(">/dev/full", {"apply"}).status, 1)
      << "the list of what was done is lost, and that is said";
  EXPECT_TRUE(has_address());
}

TEST_F(Descriptors, NoFileOfTheDaemonStandsWherePeopleListen) {
  netd.start_under({"/bin/sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"});
  ASSERT_TRUE(eventually(20s, [&] { return netd.is_ready(); }));
  EXPECT_THAT(standard_descriptors(), testing::Each("/dev/null"));
}

}  // namespace
}  // namespace hawser::lab
