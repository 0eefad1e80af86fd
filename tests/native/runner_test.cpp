// hawser-runner as vipd's worker meets it: real scripts, over its socket.
#include <future>

#include <boost/asio.hpp>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "lib/base/atomic_file.h"
#include "lib/control/json.h"
#include "lib/run/client.h"
#include "tests/support/alive.h"
#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using run::Action;
using run::Answer;
using run::End;
using run::Heard;
using testing::HasSubstr;

constexpr auto kPatience = 20s;

Answer ask(const std::filesystem::path& socket, const run::Request& request, Milliseconds deadline = 30s) {
  boost::asio::io_context loop{1};
  Answer answer;
  boost::asio::co_spawn(loop, run::ask(loop.get_executor(), socket, request, deadline),
                        [&](const std::exception_ptr&, Answer heard) { answer = std::move(heard); });
  loop.run();
  return answer;
}

class RunnerNative : public LabTest {
 protected:
  RunnerNative() {
    directory = runner.run_directory().parent_path();
    script("exit 0");
    write_file();
  }

  void write_file(const std::string& more = {}, const std::string& timeout = "5s") const {
    runner.write(fmt::format(R"(format = 1
[nodes.lb1]
addresses = ["192.0.2.11"]
provider = {{ dc = "srv1", other = "far1" }}
[nodes.lb2]
addresses = ["192.0.2.12"]
provider = {{ dc = "srv2", other = "far2" }}
[provider.dc]
kind = "exec"
program = "{0}/move"
timeout = "{2}"
[provider.other]
kind = "exec"
program = "{0}/move"
timeout = "{2}"
[vip.web]
interface = "eth0"
virtual_router_id = 5
transport = "unicast"
priority = {{ lb1 = 150, lb2 = 100 }}
addresses = ["203.0.113.100"]
provider = "dc"
[vip.mail]
interface = "eth0"
virtual_router_id = 6
transport = "unicast"
priority = {{ lb1 = 150, lb2 = 100 }}
addresses = ["203.0.113.101"]
provider = "other"
{1})",
                             directory.native(), more, timeout));
  }
  void script(const std::string& lines) const {
    std::ofstream(directory / "move") << "#!/bin/sh\ncd " << directory.native() << "\n" << lines << "\n";
    ::chmod((directory / "move").c_str(), 0755);
  }

  [[nodiscard]] Argv command() const {
    return {program("netd"),
            "runner",
            "-c",
            directory / "hawser.toml",
            "--node",
            "lb1",
            "--runtime-dir",
            runner.run_directory(),
            "--state-dir",
            runner.state_directory()};
  }
  void start() {
    daemon.emplace(lb1, command());
    ASSERT_TRUE(
        eventually(kPatience, [&] { return has_said("hawser-runner: ready") || !daemon->running(); }));
    ASSERT_TRUE(daemon->running()) << daemon->output();
  }
  [[nodiscard]] bool has_said(const std::string& text) const {
    return daemon->output().find(text) != std::string::npos;
  }
  [[nodiscard]] std::filesystem::path socket() const { return runner.run_directory() / "runner.sock"; }
  [[nodiscard]] static run::Request request(Action action, std::string target = {}) {
    return {.object = "provider.dc",
            .step = {},
            .action = action,
            .address = "203.0.113.100",
            .target = std::move(target)};
  }
  [[nodiscard]] std::future<Answer> ask_beside(const run::Request& what, Milliseconds deadline = 30s) const {
    return std::async(std::launch::async,
                      [socket = socket(), what, deadline] { return ask(socket, what, deadline); });
  }
  [[nodiscard]] std::string written(const std::string& name) const {
    return read_file(directory / name).value_or("");
  }
  [[nodiscard]] bool appears(const std::string& name) const {
    return eventually(kPatience, [&] { return !written(name).empty(); });
  }
  [[nodiscard]] bool lives(const std::string& name) const {
    const auto text = written(name);
    return !text.empty() && runs(std::stoi(text));
  }
  [[nodiscard]] std::string status() const {
    return lb1.run({program("netd"), "runner", "status", "--runtime-dir", runner.run_directory()}).text;
  }

  [[nodiscard]] std::uint64_t waiting() const {
    const auto body = control::ask_json(socket(), {"GET", "/v1/status", ""});
    std::uint64_t count = 0;
    if (body)
      for (const auto& object : control::list_in(*body, "objects"))
        count += control::number_in(object, "waiting");
    return count;
  }

  Namespace lb1{"lb1"};
  NetdHost runner{lb1};
  std::filesystem::path directory;
  std::optional<Process> daemon;
};

