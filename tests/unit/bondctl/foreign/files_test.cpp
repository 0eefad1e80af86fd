// Other programs' files, as text: what a line is, where it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bondctl/foreign/interfaces_file.h"
#include "bondctl/foreign/unit_file.h"

namespace hawser::bondctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> numbered(std::string_view text) {
  std::vector<std::string> list;
  for (const auto& line : lines_of(text, "#")) list.push_back(fmt::format("{}:{}", line.number, line.text));
  return list;
}

TEST(ForeignLines, GoOnBehindABackslashAndSkipComments) {
  EXPECT_THAT(numbered("a \\\n  b\n# c\n\n  d\t\r\n#e \\\nf"), ElementsAre("1:a  b", "5:d", "7:f"));
  EXPECT_THAT(numbered("a \\\n# between\nb"), ElementsAre("1:a  b"));
  EXPECT_THAT(numbered("\\\n\\"), IsEmpty());
  EXPECT_THAT(numbered(""), IsEmpty());
}

TEST(ForeignLines, AreNamedByFileAndLine) {
  EXPECT_EQ(to_string(LeftOut{{"a", 7}, "b c", "d"}), "a:7: b c: d");
  EXPECT_EQ(to_string(LeftOut{{"a", 0}, "b", "d"}), "a: b: d");
}

TEST(InterfacesFile, IsStanzasWithOptions) {
  const auto file =
      parse_interfaces("i",
                       "source interfaces.d/* more\nsource-directory /etc/x\nauto eth0 /eth*\n"
                       "allow-hotplug wlan0\niface eth0 inet static inherits a b\n  address  192.0.2.1 \n"
                       "iface eth1\nauto eth2\n  mtu 9000\nmapping x\n map y\n");
  ASSERT_EQ(file.stanzas.size(), 2U);
  EXPECT_EQ(file.stanzas[0].family, "inet");
  EXPECT_EQ(file.stanzas[0].method, "static");
  EXPECT_THAT(file.stanzas[0].inherits, ElementsAre("a", "b"));
  ASSERT_EQ(file.stanzas[0].options.size(), 1U);
  EXPECT_EQ(file.stanzas[0].options[0].value, "192.0.2.1");
  EXPECT_EQ(file.stanzas[0].options[0].at, (Spot{"i", 6}));
  EXPECT_EQ(file.stanzas[1].family, "");
  EXPECT_THAT(file.brought_up, ElementsAre("eth0", "/eth*", "wlan0", "eth2"));
  ASSERT_EQ(file.inclusions.size(), 3U);
  EXPECT_EQ(file.inclusions[1].pattern, "more");
  EXPECT_TRUE(file.inclusions[2].directory);
  ASSERT_EQ(file.left_out.size(), 2U);
  EXPECT_EQ(to_string(file.left_out[0]), "i:9: mtu 9000: it stands in no stanza");
}

TEST(UnitFile, IsSectionsWithKeys) {
  const auto file = parse_unit("u", "; c\nx=1\n[A]\nk = v w \n[A]\n=2\nl=a=b\nm=\n[B\n");
  ASSERT_EQ(file.sections.size(), 2U);
  EXPECT_EQ(file.sections[0].entries[0].value, "v w");
  EXPECT_EQ(file.sections[1].entries[0].value, "a=b");
  EXPECT_EQ(file.sections[1].entries[1].value, "");
  EXPECT_EQ(file.left_out.size(), 3U);
}

TEST(UnitFile, SpansAreThoseOfSystemd) {
  EXPECT_EQ(unit_span("100ms"), Milliseconds(100));
  EXPECT_EQ(unit_span("2"), Milliseconds(2000));
  EXPECT_EQ(unit_span("1min 30s"), Milliseconds(90'000));
  EXPECT_EQ(unit_span("1.5s"), Milliseconds(1500));
  EXPECT_EQ(unit_span("0.1"), Milliseconds(100));
  EXPECT_EQ(unit_span(".5 s"), Milliseconds(500));
  EXPECT_EQ(unit_span("1500us"), std::nullopt) << "finer than a millisecond";
  EXPECT_EQ(unit_span("2147483647ms"), Milliseconds(2147483647));
  for (const auto* wrong : {"", "ms", "1x", "-1s", "infinity", "9999999999", "2147483648ms", "52week 52week",
                            "1.", "1..2s", "1 2s"})
    EXPECT_EQ(unit_span(wrong), std::nullopt) << wrong;
}

TEST(UnitFile, FlagsAreThoseOfSystemd) {
  EXPECT_EQ(unit_flag("yes"), true);
  EXPECT_EQ(unit_flag("off"), false);
  EXPECT_EQ(unit_flag("maybe"), std::nullopt);
}

}  // namespace
}  // namespace hawser::bondctl
