// A change that waits to be confirmed, with processes that die as they may.
#include "lib/daemon/undo.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

class UndoTest : public LabTest {
 protected:
  UndoTest() {
    std::string name = "/tmp/hawser-undo-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) give_up_errno("no directory for the test");
    mark = std::filesystem::path(name) / "put-back";
  }
  ~UndoTest() override { std::filesystem::remove_all(mark.parent_path()); }

  [[nodiscard]] Result<Undo> start(Milliseconds within) const {
    return host.inside([&] {
      return Undo::start("set bond0", within, [this]() -> Status {
        std::ofstream(mark) << "done\n";
        return {};
      });
    });
  }
  // In a process that then does `work` with it, and ends as that does.
  template <class Work>
  pid_t in_a_process(Milliseconds within, Work work) const {
    const auto process = ::fork();
    if (process != 0) return process;
    auto undo = start(within);
    if (undo) work(*undo);
    ::_exit(undo ? 0 : 1);
  }
  [[nodiscard]] bool was_put_back(Duration within = 10s) const {
    return eventually(within, [&] { return std::filesystem::exists(mark); });
  }
  [[nodiscard]] std::optional<WaitingChange> waiting() const {
    return host.inside([] { return waiting_change(); });
  }

  static constexpr uid_t kOrdinaryUser = 12345;
  // The process that waits.
  static pid_t child() {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", ::getpid()));
    pid_t last = 0;
    for (pid_t one = 0; children >> one;) last = one;
    return last;
  }

  Namespace host{"undo"};
  std::filesystem::path mark;
};

TEST_F(UndoTest, PutsBackWhatNobodyConfirms) {
  auto undo = start(200ms);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  EXPECT_EQ(undo->wait(-1), UndoEnd::kUndone);
  EXPECT_TRUE(was_put_back());
  EXPECT_FALSE(waiting());
}

TEST_F(UndoTest, LeavesWhatIsConfirmedOrForgotten) {
  auto undo = start(60s);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  ASSERT_TRUE(waiting());
  EXPECT_EQ(waiting()->what, "set bond0");
  EXPECT_GT(waiting()->left, 30s);
  EXPECT_EQ(*host.inside([] { return confirm_change(); }), "set bond0");
  EXPECT_EQ(undo->wait(-1), UndoEnd::kConfirmed);
  auto other = start(60s);
  ASSERT_TRUE(other) << other.error().text;
  other->forget();
  EXPECT_FALSE(was_put_back(500ms));
}

TEST_F(UndoTest, ALineConfirms) {
  auto undo = start(60s);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd read{ends[0]};
  const Fd write{ends[1]};
  ASSERT_EQ(::write(write.get(), "\n", 1), 1);
  EXPECT_EQ(undo->wait(read.get()), UndoEnd::kConfirmed);
  EXPECT_FALSE(was_put_back(500ms));
}

TEST_F(UndoTest, WhoDiesBeforeTheChangeIsCompleteHasItPutBackAtOnce) {
  const auto process = in_a_process(60s, [](Undo&) { (void)::raise(SIGKILL); });
  EXPECT_TRUE(was_put_back());
  ::waitpid(process, nullptr, 0);
}

TEST_F(UndoTest, WhatNobodyHasToConfirmStaysOnceItIsMade) {
  auto undo = start(0s);
  ASSERT_TRUE(undo) << undo.error().text;
  ASSERT_TRUE(waiting());
  EXPECT_FALSE(waiting()->left);
  EXPECT_EQ(why_not_now(*waiting()), "another change is being made: set bond0: try again when that is done");
  EXPECT_FALSE(start(60s));
  undo->forget();
  EXPECT_FALSE(waiting());
  EXPECT_FALSE(was_put_back(500ms));
}

TEST_F(UndoTest, WhoComesNextWaitsUntilAllIsPutBack) {
  const auto process = ::fork();
  if (process == 0) {
    auto undo = host.inside([&] {
      return Undo::start("set bond0", 0s, [this]() -> Status {
        std::this_thread::sleep_for(1s);
        std::ofstream(mark) << "done\n";
        return {};
      });
    });
    (void)::raise(SIGKILL);
  }
  ::waitpid(process, nullptr, 0);
  host.inside([] { await_way_back(); });
  EXPECT_TRUE(std::filesystem::exists(mark));
  EXPECT_TRUE(start(60s));
}

