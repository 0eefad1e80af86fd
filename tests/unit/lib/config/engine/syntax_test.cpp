// Wrong files as people write them, and what they are told.
#include "lib/config/engine/syntax.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

std::string first_problem(const std::string& text) {
  const auto problems = problems_of(text);
  return problems.empty() ? "none" : problems.front();
}

struct Wrong {
  std::string text;
  std::string said;  // behind "t.toml:"
};

void expect(const std::string& before, const std::vector<Wrong>& files) {
  for (const auto& [text, said] : files) EXPECT_EQ(first_problem(before + text), "t.toml:" + said) << text;
}

TEST(Syntax, QuotesAreMissing) {
  expect(
      "[bond.b]\n",
      {{"miimon = 100ms\n", "2:10: bond.b.miimon: quotes are missing: write \"100ms\""},
       {"miimon = 100 ms  # soon\n", "2:10: bond.b.miimon: quotes are missing: write \"100ms\""},
       {"primary = eth0", "2:11: bond.b.primary: quotes are missing: write \"eth0\""},
       {"mode = active-backup\r\nmtu = 5\r\n",
        "2:8: bond.b.mode: quotes are missing: write \"active-backup\""},
       {"mode = 802.3ad\n", "2:8: bond.b.mode: quotes are missing: write \"802.3ad\""},
       {"mac = 52:54:00:12:34:56\n", "2:7: bond.b.mac: quotes are missing: write \"52:54:00:12:34:56\""},
       {"mac = aa:bb:cc:00:11:22\n", "2:7: bond.b.mac: quotes are missing: write \"aa:bb:cc:00:11:22\""},
       {"description = 2026-1-1\n", "2:15: bond.b.description: quotes are missing: write \"2026-1-1\""},
       {"description = 12:00\n", "2:15: bond.b.description: quotes are missing: write \"12:00\""},
       {"addresses = 192.0.2.1/24\n", "2:13: bond.b.addresses: quotes are missing: write [\"192.0.2.1/24\"]"},
       {"addresses = [2001:db8::1/64]\n",
        "2:14: bond.b.addresses: quotes are missing: write [\"2001:db8::1/64\"]"},
       {"ports = [\"eth0\", eth1]\n", "2:18: bond.b.ports: quotes are missing: write [\"eth0\", \"eth1\"]"},
       {"ports = eth0 eth1\n", "2:9: bond.b.ports: quotes are missing: write [\"eth0\", \"eth1\"]"},
       {"routes = [{ to = default, via = \"192.0.2.1\" }]\n",
        "2:18: bond.b.routes: quotes are missing: write \"default\""},
       {"[service.w]\nvirtual = [tcp 192.0.2.1:80]\n",
        "3:12: service.w.virtual: quotes are missing: write [\"tcp 192.0.2.1:80\"]"}});
}

TEST(Syntax, QuotesDoNotPairOrAreNotPlain) {
  expect("[bond.b]\n",
         {{"mode = \u201cactive-backup\u201d\n",
           "2:8: bond.b.mode: the quotes are not plain ones: write \"active-backup\""},
          {"mode = `active-backup`\n",
           "2:8: bond.b.mode: the quotes are not plain ones: write \"active-backup\""},
          {"mode = \"active-backup\u201d\n", "2:8: bond.b.mode: the closing quote is not a plain \""},
          {"mode = \"active-backup\nports = [\"eth0\"]\n", "2:8: bond.b.mode: the closing \" is missing"},
          {"mode = 'active-backup\"\n", "2:8: bond.b.mode: the closing ' is missing"},
          {"mode = \"\"\"active\n", "2:8: bond.b.mode: the closing \"\"\" is missing"},
          {"mode = active-backup\"\n",
           "2:8: bond.b.mode: the opening quote is missing: write \"active-backup\""},
          {"mode = \"a\" \"b\"\n", "2:12: bond.b.mode: behind the closing quote only a # comment may follow"},
          {"ports = [\"eth0]\n", "2:10: bond.b.ports: the closing \" is missing"},
          {"ports = [\"eth0, \"eth1\"]\n",
           "2:10: bond.b.ports: the quotes do not pair: each text has one before and one behind it"},
          {"\"mode = \"a\"\n", "2:1: the quotes do not pair; a key needs none"},
          {"[check.a]\ncontains = \"a\\d\"\n",
           "3:14: check.a.contains: a backslash in a text is written \\\\, or the text in single quotes, "
           "'..'"}});
}

