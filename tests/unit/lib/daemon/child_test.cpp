// A child is this program again; so here it is the test program, which a word on its command line turns into
// one.
#include "lib/daemon/child.h"

#include <array>
#include <csignal>
#include <fstream>

#include <boost/asio.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/atomic_file.h"
#include "lib/daemon/realtime.h"

namespace hawser {
namespace {

using namespace std::chrono_literals;

Child::Program this_program(const std::string& task) {
  return {"/proc/self/exe", "test", {"test-child", task}};
}

void say(int socket, std::string_view text) {
  (void)::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
}

std::string hear(int socket) {
  pollfd ready{socket, POLLIN, 0};
  if (::poll(&ready, 1, 10000) <= 0) return "TIMEOUT";
  std::array<char, 1000> text{};
  const auto size = ::recv(socket, text.data(), text.size(), 0);
  return size <= 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
}

std::string status_line(std::string_view name) {
  std::ifstream status{"/proc/self/status"};
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with(name)) return line;
  return {};
}

std::string signals() {
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  return status_line("SigBlk") + (hangup.sa_handler == SIG_DFL ? ", SIGHUP as usual" : ", SIGHUP ignored");
}

// AddressSanitizer makes mlockall() do nothing.
#ifdef __SANITIZE_ADDRESS__
constexpr unsigned long kLeastLocked = 0;
#else
constexpr unsigned long kLeastLocked = 1000;
#endif

// Starts a child of its own, tells its number, and hangs with it.
void be_a_parent(int socket) {
  boost::asio::io_context context;
  const auto child = Child::start(context, this_program("hang"), [](const Ending&) {});
  if (!child) ::_exit(9);
  (void)hear((*child)->socket());
  say(socket, std::to_string((*child)->pid()));
  (void)hear(socket);
}

[[noreturn]] void be_a_child(const std::string& task) {
  const auto socket = become_child();
  if (!socket) ::_exit(8);
  if (task == "echo") say(socket->get(), hear(socket->get()));
  if (task == "descriptors") say(socket->get(), ::fcntl(4, F_GETFD) < 0 ? "closed" : "open");
  if (task == "signals") say(socket->get(), signals());
  if (task == "lock") say(socket->get(), lock_memory() ? status_line("VmLck") : "refused");
  if (task == "parent") be_a_parent(socket->get());
  if (task == "hang") {
    say(socket->get(), "here");
    for (;;) ::pause();
  }
  ::_exit(7);
}

// Before main(), and so before GoogleTest looks at the command line.
const bool kIsChild = [] {
  const auto line = read_file("/proc/self/cmdline");
  const std::string marker{"\0test-child\0", 12};
  const auto found = line ? line->find(marker) : std::string::npos;
  if (found != std::string::npos) be_a_child(line->c_str() + found + marker.size());
  return false;
}();

class ChildProcess : public ::testing::Test {
 protected:
  std::unique_ptr<Child> start(const std::string& task) {
    auto child =
        Child::start(context_, this_program(task), [this](const Ending& ending) { ended_ = ending; });
    if (!child) ADD_FAILURE() << child.error().text;
    return child ? std::move(*child) : nullptr;
  }
  boost::asio::io_context context_;
  std::optional<Ending> ended_;
};

TEST_F(ChildProcess, IsJoinedByASocketAndItsEndIsHeard) {
  const auto child = start("echo");
  ASSERT_TRUE(child);
  EXPECT_FALSE(kIsChild);
  say(child->socket(), "hello");
  EXPECT_EQ(hear(child->socket()), "hello");
  context_.run();
  EXPECT_EQ(ended_, (Ending{false, 7}));
}

TEST_F(ChildProcess, ReportsTheSignalThatKilledIt) {
  const auto child = start("hang");
  ASSERT_EQ(hear(child->socket()), "here");
  ::kill(child->pid(), SIGTERM);
  context_.run();
  EXPECT_EQ(ended_, (Ending{true, SIGTERM}));
}

TEST_F(ChildProcess, IsKilledAndReapedWithItsObject) {
  auto child = start("hang");
  ASSERT_EQ(hear(child->socket()), "here");
  const auto pid = child->pid();
  child.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  context_.run();
  EXPECT_FALSE(ended_);
}

TEST_F(ChildProcess, MayBeDestroyedWhenItHasEndedButNobodyHasHeard) {
  auto child = start("echo");
  say(child->socket(), "x");
  while (!hear(child->socket()).empty()) {
  }
  boost::asio::post(context_, [&] { child.reset(); });
  context_.run();
  EXPECT_FALSE(child);
}

TEST_F(ChildProcess, MayBeDestroyedByItsOwnEnd) {
  std::unique_ptr<Child> child;
  bool heard = false;
  auto started = Child::start(context_, this_program("signals"), [&](const Ending&) {
    child.reset();
    heard = true;
  });
  ASSERT_TRUE(started);
  child = std::move(*started);
  context_.run();
  EXPECT_TRUE(heard);
}

TEST_F(ChildProcess, InheritsNoDescriptorAndNoSignalMask) {
  (void)::signal(SIGHUP, SIG_IGN);
  sigset_t blocked{};
  sigset_t before{};
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto child = start("signals");
  const auto other = start("descriptors");
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  (void)::signal(SIGHUP, SIG_DFL);
  EXPECT_EQ(hear(child->socket()), "SigBlk:\t0000000000000000, SIGHUP as usual");
  EXPECT_EQ(hear(other->socket()), "closed");
}

TEST_F(ChildProcess, DiesWithItsParent) {
  const auto parent = start("parent");
  const auto grandchild = std::stoi(hear(parent->socket()));
  const Fd pidfd{static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0))};
  ASSERT_TRUE(pidfd);
  pollfd ended{pidfd.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 0), 0);
  ::kill(parent->pid(), SIGKILL);
  EXPECT_EQ(::poll(&ended, 1, 10000), 1);
}

TEST_F(ChildProcess, LocksItsMemory) {
  const auto child = start("lock");
  const auto answer = hear(child->socket());
  EXPECT_TRUE(answer == "refused" ? ::geteuid() != 0 : std::stoul(answer.substr(6)) >= kLeastLocked)
      << answer;
}

TEST_F(ChildProcess, IsNotStartedByPeople) {
  const auto socket = become_child();
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().text, "this is a part of a daemon, which starts it: it is not started by people");
}

TEST(Fd, ClosesWhatItHeldWhenAnotherIsMovedIn) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Fd first{ends[0]};
  Fd second{ends[1]};
  first = std::move(second);
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1);
  EXPECT_EQ(first.get(), ends[1]);
  first.reset();
  EXPECT_EQ(::fcntl(ends[1], F_GETFD), -1);
  EXPECT_FALSE(first);
}

}  // namespace
}  // namespace hawser
