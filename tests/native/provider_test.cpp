// vipctl provider against an imitation of the providers' APIs (tests/support/provider_sim): real HTTPS on
// loopback, in a namespace of its own.
#include "tests/support/provider.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/base/atomic_file.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"
#include "tests/support/temp_dir.h"

namespace hawser::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kAddress = "203.0.113.100";  // leads to kFirst at the beginning
constexpr const char* kFirst = "192.0.2.11";
constexpr const char* kSecond = "192.0.2.12";

class Provider : public LabTest {
 protected:
  Provider() { host.ip({"link set lo up"}); }

  [[nodiscard]] std::string at(const std::string& name) const { return (directory / name).string(); }

  void plan(const std::string& rules) const { sim.control("POST", "plan", rules); }

  [[nodiscard]] Argv vipctl(const Argv& words, const std::string& kind = "robot") const {
    Argv argv{program("vipctl"), "provider"};
    argv.insert(argv.end(), words.begin(), words.end());
    if (kind == "hook") {
      argv.insert(argv.end(),
                  {"--kind", "webhook", "--credentials", "file:" + sim.at("hook.credentials"), "--url",
                   sim.url() + "/hook", "--ca", sim.at("ca.pem"), "--state-dir", at("state")});
      return argv;
    }
    argv.insert(
        argv.end(),
        {"--kind", "hetzner-" + kind, "--credentials", "file:" + sim.at(kind + ".credentials"), "--endpoint",
         sim.url() + (kind == "cloud" ? "/v1" : ""), "--ca", sim.at("ca.pem"), "--state-dir", at("state")});
    return argv;
  }
  [[nodiscard]] Output run(const Argv& words, const std::string& kind = "robot") const {
    return host.run(vipctl(words, kind), 120s);
  }
  [[nodiscard]] std::string target() const {
    return std::string(json::parse(run({"get", kAddress, "--json"}).text).at("target").as_string());
  }

  Namespace host{"provider"};
  const test::TempDir temporary;
  const fs::path directory = temporary.path();
  test::ProviderSim sim{host};
};

TEST_F(Provider, SaysWhereAnAddressLeadsAndSwitchesIt) {
  sim.begin();
  EXPECT_EQ(run({"get", kAddress}).text, "203.0.113.100 leads to 192.0.2.11\n");
  const auto would = run({"set", kAddress, kSecond, "--dry-run"});
  EXPECT_EQ(would.status, 3);
  EXPECT_EQ(would.text, "203.0.113.100 leads to 192.0.2.11: would be switched to 192.0.2.12\n");
  EXPECT_EQ(sim.calls("POST"), 0);
  EXPECT_EQ(run({"set", kAddress, kSecond}).text, "203.0.113.100 leads to 192.0.2.12\n");
  EXPECT_EQ(sim.calls("POST"), 1);
  EXPECT_EQ(run({"set", kAddress, kSecond}).text, "203.0.113.100 leads to 192.0.2.12 already\n");
  EXPECT_EQ(sim.calls("POST"), 1);
  EXPECT_EQ(target(), kSecond);
}

TEST_F(Provider, AFloatingIpOfTheCloudGoesToAServerByItsName) {
  sim.begin();
  const auto servers =
      json::parse(host.run({HAWSER_SOURCE_DIR "/tests/support/provider_sim/provider-sim", "--show"}).text);
  const auto& cloud = servers.at("cloud").as_object();
  const auto address = std::string(cloud.at("floating_ips").as_array().at(0).at("ip").as_string());
  const auto name = std::string(cloud.at("servers").as_array().at(1).at("name").as_string());
  const auto done = run({"set", address, name, "--json"}, "cloud");
  EXPECT_EQ(done.status, 0) << done.text;
  EXPECT_TRUE(json::parse(done.text).at("switched").as_bool());
  EXPECT_THAT(run({"set", address, name}, "cloud").text, HasSubstr("already"));
  plan(R"([{"match":"POST /v1/floating_ips/","do":"action-fails"}])");
  const auto first = std::string(cloud.at("servers").as_array().at(0).at("name").as_string());
  const auto failed = run({"set", address, first}, "cloud");
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.text, HasSubstr("may still happen"));
}

