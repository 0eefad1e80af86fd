// Rules carried out on a table in memory, and written back.
#include "lbctl/rules/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/rules/parse.h"
#include "lbctl/rules/write.h"
#include "lib/plan/simulate.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Rule> rules(std::string_view text) {
  auto parsed = parse_rules(text, no_names());
  EXPECT_THAT(parsed.problems, IsEmpty());
  return std::move(parsed.rules);
}

// As it is after them: every step of a replay can be taken one after another.
State table(std::string_view text) {
  State state;
  for (const auto& [line, step] : replay_onto(state, rules(text)).steps) simulate(state, step);
  return state;
}

std::vector<std::string> lines(const Replayed& replayed) {
  std::vector<std::string> all;
  all.reserve(replayed.steps.size());
  for (const auto& [line, step] : replayed.steps) all.push_back(fmt::format("{} {}", line, describe(step)));
  return all;
}

std::vector<std::string> problems(const Replayed& replayed) {
  std::vector<std::string> all;
  all.reserve(replayed.problems.size());
  for (const auto& [line, text, of_the_kernel] : replayed.problems)
    all.push_back(fmt::format("{}{} {}", line, of_the_kernel ? "k" : "", text));
  return all;
}

constexpr std::string_view kAll = R"(-A -t 192.0.2.100:80 -s sh -p 300 -M 255.255.255.0 -b sh-fallback,sh-port
-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 5 -x 10 -y 5
-a -t 192.0.2.100:80 -r 198.51.100.22:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum
-a -t 192.0.2.100:80 -r 198.51.100.23:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum
-a -t 192.0.2.100:80 -r 198.51.100.24:80 -i -w 70000 --tun-type gre --tun-nocsum
-A -u 192.0.2.100:5060 -s wlc -p 60 --pe sip
-A --sctp-service 192.0.2.100:99 -s wrr
-A -u [2001:db8::1]:53 -s wlc -o
-a -u [2001:db8::1]:53 -r [2001:db8:1::1]:53 -g -w 0
-A -f 7 -s mh -b mh-port,flag-3
-A -f 7 -6 -s rr -p 5 -M 64
--set 100 120 50
--start-daemon master --mcast-interface d0 --syncid 7 --sync-maxlen 1472 --mcast-group 224.0.0.81 --mcast-port 8848 --mcast-ttl 1
)";

TEST(RulesWritten, AreWhatWasReadInIpvsadmsOrder) {
  EXPECT_EQ(write_rules(table(kAll)), kAll);
}

TEST(RulesReplayed, AddNothingThatIsThereAlready) {
  EXPECT_THAT(replay_onto(table(kAll), rules(kAll)).steps, IsEmpty());
  EXPECT_THAT(replay_onto(table(kAll), rules(kAll)).problems, IsEmpty());
  EXPECT_THAT(replay_instead(table(kAll), rules(kAll)).steps, IsEmpty());
}

TEST(RulesReplayed, AreStepsInTheOrderOfTheLines) {
  EXPECT_THAT(lines(replay_onto({}, rules("-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.2 -w 5\n"
                                          "-e -t 192.0.2.1:80 -r 192.0.2.2 -m\n-E -t 192.0.2.1:80\n"
                                          "-d -t 192.0.2.1:80 -r 192.0.2.2\n-D -t 192.0.2.1:80\n"))),
              ElementsAre("1 tcp 192.0.2.1:80: add service: scheduler rr",
                          "2 tcp 192.0.2.1:80: add real server 192.0.2.2:80: weight 5, forwarding direct",
                          "3 tcp 192.0.2.1:80: edit real server 192.0.2.2:80: weight 5 -> 1, forwarding "
                          "direct -> masquerade",
                          "4 tcp 192.0.2.1:80: edit service: scheduler rr -> wlc",
                          "5 tcp 192.0.2.1:80: delete real server 192.0.2.2:80",
                          "6 tcp 192.0.2.1:80: delete service"));
}

TEST(RulesReplayed, NameEveryLineThatCannotBeCarriedOut) {
  const auto there = table("-A -t 192.0.2.9:80 -s rr\n-a -t 192.0.2.9:80 -r 192.0.2.2 -w 5\n");
  EXPECT_THAT(
      problems(
          replay_onto(there, rules("-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n-A -t 192.0.2.9:80\n"
                                   "-a -t 192.0.2.9:80 -r 192.0.2.2 -w 6\n-e -t 192.0.2.9:80 -r 192.0.2.3\n"
                                   "-D -t 192.0.2.8:80\n--stop-daemon backup\n"))),
      ElementsAre("2 tcp 192.0.2.1:80: is in line 1 already",
                  "3k tcp 192.0.2.9:80: is there already, otherwise than here: --replace makes it as here",
                  "4k tcp 192.0.2.9:80: real server 192.0.2.2:80: is there already, otherwise than here: "
                  "--replace makes it as here",
                  "5k tcp 192.0.2.9:80: no such real server: 192.0.2.3:80",
                  "6k tcp 192.0.2.8:80: no such service", "7k sync backup: does not run"));
}

