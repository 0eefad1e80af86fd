#include "lib/base/atomic_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/owner.h"

namespace hawser {
namespace {

tl::unexpected<Error> refused(const std::filesystem::path& file, std::string_view verb) {
  const int code = errno;
  return fail_with(code, "{}: {}: {}", file.native(), verb, std::strerror(code));
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status sync_directory(const std::filesystem::path& directory) {
  const Fd open{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open || ::fsync(open.get()) != 0) return refused(directory, "sync");
  return {};
}

Result<std::string> read_whole(int open, const std::filesystem::path& file, std::size_t largest) {
  std::string content;
  std::array<char, 65536> piece{};
  for (;;) {
    const auto count = ::read(open, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refused(file, "read");
    if (count == 0) return content;
    content.append(piece.data(), static_cast<std::size_t>(count));
    if (content.size() > largest) return fail_with(EFBIG, "{}: larger than {} bytes", file.native(), largest);
  }
}

}  // namespace

Status write_atomically(const std::filesystem::path& file, std::string_view content, mode_t mode) {
  auto pattern = file.native() + ".XXXXXX";
  const Fd temporary{::mkostemp(pattern.data(), O_CLOEXEC)};
  if (!temporary) return refused(file, "write");
  give_to_owner_of(file.parent_path(), temporary.get());
  const bool written = write_all(temporary.get(), content) && ::fchmod(temporary.get(), mode) == 0 &&
                       ::fsync(temporary.get()) == 0 && ::rename(pattern.c_str(), file.c_str()) == 0;
  if (!written) {
    auto error = refused(file, "write");
    ::unlink(pattern.c_str());
    return error;
  }
  const auto directory = file.parent_path();
  return sync_directory(directory.empty() ? "." : directory);
}

Result<std::string> read_file(const std::filesystem::path& file, std::size_t largest) {
  const Fd open{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!open) return refused(file, "read");
  return read_whole(open.get(), file, largest);
}

Result<std::string> read_stdin(std::size_t largest) {
  return read_whole(STDIN_FILENO, "stdin", largest);
}

}  // namespace hawser