TEST_F(Provider, OneIsUnroutedAndLeadsToNobody) {
  sim.begin();
  const auto would = run({"unroute", kAddress, "--dry-run", "--json"});
  EXPECT_EQ(would.status, 3);
  EXPECT_TRUE(json::parse(would.text).at("would_unroute").as_bool());
  EXPECT_EQ(sim.calls("DELETE"), 0);
  EXPECT_EQ(run({"unroute", kAddress}).text, "203.0.113.100 leads to nobody\n");
  EXPECT_EQ(run({"unroute", kAddress}).text, "203.0.113.100 leads to nobody already\n");
  EXPECT_EQ(sim.calls("DELETE"), 1);
  EXPECT_EQ(run({"set", kAddress, kSecond}).text, "203.0.113.100 leads to 192.0.2.12\n");
}

// alpha has 10.0.1.100; 10.100.0.100 is routed to it.
TEST_F(Provider, AnAliasIpAndARouteOfThePrivateNetworkMoveLikeAFloatingIp) {
  sim.begin();
  for (const std::string address : {"10.0.1.100", "10.100.0.100"}) {
    EXPECT_EQ(run({"get", address}, "cloud").text, address + " leads to 4711\n");
    EXPECT_EQ(run({"set", address, "beta"}, "cloud").text, address + " leads to 4712\n");
    EXPECT_EQ(run({"unroute", address}, "cloud").text, address + " leads to nobody\n");
    EXPECT_EQ(run({"set", address, "alpha"}, "cloud").text, address + " leads to 4711\n");
  }
  EXPECT_EQ(sim.calls("POST"), 8);
}

TEST_F(Provider, WhatCannotBeGivenIsPutBackWhereItWas) {
  sim.begin();
  plan(
      R"([{"match":"POST /v1/servers/4712/actions/change_alias_ips","do":"status","code":"unsupported_error"},)"
      R"({"match":"POST /v1/networks/77/actions/add_route","do":"action-fails"}])");
  for (const std::string address : {"10.0.1.100", "10.100.0.100"}) {
    const auto failed = run({"set", address, "beta"}, "cloud");
    EXPECT_EQ(failed.status, 1);
    EXPECT_THAT(failed.text, HasSubstr("it was put back to 4711"));
    EXPECT_EQ(run({"get", address}, "cloud").text, address + " leads to 4711\n");
  }
}

TEST_F(Provider, AServerOfTheCloudIsOffWhenItWasReadToBeOff) {
  sim.begin();
  const auto would = run({"fence", "beta", "--dry-run"}, "cloud");
  EXPECT_EQ(would.status, 3);
  EXPECT_EQ(would.text, "beta: it is running: would be switched off\n");
  EXPECT_EQ(sim.calls("POST"), 0);
  plan(R"([{"match":"POST /v1/servers/","do":"cut","done":true}])");
  EXPECT_EQ(run({"fence", "beta", "--wait"}, "cloud").text, "beta is off\n") << "it happened after all";
  EXPECT_EQ(sim.calls("POST"), 1);
  EXPECT_EQ(run({"fence", "beta", "--dry-run"}, "cloud").text, "beta is off already\n");
  const auto done = run({"fence", "alpha", "--json"}, "cloud");
  EXPECT_EQ(json::parse(done.text).at("fenced"), "off");
  EXPECT_THAT(run({"fence", "gamma"}, "cloud").text, HasSubstr("there is no server gamma in this project"));
}

TEST_F(Provider, AServerOfRobotIsResetAndNobodyKnowsMore) {
  sim.begin();
  EXPECT_EQ(run({"fence", kSecond, "--dry-run"}).text,
            "192.0.2.12: can be reset by sw, power, hw, man: would be reset by hw\n");
  EXPECT_EQ(run({"fence", kSecond}).text, "192.0.2.12 was reset by hw, as the provider says: unconfirmed\n");
  EXPECT_EQ(json::parse(run({"fence", "322", "--type", "sw", "--json"}).text).at("fenced"), "unconfirmed");
  EXPECT_EQ(sim.calls("POST"), 2);
  EXPECT_EQ(run({"fence", "322", "--type", "man"}).status, 0);
  const auto busy = run({"fence", "322", "--type", "man"});
  EXPECT_EQ(busy.status, 1);
  EXPECT_THAT(busy.text, HasSubstr("409 RESET_MANUAL_ACTIVE"));
  plan(R"([{"match":"POST /reset/","do":"status","code":"RESET_FAILED"}])");
  EXPECT_THAT(run({"fence", "322"}).text, HasSubstr("500 RESET_FAILED"));
  EXPECT_THAT(run({"fence", "999"}).text, HasSubstr("404 SERVER_NOT_FOUND"));
}

