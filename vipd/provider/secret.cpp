#include "vipd/provider/secret.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"

namespace hawser::vipd::provider {

namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kSystemd = "systemd:";
constexpr std::size_t kLongest = 4096;

Result<std::filesystem::path> credential(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos)
    return fail("systemd:{}: is no name of a credential", name);
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr)
    return fail("systemd:{}: there are no credentials here: the unit wants LoadCredential={}:PATH", name,
                name);
  return std::filesystem::path(directory) / name;
}

Result<std::filesystem::path> place_of(const std::string& source) {
  if (source.starts_with(kFile) && source.size() > kFile.size() && source[kFile.size()] == '/')
    return std::filesystem::path(source.substr(kFile.size()));
  if (source.starts_with(kSystemd)) return credential(source.substr(kSystemd.size()));
  // It may be the secret itself, so it is not repeated.
  return fail("credentials: write file:/PATH or systemd:NAME: the secret itself is seen by everybody (ps)");
}

// To the nanosecond: two files of one second are two.
std::chrono::system_clock::time_point written_at(const struct ::stat& is) {
  return std::chrono::system_clock::from_time_t(is.st_mtim.tv_sec) +
         std::chrono::nanoseconds(is.st_mtim.tv_nsec);
}

Status judge(const std::filesystem::path& path, int file, struct ::stat& is) {
  if (::fstat(file, &is) != 0) return fail_with(errno, "{}: {}", path.string(), std::strerror(errno));
  if (!S_ISREG(is.st_mode)) return fail("{}: is no file", path.string());
  if ((is.st_mode & (S_IROTH | S_IWOTH)) != 0)
    return fail("{0}: others may read or write it: chmod 600 {0}", path.string());
  if (is.st_uid != 0 && is.st_uid != ::geteuid())
    return fail("{}: belongs to somebody else (user {})", path.string(), is.st_uid);
  return {};
}

Result<std::string> one_line(const std::filesystem::path& path, std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return fail("{}: is empty", path.string());
  if (text.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos)
    return fail("{}: holds more than one line", path.string());
  return text;
}

}  // namespace

Result<Secret> read_secret(const std::string& source) {
  const auto path = place_of(source);
  if (!path) return tl::unexpected(path.error());
  const Fd file(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return fail_with(errno, "{}: {}", path->string(), std::strerror(errno));
  struct ::stat is {};
  if (auto good = judge(*path, file.get(), is); !good) return tl::unexpected(good.error());
  std::string text(kLongest + 1, '\0');
  const auto length = ::read(file.get(), text.data(), text.size());
  if (length < 0) return fail_with(errno, "{}: {}", path->string(), std::strerror(errno));
  text.resize(static_cast<std::size_t>(length));
  if (text.size() > kLongest) return fail("{}: is too long for credentials", path->string());
  auto line = one_line(*path, std::move(text));
  if (!line) return tl::unexpected(line.error());
  return Secret{std::move(*line), written_at(is)};
}

void keep_memory_private() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace hawser::vipd::provider
