// What vipd believes of the kernel is what the kernel has, whoever changes it: the file, an operator, another
// program. From public bug reports of its peers.
#include <gmock/gmock.h>

#include "lib/netlink/netlink_kernel.h"
#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class VipdPicture : public VipTest {
 protected:
  static constexpr const char* kTwoSides =
      R"(["192.0.2.100", { address = "198.51.100.1", interface = "back" }])";

  // A second interface, with a peer so that it has a carrier.
  static void make(const VipHost& host, const std::string& name) {
    host.host().ip({fmt::format("link add {0} type veth peer name {0}-peer", name),
                    fmt::format("link set {}-peer up", name), fmt::format("link set {} up", name)});
  }
  [[nodiscard]] static std::string state_of(const VipHost& host, const std::string& address) {
    const auto web = host.web();
    for (const auto& entry : web.at("addresses").as_array())
      if (entry.at("address").as_string() == address) return std::string(entry.at("state").as_string());
    return "none";
  }
  [[nodiscard]] static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }
};

TEST_F(VipdPicture, AVipThatLeavesTheFileAndComesBackHoldsItsAddressAgain) {
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
  lb1.host().ip({"address add 198.51.100.7/32 dev front"});  // vipd looks at the kernel
  std::this_thread::sleep_for(300ms);
  auto text = VipFile{}.text();
  const std::string right = "interface = \"front\"";
  lb1.write_text(text.replace(text.find(right), right.size(), "interface = \"frnt\""));
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  ASSERT_TRUE(eventually(20s, [&] { return !lb1.holds("192.0.2.100"); }));
  lb1.write(VipFile{});
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  ASSERT_TRUE(eventually(20s, [&] { return lb1.vipctl({"is-active", "web"}).status == 0; }));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  EXPECT_EQ(state_of(lb1, "192.0.2.100/32"), "held");
}

TEST_F(VipdPicture, AnAddressOnASecondInterfaceThatIsDeletedAndMadeAgainIsPutBackEachTime) {
  lb1.write({.addresses = kTwoSides});
  make(lb1, "back");
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("198.51.100.1"); }));
  for (int round = 0; round < 3; ++round) {
    lb1.host().ip({"link del back"});
    EXPECT_TRUE(eventually(5s, [&] { return state_of(lb1, "198.51.100.1/32") == "not held"; })) << round;
    EXPECT_EQ(lb1.role(), "Active");
    make(lb1, "back");
    EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("198.51.100.1"); })) << round;
  }
  const auto said =
      count(lb1.daemon().output(), "back: interface missing: 198.51.100.1 is held when it returns");
  EXPECT_GE(said, 1U);
  EXPECT_LE(said, 3U) << "once each time, or less where it is damped";
}

TEST_F(VipdPicture, ARenamedInterfaceLosesItsAddressesAndThePeerTakesOver) {
  settle();
  ASSERT_EQ(lb1.host().run({"ip", "link", "set", "front", "name", "lan0"}).status, 0)
      << "this kernel does not rename an interface that is up";
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb2.becomes("Active"));
  EXPECT_TRUE(lb1.becomes("Initialize"));
  EXPECT_EQ(count(lb1.daemon().output(), "front is called lan0 now"), 1U);
  EXPECT_TRUE(lb1.holds("192.0.2.11")) << "not ours";
  lb1.host().ip({"link set lan0 name front"});
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100") && !lb2.holds("192.0.2.100"); }));
}

TEST_F(VipdPicture, TwoInterfacesThatSwapTheirNamesLeaveNoAddressBehind) {
  make(lb1, "spare");
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
  lb1.host().ip({"link set front name tmp", "link set spare name front", "link set tmp name spare"});
  const auto on = [&](const std::string& name) {
    return lb1.host().check({"ip", "-o", "address", "show", "dev", name}).find(" 192.0.2.100/") !=
           std::string::npos;
  };
  EXPECT_TRUE(eventually(5s, [&] { return !on("spare"); }));
  EXPECT_FALSE(on("front")) << "it has no address to advertise from";
  EXPECT_TRUE(lb1.becomes("Initialize"));
}

