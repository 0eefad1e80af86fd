// What IPVS has once in a network namespace: timeouts, sync daemons, counters, and what the module says.
#include <cerrno>

#include "lib/plan/apply.h"
#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

class IpvsHostContract : public HostTest {
 public:
  IpvsHostContract() {
    plug_in("eth0");
    perform(SetLinkUp{"eth0", true});
    perform(AddAddress{"eth0", *Prefix::parse("198.51.100.11/24"), {}});
  }
  [[nodiscard]] Observed look() const {
    auto seen = host().kernel().observe(kAllOfIpvs);
    EXPECT_TRUE(seen) << seen.error().text;
    return seen.value_or(Observed{});
  }
  [[nodiscard]] IpvsHost ipvs() const { return look().state.ipvs; }
  static SyncDaemon daemon(std::uint8_t id = 7) {
    return {"eth0", id, 1000, IpAddress::v4(224, 0, 0, 82), 8900, 3};
  }
  static SyncDaemon as_heard(SyncDaemon told) {  // what a backup takes at least
    told.maxlen = 1024;
    return told;
  }

  ServiceKey web = *ServiceKey::parse("tcp 192.0.2.100:80");
  Endpoint six = *Endpoint::parse("[2001:db8:1::21]:80");
};

INSTANTIATE_TEST_SUITE_P(, IpvsHostContract, testing::ValuesIn(hosts(Need::kIpvs)), name_of_host);

TEST_P(IpvsHostContract, TellsTheVersionAndTheTimeoutsThatEveryNamespaceBeginsWith) {
  const auto seen = look();
  ASSERT_TRUE(seen.ipvs);
  EXPECT_EQ(seen.ipvs->version, 0x010201U);
  EXPECT_GE(seen.ipvs->connection_table, 256U);
  EXPECT_EQ(seen.state.ipvs.timeouts, (IpvsTimeouts{900, 120, 300}));
  EXPECT_TRUE(seen.state.ipvs.daemons.empty());
}

TEST_P(IpvsHostContract, SetsTheTimeoutsThatAreNamedAndNoOthers) {
  perform(SetIpvsTimeouts{{900, 120, 300}, {1800, 0, 10}});
  EXPECT_EQ(ipvs().timeouts, (IpvsTimeouts{1800, 120, 10}));
  perform(SetIpvsTimeouts{{1800, 120, 10}, {0, 60, 0}});
  EXPECT_EQ(ipvs().timeouts, (IpvsTimeouts{1800, 60, 10}));
  EXPECT_EQ(refused(SetIpvsTimeouts{{}, {0xffffffff, 0, 0}}), EINVAL);
}

TEST_P(IpvsHostContract, SetsTheSysctlsByWhichClientsLeaveAServerThatIsOut) {
  for (const auto& [which, name] : kNames<IpvsSysctl>) {
    EXPECT_EQ(ipvs().sysctls.at(which), 0U) << name;
    perform(SetIpvsSysctl{which, 0, 1});
    EXPECT_EQ(ipvs().sysctls.at(which), 1U) << name;
    perform(SetIpvsSysctl{which, 1, 0});
    EXPECT_EQ(ipvs().sysctls.at(which), 0U) << name;
  }
}

TEST_P(IpvsHostContract, RunsDaemonsOfBothRolesWithAllThatTheyWereTold) {
  perform(StartSync{SyncRole::kMaster, daemon()});
  perform(StartSync{SyncRole::kMaster, daemon()});
  perform(StartSync{SyncRole::kBackup, daemon(9)});
  perform(StartSync{SyncRole::kBackup, daemon(9)});
  EXPECT_EQ(ipvs().daemons, (std::map<SyncRole, SyncDaemon>{{SyncRole::kMaster, daemon()},
                                                            {SyncRole::kBackup, as_heard(daemon(9))}}));
  perform(StopSync{SyncRole::kMaster});
  perform(StopSync{SyncRole::kMaster});
  EXPECT_EQ(ipvs().daemons, (std::map<SyncRole, SyncDaemon>{{SyncRole::kBackup, as_heard(daemon(9))}}));
}

TEST_P(IpvsHostContract, FillsInTheLengthOfMessagesByItself) {
  SyncDaemon plain;
  plain.interface = "eth0";
  perform(StartSync{SyncRole::kMaster, plain});
  perform(StartSync{SyncRole::kMaster, plain});
  plain.maxlen = 1472;
  EXPECT_EQ(ipvs().daemons.at(SyncRole::kMaster), plain);
}

