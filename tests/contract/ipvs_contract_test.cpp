// Services and real servers: what both kernels must do alike.
#include <cerrno>

#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

class IpvsContract : public HostTest {
 public:
  static ServiceKey key(const char* text) { return *ServiceKey::parse(text); }
  static Endpoint endpoint(const char* text) { return *Endpoint::parse(text); }
  static Service service(std::string scheduler = "wlc") {
    Service wanted;
    wanted.scheduler = std::move(scheduler);
    wanted.netmask = 32;
    return wanted;
  }
  void make_service() const { perform(AddService{web, service()}); }
  [[nodiscard]] std::map<Endpoint, RealServer> reals() const { return observe().state.services[web].reals; }

  ServiceKey web = key("tcp 192.0.2.100:80");
  Endpoint web1 = endpoint("198.51.100.21:8080");
};

INSTANTIATE_TEST_SUITE_P(, IpvsContract, testing::ValuesIn(hosts(Need::kIpvs)), name_of_host);

TEST_P(IpvsContract, AddsAServiceAndTakesTheSameStepTwice) {
  make_service();
  make_service();
  EXPECT_EQ(observe().state.services, (std::map<ServiceKey, Service>{{web, service()}}));
}

TEST_P(IpvsContract, AddsServicesOfEveryKind) {
  auto six = service("rr");
  six.netmask = 64;
  six.flags = 0x1;
  six.persistence_timeout = 360;
  const std::map<ServiceKey, Service> wanted{{web, service("wrr")},
                                             {key("udp 192.0.2.100:53"), service("sh")},
                                             {key("tcp [2001:db8::100]:80"), six},
                                             {key("fwmark 7"), service("lc")},
                                             {key("fwmark6 7"), six}};
  for (const auto& [name, each] : wanted) perform(AddService{name, each});
  EXPECT_EQ(observe().state.services, wanted);
}

TEST_P(IpvsContract, RefusesAServiceThatIsThereOtherwise) {
  make_service();
  EXPECT_EQ(refused(AddService{web, service("rr")}), EEXIST);
  EXPECT_EQ(observe().state.services[web], service());
}

TEST_P(IpvsContract, RefusesAnUnknownScheduler) {
  EXPECT_EQ(refused(AddService{web, service("best")}), ENOENT);
}

TEST_P(IpvsContract, EditsAServiceAndKeepsItsRealServers) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  auto wanted = service("mh");
  wanted.flags = 0x1 | 0x8;
  wanted.persistence_timeout = 300;
  wanted.netmask = 24;
  perform(EditService{web, service(), wanted});
  wanted.reals[web1] = RealServer{};
  EXPECT_EQ(observe().state.services[web], wanted);
}

TEST_P(IpvsContract, RefusesToEditWhatIsNotThere) {
  EXPECT_EQ(refused(EditService{web, service(), service("rr")}), ESRCH);
  EXPECT_EQ(refused(AddReal{web, web1, RealServer{}}), ESRCH);
  make_service();
  EXPECT_EQ(refused(EditReal{web, web1, {}, RealServer{}}), ENOENT);
}

TEST_P(IpvsContract, DeletesAServiceWithItsRealServersAndTakesTheSameStepTwice) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  perform(DeleteService{web});
  perform(DeleteService{web});
  EXPECT_TRUE(observe().state.services.empty());
}

TEST_P(IpvsContract, AddsARealServerAndTakesTheSameStepTwice) {
  make_service();
  const AddReal step{web, web1, RealServer{Forwarding::kMasquerade, 100, 2000, 1000, {}}};
  perform(step);
  perform(step);
  EXPECT_EQ(reals(), (std::map<Endpoint, RealServer>{{web1, step.server}}));
  EXPECT_EQ(refused(AddReal{web, web1, RealServer{}}), EEXIST);
}

TEST_P(IpvsContract, AddsRealServersOfEveryForwarding) {
  make_service();
  const std::map<Endpoint, RealServer> wanted{
      {endpoint("198.51.100.21:80"), {Forwarding::kMasquerade, 1, 0, 0, {}}},
      {endpoint("198.51.100.22:80"), {Forwarding::kDirect, 0, 0, 0, {}}},
      {endpoint("198.51.100.23:80"), {Forwarding::kTunnel, 70000, 0, 0, {}}},
      {endpoint("198.51.100.24:80"), {Forwarding::kTunnel, 5, 0, 0, {TunnelType::kGue, 6080, 1}}},
      {endpoint("198.51.100.25:80"), {Forwarding::kTunnel, 5, 0, 0, {TunnelType::kGre, 0, 1}}},
      {endpoint("[2001:db8:1::21]:80"), {Forwarding::kTunnel, 5, 0, 0, {}}},
  };
  for (const auto& [real, server] : wanted) perform(AddReal{web, real, server});
  EXPECT_EQ(reals(), wanted);
}

