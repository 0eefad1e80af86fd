#include "lib/daemon/lock.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace hawser {
namespace {

std::string holder(int file) {
  std::array<char, 16> text{};
  const auto length = ::pread(file, text.data(), text.size(), 0);
  const std::string_view content(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const auto digits = content.substr(0, content.find_first_not_of("0123456789"));
  return digits.empty() ? std::string{} : fmt::format(" as process {}", digits);
}

Status write_pid(int file) {
  const auto text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file, 0) == 0 &&
      ::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
    return {};
  return fail_with(errno, "{}", std::strerror(errno));
}

}  // namespace

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& runtime_dir, std::string_view name) {
  const auto path = runtime_dir / fmt::format("{}.lock", name);
  Fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)};
  if (!file) return fail_with(errno, "{}: {}", path.native(), std::strerror(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail_with(EWOULDBLOCK, "{}: already running{} ({})", name, holder(file.get()), path.native());
    return fail_with(errno, "{}: lock: {}", path.native(), std::strerror(errno));
  }
  if (const auto written = write_pid(file.get()); !written)
    return fail_because(path.native(), written.error());
  return InstanceLock{std::move(file)};
}

}  // namespace hawser