TEST(Syntax, TrueFalseNumbersAndNothing) {
  expect("[bond.b]\n",
         {{"up = True\n", "2:6: bond.b.up: write true, not True"},
          {"up = yes\n", "2:6: bond.b.up: write true, not yes"},
          {"up = off\n", "2:6: bond.b.up: write false, not off"},
          {"up = tru\n", "2:6: bond.b.up: must be true or false, not tru"},
          {"lacp_active = on\n", "2:15: bond.b.lacp_active: quotes are missing: write \"on\""},
          {"mode = null\n",
           "2:8: bond.b.mode: there is no null: leave the line out to have the "
           "default"},
          {"mode =\n", "2:7: bond.b.mode: has no value: write one after \"=\", or delete the line"},
          {"mode = # soon\n", "2:8: bond.b.mode: has no value: write one after \"=\", or delete the line"},
          {"mtu = 01500\n", "2:7: bond.b.mtu: a number has no zero in front: write 1500"},
          {"mtu = 1,500\n", "2:8: bond.b.mtu: a number has no comma: write 1500"},
          {"mtu = 15OO\n", "2:7: bond.b.mtu: must be a whole number, not 15OO"},
          {"mtu = 1500 bytes\n", "2:7: bond.b.mtu: a number stands alone: write 1500"},
          {"mtu = 99999999999999999999\n", "2:7: bond.b.mtu: 99999999999999999999 is too large"}});
}

TEST(Syntax, ListsAndTables) {
  expect(
      "[bond.b]\n",
      {{"ports = [\"eth0\" \"eth1\"]\n", "2:17: bond.b.ports: a comma is missing before \"eth1\""},
       {"ports = [\"eth0\",,\"eth1\"]\n", "2:17: bond.b.ports: has one comma too many"},
       {"ports = [\"eth0\", \"eth1\")\n", "2:24: bond.b.ports: a list ends with ]"},
       {"ports = (\"eth0\", \"eth1\")\n",
        "2:9: bond.b.ports: a list stands in [ ]: write [\"eth0\", \"eth1\"]"},
       {"ports = \"eth0\", \"eth1\"\n",
        "2:9: bond.b.ports: a list stands in [ ]: write [\"eth0\", \"eth1\"]"},
       {"ports = [\"eth0\", \"eth1\"\nmtu = 5\n",
        "2:9: bond.b.ports: the list that begins here is not closed: write ] behind its last element"},
       {"ports = [\"eth0\",\n  \"eth1\",\n\n[bond.c]\n",
        "2:9: bond.b.ports: the list that begins here is not closed: write ] behind its last element"},
       {"ports = [\"eth0\", \"eth1\"\n[[pool.p.real]]\naddress = \"192.0.2.1\"\n",
        "2:9: bond.b.ports: the list that begins here is not closed: write ] behind its last element"},
       {"ports = [\u201ceth0\u201d]\n", "2:10: bond.b.ports: the quotes are not plain ones: write \"eth0\""},
       {"ports = [\"eth0\", \"eth1\"",
        "2:9: bond.b.ports: the list that begins here is not closed: write ] behind its last element"},
       {"mtu = { lb1 = 1500, lb2 = 1400\n", "2:7: bond.b.mtu: the closing } is missing"},
       {"mtu = { lb1 = 1500,\n lb2 = 1400 }\n",
        "2:7: bond.b.mtu: what begins with { must end with } on the same line"},
       {"mtu = { lb1 = 1500, }\n", "2:21: bond.b.mtu: no comma stands before }"},
       {"mtu = { lb1 = 1500 lb2 = 1400 }\n", "2:20: bond.b.mtu: a comma is missing before lb2"},
       {"mtu = { lb1: 1500 }\n", "2:12: bond.b.mtu: a value follows \"=\", not \":\""},
       {"mtu = { lb1 = 5, lb1 = 6 }\n", "2:24: bond.b.mtu: holds the same key twice"}});
}

TEST(Syntax, TheLineItself) {
  expect(
      "[bond.b]\n",
      {{"mode \"a\"\n", "2:5: bond.b.mode: \"=\" is missing: write mode = \"a\""},
       {"mtu 1500\n", "2:4: bond.b.mtu: \"=\" is missing: write mtu = 1500"},
       {"mode: \"a\"\n", "2:5: bond.b.mode: a value follows \"=\", not \":\": write mode = \"a\""},
       {"mode: active-backup\n",
        "2:5: bond.b.mode: a value follows \"=\", not \":\": write mode = \"active-backup\""},
       {"mode == \"a\"\n", "2:7: bond.b.mode: one = is enough"},
       {"mode\n", "2:5: bond.b.mode: has no value: write mode = .."},
       {"= \"a\"\n", "2:1: a key is missing before \"=\""},
       {"my mode = 1\n", "2:1: bond.b.my mode: \"my mode\" is not a key: a key is one word, without blanks"},
       {"mtu = 1500 up = true\n", "2:12: bond.b.mtu: each setting stands on a line of its own"},
       {"mode = \"a\"; mtu = 5\n", "2:11: bond.b.mode: each setting stands on a line of its own"},
       {"mode = active-backup miimon=100\n", "2:21: bond.b.mode: each setting stands on a line of its own"},
       {"mode = \"a\";\n", "2:11: bond.b.mode: the line ends without \";\""},
       {"mtu = 1500;\n", "2:11: bond.b.mtu: the line ends without \";\""},
       {"mtu = 1500,  # yes\n", "2:11: bond.b.mtu: the line ends without \",\""},
       {"; a comment\n", "2:1: a comment begins with #"},
       {"// a comment\n", "2:1: a comment begins with #"},
       {"-- a comment\n", "2:1: a comment begins with #"},
       {"mtu = 1500 // a comment\n", "2:12: bond.b.mtu: a comment begins with #"},
       {"mode = \"a\" ; a comment\n", "2:12: bond.b.mode: a comment begins with #"}});
}

