// vipd with addresses that a provider routes: two hosts and an imitation of the provider's API
// (tests/support/provider_sim) on their segment. The addresses are held on lo here; on vipd's own dummy in
// tests/lab.
#include <gmock/gmock.h>

#include "lib/base/atomic_file.h"
#include "tests/native/vipd_host.h"
#include "tests/support/provider.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

constexpr const char* kAddress = "203.0.113.100";  // leads to lb1 at the beginning
constexpr const char* kOfLb1 = "192.0.2.11";
constexpr const char* kOfLb2 = "192.0.2.12";

class VipdProvider : public VipTest {
 protected:
  void begin(const std::string& more = "", const Argv& of_provider = {}) {
    provider.begin(of_provider);
    for (auto* host : {&lb1, &lb2}) host->write_text(file(more));
    for (const auto* host : {&lb1, &lb2}) host->host().ip({"link set lo up"});
  }
  [[nodiscard]] std::string file(const std::string& more) const {
    return fmt::format(
        "format = 1\n[nodes.lb1]\naddresses = [\"{1}\"]\nprovider.robot = \"{1}\"\n[nodes.lb2]\naddresses = "
        "[\"{2}\"]\nprovider.robot = \"{2}\"\n[vipd]\nrealtime = 0\n[provider.robot]\nkind = "
        "\"hetzner-robot\"\ncredentials = \"file:{3}\"\nendpoint = \"{4}\"\nca = \"{5}\"\ntimeout = "
        "\"10s\"\n[vip.web]\ninterface = \"front\"\naddresses = [{{ address = \"{0}\", interface = \"lo\" "
        "}}]\nvirtual_router_id = 51\npriority = {{ lb1 = 200, lb2 = 100 }}\nadvertisement_interval = "
        "\"100ms\"\ntransport = \"unicast\"\nprovider = \"robot\"\n{6}\n",
        kAddress, kOfLb1, kOfLb2, provider.at("robot.credentials"), provider.url(), provider.at("ca.pem"),
        more);
  }
  void write_with_fences(const std::string& more = "", const std::string& type = "hw") {
    auto text = file("require_fencing = true\nstartup_delay = \"1s\"\n" + more);
    for (const auto* node : {"lb1", "lb2"})
      text.insert(text.find(fmt::format("[nodes.{}]", node)) + 12,
                  fmt::format("fence = {{ provider = \"robot\", type = \"{}\" }}\n", type));
    for (auto* host : {&lb1, &lb2}) host->write_text(text);
  }
  static boost::json::value route(const VipHost& host) {
    const auto web = host.web();
    if (!web.is_object() || !web.at("provider").is_object()) return {};
    const auto& routes = web.at("provider").at("routes").as_array();
    return routes.empty() ? boost::json::value() : routes.at(0);
  }
  [[nodiscard]] static bool says(const VipHost& host, const std::string& leads, Duration within = 30s) {
    return eventually(within, [&] {
      const auto now = route(host);
      return now.is_object() && now.at("leads") == boost::json::value(leads);
    });
  }
  [[nodiscard]] static bool is_confirmed(const VipHost& host, Duration within = 30s) {
    return eventually(within, [&] {
      const auto now = route(host);
      return now.is_object() && now.at("confirmed").as_bool();
    });
  }
  static int worker_of(VipHost& host) {
    return std::stoi(
        host.host().run({"pgrep", "-P", fmt::format("{}", host.daemon().pid()), "vipd-worker"}).text);
  }
  // What is logged of an answer comes after what status shows of it.
  [[nodiscard]] static bool comes_to_log(const VipHost& host, const std::string& text,
                                         Duration within = 20s) {
    return eventually(
        within, [&] { return host.logged(text); }, 50ms);
  }
  // Advertisements between the two get lost; everything else gets through. First those of lb2, which says
  // nothing as long as it hears lb1: what it says once it is Active would be heard as a split that has
  // healed.
  void cut() const {
    lb2.host().ip({"neigh replace 192.0.2.11 lladdr 02:00:00:00:00:01 nud permanent dev front"});
    lb1.host().ip({"neigh replace 192.0.2.12 lladdr 02:00:00:00:00:01 nud permanent dev front"});
  }
  // lb2, which loses, is heard first: it yields at the first advertisement that reaches it, and its last word
  // is what tells lb1 of the split.
  void heal() const {
    heal_lb2();
    heal_lb1();
  }
  void heal_lb1() const { lb1.host().ip({"neigh del 192.0.2.12 dev front"}); }
  void heal_lb2() const { lb2.host().ip({"neigh del 192.0.2.11 dev front"}); }
  void settle() {
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active"));
    lb2.start();
    ASSERT_TRUE(lb2.becomes("Backup"));
    ASSERT_TRUE(lb2.hears_somebody());
    ASSERT_TRUE(is_confirmed(lb1)) << lb1.daemon_output();
    ASSERT_TRUE(says(lb2, "elsewhere"));
  }

