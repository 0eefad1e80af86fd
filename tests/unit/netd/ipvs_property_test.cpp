// Random pools, random verdicts, and a kernel that refuses random parts for good: what is not refused
// arrives, and a dead real server gets no new connection, in the moment of the verdict.
#include <cerrno>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using probes::HealthState;
using std::chrono::seconds;

constexpr int kShards = 20;
constexpr int kSeedsOfAShard = 500;

class Draw {
 public:
  explicit Draw(std::uint32_t seed) : engine_(seed) {}
  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(engine_); }
  bool one_in(int many) { return up_to(many - 1) == 0; }
  template <class T>
  T of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(up_to(static_cast<int>(list.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

Endpoint real_at(int number) {
  return {IpAddress::v4(198, 51, 100, static_cast<std::uint8_t>(20 + number)), 8080};
}

config::Config draw_config(Draw& draw) {
  auto config = web();
  auto& pool = config.pools["web"];
  pool.reals.clear();
  for (int i = 0; i <= draw.up_to(3); ++i) {
    auto one = real(fmt::format("web{}", i), to_string(real_at(i).address));
    if (draw.one_in(5)) one.checks.clear();
    one.server.weight = static_cast<std::uint32_t>(draw.up_to(3) + 1);
    one.server.forwarding = draw.of<Forwarding>({Forwarding::kMasquerade, Forwarding::kDirect});
    one.server.upper_threshold = draw.one_in(3) ? 100 : 0;
    pool.reals.push_back(one);
  }
  if (draw.one_in(3)) pool.policy.on_failure = config::OnFailure::kQuiesce;
  auto& service = config.services["web"].service;
  service.scheduler = draw.of<std::string>({"wlc", "rr", "mh", "sh", "twos"});
  service.persistence_engine = draw.of<std::string>({"", "", "sip", "nope"});
  if (draw.one_in(2)) service.flags |= 1U, service.persistence_timeout = 300;
  if (draw.one_in(4)) service.flags |= 4U;
  if (draw.one_in(4)) service.flags |= 8U;
  if (draw.one_in(4)) config.services["web"].netmask4 = 24;
  if (draw.one_in(3)) config.services["web"].keys.push_back(key("udp 192.0.2.100:80"));
  return config;
}

// The parts of which the kernel takes no change to a value that is not plain.
using Refused = std::set<IpvsUnit>;

Refused draw_refused(Draw& draw, const config::Config& config) {
  Refused refused;
  for (const auto& key : config.services.at("web").keys) {
    for (const auto part : {IpvsPart::kScheduler, IpvsPart::kSchedulerFlags, IpvsPart::kPersistence,
                            IpvsPart::kPersistenceNetmask, IpvsPart::kOnePacket})
      if (draw.one_in(6)) refused.insert({key, {}, part});
    for (int i = 0; i <= 3; ++i)
      for (const auto part :
           {IpvsPart::kReal, IpvsPart::kWeight, IpvsPart::kForwarding, IpvsPart::kThresholds})
        if (draw.one_in(8)) refused.insert({key, real_at(i), part});
  }
  return refused;
}

bool refuses(const Refused& refused, const Step& step) {
  const auto is_in = [&](const IpvsUnit& unit) { return refused.contains(unit); };
  if (const auto* add = as<AddService>(step)) {
    Service plain;
    plain.netmask = 32;
    return std::ranges::any_of(changed_parts(plain, add->service), [&](auto part) {
      return is_in({add->key, {}, part});
    });
  }
  if (const auto* add = as<AddReal>(step))
    if (add->server.upper_threshold > 0 && is_in({add->key, add->real, IpvsPart::kThresholds})) return true;
  return std::ranges::any_of(ipvs_units_of(step), is_in);
}

class IpvsProperty : public Netd, public testing::WithParamInterface<int> {
 protected:
  void run(std::uint32_t seed) {
    Draw draw(seed);
    kernel = FakeKernel();
    journal = {"this boot", {}, {}};
    forget_lines();
    const auto first = draw_config(draw);
    auto refused = draw_refused(draw, first);
    const auto obey = [&] {
      kernel.refuse_always([&](const Step& step) { return refuses(refused, step); }, {"refused", EINVAL});
    };
    if (draw.one_in(2)) obey();
    start(first);
    for (int i = 0; i < 12; ++i) {
      if (draw.one_in(6)) reload(draw_config(draw));
      if (draw.one_in(4)) pass(seconds{draw.up_to(9)});
      if (i == 4) obey();
      const auto target = real_at(draw.up_to(3));
      controller->verdict(probe(target), draw.one_in(2) ? good() : bad(), now);
      expect_traffic_protected(refused, seed);
      if (HasFailure()) return;
    }
    settle();
    expect_all_but(refused, seed);
    kernel.refuse_always({}, {});
    settle();
    expect_all_but({}, seed);
  }

  // As long as the longest retry.
  void settle() {
    for (int i = 0; i < 3; ++i) pass(seconds{61});
  }

  static void expect(bool so, std::uint32_t seed, const std::string& otherwise) {
    EXPECT_TRUE(so) << "seed " << seed << ": " << otherwise;
  }

  void expect_traffic_protected(const Refused& refused, std::uint32_t seed) {
    for (const auto& [key, service] : controller->ipvs().layout()) {
      const auto there = kernel.state().services.find(key);
      ASSERT_NE(there, kernel.state().services.end()) << seed << ": a plain service is never refused";
      for (const auto& member : service.members) {
        const auto state = state_of(service, member, controller->board().table());
        const auto real = there->second.reals.find(member.real);
        const bool serves = real != there->second.reals.end() && real->second.weight > 0;
        const auto may = [&](IpvsPart part) { return !refused.contains({key, member.real, part}); };
        if (state == HealthState::kDown && (may(IpvsPart::kReal) || may(IpvsPart::kWeight)))
          expect(!serves, seed, fmt::format("{} {} is dead and in", key, member.real));
        if (state == HealthState::kUp && may(IpvsPart::kReal) && may(IpvsPart::kWeight))
          expect(serves, seed, fmt::format("{} {} is up and not in", key, member.real));
      }
    }
  }

  void expect_all_but(const Refused& refused, std::uint32_t seed) {
    for (const auto& [key, service] : controller->ipvs().layout())
      for (const auto& unit : missing_of(key, service))
        expect(refused.contains(unit) || no_kernel_has(service.wanted, unit.part), seed,
               fmt::format("{} is missing", unit));
  }

  static bool no_kernel_has(const Service& wanted, IpvsPart part) {
    return (part == IpvsPart::kScheduler && wanted.scheduler == "twos") ||
           (part == IpvsPart::kPersistenceEngine && wanted.persistence_engine == "nope");
  }

  std::vector<IpvsUnit> missing_of(const ServiceKey& key, const VirtualServer& service) {
    IpvsTask task{.key = key, .wanted = {}, .there = {}, .dead = {}, .leave = {}};
    const auto there = kernel.state().services.find(key);
    if (there != kernel.state().services.end()) task.there = there->second;
    task.wanted = desired_service(service, controller->board().table(), task.there ? &*task.there : nullptr);
    std::vector<IpvsUnit> units;
    for (const auto& step : plan_repair(task))
      for (auto& unit : ipvs_units_of(step)) units.push_back(std::move(unit));
    return units;
  }
};

TEST_P(IpvsProperty, WhatIsNotRefusedArrivesAndNoDeadServerIsServed) {
  for (int i = 0; i < kSeedsOfAShard && !HasFailure(); ++i)
    run(static_cast<std::uint32_t>(GetParam() * kSeedsOfAShard + i));
}

INSTANTIATE_TEST_SUITE_P(Seeds, IpvsProperty, testing::Range(0, kShards));

}  // namespace
}  // namespace hawser::netd
