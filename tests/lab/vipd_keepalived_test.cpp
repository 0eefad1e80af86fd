// vipd with Debian's keepalived as the other node, in both roles. In the laboratory's image keepalived is
// installed; elsewhere HAWSER_KEEPALIVED names the program (and LD_LIBRARY_PATH its libraries).
#include <algorithm>
#include <cctype>
#include <map>

#include "tests/native/vipd_host.h"
#include "tests/support/echo.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

class WithKeepalived : public VipTest {
 protected:
  // lb1 runs vipd, lb2 keepalived.
  void start_keepalived(int priority, const std::string& interval = "0.1",
                        const std::string& more = "version 3", const std::string& address = "192.0.2.100") {
    std::ofstream(lb2.directory() / "keepalived.conf") << fmt::format(
        "vrrp_instance web {{\n  {}\n  interface front\n  virtual_router_id 51\n  priority {}\n"
        "  advert_int {}\n  virtual_ipaddress {{\n    {}\n  }}\n}}\n",
        more, priority, interval, address);
    const auto* elsewhere = std::getenv("HAWSER_KEEPALIVED");
    const std::string path = elsewhere == nullptr ? "/usr/sbin/keepalived" : elsewhere;
    if (!std::filesystem::exists(path)) give_up("{}: not there", path);
    keepalived = std::make_unique<Process>(
        lb2.host(), Argv{path, "-n", "-P", "-l", "-f", lb2.directory() / "keepalived.conf", "-p",
                         lb2.directory() / "k.pid", "-r", lb2.directory() / "v.pid"});
  }
  bool keepalived_holds(bool holds, const std::string& address = "192.0.2.100") {
    return eventually(20s, [&] { return lb2.holds(address) == holds; });
  }
  bool is_backup() {
    return eventually(20s, [&] { return keepalived->output().find("BACKUP STATE") != std::string::npos; });
  }
  // lb1, Active, stops: keepalived has the address until it is back. And again where it is cut off.
  void leave_and_return(const std::string& address = "192.0.2.100") {
    const Answers answers(segment, address);
    ASSERT_TRUE(answers.come_from("lb1"));
    EXPECT_EQ(lb1.daemon().stop(20s), 0);
    ASSERT_TRUE(keepalived_holds(true, address));
    EXPECT_FALSE(lb1.holds(address));
    EXPECT_TRUE(lb1.logged("web: Initialize: left, ")) << lb1.daemon().output();
    expect_a_short_overlap(answers);
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Active"));
    EXPECT_TRUE(keepalived_holds(false, address));
    be_cut_off_and_return(answers);
    expect_one_at_a_time(answers);
  }
  void TearDown() override {
    VipTest::TearDown();
    if (keepalived && HasFailure()) std::cerr << "--- keepalived\n" << keepalived->output();
    if (keepalived) keepalived->stop();
  }
  std::unique_ptr<Process> keepalived;
};

TEST_F(WithKeepalived, VipdIsActiveAndKeepalivedStaysBackup) {
  lb1.write({.interval = "1s"});  // a busy machine may hold either of them up for longer than three of 100 ms
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100, "1");
  ASSERT_TRUE(is_backup());
  EXPECT_FALSE(eventually(5s, [&] { return lb2.holds("192.0.2.100"); }));
  EXPECT_EQ(lb1.role(), "Active");
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  leave_and_return();
}

