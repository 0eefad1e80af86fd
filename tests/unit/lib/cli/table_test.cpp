#include "lib/cli/table.h"

#include <gtest/gtest.h>

namespace hawser::cli {
namespace {

TEST(Table, AlignsTextLeftAndNumbersRight) {
  Table table{{{"port"}, {"failures", Align::kRight}, {"mac"}}};
  table.add({"eth0", "3", "02:00:00:00:00:01"});
  table.add({"enp1s0f0", "12", "x"});
  EXPECT_EQ(table.str("  "),
            "  port      failures  mac\n"
            "  eth0             3  02:00:00:00:00:01\n"
            "  enp1s0f0        12  x\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table{{{"name"}, {"n", Align::kRight}}};
  table.add({"größer", "1"});
  table.add({"abcdef", "2"});
  EXPECT_EQ(table.str(), "name    n\ngrößer  1\nabcdef  2\n");
}

TEST(Table, LeavesOutAColumnThatIsEmptyEverywhere) {
  Table table{{{"a"}, {"b"}, {"c"}}};
  table.add({"1", "", "3"});
  table.add({"4"});
  EXPECT_EQ(table.str(), "a  c\n1  3\n4\n");
}

TEST(Table, WrapsTheSentenceWhereTheTerminalIsNarrow) {
  Table table{{{"real"}, {"why", Align::kLeft, Fit::kWraps}}};
  table.add({"198.51.100.21:8080", "connect: Connection refused, three times in a row"});
  table.add({"198.51.100.22:8080", "status 200"});
  EXPECT_EQ(table.str("", 46),
            "real                why\n"
            "198.51.100.21:8080  connect: Connection\n"
            "                    refused, three times in a\n"
            "                    row\n"
            "198.51.100.22:8080  status 200\n");
  EXPECT_EQ(table.str("", 200), table.str());
}

TEST(Table, WrapsASentenceInFrontToo) {
  Table table{{{"why", Align::kLeft, Fit::kWraps}, {"n", Align::kRight}}};
  table.add({"one two three four five six seven", "7"});
  EXPECT_EQ(table.str("", 30),
            "why                          n\n"
            "one two three four five six  7\n"
            "seven\n");
}

TEST(Table, NeverMakesASentenceNarrowerThanCanBeRead) {
  Table table{{{"device"}, {"why", Align::kLeft, Fit::kWraps}}};
  table.add({"a-device-with-a-very-long-name", "Device or resource busy: try again"});
  EXPECT_EQ(table.str("", 20),
            "device                          why\n"
            "a-device-with-a-very-long-name  Device or resource busy:\n"
            "                                try again\n");
}

TEST(Wrapped, CutsAWordThatIsLongerThanALineAndCountsCharacters) {
  EXPECT_EQ(wrapped("größergrößer x", 6), (std::vector<std::string>{"größer", "größer", "x"}));
  EXPECT_EQ(wrapped("", 6), (std::vector<std::string>{""}));
  EXPECT_EQ(wrapped("one  two", 3), (std::vector<std::string>{"one", "two"}));
}

TEST(Table, PrintsNothingWithoutRows) {
  EXPECT_EQ(Table({{"a"}}).str(), "");
}

TEST(Table, LetsNoControlCharacterThrough) {
  Table table{{{"a"}}};
  table.add({"x\x1b[2J\ny"});
  EXPECT_EQ(table.str(), "a\nx?[2J?y\n");
}

}  // namespace
}  // namespace hawser::cli
