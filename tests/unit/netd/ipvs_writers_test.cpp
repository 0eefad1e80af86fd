#include "netd/ipvs_writers.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::netd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class IpvsWritersTest : public testing::Test {
 protected:
  IpvsWritersTest() {
    std::string name = (std::filesystem::temp_directory_path() / "proc-XXXXXX").native();
    proc = mkdtemp(name.data());
  }
  ~IpvsWritersTest() override { std::filesystem::remove_all(proc); }
  void process(const std::string& pid, const std::string& name) const {
    std::filesystem::create_directory(proc / pid);
    std::ofstream(proc / pid / "comm") << name << "\n";
  }
  std::filesystem::path proc;
};

TEST_F(IpvsWritersTest, AreThoseThatRunAndAreKnownToWriteIt) {
  process("1", "systemd");
  process("812", "keepalived");
  process("813", "keepalivedd");
  process("self", "keepalived");
  process("77", "ldirectord");
  std::filesystem::create_directory(proc / "99");  // it has just ended
  EXPECT_THAT(ipvs_writers(proc), ElementsAre("keepalived (process 812)", "ldirectord (process 77)"));
  EXPECT_THAT(ipvs_writers(proc / "none"), IsEmpty());
}

TEST_F(IpvsWritersTest, AreNamedOrItIsSaidThatThereAreNone) {
  EXPECT_EQ(suspicion({"keepalived (process 812)"}), "keepalived (process 812) runs here");
  EXPECT_EQ(suspicion({"a (process 1)", "b (process 2)"}), "a (process 1) and b (process 2) run here");
  EXPECT_EQ(suspicion({}),
            "no program that is known to write the table runs now: by hand or by a script, perhaps");
}

}  // namespace
}  // namespace hawser::netd
