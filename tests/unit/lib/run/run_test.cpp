// Real scripts, of the kinds that hang those who run them.
#include "lib/run/run.h"

#include <csignal>
#include <fstream>
#include <optional>

#include <boost/asio.hpp>
#include <gmock/gmock.h>

#include "lib/base/atomic_file.h"
#include "lib/run/program.h"
#include "tests/support/alive.h"
#include "tests/support/clock.h"
#include "tests/unit/lib/run/script.h"

namespace hawser::run {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 60s;

class RunOf : public testing::Test {
 protected:
  RunOf() { ::umask(022); }

  [[nodiscard]] Job job(Milliseconds limit = 10s) const {
    return {.image = {{file.native(), "set", "srv2"}, {"PATH=/usr/bin:/bin", "HAWSER_TARGET=srv2"}, "{}\n"},
            .limit = limit,
            .grace = 200ms};
  }
  void start(Job wanted) {
    const auto program = open_program(file);
    ASSERT_TRUE(program) << program.error().text;
    started = lab::Clock::now();
    going = run::Run::start(context, *program, std::move(wanted),
                            {.finished = [this](Outcome done) { outcome = std::move(done); },
                             .gone =
                                 [this] {
                                   gone = true;
                                   context.stop();
                                 }});
  }
  // Until nothing of it is left.
  Outcome wait() {
    context.run_for(kPatience);
    EXPECT_TRUE(gone);
    EXPECT_TRUE(outcome);
    return outcome.value_or(Outcome{});
  }
  Outcome run_script(const std::string& text, Milliseconds limit = 10s) {
    test::write_script(file, text);
    start(job(limit));
    return wait();
  }
  [[nodiscard]] double took() const { return lab::milliseconds(lab::Clock::now() - started); }
  // Of the file that a script has written its number to.
  [[nodiscard]] bool lives(const std::string& name) const {
    const auto text = read_file(temp.path() / name);
    return text && !text->empty() && lab::runs(std::stoi(*text));
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (temp.path() / name).native(); }

