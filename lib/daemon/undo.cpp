#include "lib/daemon/undo.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "lib/daemon/namespace_lock.h"

namespace hawser {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kName = "hawser-undo";
constexpr Milliseconds kAnswerWithin{2000};
constexpr Milliseconds kSaysWithin{100};  // who asks, here; others wait meanwhile

// What the two say to each other, a byte each.
enum class Word : char {
  kMade = 'm',
  kForget = 'f',
  kConfirm = 'c',
  kAsk = '?',
  kUndone = 'u',
  kPartlyUndone = 'p',
  kRefused = 'r'
};

struct Address {
  sockaddr_un address{};
  socklen_t length = 0;
  Address() {
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, kName.data(), kName.size());  // behind a zero byte: abstract
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + kName.size());
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

bool say(const Fd& to, Word word) {
  const char byte = static_cast<char>(word);
  return ::send(to.get(), &byte, 1, MSG_NOSIGNAL) == 1;
}

Milliseconds until(TimePoint end) {
  return std::max(Milliseconds{0}, std::chrono::duration_cast<Milliseconds>(end - Clock::now()));
}

std::optional<ucred> at_the_other_end(const Fd& socket) {
  ucred who{};
  socklen_t size = sizeof(who);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return std::nullopt;
  return who;
}

bool readable(int descriptor, Milliseconds within) {
  pollfd wait{descriptor, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(within.count())) > 0;
}

// --- the other process ---

class Keeper {
 public:
  Keeper(std::string what, Milliseconds within, Fd channel, Fd socket, Fd terminated)
      : what_(std::move(what)),
        within_(within),
        channel_(std::move(channel)),
        socket_(std::move(socket)),
        terminated_(std::move(terminated)) {}

  // Whether the change stays.
  bool wait() {
    while (!stays_ && !goes_ && (!end_ || Clock::now() < *end_)) {
      std::array<pollfd, 3> fds{
          {{channel_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}, {terminated_.get(), POLLIN, 0}}};
      const int limit = end_ ? static_cast<int>(until(*end_).count()) + 1 : -1;
      if (::poll(fds.data(), fds.size(), limit) < 0) continue;  // a signal
      if (fds[0].revents != 0) hear_the_maker();
      if (fds[1].revents != 0) answer();
      goes_ |= fds[2].revents != 0;
    }
    return stays_;
  }
  // The last word: whoever hears it may begin the next change.
  void end(Word word) {
    socket_.reset();
    (void)say(channel_, word);
  }

 private:
  // Its end before the change was complete takes the change back; afterwards it may go.
  void hear_the_maker() {
    char byte = 0;
    if (::recv(channel_.get(), &byte, 1, 0) != 1) {
      goes_ = !end_;
      channel_.reset();
      return;
    }
    const auto word = static_cast<Word>(byte);
    if (word == Word::kMade) end_ = Clock::now() + within_;
    stays_ |= word == Word::kForget || word == Word::kConfirm;
  }

  void answer() {
    const Fd asker{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    char byte = 0;
    if (!asker || !readable(asker.get(), kSaysWithin) || ::recv(asker.get(), &byte, 1, 0) != 1) return;
    const bool confirms = static_cast<Word>(byte) == Word::kConfirm;
    if (confirms && !may_confirm(asker)) return (void)say(asker, Word::kRefused);
    const Milliseconds left = std::chrono::ceil<std::chrono::seconds>(end_ ? until(*end_) : within_);
    const auto text = fmt::format("{} {}", within_ == Milliseconds{0} ? -1 : left.count(), what_);
    (void)::send(asker.get(), text.data(), text.size(), MSG_NOSIGNAL);
    stays_ |= confirms && within_ > Milliseconds{0};
  }

  static bool may_confirm(const Fd& asker) {
    const auto who = at_the_other_end(asker);
    return who && (who->uid == 0 || who->uid == ::geteuid());
  }

  std::string what_;
  Milliseconds within_;
  Fd channel_;
  Fd socket_;
  Fd terminated_;
  std::optional<TimePoint> end_;
  bool stays_ = false;
  bool goes_ = false;
};

// The terminal's end is no reason, and a script that reads our output must not wait for this process.
void leave_the_terminal() {
  ::setsid();
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU})
    (void)::signal(signal, SIG_IGN);
  const Fd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing.get(), standard);
}

// Sockets of who started us are not ours, locks above all: they end with him.
void close_all_but(int one, int other) {
  const auto low = static_cast<unsigned>(std::min(one, other));
  const auto high = static_cast<unsigned>(std::max(one, other));
  if (low > 3) ::close_range(3, low - 1, 0);
  if (high > low + 1) ::close_range(low + 1, high - 1, 0);
  ::close_range(high + 1, ~0U, 0);
}

// Readable once somebody ends this process in peace.
Fd termination() {
  sigset_t terminate{};
  ::sigemptyset(&terminate);
  ::sigaddset(&terminate, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &terminate, nullptr);
  return Fd{::signalfd(-1, &terminate, SFD_CLOEXEC | SFD_NONBLOCK)};
}