  Neighbour api{"api", "192.0.2.50", segment};
  test::ProviderSim provider{api.host, "192.0.2.50"};
};

TEST_F(VipdProvider, EveryHostHoldsTheAddressAndTheRouteFollowsTheRole) {
  begin();
  settle();
  EXPECT_TRUE(lb1.holds(kAddress));
  EXPECT_TRUE(lb2.holds(kAddress)) << "in every role";
  EXPECT_EQ(provider.calls("POST"), 0) << "it was there: a reading confirms it, and switches are few";
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(is_confirmed(lb2)) << lb2.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
  EXPECT_TRUE(comes_to_log(lb2, "web: 203.0.113.100 is being led here by robot"));
  EXPECT_TRUE(comes_to_log(lb2, "web: 203.0.113.100 leads here (192.0.2.12)"));
  EXPECT_TRUE(lb1.holds(kAddress));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(is_confirmed(lb1)) << lb1.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1);
  EXPECT_FALSE(provider.any_overlapped());
}

TEST_F(VipdProvider, APlannedLeaveUnroutesNothing) {
  begin();
  settle();
  EXPECT_EQ(lb2.daemon().stop(20s), 0);
  EXPECT_EQ(lb1.daemon().stop(30s), 0);
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1);
  EXPECT_TRUE(lb1.holds(kAddress)) << "whoever is led here still is served";
  EXPECT_EQ(provider.calls("DELETE"), 0);
}

TEST_F(VipdProvider, AnApiThatIsDownIsAskedUntilItAnswersAndTheRoleWaitsForNobody) {
  begin();
  settle();
  provider.control("POST", "pause", "");
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(comes_to_log(lb2, "is not answered for by robot", 90s));
  EXPECT_THAT(lb2.vipctl({"status"}).text, HasSubstr("robot says nothing of where it leads"));
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1);
  provider.control("POST", "resume", "");
  EXPECT_TRUE(is_confirmed(lb2, 120s)) << lb2.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
  EXPECT_FALSE(provider.any_overlapped());
}

// lb2 takes the route while the two do not hear each other; when they do again the winner takes it back.
TEST_F(VipdProvider, AfterASplitTheWinnerTakesTheRouteBack) {
  begin();
  settle();
  cut();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_EQ(lb1.role(), "Active");
  ASSERT_TRUE(is_confirmed(lb2));
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
  heal();
  ASSERT_TRUE(lb2.becomes("Backup")) << lb2.daemon_output();
  EXPECT_TRUE(eventually(30s, [&] { return provider.leads_to(kAddress) == kOfLb1; })) << lb1.daemon_output();
  EXPECT_TRUE(is_confirmed(lb1));
  EXPECT_FALSE(provider.any_overlapped());
}

// lb1 reaches lb2 again while lb2's last word is lost. The reload is for the look which it has anyway after
// 90 seconds.
TEST_F(VipdProvider, AWinnerThatDidNotHearTheLoserYieldIsToldByItsNextLook) {
  begin();
  settle();
  cut();
  ASSERT_TRUE(lb2.becomes("Active"));
  ASSERT_TRUE(is_confirmed(lb2)) << lb2.daemon_output();
  heal_lb1();
  ASSERT_TRUE(lb2.becomes("Backup")) << lb2.daemon_output();
  heal_lb2();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2) << "nobody told lb1";
  EXPECT_FALSE(lb1.logged("was Active too"));
  lb2.daemon().signal(SIGHUP);
  EXPECT_TRUE(eventually(30s, [&] { return provider.leads_to(kAddress) == kOfLb1; })) << lb1.daemon_output();
  EXPECT_TRUE(is_confirmed(lb1));
}

