// The kernel's table as a file that netd takes, and over which it has nothing to do.
#include "lbctl/import/table.h"

#include <gmock/gmock.h>

#include "lbctl/rules/parse.h"
#include "lbctl/rules/replay.h"
#include "lib/config/host_file.h"
#include "lib/plan/plan.h"
#include "lib/plan/simulate.h"
#include "lib/reconcile/ipvs_host.h"
#include "tests/support/as_configured.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kTable =
    "-A -t 192.0.2.100:80 -s wlc -p 300 -M 255.255.255.0\n"
    "-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 100\n"
    "-a -t 192.0.2.100:80 -r 198.51.100.23:8080 -m -w 0 -x 100 -y 50\n"
    "-A -u 192.0.2.100:53 -s rr -o\n"
    "-a -u 192.0.2.100:53 -r 198.51.100.21:53 -g -w 1\n"
    "-A --sctp-service 192.0.2.100:99 -s sh -b sh-fallback,sh-port,flag-3\n"
    "-a --sctp-service 192.0.2.100:99 -r 198.51.100.21 -i\n"
    "-A -t 192.0.2.101:0 -s wrr -p 60\n"
    "-a -t 192.0.2.101:0 -r 198.51.100.21:0 -g -w 7\n"
    "-A -f 7 -s mh -b mh-fallback\n"
    "-a -f 7 -r 198.51.100.21:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum\n"
    "-a -f 7 -r 198.51.100.23:0 -i -w 2 --tun-type gre --tun-nocsum\n"
    "-A -f 7 -6 -s sed -p 60 -M 64\n"
    "-a -f 7 -6 -r [2001:db8:1::21]:0 -g -w 3\n"
    "-A -u 192.0.2.102:5060 -s rr -p 60 --pe sip\n"
    "-a -u 192.0.2.102:5060 -r 198.51.100.21:5060 -m -w 1\n";

State table_of(const std::string& rules) {
  const auto parsed = parse_rules(rules, no_names());
  for (const auto& problem : parsed.problems) ADD_FAILURE() << problem.text;
  State state;
  for (const auto& one : replay_onto(State{}, parsed.rules).steps) simulate(state, one.step);
  state.ipvs.timeouts = state.ipvs.timeouts.value_or(IpvsTimeouts{900, 120, 300});
  return state;
}

State read_back(const Imported& saved) {
  const auto file = config::judge_sources({{"hawser.toml", saved.text}}, {}, config::Part::kAll);
  for (const auto& problem : file.problems) ADD_FAILURE() << to_string(problem) << "\n" << saved.text;
  auto state = test::as_configured(file.config);
  state.ipvs = ipvs_host_of(file.config, lay_out(file.config));
  return state;
}

std::vector<std::string> named(const Imported& saved) {
  std::vector<std::string> lines;
  lines.reserve(saved.left_out.size());
  for (const auto& left : saved.left_out) lines.push_back(to_string(left));
  return lines;
}

// What netd would do with the file on a host with the table.
std::vector<std::string> to_do(const Imported& saved, const State& table) {
  std::vector<std::string> lines;
  Desired desired;
  desired.state = read_back(saved);
  for (const auto& step : plan(desired, table)) lines.push_back(describe(step));
  return lines;
}

TEST(TableAsToml, LeavesNetdNothingToDo) {
  auto table = table_of(kTable + "--set 60 61 62\n");
  const SyncDaemon daemon{"eth0", 7, 1472, IpAddress::v4(224, 0, 0, 82), 8849, 3};
  table.ipvs.daemons = {{SyncRole::kMaster, daemon}, {SyncRole::kBackup, daemon}};
  const auto saved = table_as_toml(table, {});
  EXPECT_THAT(named(saved), IsEmpty());
  EXPECT_THAT(to_do(saved, table), IsEmpty()) << saved.text;
  // It would say so if there were something to do.
  table.services.begin()->second.reals.begin()->second.weight += 1;
  EXPECT_THAT(to_do(saved, table), Not(IsEmpty()));
  EXPECT_EQ(read_back(saved).ipvs.timeouts, (IpvsTimeouts{60, 61, 62}));
}

