// Prints hawser.toml(5), made from the table in which every setting is declared once (lib/config/schema.h).
#include <cctype>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lib/config/schema.h"

namespace {

using hawser::config::KeyInfo;

constexpr const char* kBegin = R"(.Dd November 21, 2026
.Dt HAWSER.TOML 5
.Os Hawser
.Sh NAME
.Nm hawser.toml
.Nd what netd and vipd keep true
.Sh DESCRIPTION
One file,
.Pa /etc/hawser/hawser.toml ,
and beside it
.Pa hawser.d/*.toml
sorted by name, describe every host that shares them.
Files ending in ~ or .dpkg-* are ignored; a table may be continued in another file, a key set twice is a mistake.
.Pp
Which node of the file a host is: the option
.Fl -node ,
else
.Pa /etc/hawser/node ,
else the short host name.
A scalar or a list may be given per node:
.Li "{ lb1 = 150, lb2 = 100, default = 50 }" .
A section
.Li [on.lb2.vip.web]
overlays
.Li [vip.web]
on one host;
.Li only = [\(dqlb1\(dq]
keeps a section to some.
.Li [defaults.vip] , [defaults.check] , [defaults.service] , [defaults.pool]
and
.Li [defaults.bond]
fill in what sections leave out.
.Pp
Durations are text with a unit: \(dq100ms\(dq, \(dq3s\(dq, \(dq5m\(dq.
NAME is the user's choice.
.Pp
An unknown key, a wrong type, a value out of range or a rule broken between keys refuses the file: everything that is
wrong is said at once as FILE:LINE:COLUMN: key: what is wrong, and nothing is touched.
A running daemon keeps its configuration; one that starts uses the last good file.
.Pp
.Ic netd check
judges the file,
.Ic netd dump
prints every setting in effect and where it comes from.
.Sh SETTINGS
)";

constexpr const char* kEnd = R"(.Sh FILES
.Pa /etc/hawser/hawser.toml , /etc/hawser/hawser.d/*.toml , /etc/hawser/node
.Sh SEE ALSO
.Xr netd 8 ,
.Xr vipd 8
)";

// Text that roff must not read: a backslash, and a dot or quote at the start of a line.
std::string plain(const std::string& text) {
  std::string result;
  for (const char character : text) {
    if (character == '\\')
      result += "\\e";
    else if (character == '"')
      result += "\\(dq";
    else if (character == '\n')
      result += ' ';
    else
      result += character;
  }
  return result.starts_with(".") || result.starts_with("'") ? "\\&" + result : result;
}

void print(const std::string& text) {
  (void)std::fputs(text.c_str(), stdout);
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return plain(text) + ".\n";
}

std::string value_of(const KeyInfo& key) {
  auto text = key.type;
  if (!key.range.empty()) text += ", " + key.range;
  if (!key.standard.empty()) text += "; default " + key.standard;
  return text;
}

using Keys = std::vector<KeyInfo>;

void print_section(const std::string& name, const Keys& keys) {
  print(fmt::format(".Ss \"{}\"\n.Bl -tag -width Ds\n", plain(name)));
  std::string missing;
  for (const auto& key : keys) {
    if (key.supported)
      print(fmt::format(".It Li \"{}\"\n{}{}", plain(key.key), sentence(key.help), sentence(value_of(key))));
    else
      missing += (missing.empty() ? "" : ", ") + key.key;
  }
  print(".El\n");
  if (!missing.empty())
    print(fmt::format(".Pp\nNot supported by this version, which refuses a file with them: {}.\n",
                      plain(missing)));
}

// In the order of the table.
std::vector<std::pair<std::string, Keys>> sections() {
  std::vector<std::pair<std::string, Keys>> result;
  for (const auto& key : hawser::config::describe_keys()) {
    if (result.empty() || result.back().first != key.section) result.emplace_back(key.section, Keys{});
    result.back().second.push_back(key);
  }
  return result;
}

}  // namespace

int main() {
  print(kBegin);
  for (const auto& [name, keys] : sections()) print_section(name, keys);
  print(kEnd);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