// Both begin in a split, and the address led to a third before. The first switch takes longer than the second
// host to become Active, so that it meets the lock.
TEST_F(VipdProvider, OfTwoThatAreActiveTheProvidersLockDecidesAndTheLoserSaysSo) {
  begin("", {"--switch-time", "700"});
  provider.lead(kAddress, "192.0.2.13");
  cut();
  lb1.start();
  lb2.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(lb2.becomes("Active"));
  const auto winner = [&] { return is_confirmed(lb1, 0s) ? &lb1 : is_confirmed(lb2, 0s) ? &lb2 : nullptr; };
  ASSERT_TRUE(eventually(60s, [&] { return winner() != nullptr; }));
  const auto* loser = winner() == &lb1 ? &lb2 : &lb1;
  EXPECT_TRUE(comes_to_log(*loser, "who was faster", 90s)) << loser->daemon_output();
  EXPECT_THAT(loser->vipctl({"status"}).text,
              HasSubstr("while this host is Active: it was faster, and keeps it"));
  const auto switches = provider.calls("POST");
  std::this_thread::sleep_for(10s);
  EXPECT_EQ(provider.calls("POST"), switches) << "they do not take it from one another";
}

TEST_F(VipdProvider, WhatSomebodyLeadsElsewhereIsAnAlarmAndNoReasonToSwitch) {
  begin();
  settle();
  provider.lead(kAddress, kOfLb2);
  const auto switches = provider.calls("POST");
  lb1.daemon().signal(SIGHUP);  // and looks
  ASSERT_TRUE(says(lb1, "elsewhere"));
  EXPECT_TRUE(comes_to_log(lb1, "while this host is Active: somebody led it there"));
  EXPECT_EQ(provider.calls("POST"), switches);
}

TEST_F(VipdProvider, AnArbiterIsAskedBeforeTheRoleIsTaken) {
  begin("arbiter = true");
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  lb2.start();
  ASSERT_TRUE(lb2.becomes("Backup"));
  ASSERT_TRUE(lb2.hears_somebody());
  provider.control("POST", "pause", "");
  lb1.daemon().kill();
  std::this_thread::sleep_for(3s);
  EXPECT_EQ(lb2.role(), "Backup") << "the provider has not confirmed";
  provider.control("POST", "resume", "");
  ASSERT_TRUE(lb2.becomes("Active", 60s)) << lb2.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
}

TEST_F(VipdProvider, AnArbitersWordEndsTheRoleOfWhoWasCutOff) {
  begin("arbiter = true");
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  cut();
  ASSERT_TRUE(lb2.becomes("Active", 60s)) << lb2.daemon_output();
  lb1.daemon().signal(SIGHUP);  // and looks, as it does every few minutes
  ASSERT_TRUE(lb1.becomes("Backup")) << lb1.daemon_output();
  EXPECT_TRUE(comes_to_log(lb1, "robot leads 203.0.113.100 to lb2"));
  std::this_thread::sleep_for(10s);
  EXPECT_EQ(lb1.role(), "Backup") << "and it does not take it back at once";
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
}

TEST_F(VipdProvider, AWorkerThatIsStoppedOrKilledDelaysNoAdvertisementAndGoesOnWhereItWas) {
  begin();
  settle();
  const auto stopped = worker_of(lb2);
  ::kill(stopped, SIGSTOP);
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1);
  ::kill(stopped, SIGKILL);
  EXPECT_TRUE(is_confirmed(lb2)) << lb2.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
  ::kill(worker_of(lb2), SIGKILL);
  EXPECT_TRUE(comes_to_log(lb2, "worker: there again"));
  EXPECT_TRUE(is_confirmed(lb2));
}

