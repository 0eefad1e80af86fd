// What vipd tells, and how it stays within reach: status, restarts, its socket, hosts that lack something.
#include <gmock/gmock.h>

#include "lib/control/json.h"
#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

class VipdControl : public VipTest {
 protected:
  static std::string text_of(const boost::json::value& finding) {
    return std::string(finding.at("text").as_string());
  }
  [[nodiscard]] static std::vector<std::string> findings(const VipHost& host) {
    std::vector<std::string> texts;
    const auto status = host.status();
    if (!status.is_object()) return {"no answer"};
    for (const auto& finding : status.at("findings").as_array()) texts.push_back(text_of(finding));
    return texts;
  }
  static pid_t child_of(pid_t parent) {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", parent));
    pid_t child = 0;
    children >> child;
    return child;
  }
  // How many readings there were when it was asked for: it is done when there are more.
  std::uint64_t ask_to_reload() {
    const auto answer = control::ask_json(lb1.directory() / "vipd.sock", {"POST", "/v1/reload", ""});
    return answer ? control::number_in(*answer, "readings") : 0;
  }
  std::uint64_t readings() { return control::number_in(lb1.status().at("config"), "readings"); }
  static bool has_open(pid_t process, const std::filesystem::path& file) {
    std::error_code ignored;
    return std::ranges::any_of(
        std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", process), ignored),
        [&](const auto& one) { return std::filesystem::read_symlink(one, ignored) == file; });
  }
  // The command with another value for an option.
  static Argv with(const std::string& option, const std::string& value, Argv command) {
    *(std::ranges::find(command, option) + 1) = value;
    return command;
  }
  // A shell line with `$@` as the command.
  static Argv in_shell(const std::string& line, const Argv& command) {
    Argv argv{"sh", "-c", line, "sh"};
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
  }
};

TEST_F(VipdControl, AllIsWellIsExitStatus0AndNoFinding) {
  settle();
  EXPECT_THAT(findings(lb1), testing::IsEmpty());
  EXPECT_THAT(findings(lb2), testing::IsEmpty());
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0);
  EXPECT_EQ(lb2.vipctl({"status"}).status, 0);
}