TEST_F(WithKeepalived, VipdIsActiveAndReturnsWhenItsCableWasPulledOrItWasKilled) {
  lb1.write({.interval = "1s"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100, "1");
  ASSERT_TRUE(is_backup());
  std::optional<Answers> answers(std::in_place, segment, "192.0.2.100");
  ASSERT_TRUE(answers->come_from("lb1"));
  segment.where().set_link("lb1-front", false);
  EXPECT_TRUE(answers->come_from("lb2"));
  segment.where().set_link("lb1-front", true);
  EXPECT_TRUE(answers->come_from("lb1"));
  EXPECT_FALSE(lb2.holds("192.0.2.100"));
  expect_one_at_a_time(*answers);
  answers.emplace(segment, "192.0.2.100");
  ASSERT_TRUE(answers->come_from("lb1"));
  lb1.daemon().kill();
  EXPECT_TRUE(answers->come_from("lb2"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(answers->come_from("lb1"));
  EXPECT_FALSE(lb2.holds("192.0.2.100"));
  // Until its lease ends it goes on: whole seconds (here 4, where keepalived waits for 3.6), and up to 0.7
  // more.
  expect_one_at_a_time(*answers, 1s + 700ms);
}

TEST_F(WithKeepalived, VipdIsBackupTakesOverWhenKeepalivedLeavesAndYieldsWhenItReturns) {
  lb1.write({.priority = "{ lb1 = 90, lb2 = 80 }", .interval = "1s"});
  start_keepalived(200, "1");
  ASSERT_TRUE(keepalived_holds(true));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Backup"));
  ASSERT_TRUE(lb1.hears_somebody());
  EXPECT_EQ(lb1.web().at("heard").at("priority").as_int64(), 200);
  const Answers answers(segment, "192.0.2.100");
  ASSERT_TRUE(answers.come_from("lb2"));
  EXPECT_EQ(lb1.role(), "Backup");
  keepalived->stop();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.logged("web: Active: 192.0.2.12 left the role")) << lb1.daemon().output();
  EXPECT_TRUE(answers.come_from("lb1"));
  start_keepalived(200, "1");
  EXPECT_TRUE(lb1.becomes("Backup"));
  EXPECT_TRUE(lb1.logged("web: Backup: 192.0.2.12 has priority 200, ours is 90"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(answers.come_from("lb2"));
  expect_one_at_a_time(answers);
}

TEST_F(WithKeepalived, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write({.priority = "{ lb1 = 90, lb2 = 80 }", .interval = "1s"});
  start_keepalived(200, "1");
  ASSERT_TRUE(keepalived_holds(true));
  take_over_from_a_silent_one_and_yield();
  EXPECT_TRUE(keepalived_holds(true));
}

TEST_F(WithKeepalived, SilenceOfKeepalivedIsATakeoverAfterTheLearntInterval) {
  lb1.write({.priority = "{ lb1 = 90, lb2 = 80 }", .interval = "10s"});
  start_keepalived(200, "0.2");
  ASSERT_TRUE(keepalived_holds(true));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Backup"));
  ASSERT_TRUE(eventually(5s, [&] { return !lb1.web().at("heard").is_null(); }));
  segment.where().set_link("lb2-front", false);
  EXPECT_TRUE(lb1.becomes("Active", 8s)) << "with its own interval it would wait for half a minute";
  EXPECT_TRUE(lb1.logged("no advertisement from 192.0.2.12 for "));
}

TEST_F(WithKeepalived, APlannedLeaveToKeepalivedLosesNoRequest) {
  const Namespace client("client");
  const auto cable = segment.connect(client, "eth0");
  client.ip({"link set eth0 up", "address add 192.0.2.200/24 dev eth0"});
  const Echo on_lb1(lb1.host(), "192.0.2.100", 7777);
  const Echo on_lb2(lb2.host(), "192.0.2.100", 7777);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100);
  ASSERT_TRUE(is_backup());
  Client asking(client, kRequests);
  ASSERT_TRUE(eventually(5s, [&] { return asking.answered_in_a_row(20, {}); }));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(keepalived_holds(true));
  std::this_thread::sleep_for(300ms);
  asking.stop();
  const auto report = asking.report();
  EXPECT_EQ(report.lost, 0U) << "of " << report.sent;
  EXPECT_TRUE(lb1.logged("web: Initialize: left, 192.0.2.12 is Active"));
}

// Version 2 has whole seconds, so a takeover takes more than three.
class WithOldKeepalived : public WithKeepalived, public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    WithKeepalived::SetUp();
    for (auto* host : {&lb1, &lb2}) {
      const auto file = host->directory() / "password";
      std::ofstream(file) << "1111\n";
      std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    }
  }
  [[nodiscard]] std::string in_our_words() const {
    auto text = std::string("version = 2\n");
    if (!GetParam().empty())
      text += fmt::format("password = \"file:{}\"\n", (lb1.directory() / "password").native());
    return text;
  }
  static std::string in_their_words(const std::string& password = GetParam()) {
    if (password.empty()) return "version 2";
    return fmt::format("version 2\n  authentication {{\n    auth_type PASS\n    auth_pass {}\n  }}",
                       password);
  }
};

INSTANTIATE_TEST_SUITE_P(, WithOldKeepalived,
                         testing::ValuesIn(thorough() ? std::vector<std::string>{"", "1111"}
                                                      : std::vector<std::string>{"1111"}),
                         [](const auto& test) { return test.param.empty() ? "Open" : "Password"; });

TEST_P(WithOldKeepalived, VipdIsActiveLeavesAndReturns) {
  lb1.write({.interval = "1s", .more = in_our_words()});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100, "1", in_their_words());
  ASSERT_TRUE(is_backup());
  EXPECT_FALSE(eventually(5s, [&] { return lb2.holds("192.0.2.100"); }));
  EXPECT_EQ(lb1.web().at("version").as_int64(), 2);
  EXPECT_EQ(lb1.web().at("authentication").as_string(), GetParam().empty() ? "none" : "password");
  leave_and_return();
  EXPECT_EQ(lb1.web().at("counters").at("bad_packets").at("authentication").as_int64(), 0);
}