TEST(Syntax, Headers) {
  expect("",
         {{"[bond b]\n", "1:7: bond b: a section is words with a dot between: write [bond.b]"},
          {"[bond \"b\"]\n", "1:7: bond \"b\": a section is words with a dot between: write [bond.b]"},
          {"[bond.b\nmode = 1\n", "1:8: bond.b: the closing ] is missing: write [bond.b]"},
          {"bond.b]\nmode = 1\n", "1:1: bond.b: the opening [ is missing: write [bond.b]"},
          {"[bond.b]]\n", "1:9: bond.b: has one ] too many"},
          {"[[bond.b]\n", "1:10: bond.b: the brackets do not pair: write [bond.b]"},
          {"[[pool.web.real]\n", "1:17: pool.web.real: the brackets do not pair: write [[pool.web.real]]"},
          {"[bond.]\n", "1:7: bond.: a name is missing: write [bond.NAME]"},
          {"[]\n", "1:2: a name is missing: write [SECTION.NAME]"},
          {"[bond.b:1]\n", "1:8: bond.b:1: a section is words with a dot between: write [bond.\"b:1\"]"},
          {"[bond.b] mode = 1\n", "1:10: bond.b: what belongs to a section begins on the next line"},
          {"[bond.b] {\n",
           "1:10: bond.b: needs no { }: what stands below belongs to it, up to the next [section]"}});
}

TEST(Syntax, WhatIsWrittenTwiceNamesBothPlaces) {
  expect(
      "[bond.b]\nmode = \"a\"\n",
      {{"[bond.c]\nmode = \"a\"\n[bond.b]\nmtu = 5\n",
        "5:1: bond.b: is written twice: first at t.toml:1: put both together under one [bond.b]"},
       {"mtu = 5\nmode = \"b\"\n", "4:1: bond.b.mode: is set twice: first at t.toml:2"},
       {"[bond.b.mode]\nx = 1\n",
        "3:1: bond.b.mode: has a value already at t.toml:2: write all of it there, or as a section"},
       {"port = { eth0 = { prio = 1 } }\n[bond.b.port.eth1]\n",
        "4:1: bond.b.port.eth1: cannot continue what { } closes at t.toml:3: write it there"},
       {"port.eth0.prio = 1\nport = 2\n", "4:1: bond.b.port: is a table already: see t.toml:3"},
       {"[pool.p.real]\n[[pool.p.real]]\n",
        "4:1: pool.p.real: is written with [ ] and with [[ ]]: first at t.toml:3: [[pool.p.real]] each time "
        "makes several, [pool.p.real] once makes one"}});
}

TEST(Syntax, OtherProgramsLanguages) {
  const std::string rest = ", and each setting is a line KEY = VALUE";
  const auto of = [&](const std::string& whose, const std::string& here) {
    return fmt::format("this is the language of {}: here a block begins with a line such as {}{}", whose,
                       here, rest);
  };
  expect("",
         {{"vrrp_instance VI_1 {\n  state MASTER\n}\n", "1:1: " + of("keepalived", "[vip.NAME]")},
          {"! Configuration\nvrrp_instance VI_1 {\n", "1:1: a comment begins with #"},
          {"[vip.a]\nvirtual_ipaddress {\n", "2:1: " + of("keepalived", "addresses = [..]")},
          {"virtual_server 192.0.2.1 80 {\n", "1:1: " + of("keepalived", "[service.NAME]")},
          {"auto eth0\niface eth0 inet dhcp\n", "1:1: " + of("ifupdown", "[link.NAME]")},
          {"options bonding mode=1\n", "1:1: " + of("modprobe", "[bond.NAME]")},
          {"frontend web\n  bind *:80\n", "1:1: " + of("HAProxy", "[service.NAME]")},
          {"-A -t 192.0.2.1:80 -s rr\n", "1:1: " + of("ipvsadm", "[service.NAME]")},
          {"network:\n  version: 2\n", "1:1: " + of("netplan", "[link.NAME]")},
          {"---\nbonds:\n", "1:1: this is YAML: here a block begins with a line such as [bond.bond0]" + rest},
          {"bonds:\n  bond0: {}\n",
           "1:1: this is YAML: here a block begins with a line such as [bond.bond0]" + rest},
          {"{ \"bond\": {} }\n",
           "1:1: this is JSON: here a block begins with a line such as [bond.bond0]" + rest},
          {"[bond.b]\nmode = {{ mode }}\n",
           "2:8: bond.b.mode: {{ is the placeholder of a template that was not filled in"},
          {"[bond.b]\nmode = ${MODE}\n",
           "2:8: bond.b.mode: ${MODE} is the placeholder of a template that was not filled in"},
          {"[bond.b]\n<<<<<<< HEAD\n",
           "2:1: a merge left its conflict in the file: keep one side and delete this line"}});
}