TEST_F(VipdControl, TellsWhyAndAnnouncesByHand) {
  settle();
  const auto why = lb1.vipctl({"why", "web"});
  EXPECT_EQ(why.status, 0);
  EXPECT_NE(why.text.find("web is Active since"), std::string::npos) << why.text;
  EXPECT_NE(why.text.find("next: it yields to a priority above 200, or 200 with an address above 192.0.2.11"),
            std::string::npos)
      << why.text;
  EXPECT_NE(lb2.vipctl({"why", "web"}).text.find("takes over if 192.0.2.11 (priority 200) is not heard for "),
            std::string::npos);
  EXPECT_EQ(lb1.vipctl({"why", "wbe"}).status, 1);
  const auto before = lb1.web().at("counters").at("addresses_announced").as_int64();
  EXPECT_EQ(lb1.vipctl({"announce", "web"}).text, "announced again: web\n");
  EXPECT_TRUE(
      eventually(5s, [&] { return lb1.web().at("counters").at("addresses_announced").as_int64() > before; }));
  const auto refused = lb2.vipctl({"announce", "web"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.text.find("web: is Backup here: only its Active router announces it"), std::string::npos)
      << refused.text;
  EXPECT_EQ(lb2.vipctl({"announce"}).status, 1);
}

TEST_F(VipdControl, TellsItsEventsToWhoAsksAndToWhoFollows) {
  settle();
  const auto events = lb1.vipctl({"events", "web"});
  EXPECT_EQ(events.status, 0) << events.text;
  EXPECT_THAT(events.text, testing::ContainsRegex("Z info    web: Active: .*\n$")) << "a line each";
  EXPECT_THAT(events.text, Not(HasSubstr("vipd"))) << "only what is web's";
  const auto json = boost::json::parse(lb1.vipctl({"events", "web", "--json"}).text);
  const auto& last = json.at("events").as_array().back();
  EXPECT_EQ(last.at("kind"), "role");
  EXPECT_EQ(last.at("from"), "Backup");
  EXPECT_EQ(last.at("to"), "Active");
  EXPECT_EQ(last.at("cause").at("kind"), "peer");
  auto follower = lb1.start_vipctl({"events", "web", "--follow", "--json"});
  EXPECT_TRUE(eventually(5s, [&] {
    return follower.output().find("\"to\":\"Active\"") != std::string::npos;
  })) << follower.output();
  lb1.host().set_link("front", false);
  EXPECT_TRUE(eventually(5s, [&] {
    return follower.output().find("\"kind\":\"interface\"") != std::string::npos;
  })) << follower.output();
}

// Two readings were asked for, the worker gave one and died: the other is not lost, and the first is not
// taken for it.
TEST_F(VipdControl, AReloadIsAnsweredThoughTheWorkerDiesOverIt) {
  settle();
  const auto file = lb1.directory() / "hawser.toml";
  const auto worker = child_of(lb1.daemon().pid());
  std::filesystem::remove(file);
  lb1.host().check({"mkfifo", file});
  std::fstream pipe(file);  // for reading too, which waits for nobody
  const auto first = ask_to_reload();
  ASSERT_TRUE(eventually(5s, [&] { return has_open(worker, file); }));
  const auto second = ask_to_reload();
  EXPECT_EQ(second, first + 1);
  pipe << VipFile{}.text();
  pipe.close();
  EXPECT_TRUE(eventually(5s, [&] { return readings() == second; }));
  std::ofstream(lb1.directory() / "new.toml") << VipFile{.priority = "{ lb1 = 201, lb2 = 100 }"}.text();
  std::filesystem::rename(lb1.directory() / "new.toml", file);
  ::kill(worker, SIGKILL);
  EXPECT_TRUE(eventually(5s, [&] { return readings() > second; }));
  EXPECT_EQ(lb1.web().at("priority"), 201);
}

TEST_F(VipdControl, AWorkerThatDiesIsSaidAndSoIsThatItIsBack) {
  settle();
  ::kill(child_of(lb1.daemon().pid()), SIGKILL);
  EXPECT_TRUE(
      eventually(5s, [&] { return lb1.logged("worker: ended with signal 9 (Killed), started again"); }));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("worker: there again"); }));
  EXPECT_THAT(findings(lb1), testing::IsEmpty());
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(VipdControl, AnInterfaceThatIsDownIsExitStatus3) {
  settle();
  lb1.host().set_link("front", false);
  EXPECT_TRUE(eventually(5s, [&] { return lb1.vipctl({"status"}).status == 3; }));
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("web: dead: front: interface down"));
  lb1.host().set_link("front", true);
  EXPECT_TRUE(eventually(10s, [&] { return lb1.vipctl({"status"}).status == 0; }));
}

TEST_F(VipdControl, IsActiveNeverSaysNoWhileOneThatCrashedListens) {
  both({.interval = "1s", .more = "preempt = false"});  // it listens for more than a second
  settle();
  EXPECT_THAT(lb1.vipctl({"restart"}).text, HasSubstr("): web answers here\n"));
  lb1.daemon().kill();
  lb1.start();
  ASSERT_TRUE(eventually(5s, [&] { return lb1.role() != "none"; }));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(lb1.vipctl({"is-active", "web"}).status, 0) << i;
    EXPECT_TRUE(lb1.holds("192.0.2.100")) << i;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(lb2.vipctl({"is-active", "web"}).status, 3);
}

// What happened before an upgrade is what is asked about after it.
TEST_F(VipdControl, ARestartRemembersWhatHasBeen) {
  settle();
  const auto told = [&](const VipHost& host) {
    const auto answer = control::ask_json(host.directory() / "vipd.sock", {"GET", "/v1/why?vip=web", ""});
    const auto why = answer.value_or(nullptr);
    std::vector<std::string> changes;
    for (const auto& change : control::list_in(why, "changes"))
      changes.push_back(fmt::format("{} to {}: {}", control::text_in(change, "from"),
                                    control::text_in(change, "to"), control::text_in(change, "why")));
    return changes;
  };
  const auto count = [](const VipHost& host, std::string_view counter) {
    return control::number_in(host.web().at("counters"), counter);
  };
  const auto before = told(lb1);
  ASSERT_FALSE(before.empty());
  const auto received = count(lb2, "advertisements_received");
  const auto sent = count(lb1, "advertisements_sent");
  EXPECT_GT(received, 0U);
  for (const auto* host : {&lb1, &lb2}) EXPECT_EQ(host->vipctl({"restart"}).status, 0);
  EXPECT_EQ(told(lb1), before);
  EXPECT_THAT(lb1.vipctl({"why", "web"}).text, HasSubstr("no advertisement"));
  EXPECT_EQ(count(lb1, "became_active"), 1U);
  EXPECT_GE(count(lb1, "advertisements_sent"), sent);
  EXPECT_GE(count(lb2, "advertisements_received"), received);
}

