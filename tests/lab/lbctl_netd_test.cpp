// lbctl beside a netd that keeps services, and what it shows of their traffic.
#include "tests/lab/netd_lab.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class LbctlBesideNetd : public RunningNetd {
 protected:
  [[nodiscard]] Output lbctl(const Argv& words) const {
    Argv argv{program("lbctl"),  words.front(), "--runtime-dir",
              directory / "run", "--state-dir", directory / "state"};
    argv.insert(argv.end(), words.begin() + 1, words.end());
    return lb1.run(argv);
  }
  [[nodiscard]] std::int64_t counted_connections() const {
    const auto shown = json::parse(lbctl({"show", "--json", "web"}).text);
    return shown.at("services").at(0).at("traffic").at("connections").to_number<std::int64_t>();
  }
};

TEST_F(LbctlBesideNetd, ChangesNothingThatNetdKeepsAndAnythingElse) {
  const auto before = table();
  for (const Argv& words :
       {Argv{"edit", "tcp", "192.0.2.100:80", "scheduler=rr"}, Argv{"delete", "tcp", "192.0.2.100:80"},
        Argv{"add-real", "tcp", "192.0.2.100:80", "198.51.100.30"},
        Argv{"edit-real", "tcp 192.0.2.100:80", "198.51.100.21:8080", "weight=0"}, Argv{"clear"}}) {
    const auto answer = lbctl(words);
    EXPECT_EQ(answer.status, 1) << words.front();
    EXPECT_THAT(answer.text, AllOf(HasSubstr("nothing changed: netd keeps it as the file says"),
                                   HasSubstr("change [service.web] in"), HasSubstr("netd reload")))
        << words.front();
  }
  EXPECT_EQ(table(), before);
  EXPECT_EQ(lbctl({"add", "fwmark", "7", "scheduler=mh", "scheduler_flags=mh-port"}).status, 0);
  EXPECT_EQ(lbctl({"edit", "fwmark 7", "persistence=1m"}).text,
            "fwmark 7: edit service: persistence none -> 1m\n");
  EXPECT_THAT(table(), HasSubstr("-A -f 7 -s mh -p 60 -b mh-port\n"));
  EXPECT_EQ(lbctl({"delete", "fwmark 7"}).status, 0);
}

TEST_F(LbctlBesideNetd, LeavesToNetdWhatItMadeAlsoWhileItDoesNotRun) {
  daemon->kill();
  const auto answer = lbctl({"delete", "tcp", "192.0.2.100:80"});
  EXPECT_EQ(answer.status, 1);
  EXPECT_THAT(answer.text, HasSubstr("netd made it"));
  EXPECT_THAT(table(), HasSubstr("-A -t 192.0.2.100:80"));
}

TEST_F(LbctlBesideNetd, ListsConnectionsAndSetsCountersToZero) {
  lb1.ip({"address add 192.0.2.100/32 dev bond0", "address add 198.51.100.1/24 dev bond0"});
  lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  network.host("client").check({"curl", "-sf", "--max-time", "20", "http://192.0.2.100/"});
  const auto listed = [&](const char* filter) { return lbctl({"connections", filter}).text; };
  EXPECT_TRUE(eventually(kPatience, [&] {
    return listed("service=tcp 192.0.2.100:80").find("192.0.2.100:80") != std::string::npos;
  })) << listed("service=192.0.2.100:80");
  EXPECT_THAT(listed("real=203.0.113.0/24"), HasSubstr("no connections"));
  EXPECT_TRUE(eventually(kPatience, [&] { return counted_connections() > 0; }));
  EXPECT_EQ(lbctl({"zero", "tcp", "192.0.2.100:80"}).status, 0);
  EXPECT_EQ(counted_connections(), 0);
}

// By itself: netd need not run, and one more bad answer takes nobody out.
TEST_F(LbctlBesideNetd, ProbesOnceAndNow) {
  const auto file = (directory / "hawser.toml").native();
  const auto good = lbctl({"probe", "-c", file});
  EXPECT_EQ(good.status, 0) << good.text;
  EXPECT_THAT(good.text, HasSubstr("web: tcp 192.0.2.100:80: web1 198.51.100.21:8080: site: good after "));
  EXPECT_THAT(good.text,
              HasSubstr("GET http://198.51.100.23:8080/, wanted status 200-299, within 1s: 2 like"));
  daemon->kill();
  const Namespace& host = network.host("web3");
  host.ip({"link set eth0 down"});
  const auto bad = lbctl({"probe", "web3", "-c", file});
  EXPECT_EQ(bad.status, 3) << bad.text;
  EXPECT_THAT(bad.text, HasSubstr("web3 198.51.100.23:8080: site: bad after "));
  EXPECT_EQ(lbctl({"probe", "web1", "-c", file}).status, 0);
  const auto nobody = lbctl({"probe", "web9", "-c", file});
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.text, HasSubstr("web9: no such service and no such real server"));
  write("format = 2\n");
  EXPECT_EQ(lbctl({"probe", "-c", file}).status, 78);
}