TEST_F(RunnerNative, RunsWhatTheFileSaysAndTellsWhoAsked) {
  script(R"(echo "$HAWSER_NODE $HAWSER_ADDRESS $*"; exit 3)");
  start();
  const auto answer = ask(socket(), request(Action::kSet, "srv2"));
  ASSERT_EQ(answer.heard, Heard::kOutcome) << answer.text;
  EXPECT_EQ(answer.outcome.end, End::kExited);
  EXPECT_EQ(answer.outcome.number, 3);
  EXPECT_EQ(answer.outcome.output, "lb1 203.0.113.100 set srv2\n");
  EXPECT_THAT(daemon->output(), HasSubstr("provider.dc: set 203.0.113.100 -> srv2: exit status 3 after "));
  EXPECT_THAT(status(), HasSubstr("set 203.0.113.100 -> srv2: exit status 3 after "));
}

TEST_F(RunnerNative, RunsNothingThatTheFileDoesNotName) {
  script("echo ran > ran");
  start();
  const auto answer = ask(socket(), request(Action::kSet, "srv3"));
  EXPECT_EQ(answer.heard, Heard::kNotBegun);
  EXPECT_THAT(answer.text, HasSubstr("target \"srv3\": of no node of the file"));
  auto other = request(Action::kSet, "srv1");
  other.address = "203.0.113.101";  // of the other provider
  EXPECT_EQ(ask(socket(), other).heard, Heard::kNotBegun);
  EXPECT_EQ(written("ran"), "");
}

TEST_F(RunnerNative, DoesNotStartWhatOthersMayWriteAndSaysWhichChmodMendsIt) {
  script("echo ran > ran");
  start();
  ::chmod((directory / "move").c_str(), 0777);
  const auto answer = ask(socket(), request(Action::kSet, "srv1"));
  ASSERT_EQ(answer.heard, Heard::kOutcome) << answer.text;
  EXPECT_EQ(answer.outcome.end, End::kNotStarted);
  EXPECT_THAT(answer.outcome.text, HasSubstr(fmt::format("chmod o-w {}/move", directory.native())));
  EXPECT_EQ(written("ran"), "");
  std::filesystem::remove(directory / "move");
  EXPECT_THAT(ask(socket(), request(Action::kSet, "srv1")).outcome.text,
              HasSubstr("No such file or directory"));
}

TEST_F(RunnerNative, RunsOneOfAnObjectAtATimeAndAnotherObjectBeside) {
  script(R"(echo "begin $HAWSER_OBJECT" >> order; sleep 1; echo "end $HAWSER_OBJECT" >> order)");
  start();
  auto one = ask_beside(request(Action::kSet, "srv1"));
  auto two = ask_beside(request(Action::kSet, "srv2"));
  auto elsewhere = request(Action::kSet, "far1");
  elsewhere.object = "provider.other";
  elsewhere.address = "203.0.113.101";
  auto three = ask_beside(elsewhere);
  for (auto* answer : {&one, &two, &three}) EXPECT_EQ(answer->get().outcome.end, End::kExited);
  std::istringstream order(written("order"));
  std::string of_dc;
  bool beside = false;
  std::set<std::string> running;
  for (std::string what, object; order >> what >> object;) {
    if (object == "provider.dc") of_dc += what + " ";
    if (what == "begin") running.insert(object);
    beside |= running.size() == 2;
    if (what == "end") running.erase(object);
  }
  EXPECT_EQ(of_dc, "begin end begin end ");
  EXPECT_TRUE(beside) << written("order");
}

TEST_F(RunnerNative, RefusesMoreThanAFewThatWaitForOneObject) {
  script("echo $$ > running; sleep 600");
  write_file("", "60s");  // longer than all of this
  start();
  auto first = ask_beside(request(Action::kSet, "srv1"));
  ASSERT_TRUE(appears("running"));
  std::array<std::future<Answer>, 8> others;
  for (auto& one : others) one = ask_beside(request(Action::kGet), 10s);
  ASSERT_TRUE(eventually(kPatience, [&] { return waiting() == 8; })) << status();
  const auto busy = ask(socket(), request(Action::kGet));
  EXPECT_EQ(busy.heard, Heard::kBusy);
  EXPECT_EQ(busy.text, "hawser-runner: provider.dc: get 203.0.113.100: not begun: 8 wait for it already");
  for (auto& one : others) EXPECT_EQ(one.get().heard, Heard::kUnknown);
  EXPECT_EQ(ask(socket(), request(Action::kGet), 1s).heard, Heard::kUnknown)
      << "those that went away are in nobody's way";
  daemon->kill();  // or its first would be waited for
}

