// The few functions of lib/config that touch the system: who this host is, reading the file, keeping the last
// good one.
#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/json.hpp>
#include <unistd.h>

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

// The kept file: {"node": "lb1", "files": [{"file": "/etc/hawser/hawser.toml", "text": "format = 1\n.."},
// ..]}. Cut anywhere, it is no JSON.
std::string pack(const LastGood& good) {
  json::array files;
  for (const auto& source : good.sources)
    files.push_back(json::object{{"file", source.file}, {"text", source.text}});
  return json::serialize(json::object{{"node", good.node}, {"files", std::move(files)}});
}

std::optional<std::string> text_of(const json::object& object, std::string_view key) {
  const auto* text = object.if_contains(key);
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return std::string(text->get_string());
}

std::optional<Source> unpack_one(const json::value& item) {
  const auto* object = item.if_object();
  if (object == nullptr) return std::nullopt;
  auto file = text_of(*object, "file");
  auto text = text_of(*object, "text");
  if (!file || !text) return std::nullopt;
  return Source{std::move(*file), std::move(*text)};
}

std::optional<LastGood> unpack(const std::string& packed) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // a file's name may be anything
  boost::system::error_code error;
  const auto whole = json::parse(packed, error, {}, options);
  if (error || !whole.is_object()) return std::nullopt;
  auto node = text_of(whole.get_object(), "node");
  const auto* files = whole.get_object().if_contains("files");
  if (!node || files == nullptr || !files->is_array()) return std::nullopt;
  LastGood good{std::move(*node), {}};
  for (const auto& item : files->get_array()) {
    auto source = unpack_one(item);
    if (!source) return std::nullopt;
    good.sources.push_back(std::move(*source));
  }
  return good;
}

std::string first_word(const std::string& text) {
  constexpr const char* kBlank = " \t\r\n";
  const auto from = text.find_first_not_of(kBlank);
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_first_of(kBlank, from) - from);
}

std::filesystem::path kept_path(const std::filesystem::path& directory, std::string_view program) {
  return directory / fmt::format("{}.last-good", program);
}

}  // namespace

NodeChoice node_of_this_host(const std::string& asked) {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name.fill('\0');
  const auto node_file = hawser::read_file("/etc/hawser/node");
  return {asked, node_file ? first_word(*node_file) : std::string(), name.data()};
}

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
                      const LastGood& good) {
  auto written = write_atomically(kept_path(state_directory, program), pack(good), kOnlyOwner);
  return written ? Status{} : fail_with(written.error().code, "last good file {}", written.error().text);
}

Result<LastGood> read_last_good(const std::filesystem::path& state_directory, std::string_view program) {
  const auto path = kept_path(state_directory, program);
  const auto text = read_file(path, kLargestKept);
  if (!text && (text.error().code == EACCES || text.error().code == EPERM))
    return fail_with(text.error().code, "last good file {}: chown --reference={} {}", text.error().text,
                     state_directory.string(), path.string());
  if (!text) return fail_with(text.error().code, "last good file {}", text.error().text);
  auto good = unpack(*text);
  if (!good) return fail("last good file {}: it is not whole, or of another release", path.string());
  return std::move(*good);
}

}  // namespace hawser::config
