// The few functions of lib/config that touch the file system: reading the file, keeping the last good one.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/config/load.h"
#include "lib/config/read_text.h"

namespace hawser::config {

namespace {

constexpr std::size_t kLargestFile = 64UL * 1024 * 1024;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  Fd(Fd&&) = delete;
  Fd& operator=(Fd&&) = delete;
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  // close() may be the first to tell that a write failed.
  [[nodiscard]] bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

tl::unexpected<Error> failed(const std::filesystem::path& path, std::string_view verb) {
  const int code = errno;
  return fail_with(code, "{}: {}: {}", path.string(), verb, std::strerror(code));
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return failed(path, "open");
  std::string text;
  std::array<char, 65536> chunk{};
  while (true) {
    const auto got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "read");
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargestFile)
      return fail("{}: read: larger than {} bytes", path.string(), kLargestFile);
  }
}

Status write_all(int fd, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const auto put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed(path, "write");
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Status write_durably(const std::filesystem::path& path, std::string_view text) {
  ::unlink(path.c_str());  // left over from a crash, perhaps with other permissions
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file.open()) return failed(path, "create");
  if (auto written = write_all(file.get(), text, path); !written) return written;
  if (::fsync(file.get()) != 0) return failed(path, "fsync");
  if (!file.close()) return failed(path, "close");
  return {};
}

Status sync_directory(const std::filesystem::path& path) {
  const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open()) return failed(path, "open");
  if (::fsync(directory.get()) != 0) return failed(path, "fsync");
  return {};
}

bool is_ignored(const std::string& name) {
  return !name.ends_with(".toml") || name.starts_with('.') || name.find(".dpkg-") != std::string::npos;
}

// hawser.d/*.toml beside the file, sorted by name; none is fine.
Result<std::vector<std::filesystem::path>> drop_ins(const std::filesystem::path& file) {
  auto directory = file;
  directory.replace_extension(".d");
  std::vector<std::filesystem::path> paths;
  std::error_code problem;
  std::filesystem::directory_iterator entries(directory, problem);
  if (problem == std::errc::no_such_file_or_directory) return paths;
  for (; !problem && entries != std::filesystem::directory_iterator(); entries.increment(problem))
    if (!is_ignored(entries->path().filename().string())) paths.push_back(entries->path());
  if (problem) return fail_with(problem.value(), "{}: read: {}", directory.string(), problem.message());
  std::ranges::sort(paths);
  return paths;
}

// The kept file: a line with the number of sources, then for each "LENGTH NAME\n", its text and "\n"; last
// the line "end". Cut anywhere, it is recognised as incomplete.
constexpr std::string_view kHeader = "hawser-last-good 1 ";
constexpr std::string_view kEnd = "end\n";

std::string pack(const std::vector<Source>& sources) {
  auto text = fmt::format("{}{}\n", kHeader, sources.size());
  for (const auto& source : sources)
    text += fmt::format("{} {}\n{}\n", source.text.size(), source.file, source.text);
  return text + std::string(kEnd);
}

// Takes the packed text apart from the front; !ok() after the first thing that is not as packed.
class Unpacker {
 public:
  explicit Unpacker(std::string_view rest) : rest_(rest) {}

  void expect(std::string_view literal) {
    ok_ = ok_ && rest_.starts_with(literal);
    if (ok_) rest_.remove_prefix(literal.size());
  }
  std::size_t number() {
    std::size_t value = 0;
    const auto* begin = rest_.data();
    const auto [stop, problem] = std::from_chars(begin, begin + rest_.size(), value);
    ok_ = ok_ && problem == std::errc{};
    if (ok_) rest_.remove_prefix(static_cast<std::size_t>(stop - begin));
    return ok_ ? value : 0;
  }
  std::string line() {
    const auto end = rest_.find('\n');
    ok_ = ok_ && end != std::string_view::npos;
    return ok_ ? take(end, 1) : std::string();
  }
  std::string text(std::size_t length) {
    ok_ = ok_ && length < rest_.size() && rest_[length] == '\n';
    return ok_ ? take(length, 1) : std::string();
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string take(std::size_t length, std::size_t skipped) {
    std::string taken(rest_.substr(0, length));
    rest_.remove_prefix(length + skipped);
    return taken;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::optional<std::vector<Source>> unpack(std::string_view packed) {
  Unpacker in(packed);
  in.expect(kHeader);
  const auto count = in.number();
  in.expect("\n");
  std::vector<Source> sources;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const auto length = in.number();
    in.expect(" ");
    auto file = in.line();
    sources.push_back({std::move(file), in.text(length)});
  }
  in.expect(kEnd);
  if (!in.finished()) return std::nullopt;
  return sources;
}

std::filesystem::path kept_path(const std::filesystem::path& directory, std::string_view program) {
  return directory / fmt::format("{}.last-good", program);
}

}  // namespace

Result<std::vector<Source>> read_sources(const std::filesystem::path& file) {
  auto paths = drop_ins(file);
  if (!paths) return tl::unexpected(paths.error());
  paths->insert(paths->begin(), file);
  std::vector<Source> sources;
  for (const auto& path : *paths) {
    auto text = read_text(path);
    if (!text && text.error().code == ENOENT && path == file)
      return fail_with(ENOENT,
                       "{}: no such file: write one, such as those of examples/, or name another with -c",
                       path.string());
    if (!text) return tl::unexpected(text.error());
    sources.push_back({path.string(), std::move(*text)});
  }
  return sources;
}

Status keep_last_good(const std::filesystem::path& state_directory, std::string_view program,
                      const std::vector<Source>& sources) {
  const auto path = kept_path(state_directory, program);
  auto fresh = path;
  fresh += ".new";
  if (auto written = write_durably(fresh, pack(sources)); !written) return written;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed(path, "rename");
  return sync_directory(state_directory);
}

Result<std::vector<Source>> read_last_good(const std::filesystem::path& state_directory,
                                           std::string_view program) {
  const auto path = kept_path(state_directory, program);
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  auto sources = unpack(*text);
  if (!sources) return fail("{}: read: not a complete last good file", path.string());
  return std::move(*sources);
}

}  // namespace hawser::config