TEST(TableAsToml, HasTheNamesThatNetdKnows) {
  const auto table = table_of(
      "-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 1\n"
      "-a -t 192.0.2.100:80 -r 198.51.100.22:8080 -m -w 1\n-A -t 192.0.2.100:81 -s rr\n"
      "-a -t 192.0.2.100:81 -r 198.51.100.21:81 -m -w 1\n");
  const auto key = *ServiceKey::parse("tcp 192.0.2.100:80");
  const auto first = *Endpoint::parse("198.51.100.21:8080"), second = *Endpoint::parse("198.51.100.22:8080");
  const auto saved =
      table_as_toml(table, {{{key, "web"}}, {{key, {{first, "web1"}, {second, "198.51.100.22:8080"}}}}});
  EXPECT_THAT(named(saved), IsEmpty());
  EXPECT_EQ(saved.text,
            "format = 1\n\n[ipvs]\ntimeouts = { tcp = \"15m\", tcp_fin = \"2m\", udp = \"5m\" }\n\n"
            "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\nscheduler = \"rr\"\n"
            "forwarding = \"masquerade\"\n\n"
            "[[service.web.real]]\nname = \"web1\"\naddress = \"198.51.100.21:8080\"\n\n"
            "[[service.web.real]]\naddress = \"198.51.100.22:8080\"\n\n"
            "[service.tcp-192-0-2-100-81]\nvirtual = [\"tcp 192.0.2.100:81\"]\nscheduler = \"rr\"\n"
            "forwarding = \"masquerade\"\n\n"
            "[[service.tcp-192-0-2-100-81.real]]\naddress = \"198.51.100.21:81\"\n");
  EXPECT_THAT(to_do(saved, table), IsEmpty());
}

TEST(TableAsToml, NamesWhatAFileCannotSay) {
  auto table = table_of(
      "-A -t 192.0.2.100:80 -s rr\n"
      "-A -t 192.0.2.100:81 -s rr\n"
      "-a -t 192.0.2.100:81 -r 198.51.100.21:81 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum\n"
      "-A -t 192.0.2.100:82 -s rr\n-a -t 192.0.2.100:82 -r 198.51.100.21:82 -m -w 1\n"
      "-A -t 192.0.2.100:83 -s rr\n-a -t 192.0.2.100:83 -r [2001:db8::5]:83 -i -w 1\n"
      "-a -t 192.0.2.100:83 -r 198.51.100.21:83 -m -w 1\n");
  table.services.at(*ServiceKey::parse("tcp 192.0.2.100:82")).scheduler = "theirs";
  table.ipvs.daemons = {{SyncRole::kMaster, SyncDaemon{"eth0", 7, 1472, SyncDaemon{}.group, 8848, 1}}};
  const auto saved = table_as_toml(table, {});
  EXPECT_THAT(
      named(saved),
      ElementsAre("sync master: --start-daemon master --mcast-interface eth0 --syncid 7 --sync-maxlen 1472 "
                  "--mcast-group 224.0.0.81 --mcast-port 8848 --mcast-ttl 1: it runs alone, and [ipvs] sync "
                  "starts master and backup",
                  "tcp 192.0.2.100:80: -A -t 192.0.2.100:80 -s rr: it has no real server, and a service here "
                  "has at least one",
                  "tcp 192.0.2.100:81: real server 198.51.100.21:81: -a -t 192.0.2.100:81 -r "
                  "198.51.100.21:81 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum: --tun-remcsum: no "
                  "word for it",
                  HasSubstr("tcp 192.0.2.100:82: -A -t 192.0.2.100:82 -s theirs: [service."),
                  HasSubstr("tcp 192.0.2.100:82: real server 198.51.100.21:82: -a "),
                  "tcp 192.0.2.100:83: real server [2001:db8::5]:83: -a -t 192.0.2.100:83 -r "
                  "[2001:db8::5]:83 -i -w 1: its family is not the service's: no word for that"));
  EXPECT_THAT(saved.text, Not(HasSubstr("192.0.2.100:80\"")));
  EXPECT_THAT(saved.text, Not(HasSubstr("sync")));
}

// maxlen of a backup is at least 1024, whatever it was told.
TEST(TableAsToml, SyncDaemonsThatOneTableStartsAreOne) {
  auto table = table_of("-A -f 7 -s rr\n-a -f 7 -r 198.51.100.21:0 -g -w 1\n");
  const auto daemon = [](std::uint16_t maxlen) {
    return SyncDaemon{"eth0", 0, maxlen, SyncDaemon{}.group, 8848, 1};
  };
  table.ipvs.daemons = {{SyncRole::kMaster, daemon(800)}, {SyncRole::kBackup, daemon(1024)}};
  const auto saved = table_as_toml(table, {});
  EXPECT_THAT(named(saved), IsEmpty());
  EXPECT_THAT(saved.text, HasSubstr("sync = { interface = \"eth0\", max_length = 800 }"));
  EXPECT_THAT(to_do(saved, table), IsEmpty());
  table.ipvs.daemons = {{SyncRole::kMaster, daemon(800)}, {SyncRole::kBackup, daemon(1400)}};
  EXPECT_THAT(named(table_as_toml(table, {})),
              ElementsAre(HasSubstr("it differs from the other daemon"), HasSubstr("it differs from")));
}

TEST(TableAsToml, WithoutServicesThereIsNothingToSay) {
  EXPECT_EQ(table_as_toml(State{}, {}).text, "");
  State idle;
  idle.ipvs.timeouts = IpvsTimeouts{900, 120, 300};
  EXPECT_EQ(table_as_toml(idle, {}).text, "");
  EXPECT_THAT(named(table_as_toml(idle, {})), IsEmpty());
}

}  // namespace
}  // namespace hawser::lbctl
