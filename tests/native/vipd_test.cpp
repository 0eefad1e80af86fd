// vipd as a program: two of them on one segment, their crashes and their operators.
#include <gmock/gmock.h>

#include "tests/native/forger.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

using Vipd = VipTest;

std::uint64_t bad_packets(const boost::json::value& of, const std::string& reason) {
  return of.at(reason).to_number<std::uint64_t>();
}

TEST_F(Vipd, TheOtherTakesOverWhenOneIsKilledAndGivesTheRoleBack) {
  settle();
  lb1.daemon().kill();
  ASSERT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(lb2.holds("192.0.2.100"));
  EXPECT_TRUE(lb2.logged("web: Active: no advertisement from 192.0.2.11 for "));
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb2.holds("192.0.2.100"); }));
}

TEST_F(Vipd, TakeoverAnnouncesInBothForms) {
  Neighbour client("client", "192.0.2.200", segment);
  Capture capture(client.host, "eth0", {"arp and ether src not 00:00:00:00:00:00 and src host 192.0.2.100"});
  settle();
  ASSERT_TRUE(eventually(5s, [&] { return capture.count() >= 2; }));
  const auto packets = capture.packets();
  EXPECT_EQ(packets.at(0).bytes.at(21), 1);
  EXPECT_EQ(packets.at(1).bytes.at(21), 2);
}

TEST_F(Vipd, APlannedLeaveLosesNoRequest) {
  Neighbour client("client", "192.0.2.200", segment);
  const Backend on_lb1(lb1.host(), 7777);
  const Backend on_lb2(lb2.host(), 7777);
  settle();
  Client asking(client.host, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return asking.answered_in_a_row(20, {}); }));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(asking.answered_in_a_row(1, {}));
  std::this_thread::sleep_for(300ms);
  asking.stop();
  const auto report = asking.report();
  EXPECT_EQ(report.lost, 0U) << report.sent;
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.logged("web: Initialize: left, 192.0.2.12 is Active"));
}

TEST_F(Vipd, ASecondSigtermDoesNotWait) {
  both({.interval = "5s"});
  lb1.write({.priority = "{ lb1 = 255, lb2 = 100 }", .interval = "5s"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  lb1.daemon().signal(SIGTERM);
  ASSERT_TRUE(eventually(5s, [&] { return lb1.logged("asked to leave"); }));
  EXPECT_FALSE(lb1.daemon().wait(300ms)) << "nobody took over, so it goes on answering";
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  lb1.daemon().signal(SIGTERM);
  EXPECT_EQ(lb1.daemon().wait(5s), 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
}

// Without leases, because each renewal is a line of the monitor's; that there is none is one more at the
// start.
const std::string kNoLease = "lease = \"off\"\n";

TEST_F(Vipd, ACrashAndARestartChangeNoAddress) {
  both({.interval = "2s", .more = kNoLease});
  lb1.write({.priority = "{ lb1 = 255, lb2 = 100 }", .interval = "2s", .more = kNoLease});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  lb1.write({.interval = "2s", .more = kNoLease});
  Process monitor(lb1.host(), {"ip", "-4", "monitor", "address"});
  std::this_thread::sleep_for(300ms);
  lb1.daemon().kill();
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.logged("addresses of the earlier run kept"));
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
  EXPECT_TRUE(lb1.becomes("Active"));
  std::this_thread::sleep_for(200ms);
  EXPECT_THAT(monitor.output(), Not(HasSubstr("Deleted")));
}

TEST_F(Vipd, ARestartIsNoElection) {
  both({.interval = "1s", .more = "preempt = false\n" + kNoLease});
  settle();
  const auto had_it_for = [&] { return lb1.web().at("seconds").to_number<double>(); };
  Process monitor(lb1.host(), {"ip", "-4", "monitor", "address"});
  std::this_thread::sleep_for(300ms);
  for (int round = 0; round < 2; ++round) {
    const auto before = had_it_for();
    EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
    EXPECT_EQ(lb1.role(), "Active") << "from its first moment";
    EXPECT_GT(had_it_for(), before);
    EXPECT_EQ(lb2.vipctl({"restart"}).status, 0);
    EXPECT_EQ(lb2.role(), "Backup");
    EXPECT_FALSE(lb2.web().at("heard").is_null());
  }
  std::this_thread::sleep_for(4s);
  EXPECT_EQ(lb2.web().at("counters").at("became_active").as_int64(), 0);
  EXPECT_FALSE(lb1.logged("listening"));
  EXPECT_THAT(monitor.output(), Not(HasSubstr("Deleted")));
}

TEST_F(Vipd, RestartsAndACrashLoseNoRequest) {
  Neighbour client("client", "192.0.2.200", segment);
  const Backend backend(lb1.host(), 7777);
  both({.interval = "1s"});
  settle();
  Client asking(client.host, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return asking.answered_in_a_row(20, {}); }));
  for (int round = 0; round < 3; ++round) EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
  lb1.daemon().kill();
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  std::this_thread::sleep_for(2s);
  asking.stop();
  EXPECT_EQ(asking.report().lost, 0U) << "of " << asking.report().sent << lb1.daemon_output();
  EXPECT_EQ(lb2.web().at("counters").at("became_active").as_int64(), 0);
}

