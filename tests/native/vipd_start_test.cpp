// A vipd that does not come up where one was, and one that is asked to give way to another: no address stays
// behind that nobody advertises for.
#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class VipdStart : public VipTest {
 protected:
  static constexpr const char* kBroken = "[vip.web\n";

  static void forget_last_good(const VipHost& host) {
    for (const auto& entry : std::filesystem::directory_iterator(host.directory()))
      if (entry.path().filename().native().find("last-good") != std::string::npos)
        std::filesystem::remove(entry.path());
  }
  void TearDown() override {
    if (own) std::cerr << "--- lb1's own program\n" << own->output();
    VipTest::TearDown();
  }
  // A copy of vipd that can be replaced, as by an upgrade.
  void start_copy() {
    program_file = lb1.directory() / "vipd-copy";
    std::filesystem::copy_file(program("vipd"), program_file);
    for (const auto* part : {"vipd-worker", "vipd-verbs"})
      std::filesystem::copy_file(program(part), lb1.directory() / part);
    auto command = lb1.command({"run"});
    command.front() = program_file;
    own.emplace(lb1.host(), command);
  }
  void replace_copy(const std::string& script) const {
    std::filesystem::remove(program_file);
    std::ofstream(program_file) << script;
    std::filesystem::permissions(program_file, std::filesystem::perms::owner_all);
  }
  // Somebody without rights, who sits on the name of vipd's lock.
  [[nodiscard]] Process start_stranger() const {
    return Process(lb1.host(),
                   {"setpriv", "--reuid", "1000", "--clear-groups", "perl", "-MSocket", "-e",
                    "socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un(\"\\0hawser-vipd\")) "
                    "or die; listen($s, 1); $| = 1; print \"there\\n\"; sleep 100"});
  }
  std::filesystem::path program_file;
  std::optional<Process> own;
};

// The kernel takes nothing away by itself.
VipFile without_leases() {
  return {.more = "lease = \"off\"\n"};
}

TEST_F(VipdStart, OneThatCannotStartTakesItsPredecessorsAddressesAwayAndSaysSo) {
  settle();
  lb1.daemon().kill();
  lb1.write_text(kBroken);
  forget_last_good(lb1);
  ASSERT_TRUE(lb1.holds("192.0.2.100"));
  lb1.start();
  EXPECT_EQ(lb1.daemon().wait(20s), 78);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_TRUE(
      lb1.logged("192.0.2.100/32 on front: of an earlier run, and this one cannot advertise: removed"));
  EXPECT_TRUE(lb2.becomes("Active"));
}

TEST_F(VipdStart, OneThatIsRefusedBecauseAnotherRunsTakesNothingAway) {
  settle();
  lb1.write_text(kBroken);
  forget_last_good(lb1);
  const auto second = lb1.vipd("run");
  EXPECT_EQ(second.status, 1) << second.text;
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

// Somebody without rights sits on the lock's name: another vipd may be alive, and they would be its
// addresses.
TEST_F(VipdStart, OneThatCannotKnowWhetherAnotherRunsTakesNothingAway) {
  both(without_leases());
  settle();
  lb1.daemon().kill();
  lb1.write_text(kBroken);
  forget_last_good(lb1);
  const auto stranger = start_stranger();
  ASSERT_TRUE(eventually(5s, [&] { return stranger.output() == "there\n"; })) << stranger.output();
  lb1.start();
  EXPECT_EQ(lb1.daemon().wait(20s), 78);
  EXPECT_TRUE(lb1.logged("@hawser-vipd is taken by a process that is no vipd"));
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdStart, OneWhoseFileDoesNotComeLetsGoWhileItWaits) {
  both(without_leases());
  settle();
  lb1.daemon().kill();
  const auto file = lb1.directory() / "hawser.toml";
  std::filesystem::remove(file);
  lb1.host().check({"mkfifo", file});  // it waits five seconds for the end of a pipe
  lb1.start();
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(eventually(4500ms, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.logged("not read within 3s"));
  EXPECT_TRUE(lb1.becomes("Active")) << "with the last good file, once the pipe is given up";
}

TEST_F(VipdStart, OneWhoseFileDoesNotComeLetsGoOfNothingThatMayBeAnothers) {
  both(without_leases());
  settle();
  lb1.daemon().kill();
  const auto stranger = start_stranger();
  ASSERT_TRUE(eventually(5s, [&] { return stranger.output() == "there\n"; })) << stranger.output();
  const auto file = lb1.directory() / "hawser.toml";
  std::filesystem::remove(file);
  lb1.host().check({"mkfifo", file});
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] { return lb1.logged("not read within"); }));
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdStart, ARestartIsRefusedWhereTheFileWouldNotLetItStart) {
  settle();
  lb1.write_text(kBroken);
  forget_last_good(lb1);
  const auto answer = lb1.vipctl({"restart"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("vipctl: restart: nothing changed: "),
                                 HasSubstr("would not start: "), HasSubstr("hawser.toml:1:")));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_FALSE(lb2.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.logged("not started again, nothing changed"));
}

