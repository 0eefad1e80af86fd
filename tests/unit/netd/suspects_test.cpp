// Who may have changed what is ours.
#include "netd/suspects.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/temp_dir.h"

namespace hawser::netd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;

// A /proc with programs in network namespaces.
class Proc {
 public:
  void run(const std::string& pid, const std::string& name, const std::string& space) const {
    std::filesystem::create_directories(root() / pid / "ns");
    std::ofstream(root() / pid / "comm") << name << "\n";
    if (!space.empty()) std::filesystem::create_symlink(space, root() / pid / "ns/net");
  }
  [[nodiscard]] std::filesystem::path root() const { return folder_.path(); }

 private:
  test::TempDir folder_;
};

TEST(Suspects, AreThoseOfThisNetworkNamespace) {
  const Proc proc;
  proc.run("self", "netd", "net:[1]");
  proc.run("812", "keepalived", "net:[1]");
  proc.run("9", "ldirectord", "net:[2]");
  proc.run("7", "dockerd", "");
  proc.run("sys", "none", "net:[1]");
  EXPECT_THAT(programs_here(proc.root()),
              ElementsAre(RunningProgram{"dockerd", 7}, RunningProgram{"keepalived", 812}));
  EXPECT_THAT(programs_here("/nonexistent"), ElementsAre());
  EXPECT_THAT(programs_here(), Contains(Field(&RunningProgram::pid, getpid())));
}

TEST(Suspects, AreNamedByWhatTheyAreKnownToChange) {
  const std::vector<RunningProgram> programs{
      {"ldirectord", 7}, {"NetworkManager", 8}, {"keepalived", 812}, {"keepalived", 813}, {"bash", 900}};
  EXPECT_EQ(who_may_change("tcp 192.0.2.100:80", programs), "ldirectord[7] and keepalived[812] run here");
  EXPECT_EQ(who_may_change("fwmark 16", {{"ldirectord", 7}}), "ldirectord[7] runs here");
  EXPECT_EQ(who_may_change("bond0", {{"ldirectord", 7}, {"NetworkManager", 8}}),
            "NetworkManager[8] runs here");
  EXPECT_EQ(who_may_change("nftables inet hawser", {{"firewalld", 5}, {"keepalived", 6}}),
            "firewalld[5] runs here");
  EXPECT_EQ(who_may_change("bond0", {{"bash", 900}}), "");
}

TEST(Suspects, AreAddedToWhatSomebodyElseDid) {
  std::vector<Event> told;
  int looks = 0;
  const auto tell = with_suspects([&](const Event& event) { told.push_back(event); },
                                  [&] {
                                    ++looks;
                                    return std::vector<RunningProgram>{{"keepalived", 812}};
                                  });
  Event event{.kind = EventKind::kStep, .object = "tcp 192.0.2.100:80", .what = "add service"};
  tell(event);
  EXPECT_EQ(told.back(), event);
  EXPECT_EQ(looks, 0);
  event.cause = {CauseKind::kOthers, "removed by somebody else"};
  tell(event);
  EXPECT_EQ(line_of(told.back()),
            "tcp 192.0.2.100:80: add service: removed by somebody else (keepalived[812] runs here)");
}

}  // namespace
}  // namespace hawser::netd
