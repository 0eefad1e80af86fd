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

TEST(BondctlProgram, KnowsWhatPlannedWorkMayBeCalled) {
  EXPECT_THAT(answer_to({"maintenance", "bond0", "eth0"}), HasSubstr("write 'bondctl drain BOND PORT'\n"));
  EXPECT_THAT(answer_to({"move", "eth0"}), HasSubstr("write 'bondctl migrate DEVICE --into BOND'\n"));
  EXPECT_EQ(answer_to({"drain", "bond0", "eth0", "--confirm", "60s"}), "accepted");
  EXPECT_THAT(answer_to({"undrain", "bond0"}), HasSubstr("a word is missing"));
  EXPECT_EQ(answer_to({"migrate", "eth0", "--into", "bond0", "--with", "eth1", "mode=802.3ad"}), "accepted");
}

TEST(BondctlProgram, TakesTheFileOfApply) {
  const auto parsed = cli::parse(program(), {"apply", "-c", "a.toml", "bond0", "--node", "lb1"});
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed->arguments.values.at("-c,--config"), "a.toml");
  EXPECT_EQ(parsed->arguments.words, std::vector<std::string>{"bond0"});
  EXPECT_THAT(program().verbs, testing::Contains(testing::Field(&cli::Verb::name, "apply")));
}

TEST(BondctlProgram, NamesTheProgramWhoseVerbItIs) {
  EXPECT_THAT(answer_to({"check"}), HasSubstr("unknown verb 'check': write 'netd check'\n"));
}

}  // namespace
}  // namespace hawser::bondctl