TEST_F(VipdPicture, AnAddressThatSomebodyPutsElsewhereOrInAnotherFormIsSaidOnceAndShown) {
  make(lb2, "back");
  settle();
  lb2.host().ip({"address add 192.0.2.100/24 dev back"});
  EXPECT_TRUE(eventually(5s, [&] {
    return lb2.logged("web: 192.0.2.100/24 on back is there, and not by vipd: this host answers for it");
  }));
  lb2.host().ip({"address add 198.51.100.9/32 dev back", "address del 198.51.100.9/32 dev back"});
  EXPECT_TRUE(eventually(
      5s, [&] { return lb2.vipctl({"status"}).text.find("192.0.2.100/24") != std::string::npos; }));
  EXPECT_EQ(count(lb2.daemon().output(), "192.0.2.100/24 on back"), 1U);
  EXPECT_EQ(lb2.web().at("put_by_others").at(0).at("interface").as_string(), "back");
  lb2.host().ip({"address del 192.0.2.100/24 dev back"});
  EXPECT_TRUE(eventually(5s, [&] { return lb2.web().at("put_by_others").as_array().empty(); }));
}

TEST_F(VipdPicture, AnAddressThatSomebodyReplacedByHisOwnIsHisAndStaysWhenTheRoleIsLeft) {
  settle();
  const auto replaced = lb1.host().inside([] {
    Address his;
    his.protocol = 99;  // ip(8) of iproute2 6.1 knows no protocol numbers
    auto kernel = NetlinkKernel::open();
    return kernel ? kernel->perform(ChangeAddress{"front", *Prefix::parse("192.0.2.100"), {}, his})
                  : Status(tl::unexpected(kernel.error()));
  });
  ASSERT_TRUE(replaced) << replaced.error().text;
  EXPECT_TRUE(eventually(5s, [&] { return state_of(lb1, "192.0.2.100/32") == "held, not ours"; }));
  EXPECT_TRUE(lb1.logged("192.0.2.100 on front is somebody else's now: it stays when the role is left"));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdPicture, WhoCanHoldNoAddressLeavesTheRoleToThePeerAndTakesItBackWhenItCan) {
  const std::string only = R"([{ address = "192.0.2.100", interface = "back" }])";
  both({.addresses = only});
  make(lb2, "back");
  lb2.start();
  ASSERT_TRUE(lb2.becomes("Active"));
  lb1.start();
  EXPECT_TRUE(eventually(20s, [&] { return lb1.logged("no address can be held: back: interface missing"); }));
  EXPECT_TRUE(lb2.becomes("Active"));
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(lb2.role(), "Active");
  EXPECT_TRUE(lb2.holds("192.0.2.100"));
  EXPECT_EQ(lb1.web().at("fault").as_string(), "no address can be held: back: interface missing");
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1) << "it does not flap";
  make(lb1, "back");
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100") && !lb2.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.web().at("fault").is_null());
}

TEST_F(VipdPicture, AnInterfaceWhoseAddressesWereFlushedAndPutBackHearsAgain) {
  settle();
  for (int i = 0; i < 3; ++i)
    lb2.host().ip({"address flush dev front", "address add 192.0.2.12/24 dev front"});
  std::this_thread::sleep_for(2s);  // five times what a deaf one waits for
  EXPECT_EQ(lb2.role(), "Backup");
  EXPECT_EQ(lb2.web().at("counters").at("became_active").as_int64(), 0);
}

TEST_F(VipdPicture, AnIpv6AddressThatWentWithItsInterfaceDownComesBackWithIt) {
  lb1.write({.addresses = R"(["192.0.2.100", { address = "2001:db8::100", interface = "back" }])"});
  make(lb1, "back");
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("2001:db8::100"); }));
  lb1.host().ip({"link set back down"});
  std::this_thread::sleep_for(300ms);
  lb1.host().ip({"link set back up"});
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("2001:db8::100"); }));
  EXPECT_EQ(state_of(lb1, "2001:db8::100/128"), "held");
  EXPECT_EQ(lb1.role(), "Active");
}

