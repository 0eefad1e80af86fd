#include "lbctl/import/ldirectord_file.h"

#include <algorithm>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

// As ldirectord does it: four blanks or a tab.
bool is_indented(std::string_view line) {
  constexpr std::size_t kLeast = 4;
  std::size_t width = 0;
  for (const char letter : line) {
    if (letter != ' ' && letter != '\t') break;
    width += letter == '\t' ? kLeast : 1;
  }
  return width >= kLeast;
}

bool parse_setting(std::string_view text, LdSetting& setting) {
  const auto equals = text.find('=');
  const auto key = trimmed(text.substr(0, equals));
  // "supervised" alone was enough once.
  if (equals == std::string_view::npos && key != "supervised") return false;
  auto value = equals == std::string_view::npos ? std::string_view() : trimmed(text.substr(equals + 1));
  if (key.empty() || key.find_first_of(" \t\"") != std::string_view::npos) return false;
  setting.quoted = value.size() > 1 && value.front() == '"' && value.back() == '"' &&
                   value.substr(1).find('"') == value.size() - 2;
  if (setting.quoted) value = value.substr(1, value.size() - 2);
  setting.key = key;
  setting.value = value;
  return true;
}

}  // namespace

LdFile parse_ldirectord(const config::Source& source) {
  LdFile file;
  bool inside = false;
  std::string_view text = source.text;
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto words = trimmed(line.substr(0, line.find('#')));
    const bool is_comment = trimmed(line).starts_with('#');
    if (is_comment) continue;
    inside = inside && is_indented(line) && !words.empty();  // a blank line ends what belongs to a virtual
    if (words.empty()) continue;
    LdSetting setting{{{source.file, number}, without_secret(trimmed(line))}, {}, {}};
    const bool read = parse_setting(words, setting);
    const bool is_head = setting.key == "virtual" || setting.key == "virtual6";
    if (!read || (!inside && is_indented(line))) {
      file.unread.push_back(setting.origin);
    } else if (inside) {
      file.virtuals.back().settings.push_back(std::move(setting));
    } else if (is_head) {
      file.virtuals.push_back({std::move(setting), {}});
      inside = true;
    } else {
      file.globals.push_back(std::move(setting));
    }
  }
  return file;
}

}  // namespace hawser::lbctl
