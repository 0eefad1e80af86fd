// The few functions of lib/config that touch the file system: reading the file, keeping the last good one.
#include <algorithm>
#include <cerrno>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
#include "lib/config/load.h"
#include "lib/config/read_text.h"

namespace hawser::config {

namespace {

namespace json = boost::json;

constexpr std::size_t kLargestKept = std::size_t{256} << 20U;  // all files of hawser.d in one
constexpr mode_t kOnlyOwner = 0600;

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

// The kept file: [{"file": "/etc/hawser/hawser.toml", "text": "format = 1\n.."}, ..]. Cut anywhere, it is no
// JSON.
std::string pack(const std::vector<Source>& sources) {
  json::array list;
  for (const auto& source : sources)
    list.push_back(json::object{{"file", source.file}, {"text", source.text}});
  return json::serialize(list);
}

std::optional<Source> unpack_one(const json::value& item) {
  const auto* object = item.if_object();
  if (object == nullptr) return std::nullopt;
  const auto* file = object->if_contains("file");
  const auto* text = object->if_contains("text");
  if (file == nullptr || !file->is_string() || text == nullptr || !text->is_string()) return std::nullopt;
  return Source{std::string(file->get_string()), std::string(text->get_string())};
}

std::optional<std::vector<Source>> unpack(const std::string& packed) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // a file's name may be anything
  boost::system::error_code error;
  const auto list = json::parse(packed, error, {}, options);
  if (error || !list.is_array()) return std::nullopt;
  std::vector<Source> sources;
  for (const auto& item : list.get_array()) {
    auto source = unpack_one(item);
    if (!source) return std::nullopt;
    sources.push_back(std::move(*source));
  }
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
  auto written = write_atomically(kept_path(state_directory, program), pack(sources), kOnlyOwner);
  return written ? Status{} : fail_with(written.error().code, "last good file {}", written.error().text);
}

Result<std::vector<Source>> read_last_good(const std::filesystem::path& state_directory,
                                           std::string_view program) {
  const auto path = kept_path(state_directory, program);
  const auto text = read_file(path, kLargestKept);
  if (!text && (text.error().code == EACCES || text.error().code == EPERM))
    return fail_with(text.error().code, "last good file {}: chown --reference={} {}", text.error().text,
                     state_directory.string(), path.string());
  if (!text) return fail_with(text.error().code, "last good file {}", text.error().text);
  auto sources = unpack(*text);
  if (!sources) return fail("last good file {}: it is not whole, or of another release", path.string());
  return std::move(*sources);
}

}  // namespace hawser::config