TEST_F(VipdProvider, CredentialsThatAreWrongAreSaidOnceAndTakenWhenTheyAreMended) {
  begin();
  const auto right = read_file(provider.at("robot.credentials")).value();
  ASSERT_TRUE(write_atomically(provider.at("robot.credentials"), "ws-sim:wrong\n"));
  // Two refusals are not followed by a third before the file changes, and its time is kept to the second.
  std::filesystem::last_write_time(provider.at("robot.credentials"),
                                   std::filesystem::file_time_type::clock::now() - 1h);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(comes_to_log(lb1, "401")) << lb1.daemon_output();
  EXPECT_FALSE(lb1.logged("wrong")) << "the password";
  ASSERT_TRUE(write_atomically(provider.at("robot.credentials"), right));
  lb1.daemon().signal(SIGHUP);
  EXPECT_TRUE(is_confirmed(lb1)) << lb1.daemon_output();
}

// The imitation's servers are switched off on paper only: what is asked of it, and when, is what counts.
TEST_F(VipdProvider, TheRoleIsTakenOnlyOnceWhoHadItIsOff) {
  begin();
  write_with_fences();
  lb1.start();
  lb2.start();
  // Nobody was ever heard, and nobody is fenced: the address leads to lb1 already.
  ASSERT_TRUE(lb1.becomes("Active", 60s)) << lb1.daemon_output();
  ASSERT_TRUE(lb2.hears_somebody());
  const auto resets = [this] { return provider.calls_of("/reset/"); };
  const auto before = resets();
  EXPECT_EQ(before, 0);
  provider.control("POST", "plan",
                   R"([{"match":"POST /reset/","do":"status","status":500,"code":"RESET_FAILED"}])");
  lb1.daemon().kill();
  EXPECT_TRUE(eventually(30s, [&] { return provider.calls_of("/reset/") > before; })) << lb2.daemon_output();
  EXPECT_EQ(lb2.role(), "Backup") << "the reset was answered with an error";
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1) << "and nothing is switched before";
  ASSERT_TRUE(lb2.becomes("Active", 60s)) << lb2.daemon_output();
  EXPECT_EQ(resets(), before + 2);
  EXPECT_TRUE(comes_to_log(lb2, "lb1 was reset (unconfirmed"));
  EXPECT_TRUE(is_confirmed(lb2));
}

// A second press would switch on again what the first one switched off, and nobody can ask.
TEST_F(VipdProvider, APowerButtonIsNotPressedAgainByTheWorkerAfterOneThatWasKilledInIt) {
  begin();
  write_with_fences("", "power");
  lb1.start();
  lb2.start();
  ASSERT_TRUE(lb1.becomes("Active", 60s)) << lb1.daemon_output();
  ASSERT_TRUE(lb2.hears_somebody());
  provider.control("POST", "plan", R"([{"match":"POST /reset/","do":"stall","seconds":8,"done":true}])");
  lb1.daemon().kill();
  const auto sent = [&] {
    const auto kept = read_file(lb2.directory() / "provider" / "hetzner-robot-ws-sim.json");
    return kept && kept->find(R"("how":"power")") != std::string::npos;
  };
  ASSERT_TRUE(eventually(30s, sent)) << "written down before it is sent";
  std::this_thread::sleep_for(500ms);  // and it is
  ::kill(worker_of(lb2), SIGKILL);
  EXPECT_TRUE(comes_to_log(lb2, "it is not pressed again")) << lb2.daemon_output();
  std::this_thread::sleep_for(12s);  // past the next try, and the end of the imitation's silence
  EXPECT_EQ(provider.calls_of("/reset/"), 1);
  EXPECT_EQ(lb2.role(), "Backup");
  const auto log = lb2.daemon_output();
  const auto first = log.find("it is not pressed again");
  EXPECT_EQ(log.find("it is not pressed again", first + 1), std::string::npos) << "once a change: " << log;
}

