#include "lbctl/import/keepalived_lines.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

constexpr int kDeepest = 16;  // of includes and of definitions in definitions
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostLines = 100'000;   // that definitions may become
constexpr std::size_t kLongestLine = 65'536;  // likewise

constexpr auto kIncludes =
    std::to_array<std::string_view>({"include", "includer", "includem", "includew", "includeb", "includea"});

// Up to what begins a comment outside quotes: # or !
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (letter == '\\') {
      ++i;
    } else if (quote != 0) {
      if (letter == quote) quote = 0;
    } else if (letter == '"' || letter == '\'') {
      quote = letter;
    } else if (letter == '#' || letter == '!') {
      return line.substr(0, i);
    }
  }
  return line;
}

bool is_name_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

std::size_t name_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_name_letter(text[at])) ++at;
  return at;
}

class KaLineReader {
 public:
  KaLineReader(const IncludeReader& include, Draft& draft) : include_(include), draft_(draft) {}

  void file(const config::Source& source, int depth) {
    open_.push_back(source.file);
    std::string_view text = source.text;
    for (unsigned number = 1; !text.empty(); ++number) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto whole = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto line = trimmed(without_comment(whole));
      const Origin origin{{source.file, number}, without_secret(line)};
      if (collects_ != nullptr)
        collect(line);
      else if (!line.empty())
        one(line, origin, depth);
    }
    collects_ = nullptr;
    open_.pop_back();
  }

  std::vector<KaLine> take() { return std::move(lines_); }

 private:
  struct Use {
    std::size_t begin = 0, end = 0;
    const std::vector<std::string>* lines = nullptr;
  };

  // A definition over several lines goes on as long as they end in a backslash.
  void collect(std::string_view line) {
    const bool more = line.ends_with('\\');
    if (more) line.remove_suffix(1);
    collects_->emplace_back(trimmed(line));
    if (!more) collects_ = nullptr;
  }

  bool define(std::string_view line) {
    if (!line.starts_with('$')) return false;
    const auto end = name_end(line, 1);
    if (end == 1 || end >= line.size() || line[end] != '=') return false;
    auto& value = definitions_[std::string(line.substr(1, end - 1))];
    const auto text = trimmed(line.substr(end + 1));
    value.clear();
    if (text == "\\")
      collects_ = &value;
    else
      value.emplace_back(text);
    return true;
  }

  void one(std::string_view line, const Origin& origin, int depth) {
    if (define(line)) return;
    if (line.starts_with('~'))
      return draft_.leave_out(origin, "lines that are made in a loop: write them out");
    expand(std::string(line), origin, depth, kDeepest);
  }

  // $NAME before a blank or at the end, ${NAME} anywhere.
  [[nodiscard]] Use first_use(std::string_view text) const {
    for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
      const bool braces = at + 1 < text.size() && text[at + 1] == '{';
      const auto begin = at + (braces ? 2 : 1);
      const auto end = name_end(text, begin);
      const bool closes = braces ? end < text.size() && text[end] == '}'
                                 : end == text.size() || text[end] == ' ' || text[end] == '\t';
      if (!closes) continue;
      const auto found = definitions_.find(text.substr(begin, end - begin));
      if (found != definitions_.end()) return {at, end + (braces ? 1 : 0), &found->second};
    }
    return {};
  }

  void expand(std::string text, const Origin& origin, int depth, int left) {
    const auto use = first_use(text);
    if (use.lines == nullptr) return finished(text, origin, depth);
    if (left == 0 || lines_.size() >= kMostLines || text.size() > kLongestLine)
      return draft_.leave_out(origin, "its definitions hold each other, or too much");
    const auto before = text.substr(0, use.begin), after = text.substr(use.end);
    const auto lines = *use.lines;  // a line of it may define it anew
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto whole = (i == 0 ? before : std::string()) + lines[i] + (i + 1 == lines.size() ? after : "");
      if (lines.size() > 1 && define(trimmed(whole))) continue;
      expand(whole, origin, depth, left - 1);
    }
  }

  void finished(std::string_view text, const Origin& origin, int depth) {
    const auto [word, rest] = first_word(text);
    if (std::ranges::find(kIncludes, word) != kIncludes.end()) return included(rest, origin, depth);
    if (!trimmed(text).empty()) lines_.push_back({origin, std::string(trimmed(text))});
  }

  void included(std::string pattern, const Origin& origin, int depth) {
    std::erase(pattern, '"');
    if (pattern.empty()) return draft_.leave_out(origin, "it names no file");
    const auto sources = include_ ? include_(pattern, origin.at.file) : fail("no file can be read here");
    if (!sources) return draft_.leave_out(origin, sources.error().text);
    for (const auto& source : *sources) {
      if (std::ranges::find(open_, source.file) != open_.end())
        draft_.leave_out(origin, fmt::format("{} includes itself", source.file));
      else if (depth == kDeepest || ++files_ > kMostFiles)
        draft_.leave_out(origin, "too many files include each other");
      else
        file(source, depth + 1);
    }
  }

  const IncludeReader& include_;
  Draft& draft_;
  std::vector<KaLine> lines_;
  std::map<std::string, std::vector<std::string>, std::less<>> definitions_;
  std::vector<std::string>* collects_ = nullptr;
  std::vector<std::string> open_;  // the file that is read, and those that include it
  std::size_t files_ = 0;
};

}  // namespace

std::vector<KaLine> keepalived_lines(const config::Source& source, const IncludeReader& include,
                                     Draft& draft) {
  KaLineReader reader(include, draft);
  reader.file(source, 0);
  return reader.take();
}

}  // namespace hawser::lbctl