  test::TempDir temp;
  std::filesystem::path file = temp.path() / "script";
  boost::asio::io_context context{1};
  std::unique_ptr<run::Run> going;
  std::optional<Outcome> outcome;
  lab::TimePoint started;
  bool gone = false;
};

TEST_F(RunOf, AScriptTellsHowItEndedAndWhatItSaid) {
  const auto done = run_script(test::shell("echo good; echo bad >&2; exit 3"));
  EXPECT_EQ(done.end, End::kExited);
  EXPECT_EQ(done.number, 3);
  EXPECT_EQ(done.output, "good\n");
  EXPECT_EQ(done.errors, "bad\n");
  EXPECT_FALSE(done.cut);
  EXPECT_EQ(done.text, "exit status 3");
}

TEST_F(RunOf, AScriptHasItsWordsItsDataAndNoMoreOfAnEnvironment) {
  ::setenv("HAWSER_SECRET_OF_THE_TEST", "hunter2", 1);
  const auto done = run_script(test::shell("echo \"$1 $2\"; cat; env; pwd"));
  ::unsetenv("HAWSER_SECRET_OF_THE_TEST");
  EXPECT_THAT(done.output, testing::StartsWith("set srv2\n{}\n"));
  EXPECT_THAT(done.output, HasSubstr("HAWSER_TARGET=srv2\n"));
  EXPECT_THAT(done.output, testing::Not(HasSubstr("hunter2")));
  EXPECT_THAT(done.output, testing::EndsWith("\n/\n"));
}

TEST_F(RunOf, AScriptHasNothingOfOursOpen) {
  const auto done = run_script(test::shell("ls /proc/self/fd | wc -l"));
  EXPECT_THAT(done.output, testing::AnyOf("5\n", "6\n")) << "0, 1, 2, the script, and what ls reads";
}

TEST_F(RunOf, AScriptThatHangsIsEndedWhenItsTimeIsOver) {
  const auto done = run_script(test::shell("sleep 600"), 100ms);
  EXPECT_EQ(done.end, End::kTimedOut);
  EXPECT_EQ(done.text, "not ended within 100ms: killed");
  EXPECT_LT(took(), 10000);
}

TEST_F(RunOf, AScriptThatTidiesUpOnSigtermMay) {
  // Long enough for a busy machine to have come to the trap.
  const auto done = run_script(test::shell("trap 'echo tidy; exit 0' TERM; sleep 600 & wait"), 2s);
  EXPECT_EQ(done.end, End::kTimedOut);
  EXPECT_EQ(done.output, "tidy\n");
}

TEST_F(RunOf, AScriptThatIgnoresSigtermIsKilled) {
  const auto done = run_script(
      test::shell("trap '' TERM; echo $$ > " + at("pid") + "; while :; do sleep 600; done"), 300ms);
  EXPECT_EQ(done.end, End::kTimedOut);
  EXPECT_FALSE(lives("pid"));
}

TEST_F(RunOf, WhatLeftTheSessionIsEndedWithTheScript) {
  const auto done = run_script(test::shell("setsid sh -c 'setsid sh -c \"echo \\$\\$ > " + at("pid") +
                                           "; sleep 600\" & sleep 600' &\n" + "while [ ! -s " + at("pid") +
                                           " ]; do sleep 0.01; done; echo started"));
  EXPECT_EQ(done.end, End::kExited);
  EXPECT_EQ(done.output, "started\n");
  EXPECT_FALSE(lives("pid"));
  EXPECT_LT(took(), 10000) << "what kept stdout open was waited for";
}

TEST_F(RunOf, WhatLeftTheSessionIsEndedWhenTheTimeIsOver) {
  const auto done = run_script(test::shell("setsid sh -c 'trap \"\" TERM; echo $$ > " + at("pid") +
                                           "; sleep 600; sleep 600' &\n"
                                           "sleep 600"),
                               500ms);
  EXPECT_EQ(done.end, End::kTimedOut);
  EXPECT_FALSE(lives("pid"));
}

TEST_F(RunOf, AGigabyteOfOutputIsReadAndForgotten) {
  const auto done = run_script(test::shell("head -c 1000000000 /dev/zero | tr '\\0' x"), 60s);
  EXPECT_EQ(done.end, End::kExited);
  EXPECT_EQ(done.number, 0);
  EXPECT_EQ(done.output, std::string(kMostOutput, 'x'));
  EXPECT_TRUE(done.cut);
}

TEST_F(RunOf, AScriptThatDiesOfASignalTellsWhich) {
  const auto done = run_script(test::shell("kill -SEGV $$"));
  EXPECT_EQ(done.end, End::kSignalled);
  EXPECT_EQ(done.number, SIGSEGV);
  EXPECT_EQ(done.text, "signal 11 (Segmentation fault)");
}

TEST_F(RunOf, AScriptThatSuspendsItselfIsEndedToo) {
  const auto done = run_script(test::shell("kill -STOP $$"), 200ms);
  EXPECT_EQ(done.end, End::kTimedOut);
}

TEST_F(RunOf, AScriptWithoutAFirstLineIsNotStarted) {
  const auto done = run_script("echo no shell named\n");
  EXPECT_EQ(done.end, End::kNotStarted);
  EXPECT_EQ(done.text, "not started: its first line is no #!/bin/sh or such, and it is no program");
}

TEST_F(RunOf, AScriptOfAnInterpreterThatIsNotThereIsNotStarted) {
  const auto done = run_script("#!/nonexistent/sh\n");
  EXPECT_EQ(done.end, End::kNotStarted);
  EXPECT_EQ(done.text, "not started: the interpreter in its first line is not there");
}

TEST_F(RunOf, WhatWasCheckedIsWhatRuns) {
  test::write_script(file, test::shell("echo checked"));
  const auto program = open_program(file);
  ASSERT_TRUE(program);
  std::filesystem::remove(file);
  test::write_script(file, test::shell("echo put in its place"));
  going = run::Run::start(context, *program, job(),
                          {.finished = [this](Outcome done) { outcome = std::move(done); },
                           .gone =
                               [this] {
                                 gone = true;
                                 context.stop();
                               }});
  EXPECT_EQ(wait().output, "checked\n");
}

TEST_F(RunOf, AProgramThatIsNoScriptIsRunAsWell) {
  const auto program = open_program("/bin/cat");
  ASSERT_TRUE(program) << program.error().text;
  auto wanted = job();
  wanted.image.words = {"cat"};
  going = run::Run::start(context, *program, std::move(wanted),
                          {.finished = [this](Outcome done) { outcome = std::move(done); },
                           .gone =
                               [this] {
                                 gone = true;
                                 context.stop();
                               }});
  EXPECT_EQ(wait().output, "{}\n");
}

TEST_F(RunOf, AScriptThatIsStoppedSaysWhy) {
  test::write_script(file, test::shell("echo here; sleep 600"));
  start(job());
  boost::asio::steady_timer timer(context, 300ms);
  timer.async_wait([this](const boost::system::error_code&) { going->stop(); });
  const auto done = wait();
  EXPECT_EQ(done.end, End::kStopped);
  EXPECT_EQ(done.text, "ended, since the runner stops");
}

TEST_F(RunOf, AScriptWhoseMinderIsKilledHasAnUnknownEnd) {
  test::write_script(file, test::shell("kill -9 $PPID; sleep 600"));
  start(job());
  const auto done = wait();
  EXPECT_EQ(done.end, End::kLost);
}

TEST_F(RunOf, AScriptDoesNotOutliveWhoRunsIt) {
  test::write_script(file, test::shell("echo $$ > " + at("pid") + "; setsid sh -c 'echo $$ > " + at("other") +
                                       "; sleep 600' & sleep 600"));
  start(job());
  ASSERT_TRUE(lab::eventually(kPatience, [&] { return lives("pid") && lives("other"); }));
  going.reset();
  EXPECT_TRUE(lab::eventually(kPatience, [&] { return !lives("pid") && !lives("other"); }));
  EXPECT_FALSE(outcome) << "who let go of it is told nothing";
}

}  // namespace
}  // namespace hawser::run