// What was cut off before the switch itself was sent has moved nothing.
TEST_F(Provider, ALookThatIsCutOffIsNoSwitch) {
  sim.begin();
  plan(R"([{"match":"GET /v1/servers","do":"cut","skip":1}])");
  const auto done = run({"set", "203.0.113.200", "beta"}, "cloud");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.text, Not(HasSubstr("may still happen")));
}

constexpr const char* kHooked = "203.0.113.150";  // leads to lb1

TEST_F(Provider, AWebhookIsAskedAndSwitches) {
  sim.begin();
  EXPECT_EQ(run({"get", kHooked}, "hook").text, "203.0.113.150 leads to lb1\n");
  EXPECT_EQ(run({"set", kHooked, "lb2"}, "hook").text, "203.0.113.150 leads to lb2\n");
  EXPECT_EQ(run({"unroute", kHooked}, "hook").text, "203.0.113.150 leads to nobody\n");
  EXPECT_EQ(sim.calls("POST"), 2);
  EXPECT_THAT(run({"set", kHooked, "lb9", "--wait"}, "hook").text, HasSubstr("422: no such target"));
  EXPECT_EQ(sim.calls("POST"), 3);
}

TEST_F(Provider, AWebhookThatOnlyBeginsIsReadUntilItIsThere) {
  sim.begin({"--scale", "0.5"});  // 2.5 s a switch
  sim.control("POST", "state", R"({"webhook":{"slow":true}})");
  EXPECT_EQ(run({"set", kHooked, "lb2"}, "hook").text, "203.0.113.150 leads to lb2\n");
  EXPECT_EQ(sim.calls("POST"), 1);
}

TEST_F(Provider, AWebhooksLimitIsKeptFromOneRunToTheNext) {
  sim.begin();
  plan(R"([{"match":"GET /hook","do":"limit","interval":60}])");
  EXPECT_THAT(run({"get", kHooked}, "hook").text, HasSubstr("429: too many calls"));
  EXPECT_THAT(run({"get", kHooked}, "hook").text, HasSubstr("not asked"));
  EXPECT_EQ(sim.calls("GET"), 1);
  for (const auto& entry : fs::recursive_directory_iterator(at("state")))
    EXPECT_THAT(entry.path().string(), Not(HasSubstr("127.0.0.1"))) << "the URL may be a secret";
}

struct Refused {
  const char* rules;
  const char* said;
  int posts;  // sent before it ended
};

// What the user reads, and how many switches it cost. Nothing is waited for without --wait.
TEST_F(Provider, EachErrorIsToldWithTheProvidersOwnWords) {
  sim.begin();
  const std::vector<Refused> all{
      {R"([{"match":"GET /failover/","do":"status","status":503}])", "503", 0},
      {R"([{"match":"GET /failover/","do":"wrong-content"}])", "200 with text/html instead of JSON", 0},
      {R"([{"match":"GET /failover/","do":"redirect"}])", "redirects to", 0},
      {R"([{"match":"GET /failover/","do":"half"}])", "hung up before", 0},
      {R"([{"match":"GET /failover/","do":"cut"}])", "hung up before", 0},
      {R"([{"match":"POST /failover/","do":"lock","seconds":1}])", "409 FAILOVER_LOCKED", 1},
      {R"([{"match":"POST /failover/","do":"not-complete"}])", "500 FAILOVER_NOT_COMPLETE", 1},
      {R"([{"match":"POST /failover/","do":"cut","done":false}])", "may still happen", 1},
      {R"([{"match":"GET /failover/","do":"limit","interval":60}])", "403 RATE_LIMIT_EXCEEDED", 0},
  };
  for (const auto& one : all) {
    const auto before = sim.calls("POST");
    plan(one.rules);
    const auto done = run({"set", kAddress, kSecond});
    EXPECT_EQ(done.status, 1) << one.rules;
    EXPECT_THAT(done.text, HasSubstr(one.said)) << one.rules;
    EXPECT_THAT(done.text, EndsWith("\n"));
    const bool is_known = std::string(one.said).find("LOCKED") != std::string::npos || one.posts == 0;
    EXPECT_EQ(done.text.find("may still happen") == std::string::npos, is_known) << done.text;
    EXPECT_EQ(std::count(done.text.begin(), done.text.end(), '\n'), 1) << done.text;
    EXPECT_EQ(sim.calls("POST") - before, one.posts) << one.rules;
    sim.control("DELETE", "plan", "");
    std::this_thread::sleep_for(one.posts == 1 ? 1200ms : 0ms);  // the lock
    fs::remove_all(at("state"));
  }
  EXPECT_EQ(target(), kFirst);
}