TEST_F(VipdProvider, ANodeWithTwoVipsIsResetOnce) {
  begin();
  provider.control(
      "POST", "state",
      R"({"robot":{"failover":[{"ip":"203.0.113.101","netmask":"255.255.255.255","server_number":321,)"
      R"("active_server_ip":"192.0.2.11"}]}})");
  write_with_fences(
      "[vip.web2]\ninterface = \"front\"\naddresses = [{ address = \"203.0.113.101\", interface = \"lo\" "
      "}]\nvirtual_router_id = 52\npriority = { lb1 = 200, lb2 = 100 }\nadvertisement_interval = "
      "\"100ms\"\ntransport = \"unicast\"\nprovider = \"robot\"\nrequire_fencing = true\n"
      "startup_delay = \"1s\"\n");
  lb1.start();
  lb2.start();
  ASSERT_TRUE(lb1.becomes("Active", 60s)) << lb1.daemon_output();
  ASSERT_TRUE(lb2.hears_somebody());
  const auto hears_both = [&] {
    const auto now = lb2.status();
    return now.is_object() && std::ranges::all_of(now.at("vips").as_array(),
                                                  [](const auto& vip) { return !vip.at("heard").is_null(); });
  };
  ASSERT_TRUE(eventually(60s, hears_both)) << lb1.daemon_output();
  provider.control("POST", "plan", R"([{"match":"POST /reset/","do":"slow","seconds":1}])");
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active", 60s)) << lb2.daemon_output();
  EXPECT_TRUE(comes_to_log(lb2, "web2: lb1 was reset")) << lb2.daemon_output();
  EXPECT_TRUE(comes_to_log(lb2, "web: lb1 was reset")) << lb2.daemon_output();
  EXPECT_EQ(provider.calls_of("/reset/"), 1);
}

// It comes back into a split that lasts, and would have the one that serves reset, and so on without end.
TEST_F(VipdProvider, WhoHeardNobodySinceItStartedFencesNobody) {
  begin();
  write_with_fences();
  provider.lead(kAddress, kOfLb2);
  lb1.start();
  EXPECT_TRUE(comes_to_log(lb1, "no other node was heard since this host started"));
  std::this_thread::sleep_for(1s);
  EXPECT_EQ(lb1.role(), "Backup");
  EXPECT_EQ(provider.calls_of("/reset/"), 0);
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("the role waits for fencing"));
}

TEST_F(VipdProvider, WithAnArbiterTheRouteIsLedOnlyAfterTheFencing) {
  begin();
  write_with_fences("arbiter = true\n");
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active", 60s)) << lb1.daemon_output();
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  provider.control("POST", "plan",
                   R"([{"match":"POST /reset/","do":"status","status":500,"code":"RESET_FAILED"}])");
  lb1.daemon().kill();
  ASSERT_TRUE(eventually(20s, [&] { return provider.calls_of("/reset/") > 0; }));
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb1);
  ASSERT_TRUE(lb2.becomes("Active", 60s)) << lb2.daemon_output();
  EXPECT_EQ(provider.leads_to(kAddress), kOfLb2);
}

// Each address has calls of its own, and the third of them locks the host out.
TEST_F(VipdProvider, WrongCredentialsAreTriedByOneAddressAtATime) {
  begin();
  ASSERT_TRUE(write_atomically(provider.at("robot.credentials"), "ws-sim:wrong\n"));
  auto text = file("");
  const std::string one = "{ address = \"203.0.113.100\", interface = \"lo\" }";
  text.replace(text.find(one), one.size(),
               one +
                   ", { address = \"203.0.113.101\", interface = \"lo\" }, { address = \"203.0.113.102\", "
                   "interface = \"lo\" }, { address = \"203.0.113.103\", interface = \"lo\" }");
  lb1.write_text(text);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon_output();
  std::this_thread::sleep_for(2s);
  EXPECT_LE(provider.calls("GET") + provider.calls("POST"), 2);
}

TEST_F(VipdProvider, ACallOfAVipThatIsTakenOutAndPutBackIsWaitedFor) {
  begin("", {"--switch-time", "300"});
  settle();
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  const auto asks = [&] {
    const auto now = route(lb2);
    return now.is_object() && now.at("asking").is_string();
  };
  ASSERT_TRUE(eventually(20s, [&] { return provider.calls("POST") > 0 || asks(); }));
  const auto with = file("");
  auto without = with;
  without.replace(without.find("provider = \"robot\"\n"), 19, "");
  lb2.write_text(without);
  EXPECT_EQ(lb2.vipd("reload").status, 0);
  lb2.write_text(with);
  EXPECT_EQ(lb2.vipd("reload").status, 0);
  EXPECT_TRUE(is_confirmed(lb2, 60s)) << lb2.daemon_output();
  EXPECT_FALSE(provider.any_overlapped());
}

