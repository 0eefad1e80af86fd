// The parts of lib/daemon that touch the system, in temporary directories and child processes of the test.
#include <cerrno>
#include <fstream>
#include <thread>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "lib/daemon/lateness.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/log.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/daemon/notify.h"
#include "lib/daemon/realtime.h"
#include "tests/support/temp_dir.h"

namespace hawser {
namespace {

using namespace std::chrono_literals;

TEST(InstanceLock, RefusesASecondOneAndNamesTheFirst) {
  const test::TempDir directory;
  {
    const auto first = InstanceLock::take(directory.path(), "netd");
    ASSERT_TRUE(first) << first.error().text;
    const auto second = InstanceLock::take(directory.path(), "netd");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().text, fmt::format("netd: already running as process {} ({}/netd.lock)",
                                               ::getpid(), directory.path().native()));
    EXPECT_TRUE(InstanceLock::take(directory.path(), "vipd"));
  }
  EXPECT_TRUE(InstanceLock::take(directory.path(), "netd"));
}

TEST(InstanceLock, IsSeenByWhoDoesNotWantIt) {
  const test::TempDir directory;
  EXPECT_EQ(InstanceLock::held(directory.path(), "netd").value(), std::nullopt);
  {
    const auto lock = InstanceLock::take(directory.path(), "netd");
    ASSERT_TRUE(lock);
    EXPECT_EQ(InstanceLock::held(directory.path(), "netd").value(),
              std::optional(fmt::format("netd runs as process {}", ::getpid())));
  }
  EXPECT_EQ(InstanceLock::held(directory.path(), "netd").value(), std::nullopt);
}

TEST(InstanceLock, IsTakenThoughSomebodyJustAsksForIt) {
  const test::TempDir directory;
  { ASSERT_TRUE(InstanceLock::take(directory.path(), "netd")); }
  const Fd asking{::open((directory.path() / "netd.lock").c_str(), O_RDONLY | O_CLOEXEC)};
  ASSERT_EQ(::flock(asking.get(), LOCK_SH | LOCK_NB), 0);
  std::jthread done([&] {
    std::this_thread::sleep_for(30ms);
    (void)::flock(asking.get(), LOCK_UN);
  });
  EXPECT_TRUE(InstanceLock::take(directory.path(), "netd"));
}

TEST(InstanceLock, IsFreeAfterAProcessThatLeftALongerNumber) {
  const test::TempDir directory;
  { std::ofstream(directory.path() / "netd.lock") << "99999999999999\n"; }
  ASSERT_TRUE(InstanceLock::take(directory.path(), "netd"));
  EXPECT_EQ(read_file(directory.path() / "netd.lock"), fmt::format("{}\n", ::getpid()));
}

TEST(InstanceLock, MakesTheDirectoryThatIsMissing) {
  const test::TempDir directory;
  const auto run = directory.path() / "run" / "hawser";
  EXPECT_TRUE(InstanceLock::take(run, "netd"));
  EXPECT_TRUE(std::filesystem::exists(run / "netd.lock"));
}

TEST(InstanceLock, SaysWhereNoDirectoryCanBeMadeAndThatItIsNoOtherProcess) {
  const test::TempDir directory;
  const auto file = directory.path() / "file";
  { std::ofstream{file}; }
  const auto in_a_file = InstanceLock::take(file / "run", "netd");
  ASSERT_FALSE(in_a_file);
  EXPECT_EQ(in_a_file.error().text,
            fmt::format("{}/run: make directory: Not a directory: name another directory", file.native()));
  EXPECT_TRUE(InstanceLock::no_room(in_a_file.error()));
  const auto in_proc = InstanceLock::take("/proc/hawser/run", "netd");
  ASSERT_FALSE(in_proc);
  EXPECT_TRUE(InstanceLock::no_room(in_proc.error())) << in_proc.error().text;
}

TEST(InstanceLock, OfSomebodyElseIsNotAMatterOfRoom) {
  const test::TempDir directory;
  const auto lock = InstanceLock::take(directory.path(), "netd");
  EXPECT_FALSE(InstanceLock::no_room(InstanceLock::take(directory.path(), "netd").error()));
  EXPECT_FALSE(InstanceLock::no_room({"", EACCES}));
  EXPECT_TRUE(InstanceLock::no_room({"", EROFS}));
  EXPECT_TRUE(InstanceLock::no_room({"", ENOSPC}));
}

TEST(InstanceLock, OfRootBelongsToWhomTheDirectoryBelongs) {
  if (::geteuid() != 0) GTEST_SKIP() << "root is needed";
  const test::TempDir directory;
  ASSERT_EQ(::chown(directory.path().c_str(), 4711, 4712), 0);
  ASSERT_TRUE(InstanceLock::take(directory.path(), "netd"));
  ASSERT_TRUE(write_atomically(directory.path() / "netd.journal", "{}"));
  for (const auto* name : {"netd.lock", "netd.journal"}) {
    struct stat found {};
    ASSERT_EQ(::stat((directory.path() / name).c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, 4711U) << name;
    EXPECT_EQ(found.st_gid, 4712U) << name;
  }
}

TEST(InstanceLock, AFileThatWasThereIsNotGivenAway) {
  if (::geteuid() != 0) GTEST_SKIP() << "root is needed";
  const test::TempDir directory;
  { std::ofstream(directory.path() / "netd.lock") << "1\n"; }
  ASSERT_EQ(::chown(directory.path().c_str(), 4711, 4712), 0);
  ASSERT_TRUE(InstanceLock::take(directory.path(), "netd"));
  struct stat found {};
  ASSERT_EQ(::stat((directory.path() / "netd.lock").c_str(), &found), 0);
  EXPECT_EQ(found.st_uid, 0U);
}

TEST(NamespaceLock, RefusesASecondOneWhateverItsDirectoryAndNamesTheFirst) {
  const auto name = fmt::format("test-{}", ::getpid());
  {
    const auto first = NamespaceLock::take(name);
    ASSERT_TRUE(first) << first.error().text;
    EXPECT_TRUE(first->exclusive());
    const auto second = NamespaceLock::take(name);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, EADDRINUSE);
    EXPECT_EQ(second.error().text,
              fmt::format("{}: already running as process {}, with another --runtime-dir: one is enough for "
                          "this network namespace",
                          name, ::getpid()));
    EXPECT_TRUE(NamespaceLock::take(name + "-other"));
  }
  EXPECT_TRUE(NamespaceLock::take(name));
}

TEST(NamespaceLock, IsSeenByWhoDoesNotWantIt) {
  const auto name = fmt::format("test-seen-{}", ::getpid());
  EXPECT_EQ(NamespaceLock::held(name), std::nullopt);
  {
    const auto lock = NamespaceLock::take(name);
    ASSERT_TRUE(lock);
    EXPECT_EQ(
        NamespaceLock::held(name),
        std::optional(fmt::format("{} runs as process {}, with another --runtime-dir", name, ::getpid())));
  }
  EXPECT_EQ(NamespaceLock::held(name), std::nullopt);
}

TEST(NamespaceLock, AnOrdinaryUserCannotKeepADaemonFromStarting) {
  EXPECT_TRUE(may_be_a_daemon(0, 998));
  EXPECT_TRUE(may_be_a_daemon(998, 0));
  EXPECT_TRUE(may_be_a_daemon(61200, 0)) << "DynamicUser of systemd";
  EXPECT_TRUE(may_be_a_daemon(1000, 1000));
  EXPECT_FALSE(may_be_a_daemon(1000, 0));
  EXPECT_FALSE(may_be_a_daemon(60000, 998));
}

TEST(LoopLateness, SeesAHandlerThatHoldsTheLoop) {
  boost::asio::io_context context;
  const LoopLateness lateness{context, 1ms};
  Latencies handlers;
  boost::asio::post(context, [&] {
    const HandlerScope scope{handlers};
    std::this_thread::sleep_for(20ms);
  });
  // Until it looked again: when, a busy machine decides.
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (lateness.latencies().count() < 2 && std::chrono::steady_clock::now() < end)
    context.run_one_for(100ms);
  EXPECT_GE(lateness.latencies().longest(), 15ms);
  EXPECT_GE(lateness.latencies().over(), 1U);
  EXPECT_GE(lateness.latencies().count(), 2U);
  EXPECT_EQ(handlers.count(), 1U);
  EXPECT_EQ(handlers.over(), 1U);
  EXPECT_GE(handlers.longest(), 20ms);
}

// What systemd would hear.
class Notification : public ::testing::Test {
 protected:
  Notification() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    const auto path = directory_.path() / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(&address.sun_path[0], path.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Notification() override {
    for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    ::close(socket_);
  }
  [[nodiscard]] std::string heard() const {
    std::array<char, 1000> text{};
    const auto size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }
  void watchdog(const std::string& microseconds, pid_t pid) {
    ::setenv("WATCHDOG_USEC", microseconds.c_str(), 1);
    ::setenv("WATCHDOG_PID", std::to_string(pid).c_str(), 1);
  }
  boost::asio::io_context context_;
  test::TempDir directory_;
  int socket_;
};

TEST_F(Notification, TellsSystemdEachChange) {
  Notifier notifier{context_};
  notifier.ready("2 bonds\n3 services");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=2 bonds 3 services");
  notifier.reloading();
  EXPECT_TRUE(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  notifier.status("degraded");
  EXPECT_EQ(heard(), "STATUS=degraded");
  notifier.stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
  EXPECT_EQ(context_.poll(), 0U);  // no watchdog wanted, no timer
}

TEST_F(Notification, FeedsTheWatchdogFromTheLoopOnceReady) {
  watchdog("3000", ::getpid());
  Notifier notifier{context_};
  EXPECT_EQ(heard(), "");
  notifier.ready("");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=");
  EXPECT_EQ(heard(), "WATCHDOG=1");
  EXPECT_EQ(heard(), "");
  context_.run_one();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  notifier.ready("again");  // after a reload: not a second timer
  EXPECT_EQ(heard(), "READY=1\nSTATUS=again");
  EXPECT_EQ(heard(), "");
}

TEST_F(Notification, LeavesAnotherProcesssWatchdogAlone) {
  watchdog("3000", ::getpid() + 1);
  Notifier notifier{context_};
  notifier.ready("");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=");
  EXPECT_EQ(heard(), "");
}

TEST(Realtime, SetsThePolicyOrSaysWhatTheUnitNeeds) {
  Status status;
  int policy = 0;
  std::thread([&] {  // only this thread
    status = use_realtime(5);
    policy = ::sched_getscheduler(0);
  })
      .join();
  if (status)
    EXPECT_EQ(policy, SCHED_FIFO | SCHED_RESET_ON_FORK);
  else
    EXPECT_EQ(status.error().text,
              "real-time priority 5: Operation not permitted: give the unit LimitRTPRIO=5 or CAP_SYS_NICE");
}

TEST(Realtime, LeavesTheThreadAloneAtPriorityZeroAndRefusesNonsense) {
  EXPECT_TRUE(use_realtime(0));
  EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
  EXPECT_EQ(use_realtime(1000).error().text, "real-time priority 1000: Invalid argument");
}

// Stands where stderr stood, until it is destroyed.
class InsteadOfStderr {
 public:
  explicit InsteadOfStderr(int descriptor) : kept_(::dup(STDERR_FILENO)) {
    ::dup2(descriptor, STDERR_FILENO);
  }
  ~InsteadOfStderr() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }
  InsteadOfStderr(const InsteadOfStderr&) = delete;
  InsteadOfStderr& operator=(const InsteadOfStderr&) = delete;

 private:
  int kept_;
};

std::string drain(int descriptor) {
  std::string text;
  std::array<char, 65536> piece{};
  for (ssize_t count = 0; (count = ::recv(descriptor, piece.data(), piece.size(), MSG_DONTWAIT)) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(count));
  return text;
}

TEST(Log, NeverWaitsForAFullJournalAndCountsWhatWasLost) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  std::string before;
  std::string after;
  {
    const InsteadOfStderr swapped{ends[0]};
    for (int i = 0; i < 5000; ++i) log::info("web: {}", std::string(1000, 'x'));
    before = drain(ends[1]);
    log::warning("web: back");
    log::warning("web: again");
    after = drain(ends[1]);
  }
  EXPECT_LT(before.size(), 5'000'000U);
  EXPECT_NE(after.find("web: back ("), std::string::npos) << after;
  EXPECT_NE(after.find(" lines before this one were lost)\n"), std::string::npos) << after;
  EXPECT_TRUE(after.ends_with("web: again\n"));
  for (const int end : ends) ::close(end);
}

// A pager that sleeps, a terminal after Ctrl-S: without the look beforehand this test hangs.
TEST(Log, NeverWaitsForAFullPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  {
    const InsteadOfStderr swapped{ends[1]};
    for (int i = 0; i < 500; ++i) log::info("web: {}", std::string(1000, 'x'));
  }
  int waiting = 0;
  ASSERT_EQ(::ioctl(ends[0], FIONREAD, &waiting), 0);
  EXPECT_GT(waiting, 10'000);
  for (const int end : ends) ::close(end);
}

TEST(Log, OutlivesItsReader) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  {
    const InsteadOfStderr swapped{ends[1]};
    log::info("to nobody");
  }
  ::close(ends[1]);
}

TEST(Realtime, GivesTheOrdinaryClassBack) {
  Status status;
  int policy = -1;
  std::thread([&] {  // only this thread
    status = use_realtime(5);
    if (status) status = use_realtime(0);
    policy = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  })
      .join();
  EXPECT_EQ(policy, SCHED_OTHER) << "given back, or never given without the right to it";
}

TEST(Log, WritesFromItsLevelUp) {
  const auto logged = [](const char* level) {
    EXPECT_TRUE(log::set_level(level));
    ::testing::internal::CaptureStderr();
    log::write(Level::kDebug, "a debug");
    log::info("an info");
    log::warning("a warning");
    log::error("an error");
    const auto text = ::testing::internal::GetCapturedStderr();
    return std::count(text.begin(), text.end(), '\n');
  };
  EXPECT_EQ(logged("debug"), 4);
  EXPECT_EQ(logged("error"), 1);
  EXPECT_EQ(logged("warning"), 2);
  EXPECT_EQ(logged("info"), 3);
  EXPECT_EQ(log::set_level("loud").error().text, "log level loud: must be debug, info, warning or error");
}

}  // namespace
}  // namespace hawser