TEST_F(RunnerNative, GoesOnWithWhatRunsWhenWhoAskedHasGone) {
  script("echo begun > begun; sleep 3; echo done > done; exit 5");
  start();
  const auto answer = ask(socket(), request(Action::kSet, "srv1"), 1s);
  EXPECT_EQ(answer.heard, Heard::kUnknown);
  EXPECT_THAT(answer.text, HasSubstr("no answer within 1s"));
  EXPECT_TRUE(appears("done"));
  EXPECT_TRUE(eventually(kPatience, [&] { return status().find("exit status 5") != std::string::npos; }))
      << status();
}

TEST_F(RunnerNative, ForgetsWhoWentAwayWhileHeWaited) {
  script(R"(echo "$2" >> begun; sleep 3)");
  start();
  auto first = ask_beside(request(Action::kSet, "srv1"));
  ASSERT_TRUE(appears("begun"));
  EXPECT_EQ(ask(socket(), request(Action::kSet, "srv2"), 200ms).heard, Heard::kUnknown);
  EXPECT_EQ(first.get().heard, Heard::kOutcome);
  EXPECT_EQ(ask(socket(), request(Action::kSet, "srv1")).heard, Heard::kOutcome);
  EXPECT_EQ(written("begun"), "srv1\nsrv1\n") << "nobody wanted srv2 any more";
}

TEST_F(RunnerNative, EndsAHangingScriptWithAllThatItStarted) {
  script(
      "trap '' TERM; setsid sh -c 'echo $$ > child; exec sleep 600' & echo $$ > parent; sleep 600; sleep "
      "600");
  start();
  const auto answer = ask(socket(), request(Action::kGet));
  EXPECT_EQ(answer.outcome.end, End::kTimedOut);
  EXPECT_EQ(answer.outcome.text, "not ended within 5s: killed");
  EXPECT_TRUE(eventually(kPatience, [&] { return !lives("parent") && !lives("child"); }));
}

TEST_F(RunnerNative, ThatIsKilledTakesItsScriptsAlongAndIsNeverHeardToHaveDoneIt) {
  script("setsid sh -c 'echo $$ > child; exec sleep 600' & echo $$ > parent; sleep 600");
  start();
  auto asking = ask_beside(request(Action::kSet, "srv1"));
  ASSERT_TRUE(appears("parent") && appears("child"));
  daemon->kill();
  const auto answer = asking.get();
  EXPECT_EQ(answer.heard, Heard::kUnknown);
  EXPECT_THAT(answer.text, HasSubstr("has not told how it ended"));
  EXPECT_TRUE(eventually(kPatience, [&] { return !lives("parent") && !lives("child"); }));
  EXPECT_EQ(ask(socket(), request(Action::kGet)).text,
            "hawser-runner does not run: systemctl start hawser-runner");
  start();
  EXPECT_EQ(ask(socket(), request(Action::kSet, "srv3")).heard, Heard::kNotBegun) << "it answers again";
}