TEST_F(Vipd, ARestartTakesWhatTheFileSaysByThen) {
  settle();
  lb1.write({.addresses = R"(["192.0.2.100", "192.0.2.101"])", .priority = "{ lb1 = 210, lb2 = 100 }"});
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.101"); }));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.web().at("priority").as_int64() == 210; }));
  EXPECT_TRUE(lb1.logged("read again: web changed (addresses, priority)")) << lb1.daemon_output();
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(Vipd, WithoutPreemptionACrashListensFirstAndKeepsTheAddresses) {
  // longer than a busy machine needs to start a program
  both({.interval = "1s", .more = "preempt = false\n" + kNoLease});
  settle();
  Process monitor(lb1.host(), {"ip", "-4", "monitor", "address"});
  std::this_thread::sleep_for(300ms);
  lb1.daemon().kill();
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.logged("web: Active: no other router heard for"));
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_THAT(monitor.output(), Not(HasSubstr("Deleted")));
}

TEST_F(Vipd, ABadFileChangesNothingAndSaysEverything) {
  settle();
  lb1.write({.priority = "{ lb1 = 300, lb2 = 100 }", .more = "preemt = true"});
  const auto reloaded = lb1.vipd("reload");
  EXPECT_EQ(reloaded.status, 78);
  EXPECT_THAT(reloaded.text, HasSubstr("preemt"));
  EXPECT_THAT(reloaded.text, HasSubstr("priority"));
  EXPECT_EQ(lb1.role(), "Active");
  const auto status = lb1.vipctl({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.text, HasSubstr("hawser.toml: degraded: broken: what was read before stays in use"));
  EXPECT_EQ(lb1.status().at("config").at("state"), "broken");
  lb1.write({});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0);
}

TEST_F(Vipd, AGoodFileChangesOnlyWhatDiffers) {
  settle();
  lb1.write({.addresses = R"(["192.0.2.100", "192.0.2.101"])", .priority = "{ lb1 = 210, lb2 = 100 }"});
  const auto reloaded = lb1.vipd("reload");
  EXPECT_EQ(reloaded.status, 0);
  EXPECT_THAT(reloaded.text, HasSubstr("hawser.toml: read again: web changed (addresses, priority)\n"));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.101"); }));
  EXPECT_EQ(lb1.web().at("priority").as_int64(), 210);
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  lb1.write({.addresses = R"(["192.0.2.101"])"});
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
}

TEST_F(Vipd, AVipThatIsRemovedFromTheFileIsHandedOver) {
  settle();
  lb1.write_text("format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n");
  EXPECT_EQ(lb1.vipd(Argv{"reload", "--allow-empty"}).status, 0);
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.status().at("vips").as_array().empty(); }));
}

TEST_F(Vipd, AnInterfaceThatVanishesAndReturnsWithAnotherIndexIsUsedAgain) {
  settle();
  lb1.disconnect();
  EXPECT_TRUE(lb1.becomes("Initialize"));
  EXPECT_TRUE(lb1.logged("web: Initialize: front: interface missing"));
  EXPECT_TRUE(lb2.becomes("Active"));
  lb1.connect(segment);
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
}

