#include "lib/daemon/namespace_lock.h"

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace hawser {
namespace {

// UID_MIN and UID_MAX of login.defs(5).
constexpr uid_t kFirstPerson = 1000;
constexpr uid_t kLastPerson = 60000;

struct AbstractName {
  sockaddr_un address{};
  socklen_t length = 0;

  explicit AbstractName(std::string_view name) {
    const auto text = fmt::format("hawser-{}", name);
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, text.data(), text.size());  // behind a zero byte: abstract
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Fd new_socket() {
  return Fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

// Who listens there; none: nobody any more.
std::optional<ucred> holder_of(const AbstractName& name) {
  const auto asking = new_socket();
  if (!asking || ::connect(asking.get(), name.get(), name.length) != 0) return std::nullopt;
  ucred holder{};
  socklen_t size = sizeof(holder);
  if (::getsockopt(asking.get(), SOL_SOCKET, SO_PEERCRED, &holder, &size) != 0) return std::nullopt;
  return holder;
}

// A process of another PID namespace has no number here.
std::string words(const std::optional<ucred>& holder) {
  if (!holder) return "";
  return holder->pid > 0 ? fmt::format(" as process {}", holder->pid) : " in another container";
}

}  // namespace

bool may_be_a_daemon(uid_t holder, uid_t own) {
  return holder == own || holder < kFirstPerson || holder > kLastPerson;
}

Result<NamespaceLock> NamespaceLock::take(std::string_view name) {
  const AbstractName address(name);
  auto socket = new_socket();
  if (!socket) return fail_with(errno, "{}: make a socket: {}", name, std::strerror(errno));
  if (::bind(socket.get(), address.get(), address.length) == 0 && ::listen(socket.get(), SOMAXCONN) == 0)
    return NamespaceLock{std::move(socket)};
  if (errno != EADDRINUSE) return fail_with(errno, "{}: lock: {}", name, std::strerror(errno));
  const auto holder = holder_of(address);
  if (holder && !may_be_a_daemon(holder->uid, ::geteuid())) return NamespaceLock{Fd{}};
  return fail_with(
      EADDRINUSE,
      "{}: already running{}, with another --runtime-dir: one is enough for this network namespace", name,
      words(holder));
}

std::optional<std::string> NamespaceLock::held(std::string_view name) {
  const auto holder = holder_of(AbstractName(name));
  if (!holder || !may_be_a_daemon(holder->uid, ::geteuid())) return std::nullopt;
  return fmt::format("{} runs{}, with another --runtime-dir", name, words(holder));
}

}  // namespace hawser
