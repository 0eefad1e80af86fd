#include "bondctl/import/verb.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>
#include <glob.h>

#include "bondctl/foreign/interfaces_file.h"
#include "bondctl/import/import.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/config/read_text.h"
#include "lib/control/json.h"

namespace hawser::bondctl {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

bool is_unit(const fs::path& path) {
  return path.extension() == ".netdev" || path.extension() == ".network";
}

// Sorted by name; nothing where there is no such folder.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<fs::path> matches(const fs::path& pattern) {
  glob_t found{};
  std::vector<fs::path> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  return files;
}

// interfaces(5): what source-directory takes.
bool is_plain_name(const std::string& name) {
  return std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

class Gatherer {
 public:
  explicit Gatherer(fs::path root) : root_(std::move(root)) {}

  // What this host, or one below --root, has.
  Status host() {
    const auto main = root_ / "etc/network/interfaces";
    if (fs::exists(main))
      if (auto read = interfaces(main); !read) return read;
    for (const auto* folder : {"etc/systemd/network", "run/systemd/network"})
      if (auto read = units(root_ / folder); !read) return read;
    for (const auto* folder :
         {"etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d"})
      for (const auto& file : files_in(root_ / folder))
        if (file.extension() == ".conf")
          if (auto read = add(files_.modprobe, file); !read) return read;
    if (!files_.interfaces.empty() || !files_.units.empty()) return {};
    return fail("import: there is no {}, and no .netdev or .network file in {}", main.string(),
                (root_ / "etc/systemd/network").string());
  }

  Status path(const fs::path& path) {
    if (fs::is_directory(path)) return folder(path);
    if (is_unit(path)) return unit(path);
    return path.extension() == ".conf" ? add(files_.modprobe, path) : interfaces(path);
  }

  // Devices that are cards; for patterns.
  void cards() {
    for (const auto& entry : files_in(root_ / "sys/class/net"))
      if (fs::exists(entry / "device")) files_.cards.push_back(entry.filename());
  }

  ForeignFiles take() { return std::move(files_); }

 private:
  static constexpr std::size_t kMostFiles = 1000;

  static Status add(std::vector<config::Source>& list, const fs::path& file) {
    auto text = config::read_text(file);
    if (!text) return tl::unexpected(text.error());
    list.push_back({file.string(), std::move(*text)});
    return {};
  }

  Status folder(const fs::path& path) {
    if (fs::exists(path / "interfaces")) {
      for (const auto& file : files_in(path))
        if (file.extension() == ".conf")
          if (auto read = add(files_.modprobe, file); !read) return read;
      return interfaces(path / "interfaces");
    }
    const auto before = files_.units.size();
    if (auto read = units(path); !read) return read;
    if (files_.units.size() > before) return {};
    return fail("import: {}: neither interfaces nor a .netdev or .network file is in it", path.string());
  }

  // A file of the same name in an earlier folder (etc before run) stands for this one.
  Status units(const fs::path& path) {
    for (const auto& file : files_in(path)) {
      if (!is_unit(file) || !seen_.insert(file.filename().string()).second) continue;
      if (auto read = unit(file); !read) return read;
    }
    return {};
  }

  // With its drop-ins, in whichever folder.
  Status unit(const fs::path& file) {
    if (auto read = add(files_.units, file); !read) return read;
    std::vector<fs::path> folders{file.parent_path()};
    for (const auto* folder : {"etc/systemd/network", "run/systemd/network"})
      if (root_ / folder != folders.front()) folders.push_back(root_ / folder);
    for (const auto& folder : folders)
      for (const auto& part : files_in(folder / (file.filename().string() + ".d")))
        if (part.extension() == ".conf")
          if (auto read = add(files_.units, part); !read) return read;
    return {};
  }

  Status interfaces(const fs::path& file) {
    if (files_.interfaces.size() >= kMostFiles)
      return fail("import: {}: too many files include each other", file.string());
    if (auto read = add(files_.interfaces, file); !read) return read;
    seen_.insert(file.lexically_normal().string());
    const auto parsed = parse_interfaces(file.string(), files_.interfaces.back().text);
    for (const auto& inclusion : parsed.inclusions)
      if (auto read = include(file, inclusion); !read) return read;
    return {};
  }

  Status include(const fs::path& from, const Inclusion& inclusion) {
    const fs::path pattern(inclusion.pattern);
    const auto whole = pattern.is_absolute() ? root_ / pattern.relative_path() : from.parent_path() / pattern;
    const auto found = matches(whole);
    const bool is_pattern = inclusion.pattern.find_first_of("*?[") != std::string::npos;
    if (found.empty() && !is_pattern)
      files_.left_out.push_back({inclusion.at, inclusion.pattern, "there is no such file"});
    for (const auto& path : found) {
      const auto files = inclusion.directory ? files_in(path) : std::vector{path};
      for (const auto& file : files) {
        if (inclusion.directory && !is_plain_name(file.filename().string())) continue;
        if (fs::is_directory(file) || seen_.contains(file.lexically_normal().string())) continue;
        if (auto read = interfaces(file); !read) return read;
      }
    }
    return {};
  }

  fs::path root_;
  ForeignFiles files_;
  std::set<std::string> seen_;
};

Result<ForeignFiles> gathered(const cli::Arguments& arguments) {
  const auto root = arguments.values.find("--root");
  const bool has_root = root != arguments.values.end();
  if (has_root && !fs::is_directory(root->second))
    return fail("import: --root {}: there is no such folder", root->second);
  Gatherer gatherer(has_root ? fs::path(root->second) : fs::path("/"));
  for (const auto& word : arguments.words)
    if (auto read = gatherer.path(word); !read) return tl::unexpected(read.error());
  if (arguments.words.empty())
    if (auto read = gatherer.host(); !read) return tl::unexpected(read.error());
  if (has_root || arguments.words.empty()) gatherer.cards();
  return gatherer.take();
}

json::object json_of(const LeftOut& left) {
  return {{"file", left.at.file},
          {"line", left.at.line},
          {"what", left.what},
          {"why", left.why},
          {"text", to_string(left)}};
}

}  // namespace

int import_verb(const cli::Arguments& arguments) {
  const auto files = gathered(arguments);
  if (!files) return cli::refuse(arguments, "bondctl", files.error());
  const auto imported = import_files(*files);
  const int status = imported.text.empty() ? kRefused : kDone;
  if (arguments.json) {
    json::array list;
    for (const auto& left : imported.left_out) list.push_back(json_of(left));
    cli::print(control::pretty({{"format", 1}, {"toml", imported.text}, {"left_out", std::move(list)}}));
    return status;
  }
  for (const auto& left : imported.left_out) cli::say(fmt::format("bondctl: {}", to_string(left)));
  if (imported.text.empty()) return cli::complain("bondctl", "import: nothing of that could stand in a file");
  cli::print(imported.text);
  return status;
}

}  // namespace hawser::bondctl
