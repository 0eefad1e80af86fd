#include "bondctl/drill/dead_man.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cli/output.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::bondctl::drill {

namespace {

constexpr char kBeatByte = '.', kDismissByte = 'x';

enum class Word : std::uint8_t { kAlive, kDismissed, kEnded };

// The last byte counts: beats may have piled up before it.
Word listen(int socket) {
  pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
  const auto silence = static_cast<int>(std::chrono::milliseconds(DeadMan::kSilence).count());
  const int polled = ::poll(&ready, 1, silence);
  if (polled < 0 && errno == EINTR) return Word::kAlive;
  if (polled <= 0) return Word::kEnded;
  std::array<char, 256> bytes{};
  const auto size = ::recv(socket, bytes.data(), bytes.size(), 0);
  if (size <= 0) return Word::kEnded;
  return bytes.at(static_cast<std::size_t>(size) - 1) == kDismissByte ? Word::kDismissed : Word::kAlive;
}

void ignore_signals() {
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGTTOU, SIGPIPE})
    (void)std::signal(number, SIG_IGN);
}

// Its own sockets: those of the drill may be in the middle of an answer.
Status put_back(const Before& before) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  return restore(*kernel, before);
}

void tell(const Before& before, const Status& done) {
  if (done)
    cli::complain("bondctl",
                  fmt::format("{}: the drill ended early: its ports are as they were", before.bond));
  else
    cli::complain("bondctl", fmt::format("{}: the drill ended early, and not all is as it was: {}",
                                         before.bond, done.error().text));
}

[[noreturn]] void watch(int socket, const Before& before) {
  ::setsid();
  ignore_signals();
  ::prctl(PR_SET_NAME, "drill-deadman");
  auto word = Word::kAlive;
  while (word == Word::kAlive) word = listen(socket);
  if (word == Word::kEnded) {
    ::shutdown(socket, SHUT_RDWR);  // a drill that only stood still is to notice
    tell(before, put_back(before));
  }
  ::_exit(0);  // what the drill had not yet written is not ours to write
}

}  // namespace

Result<DeadMan> DeadMan::start(const Before& before) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail_with(errno, "start the process that puts everything back: {}", std::strerror(errno));
  Fd ours(ends[0]), theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0)
    return fail_with(errno, "start the process that puts everything back: {}", std::strerror(errno));
  if (pid == 0) {
    ours.reset();
    watch(theirs.get(), before);
  }
  return DeadMan{std::move(ours)};
}

Status DeadMan::beat() const {
  if (::send(socket_.get(), &kBeatByte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1 || errno == EAGAIN) return {};
  return fail("the drill stood still for more than {} s, or what guards it was killed: stopped",
              kSilence.count());
}

void DeadMan::dismiss() {
  (void)::send(socket_.get(), &kDismissByte, 1, MSG_NOSIGNAL);
  socket_.reset();
}

}  // namespace hawser::bondctl::drill