TEST(RulesReplayed, ClearTakesOutWhatIsThereAndWhatCameBefore) {
  const auto there = table("-A -t 192.0.2.9:80 -s rr\n");
  EXPECT_THAT(
      lines(replay_onto(there, rules("-A -t 192.0.2.1:80\n-C\n-A -t 192.0.2.1:80 -s rr\n"))),
      ElementsAre("1 tcp 192.0.2.1:80: add service: scheduler wlc", "2 tcp 192.0.2.1:80: delete service",
                  "2 tcp 192.0.2.9:80: delete service", "3 tcp 192.0.2.1:80: add service: scheduler rr"));
}

TEST(RulesReplayed, InPlaceOfATableChangeWhatDiffersAndNothingElse) {
  const auto there = table(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.2 -w 5\n-a -t 192.0.2.1:80 -r 192.0.2.3\n"
      "-A -t 192.0.2.9:80\n--start-daemon backup --mcast-interface d0\n");
  EXPECT_THAT(
      lines(replay_instead(there, rules("-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 192.0.2.2 -w 6\n"
                                        "-A -u 192.0.2.1:53\n--start-daemon master --mcast-interface d0\n"))),
      ElementsAre("3 udp 192.0.2.1:53: add service: scheduler wlc",
                  "2 tcp 192.0.2.1:80: edit real server 192.0.2.2:80: weight 5 -> 6",
                  "0 tcp 192.0.2.1:80: delete real server 192.0.2.3:80", "0 tcp 192.0.2.9:80: delete service",
                  "4 sync master: start daemon: interface d0, id 0"));
}

TEST(RulesReplayed, InPlaceOfATableStillRefuseWhatIsSaidTwice) {
  EXPECT_THAT(problems(replay_instead({}, rules("-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n"))),
              ElementsAre("2 tcp 192.0.2.1:80: is in line 1 already"));
}

TEST(RulesReplayed, InPlaceOfATableStopADaemonOnlyWhenToldTo) {
  const auto there =
      table("--start-daemon backup --mcast-interface d0\n--start-daemon master --mcast-interface d0\n");
  EXPECT_THAT(lines(replay_instead(there, rules("--stop-daemon master\n"))),
              ElementsAre("0 sync master: stop daemon"));
}

// What a line took away may come again, and is not there twice.
TEST(RulesReplayed, TakeWhatIsMadeAnew) {
  const auto again = replay_onto(
      {}, rules("-A -f 7\n-a -f 7 -r 192.0.2.2:0\n-d -f 7 -r 192.0.2.2:0\n-a -f 7 -r 192.0.2.2:0 -w 5\n"
                "-D -f 7\n-A -f 7 -s rr\n-a -f 7 -r 192.0.2.2:0 -w 6\n"));
  EXPECT_THAT(problems(again), IsEmpty());
  EXPECT_EQ(again.steps.size(), 7U);
}

// A service that the rules deleted is their fault; one that was never there is this table's.
TEST(RulesReplayed, TellWhoseFaultAMissingServiceIs) {
  EXPECT_THAT(problems(replay_onto({}, rules("-A -f 7\n-D -f 7\n-a -f 7 -r 192.0.2.2:0\n-Z -f 9\n"))),
              ElementsAre("3 fwmark 7: no such service", "4k fwmark 9: no such service"));
}

TEST(RulesReplayed, InPlaceOfATableSetCountersToZeroAtTheEnd) {
  const auto there = table("-A -f 7 -s rr\n");
  EXPECT_THAT(lines(replay_instead(there, rules("-A -f 7 -s rr\n-Z -f 7\n-a -f 7 -r 192.0.2.2:0\n"))),
              ElementsAre("3 fwmark 7: add real server 192.0.2.2:0: weight 1, forwarding direct",
                          "2 fwmark 7: set counters to zero"));
}

TEST(RulesReplayed, InPlaceOfATableLeaveADaemonThatIsStoppedAndStartedAgain) {
  const auto there = table("--start-daemon master --mcast-interface d0\n");
  EXPECT_THAT(lines(replay_instead(
                  there, rules("--stop-daemon master\n--start-daemon master --mcast-interface d0\n"))),
              IsEmpty());
  EXPECT_THAT(lines(replay_instead(
                  there, rules("--stop-daemon master\n--start-daemon master --mcast-interface d1\n"))),
              ElementsAre("0 sync master: stop daemon", "2 sync master: start daemon: interface d1, id 0"));
}

// 0 leaves one as it is.
TEST(RulesReplayed, InPlaceOfATableSetTheTimeoutsThatAreNamed) {
  const auto there = table("--set 900 120 300\n");
  EXPECT_THAT(lines(replay_instead(there, rules("--set 0 0 60\n"))),
              ElementsAre("1 ipvs: set timeouts: udp 5m -> 1m"));
  EXPECT_THAT(lines(replay_instead(there, rules("--set 0 0 60\n--set 0 100 0\n"))),
              ElementsAre("2 ipvs: set timeouts: tcp_fin 2m -> 100s, udp 5m -> 1m"));
}

}  // namespace
}  // namespace hawser::lbctl