TEST_P(IpvsContract, EditsEveryAttributeOfARealServer) {
  make_service();
  RealServer now;
  perform(AddReal{web, web1, now});
  for (const auto& wanted :
       {RealServer{Forwarding::kMasquerade, 0, 0, 0, {}}, RealServer{Forwarding::kMasquerade, 7, 50, 40, {}},
        RealServer{Forwarding::kTunnel, 7, 50, 40, {TunnelType::kGue, 6080, 0}},
        RealServer{Forwarding::kDirect, 7, 0, 0, {}}}) {
    perform(EditReal{web, web1, now, wanted});
    perform(EditReal{web, web1, now, wanted});
    EXPECT_EQ(reals()[web1], wanted);
    now = wanted;
  }
}

TEST_P(IpvsContract, DeletesARealServerAndTakesTheSameStepTwice) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  perform(DeleteReal{web, web1});
  perform(DeleteReal{web, web1});
  EXPECT_TRUE(reals().empty());
}

TEST_P(IpvsContract, RefusesRealServersThatCannotBe) {
  make_service();
  EXPECT_EQ(refused(AddReal{web, endpoint("224.0.0.9:80"), RealServer{}}), EINVAL);
  EXPECT_EQ(refused(AddReal{web, endpoint("[2001:db8::1]:80"), RealServer{}}), EINVAL);
  EXPECT_EQ(refused(AddReal{web, web1, RealServer{Forwarding::kMasquerade, 0x80000000, 0, 0, {}}}), ERANGE);
  EXPECT_EQ(refused(AddReal{web, web1, RealServer{Forwarding::kMasquerade, 1, 10, 20, {}}}), ERANGE);
  EXPECT_EQ(refused(AddReal{web, web1, RealServer{Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGue, 0, 0}}}),
            EINVAL);
}

TEST_P(IpvsContract, RefusesABroadcastAddressAsARealServer) {
  plug_in("eth0");
  perform(SetLinkUp{"eth0", true});
  perform(AddAddress{"eth0", *Prefix::parse("198.51.100.11/24"), {}});
  make_service();
  EXPECT_EQ(refused(AddReal{web, endpoint("198.51.100.255:80"), RealServer{}}), EINVAL);
  EXPECT_EQ(refused(AddReal{web, endpoint("255.255.255.255:80"), RealServer{}}), EINVAL);
  perform(AddReal{web, endpoint("198.51.100.254:80"), RealServer{}});
}

TEST_P(IpvsContract, RefusesAnEditToAnUnknownSchedulerAndKeepsTheService) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  EXPECT_EQ(refused(EditService{web, service(), service("best")}), ENOENT);
  auto engine = service();
  engine.persistence_engine = "best";
  EXPECT_EQ(refused(EditService{web, service(), engine}), ENOENT);
  auto wanted = service();
  wanted.reals[web1] = RealServer{};
  EXPECT_EQ(observe().state.services[web], wanted);
}

TEST_P(IpvsContract, ARefusedEditOfARealServerLeavesItAsItWas) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  EXPECT_EQ(refused(EditReal{web, web1, {}, RealServer{Forwarding::kMasquerade, 0, 10, 20, {}}}), ERANGE);
  EXPECT_EQ(reals()[web1], RealServer{});
  perform(EditReal{web, web1, {}, RealServer{Forwarding::kMasquerade, 0, 0, 0, {}}});
  EXPECT_EQ(reals()[web1].weight, 0U);
}

TEST_P(IpvsContract, FindsEveryKindOfServiceByItsKeyAndNoneThatIsNotThere) {
  const auto six = key("tcp [2001:db8::100]:80");
  auto six_service = service("rr");
  six_service.netmask = 128;
  std::map<ServiceKey, Service> wanted{{web, service("wrr")},
                                       {key("udp 192.0.2.100:53"), service("sh")},
                                       {six, six_service},
                                       {key("fwmark 7"), service("lc")}};
  for (const auto& [name, each] : wanted) perform(AddService{name, each});
  perform(AddReal{web, web1, RealServer{}});
  wanted[web].reals[web1] = RealServer{};
  Scope scope{{Look::kIpvs}, {key("tcp 192.0.2.100:81"), key("fwmark 8")}};
  for (const auto& [name, each] : wanted) scope.services.insert(name);
  const auto seen = host().kernel().observe(scope);
  ASSERT_TRUE(seen) << seen.error().text;
  EXPECT_EQ(seen->state.services, wanted);
}

TEST_P(IpvsContract, LooksOnlyAtTheServicesThatTheScopeNames) {
  make_service();
  perform(AddService{key("fwmark 7"), service()});
  const auto seen = host().kernel().observe(Scope{{Look::kIpvs}, {web}});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->state.services, (std::map<ServiceKey, Service>{{web, service()}}));
  const auto none = host().kernel().observe(kNetworkOnly);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->state.services.empty());
}

