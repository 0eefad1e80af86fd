#include "netd/events.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser::netd {
namespace {

using site::kWeb;
using site::kWeb1;

const Step kAddEth10 = SetMaster{"eth10", "", "bond0"};

TEST(NetdEvents, NameTheDeviceThatAppearedAndNoneThatIsPartOfItsName) {
  EXPECT_EQ(line_of(network_event(kAddEth10, Why::kDrift, {"eth10"})),
            "bond0: add port eth10: eth10 appeared");
  const auto event = network_event(kAddEth10, Why::kDrift, {"eth1"});
  EXPECT_EQ(event.cause.kind, CauseKind::kOthers);
  EXPECT_EQ(line_of(event), "bond0: add port eth10: changed by somebody else");
}

TEST(NetdEvents, OfAStepHaveTheCauseAsAValue) {
  EXPECT_EQ(network_event(kAddEth10, Why::kStart, {}).cause, (Cause{CauseKind::kStart, ""}));
  EXPECT_EQ(network_event(kAddEth10, Why::kReload, {}).cause, (Cause{CauseKind::kFile, ""}));
  EXPECT_EQ(network_event(kAddEth10, Why::kRetry, {}).cause, (Cause{CauseKind::kRetry, ""}));
  EXPECT_EQ(network_event(kAddEth10, Why::kStart, {}).object, "bond0");
  EXPECT_EQ(network_event(kAddEth10, Why::kStart, {}).what, "add port eth10");
}

TEST(NetdEvents, OfARealServerAreOfItsServiceWithTheChecksWords) {
  const auto config = site::web();
  const auto layout = lay_out(config);
  probes::Health health;
  health.state = probes::HealthState::kDown;
  health.last = probes::Outcome::kBad;
  health.words = health.cause = "connect: Connection refused";
  health.in_a_row = 3;
  const HealthTable table{{site::probe(kWeb1), health}};
  const auto event = ipvs_event(DeleteReal{kWeb, kWeb1}, Why::kVerdict, {layout, table, Pools()});
  EXPECT_EQ(event.kind, EventKind::kRealServer);
  EXPECT_EQ(event.object, "web");
  EXPECT_EQ(event.what, "real server web1 198.51.100.21:8080");
  EXPECT_EQ(event.to, "removed");
  EXPECT_EQ(event.cause, (Cause{CauseKind::kProbe, "3 checks failed"}));
  EXPECT_EQ(event.evidence, "site: connect: Connection refused");
}

TEST(NetdEvents, OfARefusalTakeTheKernelsWordsApart) {
  const auto event = refusal_event(kAddEth10, {"bond0: add port eth10: Device or resource busy", 16});
  EXPECT_EQ(event.object, "bond0");
  EXPECT_EQ(event.what, "add port eth10");
  EXPECT_EQ(event.cause, (Cause{CauseKind::kKernel, "Device or resource busy"}));
  EXPECT_EQ(line_of(refusal_event(kAddEth10, {"netlink: send: No buffer space available", 105})),
            "netlink: send: No buffer space available");
}

}  // namespace
}  // namespace hawser::netd