TEST_F(Provider, WithWaitItGoesThroughErrorsUntilItIsThere) {
  sim.begin();
  plan(R"([{"match":"POST /failover/","do":"not-complete","later":1},)"
       R"({"match":"GET /failover/","do":"status","status":500,"skip":1}])");
  const auto done = run({"set", kAddress, kSecond, "--wait"});
  EXPECT_EQ(done.text, "203.0.113.100 leads to 192.0.2.12\n");
  EXPECT_EQ(sim.calls("POST"), 1) << "it happened after all: no second switch";
  EXPECT_FALSE(sim.any_overlapped());
}

TEST_F(Provider, ASwitchThatWasCutOffIsReadAndNotSentTwice) {
  sim.begin();
  plan(R"([{"match":"POST /failover/","do":"cut","done":true}])");
  EXPECT_EQ(run({"set", kAddress, kSecond, "--wait"}).status, 0);
  EXPECT_EQ(sim.calls("POST"), 1);
}

TEST_F(Provider, UnknownAddressesAndTargetsAreRefusedOnce) {
  sim.begin();
  EXPECT_THAT(run({"get", "203.0.113.1"}).text, HasSubstr("404 NOT_FOUND"));
  const auto done = run({"set", kAddress, "192.0.2.99", "--wait"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.text, HasSubstr("404 FAILOVER_NEW_SERVER_NOT_FOUND"));
  EXPECT_EQ(sim.calls("POST"), 1);
}

// The third would lock this host out.
TEST_F(Provider, WrongCredentialsAreTriedTwiceUntilTheyChange) {
  sim.begin();
  const auto right = sim.line_of("robot.credentials");
  std::ofstream(sim.at("robot.credentials")) << "ws-sim:wrong\n";
  fs::last_write_time(sim.at("robot.credentials"), fs::file_time_type::clock::now() - 1h);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(run({"get", kAddress}).text, HasSubstr("401"));
  EXPECT_THAT(run({"get", kAddress}).text, HasSubstr("not asked"));
  EXPECT_EQ(sim.calls("GET"), 2);
  std::this_thread::sleep_for(1100ms);  // the kernel's times of files are kept to the second
  std::ofstream(sim.at("robot.credentials")) << right << "\n";
  EXPECT_EQ(run({"get", kAddress}).status, 0);
}

TEST_F(Provider, SwitchesOfAnHourAreCountedOnTheDisk) {
  sim.begin();
  fs::create_directories(at("state/provider"));
  std::string switches;
  for (int i = 0; i < 50; ++i) switches += fmt::format("{}{}", i == 0 ? "" : ",", std::time(nullptr));
  std::ofstream(at("state/provider/hetzner-robot-ws-sim.json"))
      << fmt::format(R"({{"switches":[{}]}})", switches);
  EXPECT_THAT(run({"set", kAddress, kSecond}).text,
              HasSubstr("the switches that the account has are used up"));
  EXPECT_EQ(sim.calls("POST"), 0);
}

TEST_F(Provider, ACertificateThatDoesNotHoldEndsItBeforeThePasswordIsSent) {
  for (const auto* kind : {"expired", "wrong-name", "self-signed"}) {
    sim.begin({"--certificate", kind});
    const auto done = run({"get", kAddress});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.text, HasSubstr("its certificate does not hold: ")) << kind;
    EXPECT_EQ(sim.calls("GET"), 0) << kind;
    sim.end();
  }
  sim.begin();
  auto argv = vipctl({"get", kAddress});
  const auto ca = std::ranges::find(argv, "--ca");
  argv.erase(ca, ca + 2);
  EXPECT_THAT(host.run(argv).text, HasSubstr("unable to get local issuer certificate"));
}

