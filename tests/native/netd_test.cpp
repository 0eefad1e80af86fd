// netd beside another one, beside a script that undoes it, and on a full disk: what needs neither bonding nor
// IPVS.
#include <gmock/gmock.h>

#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kPatience = 20s;

constexpr const char* kCard =
    "format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.11/24\"]\n";

class NetdNative : public LabTest {
 protected:
  NetdNative() : lb1("lb1"), lb2("lb2"), cable({&lb1, "eth0"}, {&lb2, "eth0"}) {
    netd.write(kCard);
    other.write(kCard);
  }
  void start() {
    netd.start();
    ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready(); })) << netd.log();
  }
  [[nodiscard]] bool has_address() const {
    return lb1.check({"ip", "-4", "address", "show", "dev", "eth0"}).find("192.0.2.11/24") !=
           std::string::npos;
  }

  Namespace lb1, lb2;
  Cable cable;
  NetdHost netd{lb1};
  NetdHost other{lb1};
};

TEST_F(NetdNative, RefusesASecondOneWithDirectoriesOfItsOwn) {
  start();
  other.start();
  EXPECT_EQ(other.daemon().wait(kPatience), 1);
  EXPECT_THAT(other.log(),
              HasSubstr(fmt::format("netd: already running as process {}", netd.daemon().pid())));
  EXPECT_TRUE(netd.daemon().running());
}

TEST_F(NetdNative, RefusesASecondOneOnItsStateDirectoryInAnotherNamespaceToo) {
  start();
  NetdHost elsewhere{lb2};
  elsewhere.write("format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.12/24\"]\n");
  elsewhere.use_state_of(netd);
  elsewhere.start();
  EXPECT_EQ(elsewhere.daemon().wait(kPatience), 1);
  EXPECT_THAT(elsewhere.log(), HasSubstr("state/netd.lock"));
}

TEST_F(NetdNative, OfTwoNamespacesWithDirectoriesOfTheirOwnDoNotMeet) {
  start();
  NetdHost elsewhere{lb2};
  elsewhere.write("format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.12/24\"]\n");
  elsewhere.start();
  EXPECT_TRUE(eventually(kPatience, [&] { return elsewhere.is_ready(); })) << elsewhere.log();
  EXPECT_TRUE(netd.daemon().running());
}

TEST_F(NetdNative, ThatRunsLetsNobodyApplyBesideItWhateverTheDirectories) {
  start();
  other.write("format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.99/24\"]\n");
  const auto apply = other.ask({"apply"});
  EXPECT_EQ(apply.status, 1);
  EXPECT_THAT(apply.text, HasSubstr(fmt::format("already running as process {}", netd.daemon().pid())));
  EXPECT_THAT(apply.text, HasSubstr("netd reload"));
  EXPECT_TRUE(has_address());
}

TEST_F(NetdNative, ThatRunsWithAnotherRuntimeDirectoryIsNoReasonToGuessWhoIsUp) {
  const std::string service =
      "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\n[[service.web.real]]\naddress = "
      "\"198.51.100.21\"\n";
  start();
  other.write(kCard + service);
  const auto plan = other.ask({"plan"});
  EXPECT_EQ(plan.status, 1) << plan.text;
  EXPECT_THAT(plan.text, HasSubstr(fmt::format("netd runs as process {}, with another --runtime-dir, and "
                                               "knows which real servers are up",
                                               netd.daemon().pid())));
}

TEST_F(NetdNative, SaysOfAPulledCableThatTheDeviceIsDeadAndExitsWith3) {
  start();
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.ask({"status"}).status == 0; }))
      << netd.ask({"status"}).text;
  cable.pull();
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.state() == "dead"; }));
  const auto status = netd.ask({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.text, HasSubstr("\neth0: dead: it has no carrier\n"));
  cable.plug();
  EXPECT_TRUE(eventually(kPatience, [&] { return netd.ask({"status"}).status == 0; }));
}

