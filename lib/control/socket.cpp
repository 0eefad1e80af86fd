#include "lib/control/socket.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hawser::control {
namespace {

tl::unexpected<Error> refused(int code) {
  return fail_with(code, "{}", std::strerror(code));
}

Result<sockaddr_un> address_of(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = socket.native();
  if (text.size() >= sizeof(address.sun_path))
    return fail_with(ENAMETOOLONG, "a socket's path has at most {} bytes", sizeof(address.sun_path) - 1);
  std::memcpy(&address.sun_path[0], text.c_str(), text.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Result<int> new_socket(int flags) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (descriptor < 0) return refused(errno);
  return descriptor;
}

// Nothing there, or the file of a process that is gone: free to be taken.
Status clear_the_way(const std::filesystem::path& socket) {
  struct stat found {};
  if (::lstat(socket.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return refused(errno);
  }
  if (!S_ISSOCK(found.st_mode)) return fail_with(EEXIST, "is there and is not a socket");
  const auto peer = connect_to(socket, Milliseconds{1});
  if (peer) ::close(*peer);
  // EAGAIN: its queue is full, so somebody holds it.
  if (peer || peer.error().code == EAGAIN)
    return fail_with(EADDRINUSE, "already running: another process answers there");
  if (peer.error().code != ECONNREFUSED) return tl::unexpected(peer.error());
  if (::unlink(socket.c_str()) != 0 && errno != ENOENT) return refused(errno);
  return {};
}

// A daemon that root started by hand answers the members of the group too.
void share_with_group_of(const std::filesystem::path& directory, const std::filesystem::path& socket) {
  struct stat found {};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &found) != 0) return;
  [[maybe_unused]] const int done = ::lchown(socket.c_str(), static_cast<uid_t>(-1), found.st_gid);
}

// With its mode from the first moment: set by name afterwards it could be that of another file, which whoever
// the directory belongs to has put in its place (hawser-runner is root in a directory of hawser's).
bool bind_shared(int descriptor, const sockaddr_un& address) {
  const mode_t before = ::umask(0117);  // 0660
  const int done = ::bind(descriptor, generic(address), sizeof(address));
  const int code = errno;
  ::umask(before);
  errno = code;
  return done == 0;
}

Result<Listening> bind_and_listen(int descriptor, const std::filesystem::path& socket,
                                  const sockaddr_un& address) {
  if (!bind_shared(descriptor, address)) return refused(errno);
  share_with_group_of(socket.parent_path(), socket);
  struct stat made {};
  if (::lstat(socket.c_str(), &made) != 0 || ::listen(descriptor, SOMAXCONN) != 0) {
    const int code = errno;
    ::unlink(socket.c_str());
    return refused(code);
  }
  return Listening{descriptor, made.st_dev, made.st_ino};
}

}  // namespace

Result<Listening> listen_on(const std::filesystem::path& socket) {
  const auto address = address_of(socket);
  if (!address) return fail_because(socket.native(), address.error());
  if (const auto clear = clear_the_way(socket); !clear) return fail_because(socket.native(), clear.error());
  const auto descriptor = new_socket(SOCK_NONBLOCK);
  if (!descriptor) return fail_because(socket.native(), descriptor.error());
  auto listening = bind_and_listen(*descriptor, socket, *address);
  if (listening) return listening;
  ::close(*descriptor);
  return fail_because(socket.native(), listening.error());
}

bool is_there(const std::filesystem::path& socket, const Listening& ours) {
  struct stat found {};
  return ::lstat(socket.c_str(), &found) == 0 && found.st_dev == ours.device && found.st_ino == ours.inode;
}

void remove_socket(const std::filesystem::path& socket, const Listening& ours) {
  if (is_there(socket, ours)) ::unlink(socket.c_str());
}

Result<int> connect_to(const std::filesystem::path& socket, Milliseconds deadline) {
  const auto address = address_of(socket);
  if (!address) return tl::unexpected(address.error());
  auto descriptor = new_socket(0);
  if (!descriptor) return descriptor;
  // unix_stream_connect() waits for room in the queue as long as the send timeout says, 0 meaning for ever.
  const auto wait = std::max(deadline, Milliseconds{1});
  const timeval timeout{wait.count() / 1000, (wait.count() % 1000) * 1000};
  ::setsockopt(*descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  if (::connect(*descriptor, generic(*address), sizeof(*address)) == 0) return descriptor;
  const int code = errno;
  ::close(*descriptor);
  return refused(code);
}

}  // namespace hawser::control
