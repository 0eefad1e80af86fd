// vipctl provider with programs of the user's, good ones and bad ones: real processes.
#include <filesystem>
#include <fstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/base/atomic_file.h"
#include "tests/support/alive.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"
#include "tests/support/temp_dir.h"

namespace hawser::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kAddress = "203.0.113.100";

class ProviderExec : public LabTest {
 protected:
  [[nodiscard]] std::string at(const std::string& name) const { return (directory / name).string(); }

  // "#!/bin/sh" and these lines; the path of it.
  std::string script(const std::string& lines, const std::string& name = "script") const {
    auto path = at(name);
    std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(path, fs::perms(0755));
    return path;
  }
  // One that keeps in a file where the address leads.
  std::string good() const {
    std::ofstream(at("target")) << "lb1\n";
    return script(
        "case $1 in\n"
        "get) cat " +
        at("target") +
        " ;;\n"
        "set) echo \"$2\" > " +
        at("target") +
        " ;;\n"
        "unroute) echo - > " +
        at("target") + " ;;\nesac");
  }
  [[nodiscard]] Output run(const std::string& program_path, const Argv& words, Duration limit = 60s) const {
    Argv argv{program("vipctl"), "provider"};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--kind", "exec", "--program", program_path});
    return host.run(argv, limit);
  }
  // What is said of a reading that failed, without the words before it.
  [[nodiscard]] std::string refused(const std::string& program_path, const Argv& more = {}) const {
    Argv words{"get", kAddress};
    words.insert(words.end(), more.begin(), more.end());
    const auto done = run(program_path, words);
    EXPECT_EQ(done.status, 1) << done.text;
    return done.text;
  }

  Namespace host{"exec"};
  const test::TempDir temporary;
  const fs::path directory = temporary.path();
};

TEST_F(ProviderExec, AskedAndSwitchedAndUnroutedByAScript) {
  const auto program = good();
  EXPECT_EQ(run(program, {"get", kAddress}).text, "203.0.113.100 leads to lb1\n");
  const auto would = run(program, {"set", kAddress, "lb2", "--dry-run"});
  EXPECT_EQ(would.status, 3);
  EXPECT_EQ(run(program, {"set", kAddress, "lb2"}).text, "203.0.113.100 leads to lb2\n");
  EXPECT_EQ(run(program, {"set", kAddress, "lb2"}).text, "203.0.113.100 leads to lb2 already\n");
  EXPECT_EQ(run(program, {"unroute", kAddress, "--dry-run"}).text,
            "203.0.113.100 leads to lb2: would be unrouted\n");
  EXPECT_EQ(run(program, {"unroute", kAddress}).text, "203.0.113.100 leads to nobody\n");
  const auto said = json::parse(run(program, {"get", kAddress, "--json"}).text).as_object();
  EXPECT_TRUE(said.at("target").is_null());
  EXPECT_FALSE(said.contains("left")) << "nobody counts";
}

TEST_F(ProviderExec, AScriptSeesTheCallAndNothingOfOurs) {
  const auto program = script("env > " + at("env") + "; cat > " + at("in") + "; echo lb1; exit 0");
  const auto done = host.run({"env", "HAWSER_PROVIDER_CREDENTIALS=file:/etc/secret", "OURS=1",
                              hawser::lab::program("vipctl"), "provider", "set", kAddress, "lb1", "--kind",
                              "exec", "--program", program});
  EXPECT_EQ(done.text, "203.0.113.100 leads to lb1 already\n");
  EXPECT_THAT(read_file(at("env")).value(),
              AllOf(HasSubstr("HAWSER_ACTION=get\n"), HasSubstr("HAWSER_ADDRESS=203.0.113.100\n"),
                    HasSubstr("HAWSER_TARGET=lb1\n"), Not(HasSubstr("CREDENTIALS")), Not(HasSubstr("OURS"))));
  EXPECT_EQ(json::parse(read_file(at("in")).value()).at("action"), "get");
}