TEST_F(NetdNative, CallsAFileThatReloadRefusedBrokenAndExitsWith3) {
  start();
  netd.write("format = 1\n[link.eth0]\nkind = \"physical\"\nmtu = \"big\"\n");
  EXPECT_EQ(netd.ask({"reload"}).status, 78);
  const auto status = netd.ask({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.text, HasSubstr("hawser.toml (broken)\n"));
  EXPECT_THAT(status.text, HasSubstr("hawser.toml:4:"));
  netd.write(kCard);
  EXPECT_EQ(netd.ask({"reload"}).status, 0);
  EXPECT_THAT(netd.ask({"status"}).text, HasSubstr("hawser.toml (current)\n"));
}

// DHCP, cloud-init, "localhost" early in the boot: the network is there all the same.
TEST_F(NetdNative, RunsTheLastGoodFileAsTheNodeThatItWasWhenTheHostGotAnotherName) {
  netd.write(
      "format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[link.eth0]\nkind = \"physical\"\n"
      "addresses = { lb1 = [\"192.0.2.11/24\"], lb2 = [\"192.0.2.12/24\"] }\n");
  const auto start_as = [&](const std::string& name) {
    netd.start_under({"unshare", "--uts", "sh", "-c", "hostname " + name + " && exec \"$@\"", "sh"});
  };
  start_as("LB1.example.com");
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready() && has_address(); })) << netd.log();
  EXPECT_EQ(netd.status().at("node").as_string(), "lb1");
  EXPECT_EQ(netd.daemon().stop(), 0);
  lb1.ip({"address flush dev eth0"});
  start_as("localhost");
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready() && has_address(); })) << netd.log();
  EXPECT_TRUE(
      netd.has_said("this host is \"localhost\" (its host name), which is not among lb1 and lb2: write "
                    "its node name to /etc/hawser/node or give --node"))
      << netd.log();
  EXPECT_TRUE(netd.has_said("the last good file is in use, as node lb1")) << netd.log();
  EXPECT_EQ(netd.state(), "degraded");
}

// netd in a mount namespace of its own, where its directories are small, and full.
class NetdOnAFullDisk : public NetdNative {
 protected:
  void start_full(const std::filesystem::path& directory) {
    netd.start_under({"unshare", "--mount", "sh", "-c",
                      "mount -t tmpfs -o size=4k,nr_inodes=3 none \"$0\" && : >\"$0\"/1 && "
                      "(cat /dev/zero >\"$0\"/1 2>/dev/null; :) && exec \"$@\"",
                      directory});
  }
};

TEST_F(NetdOnAFullDisk, StartsAndAppliesThoughTheJournalCannotBeWritten) {
  start_full(netd.state_directory());
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready(); })) << netd.log();
  EXPECT_TRUE(has_address());
  EXPECT_TRUE(netd.has_said("last good file")) << netd.log();
  EXPECT_TRUE(netd.has_said("No space left on device")) << netd.log();
}

// netd where something is missing that it can do without, or cannot.
class NetdOnAPoorHost : public NetdNative {
 protected:
  void start_in_shell(const std::string& line) {
    netd.start_under({"unshare", "--mount", "sh", "-c", line, "sh"});
  }
};

TEST_F(NetdOnAPoorHost, AppliesThoughItsRuntimeDirectoryCannotBeMade) {
  const auto read_only = netd.run_directory();
  const auto nowhere = read_only / "run";
  netd.use_run_directory(nowhere);
  start_in_shell(fmt::format("mount -t tmpfs -o ro none {} && exec \"$@\"", read_only.native()));
  ASSERT_TRUE(netd.says("netd: ready")) << netd.log();
  EXPECT_TRUE(has_address());
  EXPECT_TRUE(
      netd.has_said(fmt::format("{}: make directory: Read-only file system: mount it writable, or "
                                "name another directory: another netd",
                                nowhere.native())))
      << netd.log();
}

TEST_F(NetdOnAPoorHost, SaysHowManyFilesItNeedsInsteadOfFailingInTheMiddle) {
  start_in_shell("ulimit -n 16 && exec \"$@\"");
  EXPECT_EQ(netd.daemon().wait(kPatience), 1);
  EXPECT_THAT(netd.log(), HasSubstr("netd: needs to have 32 files open at once, 16 are allowed: allow more "
                                    "(ulimit -n, LimitNOFILE=)"));
}

TEST_F(NetdOnAPoorHost, AppliesWithoutProc) {
  start_in_shell("umount -l /proc && exec \"$@\"");
  ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready(); })) << netd.log();
  EXPECT_TRUE(has_address());
}

}  // namespace
}  // namespace hawser::lab
