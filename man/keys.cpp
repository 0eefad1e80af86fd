// Prints hawser.toml(5), made from the table in which every setting is declared once
// (lib/config/engine/schema.h).
#include <cctype>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "lib/config/engine/schema.h"

namespace {

using hawser::config::KeyInfo;

constexpr const char* kBegin = R"(hawser.toml(5) "" "Hawser"

# NAME

hawser.toml - what netd and vipd keep true

# DESCRIPTION

One file, _/etc/hawser/hawser.toml_, and beside it _hawser.d/\*.toml_, describe every host that shares them.
It is TOML: a section begins with a line such as *[bond.bond0]*, and below it each setting is a line *KEY = VALUE*.
Text stands in quotes, numbers and *true* and *false* do not, a list stands in [ ], a comment begins with #.
NAME in this page is the user's choice; in a name only letters, digits, - and \_ need no quotes.

The examples of this page are together one file, for three hosts.

## Files

The files of _hawser.d_ are read after hawser.toml, sorted by name; those that end in ~ or hold .dpkg- in their name are left out.
A section may be continued in another file, [[..real]] adds to the list; a key that is set twice is a mistake, which
names both lines, except below *[on.NODE]*, where the later file counts.

## Units

Durations are text with a unit: "100ms", "3s", "5m", "1h".
Addresses of devices have their prefix length, "192.0.2.11/24"; those of a vip are one address each, /32 and /128,
unless a length is written.
An endpoint is "192.0.2.1:80" or "[2001:db8::1]:80".

## One file for several hosts

*[nodes]* names the hosts.
Which of them a host is: the option *--node*, else _/etc/hawser/node_, else the host name, whole or up to its first dot, in
whichever capitals.
Without *[nodes]* the file is that of a single host.

Every setting that is not a table may be given per node, *{ lb1 = 150, lb2 = 100, default = 50 }*.
A node that is not named and has no default gets what the setting is without being written; for a required setting that
is a mistake.
The *priority* of a vip says who holds it: a node that is not named there, without default, does not have the vip at all.

*only = ["lb1"]* in any section, also in one [[..real]], keeps it to some nodes.

)";

constexpr const char* kOverlays = R"(## [on.NODE.SECTION]

Lays settings over a section on one host, or gives it a section that the others do not have.

)";

constexpr const char* kDefaults = R"(## [defaults.SECTION]

Fills in what sections leave out: *[defaults.bond]*, *[defaults.vip]*, *[defaults.check]*, *[defaults.pool]* and
*[defaults.service]*.

)";

constexpr const char* kJudged = R"(# MISTAKES

An unknown key, a wrong type, a value out of range or a rule broken between keys refuses the file: everything that is
wrong is said at once as FILE:LINE:COLUMN: key: what is wrong, and nothing is touched.
Of what is no TOML, only the first mistake can be said.
A running daemon keeps its configuration; one that starts uses the last good file,
as the node that it was kept for where the host has another name now.
What works, but has no effect beside the other values or not the one that it seems to have, is a note of *check*:
it stops nothing.

*netd check* judges the file, *netd check --all-nodes* for every host that it names, *netd dump* prints every setting in
effect and where it comes from.

)";

constexpr const char* kEnd = R"(# FILES

_/etc/hawser/hawser.toml_, _/etc/hawser/hawser.d/\*.toml_, _/etc/hawser/node_

# SEE ALSO

*netd*(8), *vipd*(8)
)";

// Text that scdoc must not read: what would be bold, underlined, a literal; and at the start of a line a
// heading, a list, a table.
std::string plain(const std::string& text) {
  std::string result;
  for (const char character : text) {
    if (std::string_view("\\*_`").find(character) != std::string_view::npos) result += '\\';
    result += character == '\n' ? ' ' : character;
  }
  if (result.empty()) return result;
  return std::string_view("#-[]|").find(result.front()) != std::string_view::npos ? "\\" + result : result;
}

void print(const std::string& text) {
  (void)std::fputs(text.c_str(), stdout);
}

std::string sentence(std::string text) {
  if (text.empty()) return "\n";
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return plain(text) + ".\n";
}

std::string value_of(const KeyInfo& key) {
  auto text = key.type;
  if (!key.range.empty()) text += ", " + key.range;
  if (!key.default_value.empty()) text += "; default " + key.default_value;
  if (key.required) text += "; required";
  return text;
}

using Keys = std::vector<KeyInfo>;

void print_example(std::string_view section) {
  for (const auto& info : hawser::config::schema())
    for (const auto& example : info.examples)
      if (example.section == section) print(fmt::format("```\n{}```\n\n", example.text));
}

void print_section(const std::string& name, const Keys& keys) {
  print(fmt::format("## {}\n\n", name == "top" ? "Above all sections" : name));
  print_example(name);
  std::string missing;
  for (const auto& key : keys) {
    if (key.supported)
      print(fmt::format("*{}*\n\t{}\t{}\n", plain(key.key), sentence(key.help), sentence(value_of(key))));
    else
      missing += (missing.empty() ? "" : ", ") + key.key;
  }
  if (!missing.empty())
    print(fmt::format("Not supported by this version, which refuses a file with them: {}.\n\n",
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
  print("# SETTINGS\n\n");
  for (const auto& [name, keys] : sections()) print_section(name, keys);
  print(kJudged);
  print(kEnd);
  return std::fflush(stdout) == 0 ? 0 : 1;
}