TEST_F(ProviderExec, OneThatHangsIsKilledWithItsChildren) {
  const auto program = script("sleep 1000 & echo $! > " + at("child") + "; wait");
  EXPECT_THAT(refused(program, {"--timeout", "4s"}), HasSubstr("not ended within 4s: killed"));
  const auto child = std::stoi(read_file(at("child")).value());
  EXPECT_TRUE(eventually(
      5s, [&] { return !runs(child); }, 50ms));
}

TEST_F(ProviderExec, AGrandchildThatKeepsItsOutputOpenHoldsNobodyUp) {
  const auto program = script("setsid sleep 30 & echo $! > " + at("child") + "; echo lb1");
  const auto done = run(program, {"get", kAddress}, 20s);
  EXPECT_EQ(done.text, "203.0.113.100 leads to lb1\n");
  ::kill(std::stoi(read_file(at("child")).value()), SIGKILL);
}

TEST_F(ProviderExec, AGigabyteIsReadAndDropped) {
  const auto program = script("echo lb1; head -c 1000000000 /dev/zero; head -c 100000000 /dev/zero >&2");
  EXPECT_EQ(run(program, {"get", kAddress}).text, "203.0.113.100 leads to lb1\n");
}

TEST_F(ProviderExec, HowItEndedIsTold) {
  EXPECT_THAT(refused(script("kill -SEGV $$")), HasSubstr("the program: signal 11 (Segmentation fault)"));
  EXPECT_THAT(refused(script("echo 'curl: (28) timed out' >&2; exit 28")),
              HasSubstr("exit status 28: curl: (28) timed out\n"));
  EXPECT_THAT(refused(script("true")), HasSubstr("it printed nothing"));
}

TEST_F(ProviderExec, WhatOthersMayWriteIsNotRun) {
  const auto program = good();
  fs::permissions(program, fs::perms(0757));
  EXPECT_THAT(refused(program), HasSubstr("everybody may write to it, and so have anything run: chmod o-w "));
  fs::permissions(program, fs::perms(0755));
  fs::create_directory(at("open"));
  fs::rename(program, at("open/script"));
  fs::permissions(at("open"), fs::perms(0777));
  EXPECT_THAT(refused(at("open/script")), HasSubstr("chmod o-w " + at("open")));
  fs::create_symlink(at("open/script"), at("link"));
  EXPECT_THAT(refused(at("link")), HasSubstr("chmod o-w " + at("open"))) << "by a link as well";
  fs::permissions(at("open"), fs::perms(0755));
  EXPECT_EQ(run(at("link"), {"get", kAddress}).status, 0);
  ASSERT_EQ(::lchown(at("open").c_str(), 65534, 0), 0);
  EXPECT_THAT(refused(at("link")), HasSubstr("belongs to user 65534"));
}

TEST_F(ProviderExec, WhatIsNoProgramIsNotRun) {
  EXPECT_THAT(refused(at("none")), HasSubstr("none: No such file or directory"));
  EXPECT_THAT(refused("script"), HasSubstr("write it from / on"));
  EXPECT_THAT(refused(directory.string()), HasSubstr("is a directory, no program"));
  const auto program = good();
  fs::permissions(program, fs::perms(0644));
  EXPECT_THAT(refused(program), HasSubstr("may not be executed: chmod +x "));
  std::ofstream(at("plain")) << "echo lb1\n";
  fs::permissions(at("plain"), fs::perms(0755));
  EXPECT_THAT(refused(at("plain")), HasSubstr("its first line is no #!/bin/sh"));
  std::ofstream(at("plain")) << "#!/no/such/shell\necho lb1\n";
  EXPECT_THAT(refused(at("plain")), HasSubstr("the interpreter in its first line is not there"));
}