TEST_F(RunnerNative, ThatIsToldToEndEndsItsScriptsAndSaysSo) {
  script("echo $$ > running; sleep 600");
  start();
  auto asking = ask_beside(request(Action::kSet, "srv1"));
  ASSERT_TRUE(appears("running"));
  auto behind = ask_beside(request(Action::kSet, "srv2"));
  ASSERT_TRUE(eventually(kPatience, [&] { return waiting() == 1; })) << status();
  EXPECT_EQ(daemon->stop(kPatience), 0);
  const auto answer = asking.get();
  ASSERT_EQ(answer.heard, Heard::kOutcome) << answer.text;
  EXPECT_EQ(answer.outcome.end, End::kStopped);
  EXPECT_EQ(behind.get().heard, Heard::kBusy);
  EXPECT_TRUE(eventually(kPatience, [&] { return !lives("running"); }));
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

TEST_F(RunnerNative, KeepsWhatItHasWhenTheFileBreaks) {
  start();
  write_file("[vip.bad]\nnonsense = 1\n");
  const auto reload = lb1.run({program("netd"), "runner", "reload", "--runtime-dir", runner.run_directory()});
  EXPECT_EQ(reload.status, 78);
  EXPECT_THAT(reload.text, HasSubstr("vip.bad.nonsense"));
  EXPECT_EQ(ask(socket(), request(Action::kSet, "srv1")).heard, Heard::kOutcome);
  EXPECT_THAT(status(), HasSubstr("hawser.toml (broken)"));
  daemon->kill();
  start();
  EXPECT_TRUE(has_said("broken: the last good file is in use, as node lb1"));
  EXPECT_EQ(ask(socket(), request(Action::kSet, "srv1")).heard, Heard::kOutcome);
  write_file();
  daemon->signal(SIGHUP);
  EXPECT_TRUE(eventually(kPatience, [&] { return status().find("(current)") != std::string::npos; }))
      << status();
}

TEST_F(RunnerNative, DoesNotStartWithABrokenFileAndNoneBeforeIt) {
  write_file("[vip.bad]\nnonsense = 1\n");
  daemon.emplace(lb1, command());
  EXPECT_EQ(daemon->wait(kPatience), 78);
  EXPECT_THAT(daemon->output(), HasSubstr("vip.bad.nonsense"));
}

TEST_F(RunnerNative, TakesNoFileThatOthersMayWrite) {
  ::chmod((directory / "hawser.toml").c_str(), 0666);
  daemon.emplace(lb1, command());
  EXPECT_EQ(daemon->wait(kPatience), 78);
  EXPECT_THAT(daemon->output(), HasSubstr(fmt::format("chmod o-w {}/hawser.toml", directory.native())));
}

TEST_F(RunnerNative, KeepsNoLastGoodFileWhereOthersCouldPutOne) {
  ASSERT_EQ(::chown(runner.state_directory().c_str(), 65534, 65534), 0);
  start();
  EXPECT_THAT(daemon->output(), HasSubstr("belongs to user 65534"));
  EXPECT_THAT(daemon->output(), HasSubstr("no last good file is kept"));
  EXPECT_FALSE(std::filesystem::exists(runner.state_directory() / "hawser-runner.last-good"));
}

TEST_F(RunnerNative, RefusesASecondOneBesideIt) {
  start();
  Process second(lb1, command());
  EXPECT_EQ(second.wait(kPatience), 1);
  EXPECT_THAT(second.output(), HasSubstr(fmt::format("already running as process {}", daemon->pid())));
}

TEST_F(RunnerNative, WithoutARightToItsDirectoryDoesNotStart) {
  ::chmod(directory.c_str(), 0755);
  ::chmod((directory / "hawser.toml").c_str(), 0644);
  Argv argv{"setpriv", "--reuid", "65534", "--clear-groups", "--"};
  const auto words = command();
  argv.insert(argv.end(), words.begin(), words.end());
  daemon.emplace(lb1, argv);
  EXPECT_EQ(daemon->wait(kPatience), 1);
  EXPECT_THAT(daemon->output(), HasSubstr("runner.lock: Permission denied"));
}

// As another user, of this thread alone: the kernel tells the other end who connected.
Answer ask_as(uid_t user, gid_t group, const std::filesystem::path& socket, const run::Request& request) {
  return std::async(std::launch::async,
                    [&] {
                      ::syscall(SYS_setgroups, 0, nullptr);
                      ::syscall(SYS_setresgid, group, group, group);
                      ::syscall(SYS_setresuid, user, user, user);
                      return ask(socket, request);
                    })
      .get();
}

TEST_F(RunnerNative, TakesRequestsOfTheDaemonsUserAndOfNobodyElseInItsGroup) {
  constexpr uid_t kDaemons = 64001;
  constexpr gid_t kGroup = 64001;
  ::chmod(directory.c_str(), 0755);
  ASSERT_EQ(::chown(runner.run_directory().c_str(), kDaemons, kGroup), 0);
  ::chmod(runner.run_directory().c_str(), 0750);
  start();
  EXPECT_EQ(ask_as(kDaemons, kGroup, socket(), request(Action::kGet)).heard, Heard::kOutcome);
  const auto member = ask_as(64002, kGroup, socket(), request(Action::kGet));
  EXPECT_EQ(member.heard, Heard::kNotBegun);
  EXPECT_THAT(member.text, HasSubstr("only root may"));
  const auto stranger = ask_as(64002, 64002, socket(), request(Action::kGet));
  EXPECT_EQ(stranger.heard, Heard::kNotBegun);
  EXPECT_THAT(stranger.text, HasSubstr("not permitted to ask hawser-runner"));
}

TEST_F(RunnerNative, SaysOfAskingAllDayOnlyWhatIsNew) {
  script("echo srv1");
  start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(socket(), request(Action::kGet)).outcome.output, "srv1\n");
  script("echo srv2");
  EXPECT_EQ(ask(socket(), request(Action::kGet)).outcome.output, "srv2\n");
  std::size_t lines = 0;
  const auto log = daemon->output();
  for (auto at = log.find("get 203"); at != std::string::npos; at = log.find("get 203", at + 1)) ++lines;
  EXPECT_EQ(lines, 2U) << log;
}

TEST_F(RunnerNative, SaysWhatItsVerbTakes) {
  const auto wrong = lb1.run({program("netd"), "runner", "start"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.text, HasSubstr("write status or reload, or nothing to run it"));
  const auto absent = lb1.run({program("netd"), "runner", "status", "--runtime-dir", runner.run_directory()});
  EXPECT_EQ(absent.status, 1);
  EXPECT_THAT(absent.text, HasSubstr("hawser-runner does not run: systemctl start hawser-runner"));
}

}  // namespace
}  // namespace hawser::lab
