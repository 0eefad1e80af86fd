// Prints hawser.toml(5), made from the table in which every setting is declared once (lib/config/schema.h).
#include <cctype>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lib/config/schema.h"
#include "man/examples.h"

namespace {

using hawser::config::KeyInfo;

constexpr const char* kBegin = R"(.Dd November 26, 2026
.Dt HAWSER.TOML 5
.Os Hawser
.Sh NAME
.Nm hawser.toml
.Nd what netd and vipd keep true
.Sh DESCRIPTION
One file,
.Pa /etc/hawser/hawser.toml ,
and beside it
.Pa hawser.d/*.toml ,
describe every host that shares them.
It is TOML: a section begins with a line such as
.Li [bond.bond0] ,
and below it each setting is a line
.Li "KEY = VALUE" .
Text stands in quotes, numbers and
.Li true
and
.Li false
do not, a list stands in [ ], a comment begins with #.
NAME in this page is the user's choice; in a name only letters, digits, - and _ need no quotes.
.Pp
The examples of this page are together one file, for three hosts.
.Ss "Files"
The files of
.Pa hawser.d
are read after hawser.toml, sorted by name; those that end in ~ or hold .dpkg- in their name are left out.
A section may be continued in another file, [[..real]] adds to the list; a key that is set twice is a mistake, which
names both lines, except below
.Li [on.NODE] ,
where the later file counts.
.Ss "Units"
Durations are text with a unit: \(dq100ms\(dq, \(dq3s\(dq, \(dq5m\(dq, \(dq1h\(dq.
Addresses of devices have their prefix length, \(dq192.0.2.11/24\(dq; those of a vip are one address each, /32 and /128,
unless a length is written.
An endpoint is \(dq192.0.2.1:80\(dq or \(dq[2001:db8::1]:80\(dq.
.Ss "One file for several hosts"
.Li [nodes]
names the hosts.
Which of them a host is: the option
.Fl -node ,
else
.Pa /etc/hawser/node ,
else the host name, whole or up to its first dot, in whichever capitals.
Without
.Li [nodes]
the file is that of a single host.
.Pp
Every setting that is not a table may be given per node,
.Li "{ lb1 = 150, lb2 = 100, default = 50 }" .
A node that is not named and has no default gets what the setting is without being written; for a required setting that
is a mistake.
The
.Li priority
of a vip says who holds it: a node that is not named there, without default, does not have the vip at all.
.Pp
.Li only = [\(dqlb1\(dq]
in any section, also in one [[..real]], keeps it to some nodes.
)";

constexpr const char* kOverlays = R"(.Ss "[on.NODE.SECTION]"
Lays settings over a section on one host, or gives it a section that the others do not have.
)";

constexpr const char* kDefaults = R"(.Ss "[defaults.SECTION]"
Fills in what sections leave out:
.Li [defaults.bond] , [defaults.vip] , [defaults.check] , [defaults.pool]
and
.Li [defaults.service] .
)";

constexpr const char* kJudged = R"(.Sh MISTAKES
An unknown key, a wrong type, a value out of range or a rule broken between keys refuses the file: everything that is
wrong is said at once as FILE:LINE:COLUMN: key: what is wrong, and nothing is touched.
Of what is no TOML, only the first mistake can be said.
A running daemon keeps its configuration; one that starts uses the last good file,
as the node that it was kept for where the host has another name now.
What works, but has no effect beside the other values or not the one that it seems to have, is a note of
.Ic check :
it stops nothing.
.Pp
.Ic netd check
judges the file,
.Ic netd check --all-nodes
for every host that it names,
.Ic netd dump
prints every setting in effect and where it comes from.
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

// The same for lines that keep their ends.
std::string literal(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = text.find('\n');
    result += plain(std::string(text.substr(0, end))) + "\n";
    text.remove_prefix(end + 1);
  }
  return result;
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
  if (key.required) text += "; required";
  return text;
}

using Keys = std::vector<KeyInfo>;

void print_example(std::string_view section) {
  for (const auto& example : hawser::man::kExamples)
    if (example.section == section)
      print(fmt::format(".Bd -literal -offset indent\n{}.Ed\n", literal(example.text)));
}

void print_section(const std::string& name, const Keys& keys) {
  print(fmt::format(".Ss \"{}\"\n", name == "top" ? "Above all sections" : plain(name)));
  print_example(name);
  print(".Bl -tag -width Ds\n");
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
  print(kOverlays);
  print_example("[on.NODE.SECTION]");
  print(kDefaults);
  print_example("[defaults.SECTION]");
  print(".Sh SETTINGS\n");
  for (const auto& [name, keys] : sections()) print_section(name, keys);
  print(kJudged);
  print(kEnd);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