TEST_F(VipdControl, IsActiveWaitsForARestartThatIsUnderWay) {
  both({.interval = "1s", .more = "preempt = false"});
  settle();
  Process restart(lb1.host(), {program("vipctl"), "restart", "--runtime-dir", lb1.directory()});
  for (int i = 0; i < 60; ++i) EXPECT_EQ(lb1.vipctl({"is-active", "web"}).status, 0) << i;
  EXPECT_EQ(restart.wait(10s), 0);
}

TEST_F(VipdControl, ADryRunOfAReloadTellsWhatItWouldChange) {
  settle();
  const auto before = readings();
  lb1.write({.priority = "{ lb1 = 201, lb2 = 100 }"});
  const auto dry = lb1.vipd(Argv{"reload", "--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.text;
  EXPECT_THAT(dry.text, HasSubstr("hawser.toml: would be read again: web changed (priority)\n"));
  lb1.write({.priority = "nonsense"});
  const auto bad = lb1.vipd(Argv{"reload", "--dry-run"});
  EXPECT_EQ(bad.status, 78) << bad.text;
  EXPECT_EQ(bad.text, lb1.vipd("reload").text);
  lb1.write_text("format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n");
  EXPECT_EQ(lb1.vipd(Argv{"reload", "--dry-run"}).text, lb1.vipd("reload").text);
  EXPECT_THAT(lb1.vipd(Argv{"reload", "--dry-run", "--allow-empty"}).text,
              HasSubstr("would be read again: web removed\n"));
  EXPECT_EQ(readings(), before + 2) << "of the bad ones, by the verb itself";
  EXPECT_EQ(lb1.web().at("priority"), 200);
  EXPECT_EQ(lb1.role(), "Active");
}

// The group of the socket may look, and that is all: a restart or another file is root's to ask for.
TEST_F(VipdControl, WhoMayReadMayNotChange) {
  settle();
  const auto& directory = lb1.directory();
  std::filesystem::copy_file(program("vipctl"), directory / "vipctl");  // where everybody can reach it
  for (const auto& path : {directory, directory / "vipctl", directory / "vipd.sock"})
    std::filesystem::permissions(path, std::filesystem::perms::all);
  const auto as_nobody = [&](const std::string& verb) {
    return lb1.host().run({"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups",
                           directory / "vipctl", verb, "--runtime-dir", directory});
  };
  EXPECT_EQ(as_nobody("status").status, 0) << as_nobody("status").text;
  const auto refused = as_nobody("restart");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("vipd: POST /v1/restart: only root may: use sudo"));
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
}

TEST_F(VipdControl, WithoutVipdTheAnswerComesAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(lb1.vipctl({"is-active", "web"}).status, 1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(VipdControl, ASocketThatIsRemovedIsMadeAgain) {
  settle();
  std::filesystem::remove(lb1.directory() / "vipd.sock");
  EXPECT_TRUE(eventually(10s, [&] { return lb1.role() == "Active"; }));
  EXPECT_TRUE(lb1.logged("vipd.sock: control socket made again"));
}

TEST_F(VipdControl, AFullRuntimeDirectoryCostsOnlyTheSocketUntilThereIsRoom) {
  const auto run = lb1.directory() / "run";
  std::filesystem::create_directory(run);
  // A process of a host sees its own mounts.
  const auto line = fmt::format("mount -t tmpfs -o nr_inodes=1 tmpfs {} && exec \"$@\"", run.native());
  const Process vipd(lb1.host(), in_shell(line, with("--runtime-dir", run, lb1.command({"run"}))));
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); })) << vipd.output();
  EXPECT_THAT(vipd.output(), HasSubstr("without the lock a second vipd would not be noticed"));
  EXPECT_THAT(vipd.output(), HasSubstr("no control socket"));
  const auto there = [&](Argv words) {
    Argv argv{"nsenter", "-t", std::to_string(vipd.pid()), "-m"};
    argv.insert(argv.end(), words.begin(), words.end());
    return lb1.host().run(argv);
  };
  ASSERT_EQ(there({"mount", "-o", "remount,nr_inodes=100", run}).status, 0);
  EXPECT_TRUE(eventually(10s, [&] {
    return there({program("vipctl"), "is-active", "web", "--runtime-dir", run}).status == 0;
  })) << vipd.output();
}