TEST_F(VipdPicture, AnIpv6AddressThatSomebodyElseLostToAnotherHostIsNotHeld) {
  const Neighbour other("other", "192.0.2.77", segment);
  other.host.ip({"address add 2001:db8::100/64 dev eth0 nodad"});
  lb1.host().ip({"address add 2001:db8::100/64 dev front"});
  const auto flags = [&] { return lb1.host().check({"ip", "-6", "address", "show", "dev", "front"}); };
  ASSERT_TRUE(eventually(10s, [&] { return flags().find("dadfailed") != std::string::npos; })) << flags();
  lb1.write({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
  EXPECT_EQ(state_of(lb1, "2001:db8::100/128"), "duplicate, not ours");
  EXPECT_TRUE(lb1.logged("duplicate address detection found it on another host"));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  lb1.host().ip({"address del 2001:db8::100/64 dev front"});
  EXPECT_TRUE(eventually(5s, [&] { return state_of(lb1, "2001:db8::100/128") == "held"; }));
}

TEST_F(VipdPicture, AnIpv6AddressOfOursThatLostDuplicateDetectionIsAddedAgain) {
  const Neighbour other("other", "192.0.2.77", segment);
  lb1.write({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("2001:db8::100"); }));
  other.host.ip({"address add 2001:db8::100/64 dev eth0 nodad"});
  const auto replaced = lb1.host().inside([] {
    Address with_detection;  // our number, and detection, as somebody with a script of ours might write it
    with_detection.protocol = 202;
    auto kernel = NetlinkKernel::open();
    if (!kernel) return Status(tl::unexpected(kernel.error()));
    const auto six = *Prefix::parse("2001:db8::100");
    (void)kernel->perform(RemoveAddress{"front", six});
    return kernel->perform(AddAddress{"front", six, with_detection});
  });
  EXPECT_TRUE(replaced || replaced.error().code == EEXIST) << "vipd was quicker";
  std::this_thread::sleep_for(3s);  // detection takes 1 s
  EXPECT_EQ(state_of(lb1, "2001:db8::100/128"), "held");
  EXPECT_THAT(lb1.host().check({"ip", "-6", "address", "show", "dev", "front"}),
              testing::Not(HasSubstr("tentative")));
}

TEST_F(VipdPicture, AnInterfaceThatBecomesThePortOfABridgeLeavesTheRole) {
  settle();
  lb1.host().ip({"link add brx type bridge", "link set brx up", "link set front master brx"});
  EXPECT_TRUE(lb1.becomes("Initialize"));
  EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb2.becomes("Active"));
  const auto status = lb1.vipctl({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.text, HasSubstr("web: dead: front: is a port of brx (bridge), which takes its traffic"));
  EXPECT_EQ(count(lb1.daemon().output(), "is a port of brx"), 1U);
  lb1.host().ip({"link set front nomaster"});
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0);
}

TEST_F(VipdPicture, AnInterfaceThatIsThePortOfABridgeFromTheStartIsNotUsed) {
  lb1.host().ip({"link add brx type bridge", "link set brx up", "link set front master brx"});
  lb1.start();
  EXPECT_TRUE(eventually(20s, [&] { return lb1.logged("front: is a port of brx (bridge)"); }));
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
}

TEST_F(VipdPicture, ASecondInterfaceThatNobodyIsReachedOverIsDegradedAndSaidOnce) {
  lb1.write({.addresses = kTwoSides});
  make(lb1, "back");
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("198.51.100.1"); }));
  ASSERT_EQ(lb1.vipctl({"status"}).status, 0);
  const auto becomes = [&](const std::string& text) {
    return eventually(
        5s, [&] { return lb1.vipctl({"status"}).text.find("web: degraded: " + text) != std::string::npos; });
  };
  lb1.host().ip({"link set back-peer down"});
  EXPECT_TRUE(becomes("back: no carrier: nobody reaches the vip's addresses there"));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  EXPECT_EQ(lb1.role(), "Active");
  lb1.host().ip({"link set back-peer up"});
  EXPECT_TRUE(eventually(5s, [&] { return lb1.vipctl({"status"}).status == 0; }));
  lb1.host().ip({"link set back down"});
  EXPECT_TRUE(becomes("back: interface down: set it up (ip link set back up)"));
  lb1.host().ip(
      {"link set back up", "link add brx type bridge", "link set brx up", "link set back master brx"});
  EXPECT_TRUE(becomes("back: is a port of brx (bridge)"));
  EXPECT_EQ(count(lb1.daemon().output(), "back: no carrier"), 1U);
}

TEST_F(VipdPicture, AnotherNameOfAnInterfaceIsNamed) {
  lb1.host().ip({"link property add dev front altname enp9s0"});
  auto text = VipFile{}.text();
  const std::string right = "interface = \"front\"";
  lb1.write_text(text.replace(text.find(right), right.size(), "interface = \"enp9s0\""));
  lb1.start();
  EXPECT_TRUE(eventually(
      20s, [&] { return lb1.logged("web: enp9s0 is another name of front: write front in [vip.web]"); }));
}

TEST_F(VipdPicture, AVipWhoseRouterIdChangesIsNotSaidToBeGone) {
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
  auto text = VipFile{}.text();
  const std::string id = "virtual_router_id = 51";
  lb1.write_text(text.replace(text.find(id), id.size(), "virtual_router_id = 52"));
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] {
    return lb1.logged("web: is on front with router id 52 now: leaves front with router id 51");
  }));
  EXPECT_FALSE(lb1.logged("no longer in the file"));
}

