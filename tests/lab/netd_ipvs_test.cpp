// What the kernel refuses of a service, and what is said where netd or the host is in the way: as an
// administrator meets it.
#include "tests/lab/netd_lab.h"

namespace hawser::lab {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// No link of the file's own, so that no rule of the file can know 198.51.100.255 for a broadcast address.
const std::string kServiceOnly = "format = 1\n" + kServices;

constexpr const char* kTypo = R"(
[[pool.web.real]]
name = "typo"
address = "198.51.100.255"
port = 8080
checks = []

[service.web]
)";

class NetdIpvs : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    lb1.ip(
        {"link set eth0 up", "address add 192.0.2.11/24 dev eth0", "address add 198.51.100.11/24 dev eth0"});
  }
  static std::string with_typo() { return replaced(kServiceOnly, "\n[service.web]\n", kTypo); }
  static std::string with_scheduler(const std::string& scheduler) {
    return replaced(kServiceOnly, "\"wlc\"", "\"" + scheduler + "\"");
  }
  void start_with(const std::string& file) {
    write(file);
    daemon.emplace(start());
  }
  [[nodiscard]] bool both_come() const {
    return eventually(kPatience, [&] { return both_in_service(); });
  }
  [[nodiscard]] bool web1_goes() const {
    return eventually(kPatience, [&] { return !in_service(address::kWeb1) && in_service(address::kWeb3); });
  }

  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  std::optional<Process> daemon;
};

TEST_F(NetdIpvs, ServesAtAColdStartThoughARealServerIsRefused) {
  start_with(with_typo());
  EXPECT_TRUE(both_come()) << daemon->output() << table();
  EXPECT_THAT(ask({"status"}).text, HasSubstr("198.51.100.255:8080"));
  EXPECT_EQ(ask({"status"}).status, 3);
  web1.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(web1_goes()) << daemon->output() << table();
}

TEST_F(NetdIpvs, TakesADeadServerOutThoughAReloadBroughtARefusedOne) {
  start_with(kServiceOnly);
  ASSERT_TRUE(both_come()) << daemon->output();
  write(with_typo());
  EXPECT_EQ(ask({"reload"}).status, 0);
  web1.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(web1_goes()) << daemon->output() << table();
}

TEST_F(NetdIpvs, TakesADeadServerOutThoughTheSchedulerIsMissing) {
  start_with(kServiceOnly);
  ASSERT_TRUE(both_come()) << daemon->output();
  write(with_scheduler("twos"));  // Debian's 6.1 has none
  EXPECT_EQ(ask({"reload"}).status, 0);
  web1.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(web1_goes()) << daemon->output() << table();
  EXPECT_THAT(table(), HasSubstr("-s wlc"));
  EXPECT_THAT(daemon->output(), HasSubstr("scheduler twos is not there: load it with modprobe ip_vs_twos"));
}

TEST_F(NetdIpvs, ServesWithAnotherSchedulerWhereTheFilesIsMissing) {
  start_with(with_scheduler("twos"));
  EXPECT_TRUE(both_come()) << daemon->output() << table();
  EXPECT_THAT(table(), HasSubstr("-s wlc"));
  EXPECT_THAT(daemon->output(), HasSubstr("served with wlc until then"));
  EXPECT_EQ(ask({"status"}).status, 3);
  write(with_scheduler("rr"));
  EXPECT_EQ(ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] { return table().find("-s rr") != std::string::npos; }));
}

TEST_F(NetdIpvs, AppliesOnceAllOrNothingOrAllThatCanBe) {
  write(with_typo());
  EXPECT_EQ(ask({"apply"}).status, 1);
  EXPECT_EQ(table(), "");
  const auto apply = ask({"apply", "--keep-going"});
  EXPECT_EQ(apply.status, 1) << apply.text;
  EXPECT_TRUE(both_in_service()) << apply.text;
  EXPECT_THAT(apply.text, HasSubstr("add real server 198.51.100.255:8080"));
}

TEST_F(NetdIpvs, IsNotGuessedForByPlanNorOverriddenByApplyWhileItDoesNotAnswer) {
  start_with(kServiceOnly);
  ASSERT_TRUE(both_come()) << daemon->output();
  web1.set(Backend::Behaviour::kRefusing);
  ASSERT_TRUE(web1_goes()) << daemon->output();
  const auto before = table();
  daemon->signal(SIGSTOP);
  const auto plan = ask({"plan"});
  EXPECT_EQ(plan.status, 1) << plan.text;
  EXPECT_THAT(plan.text, AllOf(HasSubstr("netd runs as process"), Not(HasSubstr("as configured"))));
  const auto apply = ask({"apply"});
  EXPECT_EQ(apply.status, 1) << apply.text;
  EXPECT_THAT(apply.text, HasSubstr("netd reload"));
  EXPECT_EQ(table(), before);
  daemon->signal(SIGCONT);
}

TEST_F(NetdIpvs, SaysWhenThisHostDoesNotForwardWhatMasqueradeNeeds) {
  lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=0"});
  write(kServiceOnly);
  EXPECT_THAT(ask({"plan"}).text, AllOf(HasSubstr("net.ipv4.ip_forward is 0"),
                                        HasSubstr("tcp 192.0.2.100:80: no interface has the address")));
  lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  lb1.ip({"address add 192.0.2.100/32 dev eth0"});
  EXPECT_THAT(ask({"plan"}).text, AllOf(Not(HasSubstr("ip_forward")), Not(HasSubstr("no interface has"))));
  start_with(kServiceOnly);
  ASSERT_TRUE(both_come()) << daemon->output();
  lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=0"});
  EXPECT_TRUE(eventually(kPatience, [&] { return has_said(*daemon, "net.ipv4.ip_forward is 0"); }));
}

}  // namespace
}  // namespace hawser::lab
