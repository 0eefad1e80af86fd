#include "tests/bench/processes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace hawser::bench {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "Rss:              1234 kB" anywhere in the text.
long field(std::string_view text, std::string_view name) {
  const auto key = fmt::format("\n{}:", name);
  const auto at = text.find(key);
  if (at == std::string_view::npos) return 0;
  auto rest = text.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  long value = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

std::string_view after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

}  // namespace

Memory parse_memory(std::string_view rollup, std::string_view maps) {
  const long own = field(rollup, "Private_Clean") + field(rollup, "Private_Dirty");
  const long rss = field(rollup, "Rss");
  return {.rss = rss,
          .shared = rss - own,
          .own = own,
          .heap = field(after(maps, "[heap]\n"), "Rss"),
          .anonymous = field(rollup, "Anonymous")};
}

Memory memory_of(pid_t pid) {
  return parse_memory(read_file(fmt::format("/proc/{}/smaps_rollup", pid)),
                      read_file(fmt::format("/proc/{}/smaps", pid)));
}

std::vector<pid_t> tree_of(pid_t pid) {
  std::vector<pid_t> tree{pid};
  for (std::size_t index = 0; index < tree.size(); ++index) {
    const std::string tasks = fmt::format("/proc/{}/task", tree[index]);
    std::error_code gone;
    for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
      std::ifstream children(task.path() / "children");
      std::copy(std::istream_iterator<pid_t>(children), {}, std::back_inserter(tree));
    }
  }
  return tree;
}

std::string command_of(pid_t pid) {
  std::string text = read_file(fmt::format("/proc/{}/cmdline", pid));
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  return text;
}

}  // namespace hawser::bench