TEST_F(ProviderExec, OneThatRemovesItselfIsMissedTheNextTime) {
  const auto program = script("rm " + at("script") + "; echo lb1");
  const auto done = run(program, {"set", kAddress, "lb2"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.text, AllOf(HasSubstr("No such file"), Not(HasSubstr("may still happen"))));
}

// With an openstack of our making, which keeps in a file to which port the address leads.
TEST_F(ProviderExec, TheExampleForOpenstackSpeaksTheContract) {
  std::ofstream(at("target")) << "None\n";
  script(
      "case $1.$2.$3 in\n"
      "floating.ip.show) test \"$4\" = 203.0.113.100 || exit 1; cat " +
          at("target") +
          " ;;\n"
          "port.show.*) echo \"port-of-$3\" ;;\n"
          "floating.ip.set) test \"$6\" = 203.0.113.100 || exit 1; echo \"${5#port-of-}\" > " +
          at("target") +
          " ;;\n"
          "floating.ip.unset) echo None > " +
          at("target") + " ;;\n*) exit 2 ;;\nesac",
      "openstack");
  auto text = read_file(HAWSER_SOURCE_DIR "/examples/provider/exec-openstack.sh").value();
  constexpr std::string_view kInstalled = "/usr/bin/openstack";
  text.replace(text.find(kInstalled), kInstalled.size(), at("openstack"));
  const auto program = script(text, "example");
  EXPECT_EQ(run(program, {"get", kAddress}).text, "203.0.113.100 leads to nobody\n");
  EXPECT_EQ(run(program, {"set", kAddress, "port-of-lb1"}).text, "203.0.113.100 leads to port-of-lb1\n");
  EXPECT_EQ(run(program, {"unroute", kAddress}).text, "203.0.113.100 leads to nobody\n");
  EXPECT_THAT(refused(script("set -- destroy\n" + text, "other")), HasSubstr("exit status 64"));
  fs::remove(at("openstack"));
  EXPECT_THAT(refused(program), HasSubstr("exit status 1"));
}

// What nobody knows is read first, and a script that is busy is waited for.
TEST_F(ProviderExec, WithWaitItGoesThroughFailuresUntilItIsThere) {
  const auto program = script("n=$(cat " + at("n") + " 2>/dev/null || echo 0); echo $((n+1)) > " + at("n") +
                              "\necho $1 >> " + at("calls") +
                              "\ncase $n.$1 in\n0.get) echo lb1 ;;\n1.set) exit 1 ;;\n2.get) exit 69 ;;\n"
                              "*) echo lb2 ;;\nesac");
  EXPECT_EQ(run(program, {"set", kAddress, "lb2", "--wait"}, 60s).text, "203.0.113.100 leads to lb2\n");
  EXPECT_EQ(read_file(at("calls")).value(), "get\nset\nget\nget\n");
}

TEST_F(ProviderExec, OptionsThatMeanNothingToItAreRefused) {
  const auto done = run(good(), {"get", kAddress, "--credentials", "file:/x"});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.text, HasSubstr("--credentials: means nothing to --kind exec"));
  EXPECT_THAT(run(good(), {"fence", "lb1"}).text, HasSubstr("cannot switch off servers"));
  const auto missing = host.run({program("vipctl"), "provider", "get", kAddress, "--kind", "exec"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.text, HasSubstr("--program is missing"));
}

TEST_F(ProviderExec, EndsWithItsCaller) {
  const auto program = script("echo $$ > " + at("pid") + "; exec sleep 1000");
  Process caller(host, {hawser::lab::program("vipctl"), "provider", "get", kAddress, "--kind", "exec",
                        "--program", program});
  ASSERT_TRUE(eventually(
      10s, [&] { return !read_file(at("pid")).value_or("").empty(); }, 50ms));
  const auto pid = std::stoi(read_file(at("pid")).value());
  caller.signal(SIGINT);
  EXPECT_TRUE(eventually(
      5s, [&] { return !runs(pid); }, 50ms));
}

}  // namespace
}  // namespace hawser::lab
