// vipd with FRR's vrrpd as the other node, in both roles, by versions 2 and 3. FRR gives the address to a
// macvlan with the virtual MAC, which zebra sets down for as long as it is Backup; vipd does so or not.
#include "tests/native/vipd_host.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

struct Peer {
  int version;
  bool v6;
  bool virtual_mac = false;  // on vipd's side, too
};

class WithFrr : public VipTest, public testing::WithParamInterface<Peer> {
 protected:
  static bool is_v6() { return GetParam().v6; }
  static std::string address() { return is_v6() ? "2001:db8::100" : "192.0.2.100"; }
  Neighbour client{"client", "192.0.2.200", segment};

  void SetUp() override {
    VipTest::SetUp();
    lb1.host().ip({"address add 2001:db8::11/64 dev front nodad"});
    client.host.ip({"address add 2001:db8::200/64 dev eth0 nodad"});
  }

  // lb1 runs vipd, lb2 FRR.
  void start_frr(int priority) {
    const auto folder = lb2.directory();
    std::filesystem::permissions(folder, std::filesystem::perms::all);  // user frr
    std::ofstream(folder / "zebra.conf") << "hostname lb2\n";
    std::ofstream(folder / "vrrpd.conf") << fmt::format(
        "interface front\n vrrp 51 version {}\n vrrp 51 priority {}\n vrrp 51 advertisement-interval 1000\n"
        " vrrp 51 {} {}\n",
        GetParam().version, priority, is_v6() ? "ipv6" : "ip", address());
    // What protodown leaves in the kernel's table of local addresses, any other interface would answer for.
    lb2.host().sysctl("net.ipv4.conf.front.arp_ignore", "1");
    lb2.host().ip(
        {"link add vrrp4 link front type macvlan mode bridge",
         fmt::format("link set vrrp4 address 00:00:5e:00:0{}:33", is_v6() ? 2 : 1),
         is_v6() ? "address add 2001:db8::100/64 dev vrrp4 nodad" : "address add 192.0.2.100/24 dev vrrp4",
         "link set vrrp4 up"});
    zebra = start("zebra");
    ASSERT_TRUE(eventually(20s, [&] { return std::filesystem::exists(folder / "zserv.api"); }))
        << zebra->output();
    vrrpd = start("vrrpd");
  }
  bool frr_says(const std::string& text) {
    const auto line = fmt::format("[{}] {}", is_v6() ? "IPv6" : "IPv4", text);
    return eventually(20s, [&] { return vrrpd->output().find(line) != std::string::npos; });
  }
  void TearDown() override {
    VipTest::TearDown();
    for (auto* one : {&vrrpd, &zebra}) {
      if (!*one) continue;
      if (HasFailure()) std::cerr << "--- frr\n" << (*one)->output();
      (*one)->stop();
    }
  }
  [[nodiscard]] static VipFile file(const std::string& priority) {
    return {
        .addresses = fmt::format("[\"{}\"]", address()),
        .priority = priority,
        .interval = "1s",
        .more = fmt::format("version = {}\nvirtual_mac = {}\n", GetParam().version, GetParam().virtual_mac)};
  }

  std::unique_ptr<Process> zebra, vrrpd;

 private:
  [[nodiscard]] std::unique_ptr<Process> start(const std::string& daemon) const {
    const std::string path = "/usr/lib/frr/" + daemon;
    if (!std::filesystem::exists(path)) give_up("{}: not there", path);
    const auto folder = lb2.directory();
    return std::make_unique<Process>(
        lb2.host(), Argv{path, "-f", folder / (daemon + ".conf"), "-i", folder / (daemon + ".pid"), "-z",
                         folder / "zserv.api", "--vty_socket", folder, "--log", "stdout"});
  }
};

std::vector<Peer> peers() {
  if (!thorough()) return {{2, false}, {3, true, true}};
  return {{2, false}, {3, false}, {3, true}, {2, false, true}, {3, false, true}, {3, true, true}};
}

INSTANTIATE_TEST_SUITE_P(, WithFrr, testing::ValuesIn(peers()), [](const auto& test) {
  return fmt::format("Version{}{}{}", test.param.version, test.param.v6 ? "Ipv6" : "",
                     test.param.virtual_mac ? "VirtualMac" : "");
});

TEST_P(WithFrr, VipdIsActiveLeavesAndReturns) {
  lb1.write(file("{ lb1 = 200, lb2 = 100 }"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  start_frr(100);
  ASSERT_TRUE(frr_says("Initialize -> Backup"));
  std::this_thread::sleep_for(5s);  // longer than its down timer
  EXPECT_EQ(vrrpd->output().find("-> Master"), std::string::npos);
  EXPECT_EQ(lb1.web().at("counters").at("became_active").as_int64(), 1);
  const Answers answers(segment, address());
  EXPECT_TRUE(answers.come_from("lb1"));
  EXPECT_TRUE(client.pings(address()));
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  ASSERT_TRUE(frr_says("Backup -> Master"));
  EXPECT_TRUE(lb1.logged("web: Initialize: left, ")) << lb1.daemon().output();
  expect_a_short_overlap(answers);
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(frr_says("Master -> Backup"));
  be_cut_off_and_return(answers);
  EXPECT_TRUE(eventually(5s, [&] { return client.pings(address()); }));
  expect_one_at_a_time(answers);
}

TEST_P(WithFrr, VipdTakesOverFromASilentOneAndYieldsWhenItReturns) {
  lb1.write(file("{ lb1 = 90, lb2 = 80 }"));
  start_frr(200);
  ASSERT_TRUE(frr_says("Backup -> Master"));
  take_over_from_a_silent_one_and_yield(address());
}

}  // namespace
}  // namespace hawser::lab
