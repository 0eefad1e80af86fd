// netd on a real kernel: bonding and IPVS as they are, judged through ip and ipvsadm, not through our own
// eyes.
#include <fstream>

#include "tests/lab/netd_lab.h"
#include "tests/support/alive.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(RunningNetd, BringsUpTheBondAndTheServiceOfTheFile) {
  const auto bond = lb1.check({"ip", "-d", "addr", "show", "bond0"});
  EXPECT_THAT(bond, AllOf(HasSubstr("mode active-backup "), HasSubstr(" miimon 100 ")));
  EXPECT_THAT(bond, HasSubstr("inet 192.0.2.11/24"));
  EXPECT_THAT(bond, HasSubstr("inet 198.51.100.11/24"));
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/bonding/slaves"}), "eth0 eth1\n");
  EXPECT_THAT(table(), HasSubstr("-A -t 192.0.2.100:80 -s wlc"));
  EXPECT_THAT(table(), HasSubstr("-r 198.51.100.21:8080 -m -w 100"));
  const auto plan = ask({"plan"});
  EXPECT_EQ(plan.status, 0) << plan.text;
}

TEST_F(RunningNetd, TakesADeadBackendOutAndBackInAndSaysWhyOnce) {
  web1.set(Backend::Behaviour::kRefusing);
  ASSERT_TRUE(eventually(kPatience, [&] { return !in_service(address::kWeb1); }));
  EXPECT_TRUE(in_service(address::kWeb3));
  const std::string line =
      "web: real server web1 198.51.100.21:8080: removed: 3 checks failed (site: connect: Connection "
      "refused)";
  ASSERT_TRUE(eventually(kPatience, [&] { return has_said(*daemon, line); })) << daemon->output();
  const auto plan = ask({"plan"});
  EXPECT_EQ(plan.status, 0) << "netd asks the daemon which real servers are dead: " << plan.text;
  web1.set(Backend::Behaviour::kAnswering);
  ASSERT_TRUE(eventually(kPatience, [&] { return in_service(address::kWeb1); }));
  EXPECT_TRUE(has_said(*daemon, "web1 198.51.100.21:8080: added: 2 checks succeeded (site: status 200)"))
      << daemon->output();
  const auto output = daemon->output();
  EXPECT_EQ(output.find(line), output.rfind(line));
}

TEST_F(RunningNetd, KeepsItsConfigurationWhenTheFileIsBroken) {
  const auto before = table();
  write(replaced(kSite, "weight = 100", "weight = \"heavy\""));
  const auto reload = ask({"reload"});
  EXPECT_EQ(reload.status, 78);
  EXPECT_THAT(reload.text, HasSubstr("hawser.toml:"));
  EXPECT_EQ(table(), before);
  EXPECT_THAT(ask({"status"}).text, HasSubstr("weight"));
  daemon->signal(SIGHUP);
  ASSERT_TRUE(eventually(kPatience, [&] {
    const auto output = daemon->output();
    return output.find("is not used") != output.rfind("is not used");
  }));
  EXPECT_EQ(table(), before);
}

TEST_F(RunningNetd, ChangesOnlyWhatDiffersOnReload) {
  const auto before = table();
  write(replaced(kSite, "weight = 100", "weight = 50"));
  daemon->signal(SIGHUP);
  ASSERT_TRUE(eventually(kPatience, [&] { return table() != before; }));
  EXPECT_EQ(table(), replaced(before, "198.51.100.21:8080 -m -w 100", "198.51.100.21:8080 -m -w 50"));
}

// What `ip monitor` and a 10 ms poll of the table notice while something is done.
// Begins when the kernel has made up its mind about the bond's link-local address, which is no change of
// ours.
class Witness {
 public:
  explicit Witness(const Namespace& host)
      : settled_(eventually(kPatience, [&] { return is_settled(host); })),
        monitor_(host, {"ip", "monitor", "link", "address", "route"}),
        poll_(host, {"sh", "-c", "while ipvsadm -Ln --exact | md5sum; do sleep 0.01; done"}) {
    if (!eventually(kPatience, [&] { return !poll_.output().empty(); })) give_up("ipvsadm says nothing");
  }
  std::string changes() {
    poll_.kill();
    monitor_.kill();
    std::set<std::string> tables;
    std::istringstream lines(poll_.output());
    for (std::string line; std::getline(lines, line);)
      if (line.size() == 35) tables.insert(line);  // a whole sum, a blank and "-"
    return tables.size() == 1 ? monitor_.output() : fmt::format("{} different tables", tables.size());
  }