// Who says that it leaves is well.
TEST_F(VipdProvider, WhoLeavesIsNotFenced) {
  begin();
  write_with_fences();
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active", 60s)) << lb1.daemon_output();
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  const auto before = provider.calls_of("/reset/");
  EXPECT_EQ(lb1.daemon().stop(30s), 0);
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_EQ(provider.calls_of("/reset/"), before);
}

// The same of the providers that are called in another way: the role moves the route, and an API that is down
// meanwhile is asked until it answers.
struct OtherProvider {
  const char* kind;
  const char* credentials;  // of the imitation
  const char* at;           // where it is called: the key, and the path there
  const char* path;
  const char* address;  // leads to `first` at the beginning
  const char* first;    // lb1, in its words
  const char* second;
};

class VipdWithProvider : public VipdProvider, public testing::WithParamInterface<OtherProvider> {
 protected:
  void begin() {
    provider.begin();
    for (auto* host : {&lb1, &lb2}) {
      host->write_text(file());
      host->host().ip({"link set lo up"});
    }
  }
  [[nodiscard]] std::string file() const {
    const auto& with = GetParam();
    return fmt::format(
        "format = 1\n[nodes.lb1]\naddresses = [\"{}\"]\nprovider.api = \"{}\"\n[nodes.lb2]\naddresses = "
        "[\"{}\"]\nprovider.api = \"{}\"\n[vipd]\nrealtime = 0\n[provider.api]\nkind = \"{}\"\ncredentials "
        "= \"file:{}\"\n{} = \"{}{}\"\nca = \"{}\"\ntimeout = \"10s\"\n[vip.web]\ninterface = "
        "\"front\"\naddresses = [{{ address = \"{}\", interface = \"lo\" }}]\nvirtual_router_id = "
        "51\npriority = {{ lb1 = 200, lb2 = 100 }}\nadvertisement_interval = \"100ms\"\ntransport = "
        "\"unicast\"\nprovider = \"api\"\n",
        kOfLb1, with.first, kOfLb2, with.second, with.kind, provider.at(with.credentials), with.at,
        provider.url(), with.path, provider.at("ca.pem"), with.address);
  }
  // As the imitation has it: a server's number, or a webhook's target.
  [[nodiscard]] std::string leads_to() const {
    const auto text = api.host.run({"curl", "-sS", provider.line_of("control-url") + "/_sim/state"}).text;
    const auto state = boost::json::parse(text);
    const std::string address = GetParam().address;
    for (const auto& floating : state.at("cloud").at("floating_ips").as_array())
      if (floating.at("ip") == boost::json::value(address))
        return boost::json::serialize(floating.at("server"));
    const auto& target = state.at("webhook").at("addresses").at(address);
    return target.is_string() ? std::string(target.as_string()) : "nobody";
  }
};

TEST_P(VipdWithProvider, TheRouteFollowsTheRoleThereAndBack) {
  begin();
  settle();
  EXPECT_EQ(leads_to(), GetParam().first);
  EXPECT_EQ(provider.calls("POST"), 0) << "it was there";
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(is_confirmed(lb2, 60s)) << lb2.daemon_output();
  EXPECT_EQ(leads_to(), GetParam().second);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(is_confirmed(lb1, 60s)) << lb1.daemon_output();
  EXPECT_EQ(leads_to(), GetParam().first);
  EXPECT_FALSE(provider.any_overlapped());
}

TEST_P(VipdWithProvider, AnApiThatIsDownIsAskedUntilItAnswers) {
  begin();
  settle();
  provider.control("POST", "pause", "");
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active")) << "the role waits for nobody";
  EXPECT_TRUE(comes_to_log(lb2, "is not answered for by api", 90s)) << lb2.daemon_output();
  EXPECT_EQ(leads_to(), GetParam().first);
  provider.control("POST", "resume", "");
  EXPECT_TRUE(is_confirmed(lb2, 120s)) << lb2.daemon_output();
  EXPECT_EQ(leads_to(), GetParam().second);
  EXPECT_FALSE(provider.any_overlapped());
}