class LbctlApplies : public LbctlBesideNetd {
 protected:
  [[nodiscard]] Output apply(const Argv& words = {}) const {
    Argv argv{"apply", "-c", directory / "hawser.toml"};
    argv.insert(argv.end(), words.begin(), words.end());
    return lbctl(argv);
  }
  // Netd is gone, and all that it made.
  void begin_without_netd() {
    daemon->kill();
    lb1.check({"ipvsadm", "-C"});
    std::filesystem::remove(directory / "state/netd.journal");
    lb1.ip({"link del bond0"});
  }
  static std::string with_dns() {
    return kSite +
           "[service.dns]\nvirtual = [\"udp 192.0.2.100:53\"]\nscheduler = \"rr\"\npool = \"dns\"\n"
           "[pool.dns]\nforwarding = \"masquerade\"\n[[pool.dns.real]]\naddress = \"198.51.100.21:53\"\n";
  }
};

TEST_F(LbctlApplies, TheServicesOfTheFileAndNothingElseOfIt) {
  begin_without_netd();
  write(with_dns());
  EXPECT_EQ(apply({"--dry-run"}).status, 3);
  EXPECT_EQ(table(), "");
  const auto one = apply({"dns"});
  EXPECT_EQ(one.status, 0) << one.text;
  EXPECT_THAT(one.text, AllOf(HasSubstr("udp 192.0.2.100:53: add service: scheduler rr"),
                              HasSubstr("real servers are taken as configured")));
  EXPECT_THAT(table(), testing::Not(HasSubstr("-A -t 192.0.2.100:80")));
  EXPECT_EQ(apply().status, 0);
  EXPECT_THAT(table(),
              AllOf(HasSubstr("-A -t 192.0.2.100:80 -s wlc"), HasSubstr("-A -u 192.0.2.100:53 -s rr")));
  EXPECT_NE(lb1.run({"ip", "link", "show", "bond0"}).status, 0) << "no bond";
  EXPECT_THAT(apply().text, HasSubstr("nothing to do"));
  // What an earlier file had goes, what somebody else made stays.
  lb1.check({"ipvsadm", "-A", "-f", "9", "-s", "rr"});
  write(kSite);
  EXPECT_EQ(apply({"web"}).status, 0);
  EXPECT_THAT(table(), HasSubstr("-A -u 192.0.2.100:53"));
  EXPECT_EQ(apply().status, 0);
  EXPECT_THAT(table(), AllOf(testing::Not(HasSubstr("-A -u 192.0.2.100:53")), HasSubstr("-A -f 9")));
  // Netd goes on from there.
  daemon.emplace(start());
  EXPECT_TRUE(eventually(kPatience, [&] { return is_ready(); }));
  EXPECT_THAT(table(), HasSubstr("-A -t 192.0.2.100:80 -s wlc"));
}

TEST_F(LbctlApplies, NothingWhereNetdRunsOrTheFileIsBadOrSaysNothingOfThat) {
  const auto before = table();
  const auto beside = apply();
  EXPECT_EQ(beside.status, 1);
  EXPECT_THAT(beside.text, AllOf(HasSubstr("nothing changed: netd"), HasSubstr("use 'netd reload'")));
  begin_without_netd();
  EXPECT_THAT(apply({"web9"}).text, HasSubstr("web9: "));
  write(replaced(kSite, "scheduler = \"wlc\"", "scheduler = \"best\""));
  EXPECT_EQ(apply().status, 78);
  write(kSite +
        "[service.bad]\nvirtual = [\"tcp 192.0.2.100:99\"]\npool = \"web\"\nscheduler = \"fo\"\n"
        "[service.no]\nvirtual = [\"tcp 192.0.2.100:99\"]\npool = \"web\"\n");
  EXPECT_EQ(apply().status, 78);
  EXPECT_EQ(table(), "") << before;
}

// The last one goes only where it is said twice.
TEST_F(LbctlBesideNetd, EmptiesNoServiceByASlip) {
  EXPECT_EQ(lbctl({"disable", "web1"}).status, 0);
  ASSERT_TRUE(eventually(kPatience, [&] { return !in_service(address::kWeb1); }));
  for (const char* verb : {"drain", "disable"}) {
    const auto answer = lbctl({verb, "web3"});
    EXPECT_EQ(answer.status, 1) << verb;
    EXPECT_THAT(answer.text,
                AllOf(HasSubstr("web: tcp 192.0.2.100:80: no real server would be in service "
                                "without web3 198.51.100.23:8080: new clients would be refused"),
                      HasSubstr("nothing changed: if that is meant, say so with --allow-empty")));
  }
  const auto dry = lbctl({"disable", "web3", "--dry-run"});
  EXPECT_EQ(dry.status, 0);
  EXPECT_THAT(dry.text, HasSubstr("would be disabled: web: web3 198.51.100.23:8080\nweb: tcp"));
  EXPECT_TRUE(in_service(address::kWeb3));
  EXPECT_EQ(json::parse(lbctl({"drain", "web3", "--json"}).text).at("emptied").as_array().size(), 1U);
  EXPECT_EQ(lbctl({"disable", "web3", "--allow-empty"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] { return !in_service(address::kWeb3); }));
}

}  // namespace
}  // namespace hawser::lab