TEST_P(IpvsHostContract, SpeaksToAGroupOfIpv6) {
  Address at_once;
  at_once.no_dad = true;
  perform(AddAddress{"eth0", *Prefix::parse("2001:db8::11/64"), at_once});
  auto wanted = daemon();
  wanted.group = *IpAddress::parse("ff02::81");
  perform(StartSync{SyncRole::kMaster, wanted});
  EXPECT_EQ(ipvs().daemons.at(SyncRole::kMaster), wanted);
}

TEST_P(IpvsHostContract, RefusesDaemonsThatCannotBe) {
  auto wrong = daemon();
  wrong.interface = "eth9";
  EXPECT_EQ(refused(StartSync{SyncRole::kMaster, wrong}), ENODEV);
  wrong = daemon();
  wrong.group = IpAddress::v4(192, 0, 2, 1);
  EXPECT_EQ(refused(StartSync{SyncRole::kMaster, wrong}), EINVAL);
  perform(StartSync{SyncRole::kMaster, daemon()});
  EXPECT_EQ(refused(StartSync{SyncRole::kMaster, daemon(8)}), EEXIST);
  EXPECT_EQ(ipvs().daemons.at(SyncRole::kMaster), daemon());
}

// Stopped that soon, the kernel does not acknowledge it.
TEST_P(IpvsHostContract, StopsDaemonsThatHaveHardlyBegun) {
  for (int round = 0; round < 100; ++round) {
    perform(StartSync{SyncRole::kMaster, daemon()});
    perform(StopSync{SyncRole::kMaster});
    ASSERT_FALSE(HasFailure()) << round;
  }
  EXPECT_TRUE(observe().state.ipvs.daemons.empty());
}

TEST_P(IpvsHostContract, KeepsDaemonsAndRealServersOfAnotherFamilyApart) {
  Service service;
  service.netmask = 32;
  perform(AddService{web, service});
  const RealServer tunnelled{Forwarding::kTunnel, 1, 0, 0, {}};
  perform(StartSync{SyncRole::kMaster, daemon()});
  EXPECT_EQ(refused(AddReal{web, six, tunnelled}), EINVAL);
  perform(StopSync{SyncRole::kMaster});
  perform(AddReal{web, six, tunnelled});
  EXPECT_EQ(refused(StartSync{SyncRole::kMaster, daemon()}), EINVAL);
}

TEST_P(IpvsHostContract, SetsCountersToZeroOfAServiceThatIsThere) {
  EXPECT_EQ(refused(ZeroCounters{web}), ESRCH);
  Service service;
  service.netmask = 32;
  perform(AddService{web, service});
  perform(ZeroCounters{web});
  perform(ZeroCounters{std::nullopt});
}

TEST_P(IpvsHostContract, IsBroughtToAWishAndThePlanIsThenEmpty) {
  perform(StartSync{SyncRole::kBackup, daemon(9)});
  Desired desired;
  desired.state.ipvs.timeouts = IpvsTimeouts{0, 30, 0};
  desired.state.ipvs.daemons = {{SyncRole::kMaster, daemon()}};
  const auto applied = apply(desired, host().kernel(), Rollback::kEverything, kIpvsHostOnly);
  ASSERT_TRUE(applied) << applied.error().text;
  EXPECT_TRUE(applied->complete());
  EXPECT_EQ(ipvs().timeouts, (IpvsTimeouts{900, 30, 300}));
  EXPECT_EQ(ipvs().daemons.size(), 2U);
  EXPECT_TRUE(apply(desired, host().kernel(), Rollback::kEverything, kIpvsHostOnly)->done.empty());
}

TEST_P(IpvsHostContract, TakesBackWhatItDidWhenADaemonIsRefused) {
  Desired desired;
  desired.state.ipvs.timeouts = IpvsTimeouts{1000, 30, 40};
  auto wrong = daemon();
  wrong.interface = "eth9";
  desired.state.ipvs.daemons = {{SyncRole::kMaster, daemon()}, {SyncRole::kBackup, wrong}};
  const auto applied = apply(desired, host().kernel(), Rollback::kEverything, kIpvsHostOnly);
  ASSERT_TRUE(applied) << applied.error().text;
  EXPECT_EQ(applied->refused.size(), 1U);
  EXPECT_EQ(ipvs().timeouts, (IpvsTimeouts{900, 120, 300}));
  EXPECT_TRUE(ipvs().daemons.empty());
}

}  // namespace
}  // namespace hawser::contract
