// --json: one document, whatever happens, and nothing beside it on either stream; the exit status is that of
// the text form.
#include <gmock/gmock.h>

#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

namespace json = boost::json;

constexpr const char* kGood =
    "format = 1\n[link.eth0]\nkind = \"physical\"\naddresses = [\"192.0.2.11/24\"]\n[vip.web]\ninterface = "
    "\"front\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = 51\npriority = 255\npreempt = false\n";
constexpr const char* kBad = "format = 1\n[link.eth0]\nkind = \"physical\"\nmtu = \"big\"\n";

class Json : public LabTest {
 protected:
  Json() : lb1("lb1"), lb2("lb2"), cable({&lb1, "eth0"}, {&lb2, "eth0"}) {}

  // Both streams as one text: it must be the document.
  static json::object document(const Output& output) {
    boost::system::error_code error;
    const auto value = json::parse(output.text, error);
    EXPECT_FALSE(error) << output.text;
    if (error || !value.is_object()) return {};
    EXPECT_EQ(value.get_object().begin()->key(), "format") << output.text;
    return value.get_object();
  }
  [[nodiscard]] json::object answer(Argv words, int status) const {
    EXPECT_EQ(netd.ask(words).status, status) << "as text: " << words.front();
    words.emplace_back("--json");
    const auto output = netd.ask(words);
    EXPECT_EQ(output.status, status) << output.text;
    return document(output);
  }
  [[nodiscard]] Argv for_vip(const std::string& name, const Argv& words) const {
    auto argv = netd.command(words);
    argv.front() = program(name);
    return argv;
  }
  static std::string text_of(const json::object& object) {
    return std::string(object.at("error").at("text").as_string());
  }

  Namespace lb1, lb2;
  Cable cable;
  NetdHost netd{lb1};
};

TEST_F(Json, OfABadFileIsAListOfProblemsForEveryVerb) {
  netd.write(kBad);
  for (const Argv& words :
       {Argv{"check"}, {"check", "--all-nodes"}, {"dump"}, {"plan"}, {"apply"}, {"apply", "--dry-run"}}) {
    const auto verdict = answer(words, 78);
    ASSERT_TRUE(verdict.contains("problems")) << words.front();
    EXPECT_FALSE(verdict.at("good").as_bool());
    const auto& problem = verdict.at("problems").as_array().at(0).as_object();
    EXPECT_THAT(std::string(problem.at("file").as_string()), HasSubstr("hawser.toml"));
    EXPECT_EQ(problem.at("line"), 4);
    EXPECT_EQ(problem.at("column"), 7);
    EXPECT_EQ(problem.at("key"), "link.eth0.mtu");
    EXPECT_THAT(std::string(problem.at("text").as_string()), StartsWith("must be a whole number"));
  }
}

TEST_F(Json, OfAMissingFileIsAProblemWithoutALine) {
  for (const Argv& words : {Argv{"check"}, {"dump"}, {"plan"}, {"apply"}}) {
    const auto verdict = answer(words, 78);
    ASSERT_TRUE(verdict.contains("problems")) << words.front();
    EXPECT_TRUE(verdict.at("problems").at(0).at("line").is_null());
  }
}

TEST_F(Json, OfAGoodFileHasTheNotes) {
  netd.write(kGood);
  for (const Argv& words : {Argv{"check"}, {"check", "--all-nodes"}}) {
    const auto verdict = answer(words, 0);
    ASSERT_TRUE(verdict.contains("notes"));
    EXPECT_TRUE(verdict.at("good").as_bool());
    EXPECT_EQ(verdict.at("notes").at(0).at("key"), "vip.web.preempt");
    EXPECT_EQ(verdict.at("notes").at(0).at("line"), 10);
  }
  EXPECT_THAT(netd.ask({"check"}).text, HasSubstr("hawser.toml:10:11: vip.web.preempt: note: has no effect"));
  const auto dump = answer({"dump"}, 0);
  EXPECT_TRUE(dump.at("node").is_null());
  EXPECT_EQ(dump.at("settings").as_array().at(0).as_object().size(), 3U);
}