TEST_F(UndoTest, SurvivesWhoStartedItAndHisTerminal) {
  const auto process = in_a_process(1500ms, [](Undo& undo) {
    undo.made();
    (void)::raise(SIGKILL);
  });
  ::waitpid(process, nullptr, 0);
  ASSERT_TRUE(waiting());
  EXPECT_FALSE(std::filesystem::exists(mark));
  EXPECT_TRUE(was_put_back());
}

// As at the host's shutdown, or at the end of the session it was started in.
TEST_F(UndoTest, AskedToEndItPutsBackAtOnce) {
  auto undo = start(60s);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  ASSERT_TRUE(waiting());
  ::kill(child(), SIGTERM);
  EXPECT_EQ(undo->wait(-1), UndoEnd::kUndone);
  EXPECT_TRUE(was_put_back());
}

TEST_F(UndoTest, SaysThatItWasKilled) {
  auto undo = start(60s);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  ::kill(child(), SIGKILL);
  EXPECT_EQ(undo->wait(-1), UndoEnd::kNobody);
  EXPECT_FALSE(was_put_back(500ms));
}

TEST_F(UndoTest, SaysThatNotAllCouldBePutBack) {
  auto undo = host.inside([] {
    return Undo::start("set bond0", 100ms,
                       []() -> Status { return fail("eth1: add: Device or resource busy"); });
  });
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  EXPECT_EQ(undo->wait(-1), UndoEnd::kPartlyUndone);
}

// Nor by one whose queue is full, at which others would wait for ever.
TEST_F(UndoTest, NobodyIsHeldUpByWhoDoesNotAccept) {
  const std::string name = "hawser-undo";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(name, address.sun_path + 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  const auto make = [&] {
    return host.inside([] { return Fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}; });
  };
  const auto squatter = make();
  ASSERT_EQ(::bind(squatter.get(), raw, length), 0);
  ASSERT_EQ(::listen(squatter.get(), 0), 0);
  std::vector<Fd> queue;
  do queue.push_back(make());
  while (::connect(queue.back().get(), raw, length) == 0);
  EXPECT_FALSE(waiting());
  host.inside([] { await_way_back(); });
}

TEST_F(UndoTest, WhatIsBeingMadeNeedsNoConfirmation) {
  auto undo = start(0s);
  ASSERT_TRUE(undo) << undo.error().text;
  EXPECT_THAT(host.inside([] { return confirm_change(); }).error().text,
              testing::HasSubstr("one is being made"));
  undo->forget();
}

// He can neither keep others from changing anything, nor pretend that something was confirmed.
TEST_F(UndoTest, AnOrdinaryUserWhoTookTheNameIsNotBelieved) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd read{ends[0]};
  const Fd write{ends[1]};
  const auto user = ::fork();
  if (user == 0) {
    auto his = host.inside([] {
      if (::setuid(kOrdinaryUser) != 0) ::_exit(1);
      return Undo::start("his", 60s, []() -> Status { return {}; });
    });
    if (!his || ::write(write.get(), "t", 1) != 1) ::_exit(1);
    (void)his->wait(-1);
    ::_exit(0);
  }
  char taken = 0;
  ASSERT_EQ(::read(read.get(), &taken, 1), 1);
  const auto second = start(60s);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text, testing::HasSubstr("another process has the name @hawser-undo"));
  EXPECT_FALSE(waiting());
  EXPECT_FALSE(host.inside([] { return confirm_change(); }));
  ::kill(user, SIGKILL);
  ::waitpid(user, nullptr, 0);
}

TEST_F(UndoTest, OneChangeWaitsAtATime) {
  auto undo = start(60s);
  ASSERT_TRUE(undo) << undo.error().text;
  undo->made();
  const auto second = start(60s);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text,
              testing::HasSubstr("a change waits to be confirmed: set bond0: first write"));
  undo->forget();
}

TEST_F(UndoTest, ConfirmingNothingIsAnError) {
  const auto none = host.inside([] { return confirm_change(); });
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ENOENT);
}

}  // namespace
}  // namespace hawser::lab