[[noreturn]] void keep(const std::string& what, Milliseconds within, Fd channel, Fd socket,
                       const std::function<Status()>& put_back) {
  leave_the_terminal();
  close_all_but(channel.get(), socket.get());
  ::openlog("hawser-undo", LOG_PID, LOG_DAEMON);
  Keeper keeper(what, within, std::move(channel), std::move(socket), termination());
  if (keeper.wait()) {
    keeper.end(Word::kConfirm);
    ::_exit(0);
  }
  const auto done = put_back();
  if (done)
    ::syslog(LOG_WARNING, "taken back, %s: %s",
             within == Milliseconds{0} ? "it did not come to its end" : "nobody confirmed it", what.c_str());
  else
    ::syslog(LOG_ERR, "not wholly taken back: %s: %s", what.c_str(), done.error().text.c_str());
  keeper.end(done ? Word::kUndone : Word::kPartlyUndone);
  ::_exit(done ? 0 : 1);
}

Result<Fd> listen_alone() {
  const Address address;
  Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!socket) return fail_with(errno, "undo: make a socket: {}", std::strerror(errno));
  if (::bind(socket.get(), address.get(), address.length) == 0 && ::listen(socket.get(), SOMAXCONN) == 0)
    return socket;
  if (errno != EADDRINUSE) return fail_with(errno, "undo: bind: {}", std::strerror(errno));
  const auto waiting = waiting_change();
  if (!waiting)
    return fail_with(EBUSY, "undo: another process has the name @{}: 'ss -xlp' says which: end it", kName);
  return fail_with(EBUSY, "{}", why_not_now(*waiting));
}

// An ordinary user may have taken the name, and says what he likes.
Result<std::string> ask(Word word) {
  const Address address;
  // Not to be held up by one who lets his queue fill: that is none of ours.
  const Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket || ::connect(socket.get(), address.get(), address.length) != 0)
    return fail_with(ENOENT, "no change waits to be confirmed");
  const auto who = at_the_other_end(socket);
  if (!who || !may_be_a_daemon(who->uid, ::geteuid()))
    return fail_with(ENOENT, "no change waits to be confirmed");
  (void)say(socket, word);
  std::array<char, 4096> buffer{};
  if (!readable(socket.get(), kAnswerWithin))
    return fail_with(ETIMEDOUT, "the waiting change does not answer: it may be going back just now");
  const auto size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
  if (size <= 0) return fail_with(ENOENT, "no change waits to be confirmed any more");
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  if (text.size() == 1)
    return fail_with(EPERM, "not permitted to confirm: only who made the change, and root");
  return text;
}

}  // namespace

Result<Undo> Undo::start(const std::string& what, Milliseconds within,
                         const std::function<Status()>& put_back) {
  auto socket = listen_alone();
  if (!socket) return tl::unexpected(socket.error());
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail_with(errno, "undo: socket pair: {}", std::strerror(errno));
  Fd ours{ends[0]};
  Fd theirs{ends[1]};
  const auto process = ::fork();
  if (process < 0) return fail_with(errno, "undo: fork: {}", std::strerror(errno));
  if (process == 0) {
    ours.reset();
    keep(what, within, std::move(theirs), std::move(*socket), put_back);
  }
  return Undo{std::move(ours)};
}

void Undo::made() {
  (void)say(channel_, Word::kMade);
}

void Undo::forget() {
  (void)say(channel_, Word::kForget);
  (void)wait(-1);
}

UndoEnd Undo::wait(int enter) {
  for (;;) {
    std::array<pollfd, 2> fds{{{channel_.get(), POLLIN, 0}, {enter, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    if (fds[1].revents != 0) {
      std::array<char, 256> line{};
      if (::read(enter, line.data(), line.size()) > 0) (void)say(channel_, Word::kConfirm);
      enter = -1;
    }
    if (fds[0].revents == 0) continue;
    char byte = 0;
    if (::recv(channel_.get(), &byte, 1, 0) != 1) return UndoEnd::kNobody;
    const auto word = static_cast<Word>(byte);
    if (word == Word::kPartlyUndone) return UndoEnd::kPartlyUndone;
    return word == Word::kUndone ? UndoEnd::kUndone : UndoEnd::kConfirmed;
  }
}

std::optional<WaitingChange> waiting_change() {
  const auto text = ask(Word::kAsk);
  // It is one of ours, and has other things to do.
  if (!text && text.error().code == ETIMEDOUT) return WaitingChange{};
  if (!text) return std::nullopt;
  const auto space = text->find(' ');
  const Milliseconds left{std::stoll(text->substr(0, space))};
  return WaitingChange{text->substr(space + 1), left < Milliseconds{0} ? std::nullopt : std::optional(left)};
}

std::string why_not_now(const WaitingChange& waiting) {
  if (waiting.what.empty()) return "another change is just being taken back: try again when that is done";
  if (!waiting.left)
    return fmt::format("another change is being made: {}: try again when that is done", waiting.what);
  return fmt::format("a change waits to be confirmed: {}: first write 'bondctl confirm', or wait {}",
                     waiting.what, format_duration(*waiting.left));
}

// Who takes a change back does not answer meanwhile.
void await_way_back(Milliseconds patience) {
  constexpr Milliseconds kPause{20};
  const auto end = Clock::now() + patience;
  while (Clock::now() < end) {
    const auto text = ask(Word::kAsk);
    if (text ? !text->starts_with("-") : text.error().code != ETIMEDOUT) return;
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::string> confirm_change() {
  auto text = ask(Word::kConfirm);
  if (!text) return text;
  if (text->starts_with("-"))
    return fail_with(EBUSY,
                     "no change waits to be confirmed: one is being made, which needs no confirmation");
  return text->substr(text->find(' ') + 1);
}

}  // namespace hawser