TEST(Syntax, FilesThatAreNotPlainText) {
  const std::string nul(1, '\0');
  const std::string utf16 = "\xFF\xFE[" + nul + "b" + nul;
  const std::string bare16 = "[" + nul + "b" + nul + "]" + nul + "\n" + nul;
  expect("",
         {{utf16, "1:1: the file is UTF-16: save it as UTF-8"},
          {bare16, "1:1: the file is UTF-16: save it as UTF-8"},
          {"\x1F\x8B\x08" + nul + nul, "1:1: the file is not text: it is compressed or a program"},
          {"[bond.b]\n" + nul + nul,
           "2:1: holds a NUL byte: the file is damaged or is not text; write it again"},
          {"[bond.b]\n# \xE9t\xE9\n", "2:3: holds a byte that is not UTF-8 (0xE9): save the file as UTF-8"},
          {"[bond.b]\n\u00a0mode = 1\n",
           "2:1: bond.b: holds a no-break space (U+00A0): delete it or write a plain one"},
          {"[bond.b]\nmode\u00a0= 1\n",
           "2:5: bond.b.mode: holds a no-break space (U+00A0): delete it or write a plain one"},
          {"[bond.b]\x1a\n", "1:9: bond.b: holds a control character (U+001A): delete it"},
          {"[bond.b]\rmode = 1\r", "1:9: the line ends with CR alone: end lines with LF or CR LF"},
          {"[bond.b]\n\uFEFF[bond.c]\n",
           "2:1: bond.b: holds a byte order mark (U+FEFF): delete it or write a "
           "plain one"}});
}

TEST(Syntax, AByteOrderMarkTabsAndCrLfAreFine) {
  EXPECT_TRUE(load_text("\uFEFF[log]\r\n\tlevel\t=\t\"info\"\r\n").good());
}

// The columns are those of an editor: characters, not bytes.
TEST(Syntax, CountsCharacters) {
  EXPECT_EQ(first_problem("[bond.b]\ndescription = \"\u00fc\u00fc\" x\n"),
            "t.toml:2:20: bond.b.description: behind the closing quote only a # comment may follow");
}

TEST(Syntax, WhatNobodyGuessesKeepsTheParsersWords) {
  const Source source{"t.toml", "[log]\nlevel = \"info\"\n"};
  const auto fault = explain_syntax(source, {0, 1, 1}, "Error while parsing chocolate: no cocoa\n");
  EXPECT_EQ(fault.place, (Place{0, 1, 1}));
  EXPECT_EQ(fault.key, "log");
  EXPECT_EQ(fault.what, "chocolate: no cocoa");
}

// Whatever is cut off, inserted or doubled: some words come out, at a place that the file has.
TEST(Syntax, SaysSomethingOfEveryBrokenFile) {
  const std::string good =
      "[bond.b]\nports = [\"eth0\", 'eth1'] # two\nmtu = { lb1 = 5 }\n[[pool.p.real]]\nx = \"\"\"a\n\"\"\"\n";
  for (std::size_t at = 0; at <= good.size(); ++at)
    for (const std::string insert :
         {"", "\"", "'", "[", "]", "{", "}", ",", "=", "\\", "#", "\n", "\u201c", " x "})
      for (const auto& text : {good.substr(0, at) + insert, good.substr(0, at) + insert + good.substr(at)}) {
        const auto lines = static_cast<unsigned>(std::ranges::count(text, '\n')) + 1;
        for (const auto& problem : load_text(text).problems) {
          EXPECT_FALSE(problem.what.empty()) << text;
          EXPECT_GE(problem.line, 1U) << text;
          EXPECT_LE(problem.line, lines) << text;
        }
      }
}

}  // namespace
}  // namespace hawser::config