INSTANTIATE_TEST_SUITE_P(Kinds, VipdWithProvider,
                         testing::Values(OtherProvider{.kind = "hetzner-cloud",
                                                       .credentials = "cloud.credentials",
                                                       .at = "endpoint",
                                                       .path = "/v1",
                                                       .address = "203.0.113.200",
                                                       .first = "4711",
                                                       .second = "4712"},
                                         OtherProvider{.kind = "webhook",
                                                       .credentials = "hook.credentials",
                                                       .at = "url",
                                                       .path = "/hook",
                                                       .address = "203.0.113.150",
                                                       .first = "lb1",
                                                       .second = "lb2"}),
                         [](const auto& one) {
                           return std::string(one.param.kind) == "webhook" ? "Webhook" : "HetznerCloud";
                         });

// A register of the user's own, moved by a script that hawser-runner runs, and not vipd.
TEST_F(VipdProvider, AScriptOfTheUsersMovesIt) {
  const auto registered = lb1.directory() / "register";
  const auto script = lb1.directory() / "move";
  std::ofstream(registered) << "nowhere";
  std::ofstream(script) << "#!/bin/sh\nexec 2>&1\ncase $1 in\nget) cat " << registered.native()
                        << ";;\nset) printf %s \"$2\" > " << registered.native() << ";;\nesac\n";
  std::filesystem::permissions(script, std::filesystem::perms(0755));
  for (auto* host : {&lb1, &lb2}) {
    host->host().ip({"link set lo up"});
    host->write_text(fmt::format(
        "format = 1\n[nodes.lb1]\naddresses = [\"{1}\"]\nprovider.own = \"first\"\n[nodes.lb2]\naddresses = "
        "[\"{2}\"]\nprovider.own = \"second\"\n[vipd]\nrealtime = 0\n[provider.own]\nkind = "
        "\"exec\"\nprogram = \"{3}\"\ntimeout = \"10s\"\n[vip.web]\ninterface = \"front\"\naddresses = "
        "[{{ address = \"{0}\", interface = \"lo\" }}]\nvirtual_router_id = 51\npriority = {{ lb1 = 200, lb2 "
        "= 100 }}\nadvertisement_interval = \"100ms\"\ntransport = \"unicast\"\nprovider = \"own\"\n",
        kAddress, kOfLb1, kOfLb2, script.native()));
  }
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(comes_to_log(lb1, "hawser-runner")) << lb1.daemon_output();
  const auto runner = [](const VipHost& host) {
    Argv argv{program("netd"), "runner"};
    for (const auto& word : host.command({})) argv.push_back(word);
    argv.erase(argv.begin() + 2);  // "vipd"
    return argv;
  };
  const Process of_lb1(lb1.host(), runner(lb1));
  const Process of_lb2(lb2.host(), runner(lb2));
  EXPECT_TRUE(is_confirmed(lb1, 120s)) << lb1.daemon_output() << of_lb1.output();
  EXPECT_EQ(read_file(registered).value(), "first");
  lb2.start();
  ASSERT_TRUE(lb2.hears_somebody());
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(is_confirmed(lb2, 60s)) << lb2.daemon_output() << of_lb2.output();
  EXPECT_EQ(read_file(registered).value(), "second");
}

// An ordinary vip's addresses go then, as another host has them; these every host has. The device is a bridge
// here, since this kernel may have no dummy.
TEST_F(VipdProvider, AVipdThatCannotStartLeavesTheAddressesThere) {
  begin();
  lb1.host().ip({"link add hawser-vips type bridge", "link set hawser-vips up"});
  auto text = file("");
  const std::string on_lo = "{ address = \"203.0.113.100\", interface = \"lo\" }";
  text.replace(text.find(on_lo), on_lo.size(), "\"203.0.113.100\"");
  lb1.write_text(text);
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds(kAddress); })) << lb1.daemon_output();
  lb1.daemon().kill();
  std::filesystem::remove_all(lb1.directory() / "vipd.last-good");
  lb1.write_text("nonsense");
  lb1.start();
  EXPECT_EQ(lb1.daemon().wait(20s), 78) << lb1.daemon_output();
  EXPECT_TRUE(lb1.holds(kAddress)) << lb1.daemon_output();
}

// vipd check --start is asked by scripts, and a call there would be one of few.
TEST_F(VipdProvider, WhoChecksTheFileCallsNobody) {
  begin();
  EXPECT_EQ(lb1.vipd(Argv{"check", "--start"}).status, 0);
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(provider.calls("GET"), 0);
}

}  // namespace
}  // namespace hawser::lab