TEST_F(Provider, KilledInTheMiddleOfASwitchTheNextOneFindsItAndCountsIt) {
  sim.begin({"--scale", "0.05"});  // two seconds a switch
  {
    Process process(host, vipctl({"set", kAddress, kSecond}));
    ASSERT_TRUE(eventually(
        10s,
        [&] {
          return read_file(at("state/provider/hetzner-robot-ws-sim.json"))
                     .value_or("")
                     .find("\"switches\":[1") != std::string::npos;
        },
        10ms));
    std::this_thread::sleep_for(300ms);
    ::kill(process.pid(), SIGKILL);
  }
  const auto done = run({"set", kAddress, kSecond, "--wait", "--json"});
  EXPECT_EQ(done.status, 0) << done.text;
  EXPECT_LE(sim.calls("POST"), 1);
}

// Neither what ps, the environment and the output show, nor what is kept.
TEST_F(Provider, ThePasswordIsNowhere) {
  sim.begin({"--scale", "0.05"});
  const auto credentials = sim.line_of("robot.credentials");
  const auto password = credentials.substr(credentials.find(':') + 1);
  Process process(host, vipctl({"set", kAddress, kSecond, "--wait"}));
  std::string seen;
  for (int i = 0; i < 5; ++i) {
    for (const auto* what : {"cmdline", "environ", "status"})
      seen += read_file(fmt::format("/proc/{}/{}", process.pid(), what)).value_or("");
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_EQ(process.wait(60s), 0);
  seen += process.output() + run({"get", kAddress, "--json"}).text;
  for (const auto& entry : fs::recursive_directory_iterator(at("state")))
    if (entry.is_regular_file()) seen += read_file(entry.path()).value();
  EXPECT_THAT(seen, HasSubstr("--credentials"));
  EXPECT_THAT(seen, Not(HasSubstr(password)));
}

TEST_F(Provider, TheExamplesDoWhatTheySay) {
  sim.begin();
  const auto example = [&](const Argv& words) {
    Argv argv{"env", "PATH=" + fs::path(program("vipctl")).parent_path().string() + ":/usr/bin:/bin",
              "HAWSER_PROVIDER_CREDENTIALS=file:" + sim.at("robot.credentials"),
              "HAWSER_PROVIDER_ENDPOINT=" + sim.url(), "HAWSER_PROVIDER_CA=" + sim.at("ca.pem")};
    argv.push_back(std::string(HAWSER_SOURCE_DIR "/examples/provider/") + words.front());
    argv.insert(argv.end(), words.begin() + 1, words.end());
    return host.run(argv, 60s);
  };
  EXPECT_EQ(example({"cron.sh", kAddress, kSecond}).text, "203.0.113.100 leads to 192.0.2.12\n");
  EXPECT_EQ(example({"cron.sh", kAddress, kSecond}).text, "");
  (void)example({"keepalived-notify.sh", kAddress, kFirst, "INSTANCE", "VI_1", "BACKUP", "100"});
  EXPECT_EQ(target(), kSecond);
  (void)example({"keepalived-notify.sh", kAddress, kFirst, "INSTANCE", "VI_1", "MASTER", "100"});
  EXPECT_EQ(target(), kFirst);
  EXPECT_EQ(example({"heartbeat-resource.sh", kAddress, kSecond, "status"}).text, "stopped\n");
  EXPECT_EQ(example({"heartbeat-resource.sh", kAddress, kSecond, "start"}).status, 0);
  EXPECT_EQ(example({"heartbeat-resource.sh", kAddress, kSecond, "status"}).text, "running\n");
  EXPECT_EQ(example({"heartbeat-resource.sh", kAddress, kSecond, "stop"}).status, 0);
  EXPECT_EQ(target(), kSecond);
  sim.end();
  EXPECT_EQ(example({"heartbeat-resource.sh", kAddress, kSecond, "status"}).status, 1) << "nobody knows";
}

}  // namespace
}  // namespace hawser::lab
