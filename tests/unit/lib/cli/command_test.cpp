#include "lib/cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/cli/help.h"

namespace hawser::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Program example() {
  const auto done = [](const Arguments&) { return kDone; };
  return {
      .name = "bondctl",
      .summary = "shows and changes bonds",
      .options = {Common::kConfig, Common::kNode, Common::kRuntimeDir, Common::kStateDir, Common::kJson},
      .verbs = {
          {"show", "[BOND]", "what each bond does now", done},
          {"add", "BOND PORT...", "adds ports", done, {{"--dry-run", "", "print the plan, change nothing"}}},
          {"pause", "OBJECT", "leaves an object alone", done, {{"--for", "DURATION", "how long"}}}}};
}

Result<Invocation> parse(const std::vector<std::string>& words) {
  static const auto program = example();
  return cli::parse(program, words);
}

std::string error_of(const std::vector<std::string>& words) {
  const auto result = parse(words);
  return result ? "accepted" : result.error().text;
}

TEST(Command, FindsTheVerbAndItsWords) {
  const auto result = parse({"show", "bond0"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->verb->name, "show");
  EXPECT_EQ(result->arguments.verb, "show");
  EXPECT_THAT(result->arguments.words, ElementsAre("bond0"));
  EXPECT_FALSE(result->arguments.json);
}

TEST(Command, TakesCommonOptionsBeforeAndAfterTheVerb) {
  for (const auto& words : {std::vector<std::string>{"--json", "-c", "/tmp/x.toml", "show"},
                            {"show", "--json", "--config=/tmp/x.toml"}}) {
    const auto result = parse(words);
    ASSERT_TRUE(result) << result.error().text;
    EXPECT_TRUE(result->arguments.json);
    EXPECT_EQ(result->arguments.config, "/tmp/x.toml");
  }
}

TEST(Command, FillsInTheDefaultPlaces) {
  const auto result = parse({"show"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->arguments.config, "/etc/hawser/hawser.toml");
  EXPECT_EQ(result->arguments.runtime_dir, "/run/hawser");
  EXPECT_EQ(result->arguments.state_dir, "/var/lib/hawser");
  EXPECT_EQ(result->arguments.node, "");
}

TEST(Command, TakesEveryCommonOption) {
  const auto result = parse({"show", "--node", "lb1", "--runtime-dir", "/tmp/r", "--state-dir", "/tmp/s"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->arguments.node, "lb1");
  EXPECT_EQ(result->arguments.runtime_dir, "/tmp/r");
  EXPECT_EQ(result->arguments.state_dir, "/tmp/s");
}

TEST(Command, TakesTheVerbsOwnFlagsAndValues) {
  const auto added = parse({"add", "bond0", "eth0", "eth1", "--dry-run"});
  ASSERT_TRUE(added);
  EXPECT_TRUE(added->arguments.has("--dry-run"));
  EXPECT_THAT(added->arguments.words, ElementsAre("bond0", "eth0", "eth1"));
  const auto paused = parse({"pause", "bond0", "--for", "30m"});
  ASSERT_TRUE(paused);
  EXPECT_EQ(paused->arguments.values.at("--for"), "30m");
  EXPECT_FALSE(parse({"add", "bond0", "eth0"})->arguments.has("--dry-run"));
  EXPECT_TRUE(parse({"pause", "bond0"})->arguments.values.empty());
}

TEST(Command, LetsAnObjectBeNamedLikeAVerb) {
  const auto result = parse({"show", "add"});
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_EQ(result->verb->name, "show");
  EXPECT_THAT(result->arguments.words, ElementsAre("add"));
}

TEST(Command, SaysWhichVerbWasProbablyMeant) {
  EXPECT_EQ(error_of({"shwo"}),
            "bondctl: unknown verb 'shwo': did you mean 'show'?\n"
            "usage: bondctl [OPTIONS] VERB [WORDS]; bondctl --help says more");
  EXPECT_THAT(error_of({"frobnicate"}), HasSubstr("unknown verb 'frobnicate'\n"));
}

TEST(Command, SaysWhichOptionWasProbablyMeant) {
  EXPECT_EQ(error_of({"show", "--jsn"}),
            "bondctl show: unknown option '--jsn': did you mean '--json'?\n"
            "usage: bondctl [OPTIONS] show [BOND]; bondctl --help says more");
}

TEST(Command, RefusesTooFewAndTooManyWords) {
  EXPECT_THAT(error_of({"show", "bond0", "bond1"}), HasSubstr("bondctl show: 'bond1' is one word too many"));
  EXPECT_THAT(error_of({"add", "bond0"}), HasSubstr("bondctl add: a word is missing"));
  EXPECT_THAT(error_of({}), HasSubstr("bondctl: a verb is missing"));
}

TEST(Command, RefusesAnOptionWithoutItsValue) {
  EXPECT_THAT(error_of({"show", "--config"}), HasSubstr("--config"));
}

TEST(Command, PrintsHelpAndVersionInsteadOfRunning) {
  const auto help = parse({"--help"});
  ASSERT_TRUE(help);
  EXPECT_EQ(help->verb, nullptr);
  EXPECT_EQ(help->text, help_of(example()));
  EXPECT_THAT(parse({"--version"})->text, HasSubstr("bondctl 0."));
  EXPECT_THAT(parse({"add", "--help"})->text, HasSubstr("usage: bondctl [OPTIONS] add BOND PORT..."));
}

TEST(Command, TakesTheWordsThatPeopleTryFirst) {
  EXPECT_EQ(parse({"help"})->text, help_of(example()));
  EXPECT_EQ(parse({"help", "add"})->text, help_of(example(), example().verbs[1]));
  EXPECT_EQ(parse({"-h"})->text, help_of(example()));
  EXPECT_EQ(parse({"-V"})->text, parse({"--version"})->text);
  EXPECT_THAT(error_of({"help", "ad"}), HasSubstr("unknown verb 'ad': did you mean 'add'?"));
  EXPECT_THAT(error_of({"hlep"}), HasSubstr("did you mean 'help'?"));
}

TEST(Command, HelpNamesEveryVerbAndOption) {
  EXPECT_EQ(help_of(example()),
            "bondctl: shows and changes bonds\n"
            "\n"
            "usage: bondctl [OPTIONS] VERB [WORDS]\n"
            "\n"
            "verbs:\n"
            "  show [BOND]       what each bond does now\n"
            "  add BOND PORT...  adds ports\n"
            "    --dry-run         print the plan, change nothing\n"
            "  pause OBJECT      leaves an object alone\n"
            "    --for DURATION    how long\n"
            "  help [VERB]       print this, or what is to know of that verb\n"
            "\n"
            "options:\n"
            "  -c, --config FILE  the configuration (/etc/hawser/hawser.toml)\n"
            "  --node NAME        which node of the file this host is (the host name)\n"
            "  --runtime-dir DIR  sockets and locks (/run/hawser)\n"
            "  --state-dir DIR    what survives a restart (/var/lib/hawser)\n"
            "  --json             answer in JSON\n"
            "  -h, --help         print this and end; after a verb: about that verb\n"
            "  -V, --version      print the version and end\n"
            "\n"
            "exit status: 0 done, 1 refused by the kernel or a peer, 2 usage, 3 the answer is no, 78 "
            "configuration\n");
}

TEST(Command, CountsWordsFromTheirPattern) {
  EXPECT_EQ(arity_of(""), (Arity{0, 0}));
  EXPECT_EQ(arity_of("[BOND]"), (Arity{0, 1}));
  EXPECT_EQ(arity_of("BOND PORT"), (Arity{2, 2}));
  EXPECT_EQ(arity_of("BOND [PORT]"), (Arity{1, 2}));
  EXPECT_EQ(arity_of("[NAME...]"), (Arity{0, std::numeric_limits<std::size_t>::max()}));
}

TEST(Command, ExitCodesAreThoseOfTheContract) {
  auto program = example();
  program.verbs[0].run = [](const Arguments&) { return kNo; };
  program.verbs[1].run = [](const Arguments&) -> int { throw std::runtime_error("out of luck"); };
  const auto code = [&](std::vector<const char*> words) {
    words.insert(words.begin(), "bondctl");
    return run(program, static_cast<int>(words.size()), words.data());
  };
  EXPECT_EQ(code({"show"}), 3);
  EXPECT_EQ(code({"shwo"}), 2);
  EXPECT_EQ(code({"add", "bond0", "eth0"}), 1);
  EXPECT_EQ(code({"--version"}), 0);
  EXPECT_EQ(code({}), 2);
}

}  // namespace
}  // namespace hawser::cli