TEST_P(WithOldKeepalived, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write({.priority = "{ lb1 = 90, lb2 = 80 }", .interval = "1s", .more = in_our_words()});
  start_keepalived(200, "1", in_their_words());
  ASSERT_TRUE(keepalived_holds(true));
  take_over_from_a_silent_one_and_yield();
  EXPECT_TRUE(keepalived_holds(true));
}

TEST_P(WithOldKeepalived, AnotherIntervalOrPasswordIsNamed) {
  lb1.write({.interval = "1s", .more = in_our_words()});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100, "2", in_their_words());
  EXPECT_TRUE(eventually(20s, [&] {
    return lb1.logged("192.0.2.12 advertises router id 51 at another interval than the 1s here");
  })) << lb1.daemon().output();
  keepalived->stop();
  start_keepalived(100, "1", in_their_words("2222"));
  EXPECT_TRUE(eventually(20s, [&] {
    return lb1.logged("192.0.2.12 advertises router id 51 with another password than here, or without");
  })) << lb1.daemon().output();
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
}

// ---- a virtual MAC on both sides

class WithKeepalivedVirtualMac : public WithKeepalived {
 protected:
  static constexpr const char* kOnce = "1 x 00:00:5e:00:01:33";
  Neighbour client{"client", "192.0.2.200", segment};

  void start_keepalived_vmac(int priority) { start_keepalived(priority, "1", "version 3\n  use_vmac"); }
  static VipFile file(const std::string& priority, const std::string& more = "") {
    return {.priority = priority, .interval = "1s", .more = "virtual_mac = true\n" + more};
  }
  // Which MACs answer for the address, and how often in a question; "1 x 00:00:5e:00:01:33".
  [[nodiscard]] std::string answers() const {
    const auto text = client.host.run({"arping", "-b", "-I", "eth0", "-w", "3", "192.0.2.100"}).text;
    std::map<std::string, int> macs;
    for (auto at = text.find('['); at != std::string::npos; at = text.find('[', at + 1)) {
      auto mac = text.substr(at + 1, 17);
      std::ranges::transform(mac, mac.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      ++macs[mac];
    }
    const auto sent = text.find("Sent ");
    const auto probes = sent == std::string::npos ? 0 : std::strtol(text.c_str() + sent + 5, nullptr, 10);
    std::string words;
    // The last question is asked as the time ends.
    const auto is_once = [&](int times) { return times == probes || times == probes - 1; };
    for (const auto& [mac, times] : macs)
      words += fmt::format("{}{} x {}", words.empty() ? "" : ", ",
                           is_once(times) ? "1" : fmt::format("{}/{}", times, probes), mac);
    return words;
  }
  [[nodiscard]] static bool device_is_down(const VipHost& host) {
    return eventually(5s, [&] {
      return host.host().check({"ip", "-o", "link", "show", "dev", "v4-51-front"}).find(",UP") ==
             std::string::npos;
    });
  }
};

TEST_F(WithKeepalivedVirtualMac, VipdIsActiveLeavesAndReturns) {
  lb1.write(file("{ lb1 = 200, lb2 = 100 }"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived_vmac(100);
  ASSERT_TRUE(is_backup());
  EXPECT_FALSE(eventually(5s, [&] { return lb2.holds("192.0.2.100"); }));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  EXPECT_EQ(answers(), kOnce);
  const Answers by_host(segment, "192.0.2.100");
  EXPECT_TRUE(client.pings("192.0.2.100"));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  ASSERT_TRUE(keepalived_holds(true));
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); }));
  EXPECT_EQ(answers(), kOnce);
  expect_a_short_overlap(by_host);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(keepalived_holds(false));
  EXPECT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); }))
      << "with what the client knew: the MAC has moved";
  EXPECT_EQ(answers(), kOnce);
  expect_one_at_a_time(by_host);
}