TEST_F(VipdPicture, AReloadMovesAnAddressToAnotherInterfaceAndLeavesNoneBehind) {
  make(lb1, "back");
  lb1.write({.addresses = kTwoSides});
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("198.51.100.1"); }));
  lb1.write({.addresses = R"(["192.0.2.100", "198.51.100.1/24"])"});
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  const auto all = [&] { return lb1.host().check({"ip", "-o", "address", "show"}); };
  EXPECT_TRUE(eventually(5s, [&] { return count(all(), " 198.51.100.1/24 ") == 1; }));
  EXPECT_EQ(count(all(), " 198.51.100.1/"), 1U) << all();
}

TEST_F(VipdPicture, WhatHappenedWhileNotificationsWereLostIsFoundAllTheSame) {
  lb1.write({.addresses = kTwoSides});
  make(lb1, "back");
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100") && lb1.holds("198.51.100.1"); }));
  lb1.daemon().signal(SIGSTOP);
  std::vector<std::string> lines{"address del 192.0.2.100/32 dev front", "link del back"};
  for (int i = 0; i < 6000; ++i)  // more than its socket holds
    for (const auto* what : {"add", "del"})
      lines.push_back(fmt::format("address {} 203.0.113.{}/32 dev lo", what, i % 200));
  lb1.host().ip(lines);
  make(lb1, "back");
  lb1.daemon().signal(SIGCONT);
  EXPECT_TRUE(eventually(10s, [&] { return lb1.holds("192.0.2.100") && lb1.holds("198.51.100.1"); }));
  EXPECT_EQ(state_of(lb1, "198.51.100.1/32"), "held");
}

// ---- addresses with a subnet of others

TEST_F(VipdPicture, AFloatingAddressIsNotTheFirstOfASubnetThatTheHostIsToBeIn) {
  lb1.write({.addresses = R"(["192.0.2.100/24"])"});
  lb1.host().ip({"address add 198.51.100.11/24 dev front", "address del 192.0.2.11/24 dev front"});
  lb1.start();
  EXPECT_TRUE(
      eventually(20s, [&] { return lb1.logged("waits for this host's own address in 192.0.2.0/24"); }));
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  lb1.host().ip({"address add 192.0.2.11/24 dev front"});
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
  EXPECT_THAT(lb1.host().check({"ip", "-o", "address", "show", "dev", "front", "primary"}),
              testing::Not(HasSubstr("192.0.2.100/24")));
}

class VipdSecondaries : public VipdPicture {
 protected:
  void SetUp() override {
    lb1.write({.addresses = R"(["192.0.2.100/24"])"});
    lb1.host().ip({"address add 198.51.100.11/24 dev front"});
    start();
    become_first();
  }
  virtual void start() { lb1.start(); }
  // The floating address becomes the first of its subnet, as after a DHCP renewal.
  void become_first() {
    ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
    lb1.host().ip({"address del 192.0.2.11/24 dev front"});
    ASSERT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
    std::this_thread::sleep_for(200ms);
    lb1.host().ip({"address add 192.0.2.11/24 dev front"});
    const auto first = lb1.host().check({"ip", "-o", "address", "show", "dev", "front", "primary"});
    ASSERT_THAT(first, HasSubstr("192.0.2.100/24")) << "then these tests show nothing";
    ASSERT_EQ(promotes(), "1");
  }
  [[nodiscard]] std::string promotes() const {
    const auto text = lb1.host().check({"cat", "/proc/sys/net/ipv4/conf/front/promote_secondaries"});
    return text.substr(0, text.find('\n'));
  }
};

TEST_F(VipdSecondaries, AHostKeepsItsOwnAddressWhenAFloatingOneThatCameFirstIsTakenAway) {
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_EQ(promotes(), "0") << "as it was";
}

TEST_F(VipdSecondaries, AHostKeepsItsOwnAddressThoughSomebodyUndidTheSettingMeanwhile) {
  lb1.host().sysctl("net.ipv4.conf.front.promote_secondaries", "0");
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_EQ(promotes(), "0");
}

TEST_F(VipdSecondaries, AVipdThatCannotStartTakesNoAddressOfTheHostAlong) {
  lb1.daemon().kill();
  for (const auto& entry : std::filesystem::directory_iterator(lb1.directory()))
    if (entry.path().filename().native().starts_with("vipd")) std::filesystem::remove_all(entry.path());
  lb1.host().sysctl("net.ipv4.conf.front.promote_secondaries", "0");
  lb1.write_text("[vip.web\n");
  lb1.start();
  EXPECT_EQ(lb1.daemon().wait(20s), 78);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_EQ(promotes(), "0") << "as it was";
}