 private:
  static bool is_settled(const Namespace& host) {
    return host.check({"ip", "-6", "address", "show", "dev", "bond0", "scope", "link", "-tentative"})
               .find("fe80") != std::string::npos;
  }

  bool settled_;  // first: the monitor starts after it
  Process monitor_;
  Process poll_;
};

TEST_F(RunningNetd, NothingFlapsWhenItIsKilledAndStartsAgain) {
  Witness witness(lb1);
  daemon->kill();
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  ASSERT_TRUE(eventually(kPatience, [&] { return status()["services"].as_array().size() == 1; }));
  std::this_thread::sleep_for(2s);  // several probes of each
  EXPECT_EQ(witness.changes(), "");
  EXPECT_TRUE(both_in_service());
}

TEST_F(RunningNetd, NothingFlapsWhenItStopsAndStartsAndReadsTheSameFile) {
  Witness witness(lb1);
  EXPECT_EQ(daemon->stop(), 0);
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_EQ(ask({"reload"}).status, 0);
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(witness.changes(), "");
}

TEST_F(RunningNetd, RepairsWhatSomebodyElseChangedAndSaysWhatItWas) {
  lb1.check({"ipvsadm", "-e", "-t", "192.0.2.100:80", "-r", "198.51.100.21:8080", "-m", "-w", "5"});
  ASSERT_TRUE(eventually(kPatience, [&] { return table().find("-w 5\n") == std::string::npos; }));
  EXPECT_TRUE(has_said(*daemon,
                       "tcp 192.0.2.100:80: edit real server 198.51.100.21:8080: weight 5 -> 100: changed by "
                       "somebody else"))
      << daemon->output();
  lb1.ip({"link set bond0 type bond miimon 50", "addr del 192.0.2.11/24 dev bond0"});
  ASSERT_TRUE(eventually(kPatience, [&] {
    const auto bond = lb1.check({"ip", "-d", "addr", "show", "bond0"});
    return bond.find("miimon 100") != std::string::npos && bond.find("192.0.2.11/24") != std::string::npos;
  })) << daemon->output();
  EXPECT_TRUE(has_said(*daemon, "bond0: set miimon 50ms -> 100ms: changed by somebody else"))
      << daemon->output();
}

TEST_F(RunningNetd, RemovesWhatTheFileNamesNoMoreAlsoAfterARestart) {
  EXPECT_EQ(daemon->stop(), 0);
  write("format = 1\n[link.lo]\nkind = \"physical\"\n");
  daemon.emplace(Process{lb1, netd({"run", "--allow-empty"})});
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_EQ(table(), "");
  EXPECT_NE(lb1.run({"ip", "link", "show", "bond0"}).status, 0);
}