TEST_P(IpvsContract, ShowsEachRealServersStatus) {
  make_service();
  perform(AddReal{web, web1, RealServer{}});
  const auto status = observe().services[web];
  EXPECT_EQ(status.traffic, Traffic{});
  EXPECT_EQ(status.reals, (std::map<Endpoint, RealStatus>{{web1, {}}}));
}

// Without counters the kernel's older interface is read, which cannot say all of these.
TEST_P(IpvsContract, SeesTheSameWithCountersAndWithout) {
  const auto six = key("tcp [2001:db8::100]:80");
  auto six_service = service("rr");
  six_service.netmask = 128;
  const auto mixed = key("tcp 192.0.2.100:81");
  const auto tunnelled = key("udp 192.0.2.100:53");
  std::map<ServiceKey, Service> wanted{
      {web, service("wrr")}, {mixed, service("wlc")},          {tunnelled, service("sh")},
      {six, six_service},    {key("fwmark 7"), service("lc")}, {key("sctp 192.0.2.100:9"), service("rr")}};
  wanted[web].reals = {{web1, {Forwarding::kMasquerade, 3, 200, 100, {}}},
                       {endpoint("198.51.100.22:8080"), {Forwarding::kMasquerade, 0, 0, 0, {}}}};
  wanted[mixed].reals = {{endpoint("198.51.100.23:81"), {Forwarding::kDirect, 1, 0, 0, {}}},
                         {endpoint("[2001:db8::23]:81"), {Forwarding::kTunnel, 2, 0, 0, {}}}};
  wanted[tunnelled].reals = {
      {endpoint("198.51.100.24:53"), {Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGue, 6080, 0}}}};
  wanted[six].reals = {{endpoint("[2001:db8::21]:80"), RealServer{}}};
  wanted[key("fwmark 7")].reals = {{endpoint("198.51.100.25:0"), {Forwarding::kDirect, 65535, 0, 0, {}}}};
  for (const auto& [name, each] : wanted) {
    perform(AddService{name, each});
    for (const auto& [real, server] : each.reals) perform(AddReal{name, real, server});
  }
  auto with = host().kernel().observe(kIpvsTraffic);
  const auto without = host().kernel().observe(kIpvsOnly);
  ASSERT_TRUE(with && without);
  EXPECT_EQ(without->state.services, wanted);
  EXPECT_EQ(with->state.services, wanted);
  EXPECT_EQ(without->services, with->services);
}

// --- many at once ---

std::vector<int> codes_of(Kernel& kernel, const std::vector<Step>& steps) {
  std::vector<const Step*> each;
  each.reserve(steps.size());
  for (const auto& step : steps) each.push_back(&step);
  std::vector<int> codes;
  for (const auto& status : kernel.perform_each(each)) codes.push_back(status ? 0 : status.error().code);
  return codes;
}

TEST_P(IpvsContract, TriesEachOfManyWhateverBecameOfThoseBefore) {
  const auto dns = key("udp 192.0.2.100:53");
  const std::vector<Step> steps{
      AddService{web, service()},
      AddReal{web, web1, RealServer{}},
      AddService{dns, service("best")},
      AddReal{dns, web1, RealServer{}},
      AddService{web, service()},
      SetIpvsTimeouts{{900, 120, 300}, {800, 0, 0}},
      AddReal{web, web1, RealServer{Forwarding::kMasquerade, 9, 0, 0, {}}},
      EditReal{web, web1, RealServer{}, RealServer{Forwarding::kMasquerade, 7, 0, 0, {}}},
      DeleteReal{web, endpoint("198.51.100.22:80")},
      DeleteService{dns}};
  EXPECT_EQ(codes_of(host().kernel(), steps), (std::vector<int>{0, 0, ENOENT, ESRCH, 0, 0, EEXIST, 0, 0, 0}));
  auto wanted = service();
  wanted.reals[web1] = RealServer{Forwarding::kMasquerade, 7, 0, 0, {}};
  EXPECT_EQ(observe().state.services, (std::map<ServiceKey, Service>{{web, wanted}}));
}

// More than a datagram holds, with refused ones among them.
TEST_P(IpvsContract, TakesThousandsAtOnce) {
  std::vector<Step> steps{AddService{web, service()}};
  std::vector<int> expected{0};
  std::map<Endpoint, RealServer> wanted;
  for (int i = 1; i < 1000; ++i) {
    const auto real = *Endpoint::parse(fmt::format("198.51.100.{}:{}", i % 250 + 1, 8000 + i / 250));
    const bool bad = i % 100 == 0;
    const RealServer server{
        Forwarding::kMasquerade, static_cast<std::uint32_t>(i), bad ? 1U : 0U, bad ? 2U : 0U, {}};
    steps.emplace_back(AddReal{web, real, server});
    expected.push_back(bad ? ERANGE : 0);
    if (!bad) wanted[real] = server;
  }
  EXPECT_EQ(codes_of(host().kernel(), steps), expected);
  EXPECT_EQ(reals(), wanted);
}

}  // namespace
}  // namespace hawser::contract
