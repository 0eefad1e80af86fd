#include "lib/run/program.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <list>

#include <fcntl.h>
#include <unistd.h>

namespace hawser::run {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMostLinks = 40;  // as the kernel does

// A path walked from the root on, part by part: each is opened without following it, judged, and entered.
class Walk {
 public:
  Result<Fd> to(const fs::path& path) {
    if (!path.is_absolute()) return fail("{}: not a whole path: write it from / on", path.native());
    push_front(path);
    if (auto begun = restart(); !begun) return tl::unexpected(begun.error());
    while (!todo_.empty()) {
      const auto name = todo_.front();
      todo_.pop_front();
      if (name.empty() || name == "." || name == "/") continue;
      if (auto taken = take(name); !taken) return tl::unexpected(taken.error());
    }
    return std::move(here_);
  }

 private:
  void push_front(const fs::path& path) { todo_.insert(todo_.begin(), path.begin(), path.end()); }

  Status restart() {
    here_ = Fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    at_ = "/";
    return enter_checked();
  }

  Status take(const fs::path& name) {
    auto next = Fd(::openat(here_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    const auto path = (at_ / name).lexically_normal();
    if (!next) return fail_with(errno, "{}: {}", path.native(), std::strerror(errno));
    struct stat found {};
    if (::fstat(next.get(), &found) != 0)
      return fail_with(errno, "{}: {}", path.native(), std::strerror(errno));
    if (S_ISLNK(found.st_mode)) return follow(path, next, found);
    here_ = std::move(next);
    at_ = path;
    return enter_checked();
  }

  Status enter_checked() const {
    struct stat found {};
    if (::fstat(here_.get(), &found) != 0)
      return fail_with(errno, "{}: {}", at_.native(), std::strerror(errno));
    return judge_part(at_, found, ::geteuid());
  }

  // Whose link it is matters only in a directory like /tmp; elsewhere that was judged already.
  Status follow(const fs::path& path, const Fd& link, const struct stat& found) {
    if (++links_ > kMostLinks) return fail_with(ELOOP, "{}: {}", path.native(), std::strerror(ELOOP));
    if (auto good = judge_part(path, found, ::geteuid()); !good) return good;
    std::array<char, PATH_MAX> text{};
    const auto size = ::readlinkat(link.get(), "", text.data(), text.size());
    if (size < 0) return fail_with(errno, "{}: {}", path.native(), std::strerror(errno));
    const fs::path target(std::string(text.data(), static_cast<std::size_t>(size)));
    push_front(target);
    return target.is_absolute() ? restart() : Status{};
  }

  std::list<fs::path> todo_;
  fs::path at_;
  Fd here_;
  unsigned links_ = 0;
};

}  // namespace

Status judge_part(const fs::path& path, const struct stat& found, uid_t self) {
  if (found.st_uid != 0 && found.st_uid != self)
    return fail("{}: belongs to user {}, who could have anything run: chown root {}", path.native(),
                found.st_uid, path.native());
  if (S_ISLNK(found.st_mode) || (S_ISDIR(found.st_mode) && (found.st_mode & S_ISVTX) != 0)) return {};
  if ((found.st_mode & S_IWOTH) != 0)
    return fail("{}: everybody may write to it, and so have anything run: chmod o-w {}", path.native(),
                path.native());
  if ((found.st_mode & S_IWGRP) != 0)
    return fail("{}: its group may write to it, and so have anything run: chmod g-w {}", path.native(),
                path.native());
  return {};
}

Result<Fd> open_trusted(const fs::path& path) {
  return Walk().to(path);
}

Result<Fd> open_program(const fs::path& program) {
  auto file = Walk().to(program);
  if (!file) return file;
  struct stat found {};
  if (::fstat(file->get(), &found) != 0)
    return fail_with(errno, "{}: {}", program.native(), std::strerror(errno));
  if (S_ISDIR(found.st_mode)) return fail_with(EISDIR, "{}: is a directory, no program", program.native());
  if (!S_ISREG(found.st_mode)) return fail_with(EACCES, "{}: is no file", program.native());
  if (::faccessat(file->get(), "", X_OK, AT_EMPTY_PATH | AT_EACCESS) != 0)
    return fail_with(errno, "{}: may not be executed: chmod +x {}", program.native(), program.native());
  return file;
}

}  // namespace hawser::run