TEST_F(RunningNetd, LeavesWhatAnEarlierBootLeftOnlyTheNamesOf) {
  EXPECT_EQ(daemon->stop(), 0);
  std::ifstream boot("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(boot, id);
  std::ifstream file(directory / "state" / "netd.journal");
  const std::string journal{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(journal, HasSubstr("\"bond0\":"));
  std::ofstream(directory / "state" / "netd.journal")
      << replaced(journal, id, "00000000-0000-4000-8000-000000000000");
  const auto before = table();
  write("format = 1\n[link.lo]\nkind = \"physical\"\n");
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_EQ(table(), before);
  EXPECT_EQ(lb1.run({"ip", "link", "show", "bond0"}).status, 0);
}

TEST_F(RunningNetd, RunsTheLastGoodFileWhenTheFileIsBroken) {
  EXPECT_EQ(daemon->stop(), 0);
  const auto before = table();
  write("format = 1\n[bond.bond0]\nmode = \"fastest\"\n");
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_TRUE(has_said(*daemon, "broken: the last good file is in use")) << daemon->output();
  EXPECT_EQ(table(), before);
  EXPECT_EQ(ask({"status"}).status, 3);
}

TEST_F(NetdLab, EndsWith78WhenTheFileIsBrokenAndNoneWasGood) {
  write("format = 1\n[bond.bond0]\nmode = \"fastest\"\ncolour = 1\n");
  auto daemon = start();
  EXPECT_EQ(daemon.wait(kPatience), 78);
  EXPECT_THAT(daemon.output(), HasSubstr("hawser.toml:3:"));
  EXPECT_THAT(daemon.output(), HasSubstr("hawser.toml:4:"));
  EXPECT_EQ(ask({"check"}).status, 78);
  EXPECT_NE(lb1.run({"ip", "link", "show", "bond0"}).status, 0);
}

TEST_F(NetdLab, AppliesOnceWithoutADaemonAndThenHasNothingToDo) {
  write(kSite);
  EXPECT_EQ(ask({"plan"}).status, 3);
  EXPECT_EQ(ask({"apply", "--dry-run"}).status, 3);
  EXPECT_NE(lb1.run({"ip", "link", "show", "bond0"}).status, 0);
  const auto apply = ask({"apply"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  const auto plan = ask({"plan"});
  EXPECT_EQ(plan.status, 0) << plan.text;
  EXPECT_TRUE(both_in_service());
}

// eth0 carries the host's address when its bond cannot be made: who is logged in over it must still be.
TEST_F(NetdLab, GivesACardItsAddressAndRoutesBackWhenItsBondIsRefused) {
  lb1.ip({"link set eth0 up", "address add 192.0.2.11/24 dev eth0", "route add default via 192.0.2.254"});
  const auto addresses = lb1.check({"ip", "-o", "-4", "address", "show", "dev", "eth0"});
  const auto routes = lb1.check({"ip", "-4", "route", "show"});
  const auto site =
      replaced(kSite, "addresses = [\"192.0.2.11/24\", \"198.51.100.11/24\"]",
               "addresses = [\"192.0.2.11/24\", \"198.51.100.11/24\"]\n"
               "routes = [{ to = \"default\", via = \"192.0.2.253\", source = \"203.0.113.1\" }]");
  write(site);
  const auto apply = ask({"apply", "--allow-interruption"});
  EXPECT_EQ(apply.status, 1) << apply.text;
  EXPECT_THAT(apply.text, HasSubstr("route default via 192.0.2.253 dev bond0: add"));
  EXPECT_EQ(lb1.check({"ip", "-o", "-4", "address", "show", "dev", "eth0"}), addresses);
  EXPECT_EQ(lb1.check({"ip", "-4", "route", "show"}), routes);
}

// bond-1: an ipvlan lives on eth1, so it cannot be a port. The other card carries the bond all the same.
TEST_F(NetdLab, ARefusedPortCostsNeitherTheBondNorTheCardItself) {
  lb1.ip({"link set eth1 up", "link add ipv0 link eth1 type ipvlan"});
  write(kSite);
  auto daemon = start();
  const auto has_address = [&] {
    return lb1.run({"ip", "-br", "addr", "show", "bond0"}).text.find("192.0.2.11") != std::string::npos;
  };
  ASSERT_TRUE(eventually(kPatience, [&] { return has_address() && active_port() == "eth0\n"; }))
      << daemon.output();
  EXPECT_TRUE(eventually(kPatience, [&] { return has_said(daemon, "bond0: add port eth1: "); }));
  const auto changes = [&] { return lb1.check({"cat", "/sys/class/net/eth1/carrier_changes"}); };
  const auto before = changes();
  std::this_thread::sleep_for(4s);  // two retries
  EXPECT_EQ(changes(), before) << "the card was taken down for a retry";
  const auto output = daemon.output();
  EXPECT_EQ(output.find("add port eth1: "), output.rfind("add port eth1: ")) << output;
  EXPECT_EQ(active_port(), "eth0\n");
  lb1.ip({"link del ipv0"});
  EXPECT_TRUE(eventually(60s, [&] {
    return lb1.run({"cat", "/sys/class/net/bond0/bonding/slaves"}).text == "eth0 eth1\n";
  })) << daemon.output();
}

// bond-3.
TEST_F(NetdLab, TheFirstPortOfTheListIsTheActiveOneAndLendsItsMac) {
  const auto mac = lb1.check({"cat", "/sys/class/net/eth1/address"});
  write(replaced(kSite, "\"eth0\", \"eth1\"", "\"eth1\", \"eth0\""));
  EXPECT_EQ(ask({"apply"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] { return active_port() == "eth1\n"; }));
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/address"}), mac);
}

// bond-2: all ports leave for another mode, and the bond's MAC comes back with them.
TEST_F(NetdLab, ABondKeepsItsMacWhenItsModeChanges) {
  write(replaced(kSite, "\"eth0\", \"eth1\"", "\"eth1\""));
  EXPECT_EQ(ask({"apply"}).status, 0);
  write(kSite);
  EXPECT_EQ(ask({"apply"}).status, 0);
  const auto mac = lb1.check({"cat", "/sys/class/net/bond0/address"});
  write(replaced(kSite, "active-backup", "balance-xor"));
  EXPECT_EQ(ask({"apply", "--allow-interruption"}).status, 0);
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/address"}), mac);
}

// bond-7.
TEST_F(NetdLab, OneApplyMakesABondAndThePortsThatTheSameFileMakes) {
  write(
      "[link.d0]\nkind = \"dummy\"\n[link.d1]\nkind = \"dummy\"\n"
      "[bond.bond1]\nmode = \"active-backup\"\nports = [\"d0\", \"d1\"]\n");
  const auto apply = ask({"apply"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond1/bonding/slaves"}), "d0 d1\n");
  EXPECT_EQ(ask({"plan"}).text, "");
}

// bond-10.
TEST_F(NetdLab, LeavesAVlanOfSomebodyElseThatHasTheNameOfABond) {
  lb1.ip({"link set eth0 up", "link add link eth0 name dmz type vlan id 7", "link set dmz up",
          "addr add 198.51.100.1/24 dev dmz"});
  write("[bond.dmz]\nmode = \"active-backup\"\nports = [\"eth1\"]\naddresses = [\"192.0.2.11/24\"]\n");
  const auto plan = ask({"plan"});
  EXPECT_EQ(plan.status, 3);
  EXPECT_THAT(plan.text, HasSubstr("dmz: is a vlan 7 on eth0 that netd did not make: rename the section"));
  EXPECT_EQ(ask({"apply"}).status, 1);
  auto daemon = start();
  EXPECT_TRUE(eventually(kPatience, [&] { return has_said(daemon, "that netd did not make"); }));
  std::this_thread::sleep_for(2s);
  EXPECT_THAT(lb1.check({"ip", "-d", "link", "show", "dmz"}), HasSubstr("id 7"));
  const auto addresses = lb1.check({"ip", "-br", "addr", "show", "dmz"});
  EXPECT_THAT(addresses, HasSubstr("198.51.100.1/24"));
  EXPECT_THAT(addresses, testing::Not(HasSubstr("192.0.2.11")));
}

TEST_F(NetdLab, SaysWhatIsRefusedOnceAndDoesTheRest) {
  write(std::string(kSite) + "\n[bond.bond1]\nmode = \"active-backup\"\nports = [\"spare0\"]\n");
  auto daemon = start();
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon.output();
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/bonding/slaves"}), "eth0 eth1\n");
  EXPECT_THAT(daemon.output(), HasSubstr("spare0"));
  std::this_thread::sleep_for(4s);  // two retries
  const auto output = daemon.output();
  EXPECT_EQ(output.find("port spare0 is missing"), output.rfind("port spare0 is missing")) << output;
  EXPECT_EQ(ask({"status"}).status, 3);

  lb1.ip({"link add spare0 type dummy"});
  const auto ports = [&] { return lb1.run({"cat", "/sys/class/net/bond1/bonding/slaves"}).text; };
  ASSERT_TRUE(eventually(kPatience, [&] { return ports() == "spare0\n"; })) << daemon.output();
  lb1.ip({"link del spare0"});
  ASSERT_TRUE(eventually(kPatience, [&] { return ports() != "spare0\n"; }));
  lb1.ip({"link add spare0 type dummy"});
  EXPECT_TRUE(eventually(kPatience, [&] { return ports() == "spare0\n"; })) << daemon.output();
}

// The address is tentative for a second or two, and its route refused for as long.
constexpr const char* kSourced = R"(format = 1

[bond.bond0]
mode = "active-backup"
ports = ["eth0", "eth1"]
miimon = "100ms"
addresses = ["192.0.2.11/24", "2001:db8::11/64"]
routes = [{ to = "default", via = "2001:db8::fe", source = "2001:db8::11" }]
)";

TEST_F(NetdLab, AppliesOnceAnIpv6RouteWithASourceThatItJustAdded) {
  write(kSourced);
  const auto apply = ask({"apply"});
  EXPECT_EQ(apply.status, 0) << apply.text;
  EXPECT_THAT(lb1.check({"ip", "-6", "route", "show", "default"}), HasSubstr("src 2001:db8::11"));
}

TEST_F(NetdLab, KeepsTheBondWhoseIpv6RouteMustWaitForItsSource) {
  write(kSourced);
  auto daemon = start();
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon.output();
  const auto index = lb1.check({"cat", "/sys/class/net/bond0/ifindex"});
  EXPECT_TRUE(eventually(kPatience, [&] {
    return has_said(daemon, "route IPv6 default via 2001:db8::fe dev bond0: add, source 2001:db8::11\n");
  })) << daemon.output();
  EXPECT_THAT(lb1.check({"ip", "-6", "route", "show", "default"}), HasSubstr("src 2001:db8::11"));
  EXPECT_EQ(lb1.check({"cat", "/sys/class/net/bond0/ifindex"}), index);
}

// What others put on a bond goes with it, and is no less theirs for that.
TEST_F(NetdLab, SaysInPlanAndLogWhatOfOthersGoesWithItsBond) {
  const std::string file =
      "format = 1\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\n";
  write(file);
  const auto daemon = start();
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon.output();
  lb1.ip({"link add link bond0 name alien type vlan id 99", "address add 203.0.113.9/24 dev alien"});
  write(replaced(file, "bond.bond0", "bond.bond1"));
  EXPECT_THAT(ask({"plan"}).text, AllOf(HasSubstr("alien: goes with bond0, though netd did not make it\n"),
                                        HasSubstr("alien: loses address 203.0.113.9/24\n")));
  ASSERT_EQ(ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] {
    return has_said(daemon, "alien: goes with bond0, though netd did not make it");
  })) << daemon.output();
}

// The kernel's own monitor looks every thirty seconds. Who moves the bond sooner is the guard, and it counts
// that.
class GuardedBondLab : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    write(
        "format = 1\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = \"30s\"\n"
        "primary = \"eth0\"\n");
    daemon.emplace(start());
    ASSERT_TRUE(eventually(kPatience, [&] { return is_ready() && guard_pid() > 0; })) << daemon->output();
  }
  // A port is up for the bond with the first tick after it joined; the next one is far away then.
  [[nodiscard]] bool both_are_up() const {
    return eventually(60s, [&] { return both_up(); });
  }
  [[nodiscard]] bool both_up() const {
    const auto text = lb1.run({"cat", "/proc/net/bonding/bond0"}).text;
    return active_port() == "eth0\n" && text.find("MII Status: down") == std::string::npos;
  }
  [[nodiscard]] pid_t guard_pid() const { return static_cast<pid_t>(number("guard", "pid")); }

  std::optional<Process> daemon;
};

TEST_F(GuardedBondLab, MovesWithTheCarrierNotWithTheKernelsTick) {
  ASSERT_TRUE(both_are_up()) << daemon->output();
  network.pull("lb1", "eth0");
  ASSERT_TRUE(eventually(kPatience, [&] { return active_port() == "eth1\n"; })) << daemon->output();
  ASSERT_TRUE(eventually(kPatience, [&] { return number("guard", "switches") == 1; })) << daemon->output();
  EXPECT_TRUE(has_said(*daemon, "bond0: eth0 -> eth1: eth0 lost its carrier")) << daemon->output();
}

TEST_F(GuardedBondLab, IsStartedAgainWhenItIsKilledAndGoesOnGuarding) {
  ASSERT_TRUE(both_are_up()) << daemon->output();
  const auto before = guard_pid();
  ASSERT_EQ(::kill(before, SIGKILL), 0);
  ASSERT_TRUE(eventually(kPatience, [&] { return guard_pid() > 0 && guard_pid() != before; }))
      << daemon->output();
  EXPECT_EQ(number("guard", "restarts"), 1);
  EXPECT_TRUE(has_said(*daemon, "bond guard: process")) << daemon->output();
  network.pull("lb1", "eth0");
  EXPECT_TRUE(eventually(kPatience, [&] { return active_port() == "eth1\n"; })) << daemon->output();
  EXPECT_TRUE(eventually(kPatience, [&] { return number("guard", "switches") == 1; })) << daemon->output();
}

TEST_F(GuardedBondLab, IsEndedAndStartedAgainWhenItHangs) {
  ASSERT_TRUE(both_are_up()) << daemon->output();
  const auto before = guard_pid();
  ASSERT_EQ(::kill(before, SIGSTOP), 0);
  ASSERT_TRUE(eventually(60s, [&] { return guard_pid() > 0 && guard_pid() != before; })) << daemon->output();
  EXPECT_TRUE(has_said(*daemon, fmt::format("bond guard: process {} has not answered for 6s: ended", before)))
      << daemon->output();
  network.pull("lb1", "eth0");
  EXPECT_TRUE(eventually(kPatience, [&] { return active_port() == "eth1\n"; })) << daemon->output();
  EXPECT_TRUE(eventually(kPatience, [&] { return number("guard", "switches") == 1; })) << daemon->output();
}

TEST_F(GuardedBondLab, EndsWithNetd) {
  const auto pid = guard_pid();
  daemon->kill();
  EXPECT_TRUE(eventually(kPatience, [&] { return !runs(pid); }));
}

}  // namespace
}  // namespace hawser::lab