TEST_F(WithKeepalivedVirtualMac, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write(file("{ lb1 = 90, lb2 = 80 }"));
  start_keepalived_vmac(200);
  ASSERT_TRUE(keepalived_holds(true));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Backup"));
  ASSERT_TRUE(lb1.hears_somebody());
  EXPECT_EQ(answers(), kOnce);
  const Answers by_host(segment, "192.0.2.100");
  segment.where().set_link("lb2-front", false);
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return client.pings("192.0.2.100"); }))
      << "with what the client knew: the MAC has moved";
  EXPECT_EQ(answers(), kOnce);
  segment.where().set_link("lb2-front", true);
  // Both bear the same MAC, and keepalived is heard all the same.
  EXPECT_TRUE(lb1.becomes("Backup"));
  EXPECT_TRUE(lb1.logged(" has priority 200, ours is 90"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(device_is_down(lb1));
  EXPECT_TRUE(keepalived_holds(true));
  EXPECT_TRUE(eventually(10s, [&] { return client.pings("192.0.2.100"); }));
  EXPECT_EQ(answers(), kOnce);
  expect_one_at_a_time(by_host);
}

// ---- unicast

class WithKeepalivedUnicast : public WithKeepalived {
 protected:
  void start_keepalived_unicast(int priority) {
    start_keepalived(priority, "1",
                     "version 3\n  unicast_src_ip 192.0.2.12\n  unicast_peer {\n    192.0.2.11\n  }");
  }
  static VipFile file(const std::string& priority) {
    return {.priority = priority, .interval = "1s", .more = "transport = \"unicast\"\n"};
  }
};

TEST_F(WithKeepalivedUnicast, VipdIsActiveLeavesAndReturns) {
  lb1.write(file("{ lb1 = 200, lb2 = 100 }"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived_unicast(100);
  ASSERT_TRUE(is_backup());
  EXPECT_FALSE(eventually(5s, [&] { return lb2.holds("192.0.2.100"); }));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  leave_and_return();
  EXPECT_EQ(lb1.web().at("counters").at("bad_packets").at("checksum").as_int64(), 0);
}

TEST_F(WithKeepalivedUnicast, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write(file("{ lb1 = 90, lb2 = 80 }"));
  start_keepalived_unicast(200);
  ASSERT_TRUE(keepalived_holds(true));
  take_over_from_a_silent_one_and_yield();
  EXPECT_TRUE(keepalived_holds(true));
}

// ---- IPv6

// With and without a virtual MAC, on both sides.
class WithKeepalived6 : public WithKeepalived, public testing::WithParamInterface<bool> {
 protected:
  static constexpr const char* kWeb = "2001:db8::100";
  void start_keepalived6(int priority) {
    start_keepalived(priority, "1", GetParam() ? "version 3\n  use_vmac" : "version 3", kWeb);
  }
  static VipFile file(const std::string& priority) {
    return {.addresses = R"(["2001:db8::100"])",
            .priority = priority,
            .interval = "1s",
            .more = GetParam() ? "virtual_mac = true\n" : ""};
  }
};

INSTANTIATE_TEST_SUITE_P(, WithKeepalived6,
                         testing::ValuesIn(thorough() ? std::vector<bool>{false, true}
                                                      : std::vector<bool>{false}),
                         [](const auto& test) { return test.param ? "VirtualMac" : "ItsOwnMac"; });

TEST_P(WithKeepalived6, VipdIsActiveLeavesAndReturns) {
  lb1.write(file("{ lb1 = 200, lb2 = 100 }"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived6(100);
  ASSERT_TRUE(is_backup());
  EXPECT_FALSE(eventually(5s, [&] { return lb2.holds(kWeb); }));
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  leave_and_return(kWeb);
}

TEST_P(WithKeepalived6, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write(file("{ lb1 = 90, lb2 = 80 }"));
  start_keepalived6(200);
  ASSERT_TRUE(keepalived_holds(true, kWeb));
  take_over_from_a_silent_one_and_yield(kWeb);
  EXPECT_TRUE(keepalived_holds(true, kWeb));
}

// ---- a segment that loses packets

class WithKeepalivedAndLoss : public WithKeepalived {
 protected:
  // Of each hundred frames that a host sends, so many are lost.
  void lose(int of_hundred) {
    std::string rules;
    for (const char* port : {"lb1-front", "lb2-front"})
      rules += fmt::format(
          "table netdev loss_{0} {{\nchain in {{\ntype filter hook ingress device \"{0}\" priority 0;\n"
          "numgen random mod 100 < {1} drop\n}}\n}}\n",
          port, of_hundred);
    std::ofstream(lb1.directory() / "loss.nft") << rules;
    segment.where().check({"nft", "-f", lb1.directory() / "loss.nft"});
  }
  void lose_nothing() { segment.where().check({"nft", "flush", "ruleset"}); }
  [[nodiscard]] bool one_holds() const { return lb1.holds("192.0.2.100") != lb2.holds("192.0.2.100"); }

  // Three in a row are lost now and then, and then both are Active until one more gets through.
  void run_for(Duration time) {
    const auto end = Clock::now() + time;
    while (Clock::now() < end) {
      ASSERT_TRUE(eventually(10s, [&] { return one_holds(); })) << "both, or neither";
      std::this_thread::sleep_for(20ms);
    }
  }
  void ends_well(const VipHost& better, const VipHost& other) {
    lose_nothing();
    ASSERT_TRUE(eventually(10s, [&] { return better.holds("192.0.2.100") && !other.holds("192.0.2.100"); }));
    EXPECT_EQ(lb1.web().at("counters").at("bad_packets").at("checksum").as_int64(), 0);
    // Changes of role are said, and not each packet that was missed.
    const auto said = lb1.daemon().output();
    EXPECT_LT(std::ranges::count(said, '\n'), 400) << said.substr(0, 4000);
  }
  [[nodiscard]] static Duration for_how_long() { return thorough() ? Duration(10min) : Duration(10s); }
};

TEST_F(WithKeepalivedAndLoss, VipdIsActiveAtTenMilliseconds) {
  lb1.write({.interval = "10ms"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_keepalived(100, "0.01");
  ASSERT_TRUE(is_backup());
  lose(5);
  run_for(for_how_long());
  ends_well(lb1, lb2);
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(WithKeepalivedAndLoss, VipdIsBackupAtTenMilliseconds) {
  lb1.write({.priority = "{ lb1 = 90, lb2 = 80 }", .interval = "10ms"});
  start_keepalived(200, "0.01");
  ASSERT_TRUE(keepalived_holds(true));
  lb1.start();
  ASSERT_TRUE(lb1.hears_somebody());
  lose(5);
  run_for(for_how_long());
  ends_well(lb2, lb1);
  EXPECT_TRUE(lb1.becomes("Backup"));
}

}  // namespace
}  // namespace hawser::lab