class Unicast : public VipdControl {
 protected:
  static constexpr std::string_view kUnicast = "transport = \"unicast\"";
};

TEST_F(Unicast, APeerWithoutVipdIsAFinding) {
  both({.more = std::string(kUnicast)});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  const std::string text = "192.0.2.12 runs no VRRP: it cannot take over";
  EXPECT_TRUE(eventually(10s, [&] { return testing::Value(findings(lb1), testing::Contains(text)); }));
  EXPECT_TRUE(lb1.logged("web: " + text));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  lb2.start();
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(20s, [&] { return lb1.vipctl({"status"}).status == 0; }))
      << lb1.vipctl({"status"}).text;
}

TEST_F(Unicast, APeerWhoseHostIsGoneIsAFinding) {
  both({.more = std::string(kUnicast)});
  lb2.host().set_link("front", false);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(15s, [&] {
    return testing::Value(findings(lb1), testing::Contains(HasSubstr("192.0.2.12 cannot be reached")));
  })) << lb1.vipctl({"status"}).text;
}

// ---- what lacks a host, and files that are none

class BareHost : public VipdControl {
 protected:
  static void expect_plain(const Output& output) {
    EXPECT_THAT(output.text, Not(AnyOf(HasSubstr("/include/"), HasSubstr("terminate"), HasSubstr("boost"))));
    EXPECT_LT(output.status, 128) << output.text;
  }
};

TEST_F(BareHost, FewDescriptorsArePlainWords) {
  // UBSan reads memory through a pipe: without a free descriptor it takes a sound object for a broken one.
  const auto blames_an_object = [](const Output& output) {
    return output.text.find("note: object has invalid vptr") != std::string::npos;
  };
  int judged = 0;
  for (int limit = 4; limit <= 24; ++limit) {
    const auto line = fmt::format("ulimit -n {}; exec timeout 2 \"$@\"", limit);
    const auto output = lb1.host().run(in_shell(line, lb1.command({"run"})));
    if (blames_an_object(output)) continue;
    ++judged;
    expect_plain(output);
    EXPECT_THAT(output.status, AnyOf(Eq(0), Eq(1), Eq(78), Eq(124), Eq(127))) << limit << output.text;
  }
  EXPECT_GE(judged, 2);  // with sanitizers few are left, without them all
}

TEST_F(BareHost, WithoutProcItSaysSo) {
  const auto output = lb1.host().run(in_shell("umount -l /proc; exec \"$@\"", lb1.command({"run"})));
  expect_plain(output);
  EXPECT_EQ(output.status, 1);
  EXPECT_THAT(output.text, HasSubstr("/proc"));
}

TEST_F(BareHost, WhatIsNoFileIsRefusedAtOnce) {
  const auto check = [&](const std::string& file) {
    return lb1.host().run(with("--config", file, lb1.command({"check"})), 10s);
  };
  EXPECT_EQ(check("/dev/zero").text, "/dev/zero: is a device, not a file\n");
  EXPECT_EQ(check("/dev/zero").status, 78);
  EXPECT_THAT(check(lb1.directory()).text, HasSubstr("is a directory: name the file in it"));
  const auto pipe = lb1.directory() / "pipe";
  lb1.host().check({"mkfifo", pipe});
  EXPECT_THAT(check(pipe).text, HasSubstr("its end was not there within 5s"));
}

}  // namespace
}  // namespace hawser::lab