TEST_F(Json, OfAPlanAndOfApplyingItAreItsSteps) {
  netd.write(std::string(kGood) + "[link.eth7]\nkind = \"physical\"\n");
  const auto plan = answer({"plan"}, 3);
  EXPECT_EQ(plan.at("health"), "configured");
  EXPECT_EQ(plan.at("steps").at(0).at("object"), "eth0");
  EXPECT_EQ(plan.at("steps").at(0).at("kind"), "set-link-up");
  EXPECT_EQ(plan.at("steps").at(1).at("kind"), "add-address");
  EXPECT_THAT(std::string(plan.at("notes").at(0).at("text").as_string()),
              HasSubstr("eth7: there is no such device"));
  netd.write(kGood);
  const auto output = netd.ask({"apply", "--json"});
  EXPECT_EQ(output.status, 0);
  const auto applied = document(output);
  EXPECT_TRUE(applied.at("complete").as_bool()) << output.text;
  EXPECT_EQ(applied.at("steps"), plan.at("steps"));
  EXPECT_TRUE(answer({"plan"}, 0).at("steps").as_array().empty());
}

TEST_F(Json, OfWhatCannotBeDoneIsAnError) {
  netd.write(kGood);
  EXPECT_THAT(text_of(answer({"status"}, 1)), HasSubstr("netd is not running"));
  EXPECT_THAT(text_of(answer({"reload"}, 1)), HasSubstr("netd is not running"));
  EXPECT_THAT(text_of(answer({"test"}, 2)), HasSubstr("write 'netd check'"));
  netd.start_and_await();
  EXPECT_THAT(text_of(answer({"apply"}, 1)), HasSubstr("netd reload"));
  EXPECT_EQ(answer({"reload"}, 0).at("result"), "in use");
  netd.write(kBad);
  EXPECT_EQ(answer({"reload"}, 78).at("problems").at(0).at("line"), 4);
}

TEST_F(Json, OfVipdIsTheSame) {
  netd.write(kBad);
  const auto bad = lb1.run(for_vip("vipd", {"check", "--json"}));
  EXPECT_EQ(bad.status, 78);
  EXPECT_EQ(document(bad).at("problems").at(0).at("line"), 4);
  netd.write(kGood);
  const auto good = lb1.run(for_vip("vipd", {"check", "--json"}));
  EXPECT_EQ(good.status, 0);
  const auto notes = document(good).at("notes").as_array();
  ASSERT_EQ(notes.size(), 2U) << good.text;
  EXPECT_EQ(notes.at(0).at("key"), "vip.web.preempt");
  EXPECT_EQ(notes.at(1).at("key"), "vip.web");
  EXPECT_TRUE(notes.at(1).at("line").is_null());
  const auto text = lb1.run(for_vip("vipd", {"check"})).text;
  EXPECT_THAT(text, HasSubstr("hawser.toml:10:11: vip.web.preempt: note: has no effect with priority 255"));
  EXPECT_THAT(text, HasSubstr("vip.web: note: this host has no interface front now"));
  EXPECT_THAT(text_of(document(lb1.run(for_vip("vipd", {"reload", "--json"})))),
              HasSubstr("vipd is not running"));
  const auto cleanup = document(lb1.run(for_vip("vipd", {"cleanup", "--json"})));
  EXPECT_TRUE(cleanup.at("steps").as_array().empty());
}

TEST_F(Json, OfTheControlProgramsIsAnErrorWhereThereIsNoAnswer) {
  const auto ask = [&](const std::string& name, const Argv& words) {
    Argv argv{program(name)};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--runtime-dir", netd.run_directory(), "--json"});
    const auto output = lb1.run(argv);
    EXPECT_EQ(output.status, 1) << output.text;
    return text_of(document(output));
  };
  EXPECT_THAT(ask("vipctl", {"status"}), HasSubstr("vipd is not running"));
  EXPECT_THAT(ask("vipctl", {"is-active", "web"}), HasSubstr("vipd is not running"));
  EXPECT_THAT(ask("vipctl", {"restart"}), HasSubstr("vipd is not running"));
  EXPECT_THAT(ask("bondctl", {"show", "bond7"}), HasSubstr("bond7"));
}

}  // namespace
}  // namespace hawser::lab