TEST_F(VipdSecondaries, AfterACrashCleanupRemovesTheAddressFirstAndRestoresThen) {
  lb1.daemon().kill();
  EXPECT_EQ(promotes(), "1");
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_EQ(promotes(), "0");
}

TEST_F(VipdSecondaries, AfterACrashTheNextRunRestoresWhatItsFileNoLongerNeeds) {
  lb1.daemon().kill();
  lb1.write(VipFile{});
  lb1.start();
  EXPECT_TRUE(eventually(20s, [&] { return promotes() == "0"; }));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
}

TEST_F(VipdSecondaries, AVipThatLeavesDoesNotTakeAnotherVipsAddressAlong) {
  const std::string mail =
      "[vip.mail]\ninterface = \"front\"\naddresses = [\"192.0.2.101/24\"]\nvirtual_router_id = "
      "52\npriority = { lb1 = 200, lb2 = 100 }\nadvertisement_interval = \"100ms\"\n";
  lb1.write_text(VipFile{.addresses = R"(["192.0.2.100/24"])"}.text() + mail);
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.101"); }));
  lb1.write_text("format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[vipd]\nrealtime = 0\n" +
                 mail);
  ASSERT_EQ(lb1.vipd("reload").status, 0);
  ASSERT_TRUE(eventually(20s, [&] { return !lb1.holds("192.0.2.100"); }));
  EXPECT_TRUE(lb1.holds("192.0.2.101"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_FALSE(lb1.logged("removed by somebody else"));
}

class VipdSecondariesReadOnly : public VipdSecondaries {
 protected:
  // A process of a host sees its own mounts.
  void start() override {
    const auto state = lb1.directory() / "state";
    std::filesystem::create_directory(state);
    auto command = lb1.command({"run"});
    *(std::ranges::find(command, "--state-dir") + 1) = state;
    Argv argv{"sh", "-c", fmt::format("mount -t tmpfs -o ro tmpfs {} && exec \"$@\"", state.native()), "sh"};
    argv.insert(argv.end(), command.begin(), command.end());
    vipd.emplace(lb1.host(), argv);
  }
  std::optional<Process> vipd;
};

TEST_F(VipdSecondariesReadOnly, WithoutAJournalTheHostKeepsItsAddressAndWhatThatMeansIsSaid) {
  EXPECT_THAT(vipd->output(), HasSubstr("front: that promote_secondaries was off cannot be written down ("));
  EXPECT_THAT(vipd->output(),
              HasSubstr("): it is put back when vipd stops, but not after a crash or a restart"));
  EXPECT_EQ(vipd->stop(20s), 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_EQ(promotes(), "0") << "as it was";
}

TEST_F(VipdSecondaries, AnInterfaceThatIsMadeAnewPromotesToo) {
  lb1.disconnect();
  lb1.connect(segment);
  EXPECT_TRUE(eventually(20s, [&] { return promotes() == "1"; }));
}

// Better that it is never put back than that the host's own addresses go.
class VipdWithoutJournal : public VipdPicture {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(lb1.directory() / "vipd-promote-secondaries");
    lb1.write({.addresses = R"(["192.0.2.100/24"])"});
    lb1.host().ip({"address add 198.51.100.11/24 dev front"});
    lb1.start();
    ASSERT_TRUE(eventually(20s, [&] { return lb1.holds("192.0.2.100"); }));
    lb1.host().ip({"address del 192.0.2.11/24 dev front"});
    ASSERT_TRUE(eventually(5s, [&] { return lb1.holds("192.0.2.100"); }));
    std::this_thread::sleep_for(200ms);
    lb1.host().ip({"address add 192.0.2.11/24 dev front", "address add 192.0.2.12/24 dev front"});
    ASSERT_TRUE(lb1.logged("front: that promote_secondaries was off cannot be written down"));
  }
};

TEST_F(VipdWithoutJournal, TheHostsOwnAddressesStay) {
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_TRUE(lb1.holds("192.0.2.12"));
}

TEST_F(VipdWithoutJournal, CleanupKeepsThemTooWhateverBecameOfTheSetting) {
  lb1.daemon().kill();
  lb1.host().sysctl("net.ipv4.conf.front.promote_secondaries", "0");
  EXPECT_EQ(lb1.vipd("cleanup").text, "front: remove address 192.0.2.100/24\n");
  EXPECT_FALSE(lb1.holds("192.0.2.100"));
  EXPECT_TRUE(lb1.holds("192.0.2.11"));
  EXPECT_TRUE(lb1.holds("192.0.2.12"));
}

}  // namespace
}  // namespace hawser::lab
