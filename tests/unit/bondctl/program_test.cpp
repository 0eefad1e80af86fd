// What is said to who types another program's words.
#include "bondctl/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hawser::bondctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string answer_to(const std::vector<std::string>& words) {
  const auto parsed = cli::parse(program(), words);
  return parsed ? "accepted" : parsed.error().text;
}

TEST(BondctlProgram, KnowsTheWordsOfIfenslave) {
  EXPECT_THAT(answer_to({"list"}), StartsWith("bondctl: unknown verb 'list': write 'bondctl show'\n"));
  EXPECT_THAT(answer_to({"-d", "bond0", "eth0"}), HasSubstr("'-d': write 'bondctl remove BOND PORT'"));
  EXPECT_THAT(answer_to({"-c", "bond0", "eth1"}), HasSubstr("'-c': write 'bondctl switch BOND PORT'"));
  EXPECT_THAT(answer_to({"bond0", "eth0"}), HasSubstr("'bond0': a verb comes first"));
  EXPECT_THAT(answer_to({"failover"}), HasSubstr("write 'bondctl switch BOND PORT'"));
}

TEST(BondctlProgram, KnowsTheWordsOfOthersForWatchAndWhy) {
  EXPECT_THAT(answer_to({"monitor"}), HasSubstr("unknown verb 'monitor': write 'bondctl watch'\n"));
  EXPECT_THAT(answer_to({"log"}), HasSubstr("write 'bondctl why BOND'"));
  EXPECT_EQ(answer_to({"watch"}), "accepted");
  EXPECT_EQ(answer_to({"watch", "bond0"}), "accepted");
  EXPECT_EQ(answer_to({"why", "bond0"}), "accepted");
  EXPECT_THAT(answer_to({"why"}), HasSubstr("a word is missing"));
}

TEST(BondctlProgram, KnowsWhatATestOfAFailoverMayBeCalled) {
  EXPECT_THAT(answer_to({"failover-test", "bond0"}), HasSubstr("write 'bondctl drill BOND'\n"));
  EXPECT_EQ(answer_to({"drill", "bond0", "--how", "path", "--svg", "a.svg"}), "accepted");
  EXPECT_THAT(answer_to({"drill"}), HasSubstr("a word is missing"));
}

TEST(BondctlProgram, ImportsThisHostAnotherOneOrFiles) {
  EXPECT_EQ(answer_to({"import"}), "accepted");
  EXPECT_EQ(answer_to({"import", "--root", "/mnt", "--json"}), "accepted");
  EXPECT_EQ(answer_to({"import", "interfaces", "a.netdev"}), "accepted");
  EXPECT_THAT(answer_to({"convert"}), HasSubstr("unknown verb 'convert': write 'bondctl import'\n"));
  EXPECT_THAT(answer_to({"ifup", "bond0"}), HasSubstr("run 'ifup' itself"));
  EXPECT_THAT(answer_to({"ifupdown", "bond0"}), HasSubstr("'bond0' is one word too many"));
}

TEST(BondctlProgram, NamesTheProgramWhoseVerbItIs) {
  EXPECT_THAT(answer_to({"check"}), HasSubstr("unknown verb 'check': write 'netd check'\n"));
}

}  // namespace
}  // namespace hawser::bondctl