TEST_F(VipdStart, ARestartGoesOnWithTheLastGoodFileAndWithoutWhatIsNetdsBusiness) {
  settle();
  lb1.write_text(kBroken);
  EXPECT_THAT(lb1.vipctl({"restart"}).text, HasSubstr("): web answers here\n"));
  lb1.write_text(VipFile{}.text() + "[link.front]\nkind = \"physical\"\naddresses = [\"192.0.2.300/24\"]\n");
  EXPECT_THAT(lb1.vipctl({"restart"}).text, HasSubstr("): web answers here\n"));
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdStart, ARestartIsRefusedWhereTheNewProgramDoesNotStart) {
  start_copy();
  ASSERT_TRUE(lb1.becomes("Active"));
  replace_copy("#!/bin/sh\nexit 1\n");
  const auto answer = lb1.vipctl({"restart"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.text, HasSubstr("vipd-copy would not start: exit status 1"));
  EXPECT_TRUE(own->running());
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  std::filesystem::remove(program_file);  // none at all: the running program is there
  EXPECT_THAT(lb1.vipctl({"restart"}).text, HasSubstr("): web answers here\n"));
}

TEST_F(VipdStart, ARestartIsRefusedWhereTheNewProgramHasNoWorker) {
  start_copy();
  ASSERT_TRUE(lb1.becomes("Active"));
  std::filesystem::remove(lb1.directory() / "vipd-worker");
  const auto answer = lb1.vipctl({"restart"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("vipctl: restart: nothing changed: "),
                                 HasSubstr("vipd-worker: No such file or directory")));
  EXPECT_TRUE(own->running());
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdStart, ARestartIsRefusedWhereTheNewWorkerDoesNotRun) {
  start_copy();
  ASSERT_TRUE(lb1.becomes("Active"));
  const auto worker = lb1.directory() / "vipd-worker";
  for (const auto* script : {"#!/bin/sh\nexit 3\n", ""}) {
    std::filesystem::remove(worker);
    std::ofstream(worker) << script;
    std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
    const auto answer = lb1.vipctl({"restart"});
    EXPECT_EQ(answer.status, 1);
    EXPECT_THAT(answer.text, HasSubstr("vipctl: restart: nothing changed: "));
    EXPECT_TRUE(own->running());
    EXPECT_TRUE(lb1.holds("192.0.2.100"));
  }
}

TEST_F(VipdStart, ARestartThatDoesNotComeBackSaysWhatIsLeft) {
  lb1.write(without_leases());
  start_copy();
  ASSERT_TRUE(lb1.becomes("Active"));
  replace_copy("#!/bin/sh\n[ \"$1\" = check ] && exit 0\nexit 1\n");
  const auto answer = lb1.vipctl({"restart"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(
      answer.text,
      HasSubstr("its role is left, but 192.0.2.100/32 on front still answers here: start vipd, or take it "
                "away (vipd cleanup)"));
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdStart, CheckStartJudgesOnlyWhatVipdNeeds) {
  lb1.write_text(VipFile{}.text() + "[link.front]\nkind = \"physical\"\naddresses = [\"192.0.2.300/24\"]\n");
  EXPECT_EQ(lb1.vipd("check").status, 78);
  EXPECT_EQ(lb1.vipd(Argv{"check", "--start"}).status, 0);
  lb1.write_text(kBroken);
  EXPECT_EQ(lb1.vipd(Argv{"check", "--start"}).status, 78);
  EXPECT_THAT(lb1.vipd(Argv{"check", "--start"}).text, Not(HasSubstr("would start")));
}

}  // namespace
}  // namespace hawser::lab