TEST_F(Vipd, ACableThatIsPulledGivesTheRoleUpAndTheAddressAway) {
  settle();
  segment.where().set_link("lb1-front", false);
  EXPECT_TRUE(lb1.becomes("Initialize"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb2.becomes("Active"));
  segment.where().set_link("lb1-front", true);
  EXPECT_TRUE(lb1.becomes("Active"));
}

TEST_F(Vipd, WaitsForAnInterfaceThatIsMissingAtTheStart) {
  lb1.disconnect();
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Initialize"));
  EXPECT_TRUE(lb1.logged("web: front: interface missing: waiting for it"));
  lb1.connect(segment);
  EXPECT_TRUE(lb1.becomes("Active"));
}

TEST_F(Vipd, AnAddressThatSomebodyRemovesIsPutBack) {
  settle();
  lb1.host().ip({"address delete 192.0.2.100/32 dev front"});
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.logged("web: 192.0.2.100 on front: removed by somebody else, put back"));
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(Vipd, AnAddressThatSomebodyRemovesAgainAndAgainIsAFinding) {
  settle();
  const auto is_said = [&] {
    if (lb1.holds("192.0.2.100")) lb1.host().ip({"address delete 192.0.2.100/32 dev front"});
    return lb1.vipctl({"status"}).text.find("removed by somebody else again and again") != std::string::npos;
  };
  EXPECT_TRUE(eventually(30s, is_said, 300ms)) << lb1.vipctl({"status"}).text;
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  EXPECT_TRUE(lb1.logged("removed by somebody else again and again: put back each time"));
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(Vipd, MakesItsDirectoriesWhereTheyAreMissing) {
  const auto above = lb1.directory() / "not" / "there";
  const Process daemon(lb1.host(),
                       {program("vipd"), "run", "--config", lb1.directory() / "hawser.toml", "--node", "lb1",
                        "--runtime-dir", above / "run", "--state-dir", above / "state"});
  EXPECT_TRUE(eventually(20s, [&] {
    return std::filesystem::exists(above / "run" / "vipd.sock") &&
           std::filesystem::exists(above / "state" / "vipd.last-good");
  })) << daemon.output();
}

TEST_F(Vipd, AddressesOfNoVipThatAnEarlierRunLeftAreRemoved) {
  settle();
  lb1.daemon().kill();
  ASSERT_TRUE(lb1.holds("192.0.2.100"));
  lb1.write({.addresses = R"(["192.0.2.101"])"});
  lb1.start();
  EXPECT_TRUE(eventually(10s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_EQ(lb1.vipd("cleanup").status, 1) << "not while vipd runs";
  lb1.daemon().kill();
  EXPECT_TRUE(lb1.holds("192.0.2.101"));
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_FALSE(lb1.holds("192.0.2.101"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
}

TEST_F(Vipd, ASecondInstanceIsRefused) {
  settle();
  const auto second = lb1.vipd("run");
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.text, HasSubstr("vipd: already running"));
}

TEST_F(Vipd, ASecondInstanceWithAnotherDirectoryIsRefusedAndRemovesNothing) {
  settle();
  const auto elsewhere = lb1.directory() / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  for (const auto* verb : {"run", "cleanup"}) {
    auto argv = lb1.command({verb});
    *(std::ranges::find(argv, std::string("--runtime-dir")) + 1) = elsewhere;
    const auto second = lb1.host().run(argv);
    EXPECT_EQ(second.status, 1) << verb;
    EXPECT_THAT(second.text,
                HasSubstr(fmt::format("vipd: already running as process {}", lb1.daemon().pid())));
  }
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_EQ(lb1.vipctl({"restart"}).status, 0);  // the one that lives may start itself again
  EXPECT_TRUE(lb1.becomes("Active"));
}

TEST_F(Vipd, OneThatIsStartedWhileAKilledOneIsStillGoingWaitsForItsEnd) {
  settle();
  lb1.daemon().signal(SIGKILL);
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active")) << lb1.daemon().output();
  EXPECT_FALSE(lb1.logged("already running"));
}

TEST_F(Vipd, ABadFileAtTheStartEndsWithEveryProblemUnlessALastGoodOneIsThere) {
  lb1.write({.priority = "{ lb1 = 300, lb2 = 100 }", .more = "preemt = true"});
  const auto refused = lb1.vipd("run");
  EXPECT_EQ(refused.status, 78);
  EXPECT_THAT(refused.text, HasSubstr("preemt"));
  EXPECT_THAT(refused.text, HasSubstr("priority"));
  lb1.write(VipFile{});
  settle();
  lb1.daemon().kill();
  lb1.write({.more = "preemt = true"});
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.logged("broken: the last good file is in use"));
  EXPECT_THAT(lb1.vipctl({"status"}).text, HasSubstr("broken: the last good file is in use"));
}

// DHCP, cloud-init, "localhost" early in the boot.
TEST_F(Vipd, AHostThatGotAnotherNameRunsTheLastGoodFileAsTheNodeThatItWas) {
  settle();
  lb1.daemon().kill();
  const Process daemon(lb1.host(), {"unshare", "--uts", "sh", "-c", "hostname localhost && exec \"$@\"", "sh",
                                    program("vipd"), "run", "--config", lb1.directory() / "hawser.toml",
                                    "--runtime-dir", lb1.directory(), "--state-dir", lb1.directory()});
  EXPECT_TRUE(lb1.becomes("Active")) << daemon.output();
  EXPECT_THAT(daemon.output(),
              HasSubstr("this host is \"localhost\" (its host name), which is not among lb1 and "
                        "lb2: write its node name to /etc/hawser/node or give --node"));
  EXPECT_THAT(daemon.output(), HasSubstr("broken: the last good file is in use, as node lb1"));
  EXPECT_EQ(lb1.status().at("node").as_string(), "lb1");
}

TEST_F(Vipd, WithoutTheRightsItSaysWhichAndStops) {
  Argv argv{"setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"};
  const auto command = lb1.command({"run"});
  argv.insert(argv.end(), command.begin(), command.end());
  const auto refused = lb1.host().run(argv);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.text, HasSubstr("CAP_NET_RAW"));
  EXPECT_EQ(std::ranges::count(refused.text, '\n'), 1) << refused.text;
}

TEST_F(Vipd, AWorkerThatDiesIsStartedAgainAndCostsNoRole) {
  settle();
  const auto pid = lb1.host().check({"pgrep", "-P", std::to_string(lb1.daemon().pid())});
  lb1.host().check({"kill", "-9", pid.substr(0, pid.find('\n'))});
  EXPECT_TRUE(eventually(5s, [&] { return lb1.logged("worker: ended with signal 9"); }));
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
}

TEST_F(Vipd, IsActiveAnswersByItsExitStatus) {
  settle();
  EXPECT_EQ(lb1.vipctl({"is-active", "web"}).status, 0);
  EXPECT_EQ(lb2.vipctl({"is-active", "web"}).status, 3);
  EXPECT_EQ(lb1.vipctl({"is-active", "other"}).status, 1);
  EXPECT_EQ(lb1.vipctl({"fly"}).status, 2);
}

// ---- packets that are not what they should be

class BadPackets : public VipTest {
 protected:
  Forger forger{segment};

  void forge(ByteView message, std::uint8_t ttl = 255) { forger.send(message, ttl); }
  [[nodiscard]] Bytes good(int router_id = 51) const { return forger.advertisement(255, router_id); }
  void expect_counted(const std::string& reason) {
    EXPECT_TRUE(eventually(5s, [&] {
      return bad_packets(lb1.web().at("counters").at("bad_packets"), reason) == 1;
    })) << reason;
  }
};

TEST_F(BadPackets, AreCountedByReasonAndIgnored) {
  settle();
  forge(good(), 254);
  expect_counted("ttl");
  auto message = good();
  message.at(0) = 0x21;
  forge(message);
  expect_counted("version");
  message = good();
  message.at(0) = 0x32;
  forge(message);
  expect_counted("type");
  message = good();
  message.at(7) ^= 1;
  forge(message);
  expect_counted("checksum");
  message = good();
  message.pop_back();
  forge(message);
  expect_counted("length");
  forge(good(77));
  EXPECT_TRUE(eventually(5s, [&] {
    return bad_packets(lb1.status().at("interfaces").as_array().at(0).at("bad_packets"), "router id") == 1;
  }));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  const auto text = lb1.vipctl({"status"}).text;
  EXPECT_THAT(text, HasSubstr("ttl 1, version 1, type 1, length 1, checksum 1"));
  EXPECT_THAT(text, HasSubstr("other IPv4 packets on front"));
}

TEST_F(BadPackets, AGoodOneOfPriority255TakesTheRole) {
  settle();
  forge(good());
  EXPECT_TRUE(
      eventually(5s, [&] { return lb1.logged("web: Backup: 192.0.2.66 has priority 255, ours is 200"); }));
}

}  // namespace
}  // namespace hawser::lab
