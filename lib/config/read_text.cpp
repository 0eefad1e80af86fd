#include "lib/config/read_text.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/fd.h"

namespace hawser::config {

namespace {

using Clock = std::chrono::steady_clock;

tl::unexpected<Error> failed(const std::filesystem::path& path, std::string_view verb) {
  const int code = errno;
  return fail_with(code, "{}: {}: {}", path.native(), verb, std::strerror(code));
}

bool is_null(const struct stat& found) {
  return S_ISCHR(found.st_mode) && found.st_rdev == makedev(1, 3);
}

// Before it is opened: opening a device can already do something.
Status suitable(const std::filesystem::path& path, const TextLimits& limits) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return failed(path, "open");
  if (S_ISDIR(found.st_mode))
    return fail_with(EISDIR, "{}: is a directory: name the file in it", path.native());
  if (S_ISSOCK(found.st_mode)) return fail("{}: is a socket, not a file", path.native());
  if ((S_ISCHR(found.st_mode) || S_ISBLK(found.st_mode)) && !is_null(found))
    return fail("{}: is a device, not a file", path.native());
  if (S_ISREG(found.st_mode) && static_cast<std::size_t>(found.st_size) > limits.bytes)
    return fail("{}: has {} bytes, at most {} are read", path.native(), found.st_size, limits.bytes);
  return {};
}

bool readable_before(int fd, Clock::time_point end) {
  const auto left = std::chrono::ceil<Milliseconds>(end - Clock::now());
  pollfd waiting{fd, POLLIN, 0};
  return left.count() > 0 && ::poll(&waiting, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

Result<std::string> read_text(const std::filesystem::path& path, const TextLimits& limits) {
  if (auto good = suitable(path, limits); !good) return tl::unexpected(good.error());
  const auto end = Clock::now() + limits.wait;
  // A pipe that nobody writes to is opened at once, too.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return failed(path, "open");
  std::string text;
  std::array<char, 65536> chunk{};
  for (;;) {
    if (!readable_before(file.get(), end))
      return fail_with(ETIMEDOUT, "{}: read: its end was not there within {}", path.native(),
                       format_duration(limits.wait));
    const auto got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return failed(path, "read");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > limits.bytes)
      return fail("{}: is longer than the {} bytes that are read", path.native(), limits.bytes);
  }
}

}  // namespace hawser::config
