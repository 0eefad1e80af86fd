#include "lib/daemon/lock.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/owner.h"

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

std::string_view remedy_for(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return ": make room, or name another directory";
    case EROFS:
      return ": mount it writable, or name another directory";
    case ENOENT:
    case ENOTDIR:
      return ": name another directory";
    default:
      return "";
  }
}

tl::unexpected<Error> cannot_open(const std::filesystem::path& path) {
  const int code = errno;
  struct stat found {};
  if (code == EACCES && ::lstat(path.c_str(), &found) == 0 && found.st_uid != ::geteuid())
    return fail_with(code, "{}: {}: it belongs to user {}: remove it, or be that user", path.native(),
                     std::strerror(code), found.st_uid);
  return fail_with(code, "{}: {}{}", path.native(), std::strerror(code), remedy_for(code));
}

// Under systemd the unit makes it, by hand we do.
Status make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (!error) return {};
  return fail_with(error.value(), "{}: make directory: {}{}", directory.native(),
                   std::strerror(error.value()), remedy_for(error.value()));
}

Result<Fd> open_or_create(const std::filesystem::path& path) {
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
  if (auto made = make_directory(path.parent_path()); !made) return tl::unexpected(made.error());
  Fd fresh{::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0640)};
  if (fresh) give_to_owner_of(path.parent_path(), fresh.get());
  if (fresh || errno != EEXIST) return fresh ? Result<Fd>{std::move(fresh)} : cannot_open(path);
  Fd there{::open(path.c_str(), kFlags)};
  return there ? Result<Fd>{std::move(there)} : cannot_open(path);
}

// Whoever asks whether it is held has it shared for a moment.
bool lock(int file) {
  constexpr int kTries = 5;
  constexpr std::chrono::milliseconds kPause{20};
  for (int i = 0; i < kTries; ++i) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    std::this_thread::sleep_for(kPause);
  }
  errno = EWOULDBLOCK;
  return false;
}

}  // namespace

bool InstanceLock::no_room(const Error& error) {
  return !remedy_for(error.code).empty();
}

Result<InstanceLock> InstanceLock::take(const std::filesystem::path& runtime_dir, std::string_view name) {
  const auto path = runtime_dir / fmt::format("{}.lock", name);
  auto opened = open_or_create(path);
  if (!opened) return tl::unexpected(opened.error());
  Fd file = std::move(*opened);
  if (!lock(file.get())) {
    if (errno == EWOULDBLOCK)
      return fail_with(EWOULDBLOCK, "{}: already running{} ({})", name, holder(file.get()), path.native());
    return fail_with(errno, "{}: lock: {}", path.native(), std::strerror(errno));
  }
  if (const auto written = write_pid(file.get()); !written)
    return fail_because(path.native(), written.error());
  return InstanceLock{std::move(file)};
}

Result<std::optional<std::string>> InstanceLock::held(const std::filesystem::path& runtime_dir,
                                                      std::string_view name) {
  const auto path = runtime_dir / fmt::format("{}.lock", name);
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) return cannot_open(path);
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  if (errno == EWOULDBLOCK) return fmt::format("{} runs{}", name, holder(file.get()));
  return fail_with(errno, "{}: lock: {}", path.native(), std::strerror(errno));
}

}  // namespace hawser
