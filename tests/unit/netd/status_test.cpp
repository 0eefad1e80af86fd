// The status as JSON and as text, for the small site on a fake kernel.
#include "netd/status.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/control/json.h"
#include "lib/reconcile/host_file.h"
#include "lib/reconcile/known_health.h"
#include "lib/reconcile/overrides.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/documented.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser::netd {
namespace {

using namespace site;
using control::text_in;
using control::value_in;
using testing::HasSubstr;

class NetdStatus : public testing::Test {
 protected:
  NetdStatus() {
    controller.configure(config, Why::kStart, now);
    for (int i = 0; i < 100 && controller.work(now); ++i) {
    }
    for (const auto& real : {kWeb1, kWeb2})
      for (int i = 0; i < 2; ++i) controller.verdict(probe(real), good(), now);
  }
  [[nodiscard]] boost::json::value status() const {
    const Latencies none;
    return status_json({.config = config,
                        .source = source,
                        .controller = controller,
                        .guard = guard,
                        .handlers = none,
                        .loop = none,
                        .ready = true,
                        .now = now});
  }
  [[nodiscard]] std::string text() const { return status_text(status()); }

  config::Config config = web();
  ConfigStatus source{"/etc/hawser/hawser.toml", false, {}};
  GuardStatus guard;
  FakeKernel kernel;
  TimePoint now{std::chrono::seconds{1000}};
  Controller controller{kernel, Made{"this boot", {}, {}}, [](const std::string&) -> Status { return {}; },
                        [](const Event&) {}};
};

TEST_F(NetdStatus, HasNoKeyThatIsNotDocumented) {
  auto& bond = config.network.links["bond0"];
  bond.kind = LinkKind::kBond;
  bond.bond.emplace();
  bond.bond->ports["eth0"];
  config.bonds["bond0"].port_order = {"eth0"};
  kernel.plug_in("eth9");
  config.network.links["eth9"].addresses[*Prefix::parse("192.0.2.9/24")];
  controller.configure(config, Why::kReload, now);
  for (int i = 0; i < 100 && controller.work(now); ++i) {
  }
  const auto answer = status();
  ASSERT_FALSE(control::list_in(answer, "bonds").empty());
  ASSERT_FALSE(control::list_in(answer, "links").empty());
  EXPECT_THAT(test::undocumented(answer), testing::IsEmpty());
  EXPECT_THAT(test::undocumented(health_json(controller.known(TimePoint{}))), testing::IsEmpty());
}

// bondctl leaves these alone.
TEST_F(NetdStatus, SaysWhatItHoldsDevicesTo) {
  for (const auto* name : {"eth8", "eth9"}) kernel.plug_in(name);
  auto& links = config.network.links;
  links["eth8"].mtu = 9000;
  links["eth9"].addresses[*Prefix::parse("192.0.2.9/24")];
  config.network.routes[{254, *Prefix::parse("203.0.113.0/24")}].device = "eth9";
  links["eth9.5"].kind = LinkKind::kVlan;
  links["eth9.5"].vlan = Vlan{"eth9", 5};
  for (auto& [name, link] : links) link.up = true;
  links["eth8"].up = false;
  controller.configure(config, Why::kReload, now);
  for (int i = 0; i < 100 && controller.work(now); ++i) {
  }
  EXPECT_EQ(boost::json::serialize(value_in(status(), "links")),
            R"([{"name":"eth8","kind":"physical","keeps":["mtu","up"]},)"
            R"({"name":"eth9","kind":"physical","keeps":["addresses","routes"]},)"
            R"({"name":"eth9.5","kind":"vlan","keeps":[]}])");
}

TEST_F(NetdStatus, IsOkWithoutFindings) {
  EXPECT_EQ(text_in(status(), "state"), "ok");
  EXPECT_TRUE(control::list_in(status(), "findings").empty());
  EXPECT_THAT(text(), HasSubstr(": ok\nconfiguration  /etc/hawser/hawser.toml (current)\n"));
}

// What is of a real server in the file stands in its line.
TEST_F(NetdStatus, ListsWhatWasSaidByHandOfRealServersThatAreNotInTheFile) {
  const Overrides::Clocks clocks{std::chrono::system_clock::time_point(std::chrono::seconds(1)), now};
  Overrides said;
  for (const auto& [service, real] :
       std::vector<std::pair<std::string, std::string>>{{"", to_string(kWeb1)},
                                                        {"web", to_string(kWeb2.address)},
                                                        {"web", "web9"},
                                                        {"", "web8"},
                                                        {"mail", to_string(kWeb1)}})
    said.say({service, real}, Override::kDraining, {}, clocks);
  controller.set_overrides(said, now);
  EXPECT_THAT(text(),
              HasSubstr("\n\nweb9: draining by hand since 1970-01-01T00:00:01.000Z, and not in service web: "
                        "'lbctl enable web9 --service web' ends it\n"
                        "web8: draining by hand since 1970-01-01T00:00:01.000Z, and not in the file: "
                        "'lbctl enable web8' ends it\n" +
                        to_string(kWeb1) +
                        ": draining by hand since 1970-01-01T00:00:01.000Z, and not in service mail: "));
}

TEST_F(NetdStatus, SaysOfADeadRealServerThatItsServiceIsDegraded) {
  for (int i = 0; i < 3; ++i) controller.verdict(probe(kWeb1), bad(), now);
  EXPECT_EQ(text_in(status(), "state"), "degraded");
  EXPECT_EQ(text_in(control::list_in(status(), "services").at(0), "state"), "degraded");
  EXPECT_THAT(text(),
              HasSubstr("\nweb tcp 192.0.2.100:80: degraded: 1 of 2 real servers out of service: web1 "));
  for (int i = 0; i < 3; ++i) controller.verdict(probe(kWeb2), bad(), now);
  EXPECT_EQ(text_in(status(), "state"), "dead");
}

TEST_F(NetdStatus, TellsABrokenFileFromACurrentOneAndFromTheLastGood) {
  source.problems = {{"/etc/hawser/hawser.toml", 3, 9, "bond.bond0.mode", "unknown"}};
  const auto broken = status();
  const auto& part = value_in(broken, "config");
  EXPECT_EQ(text_in(part, "state"), "broken");
  const auto& problem = control::list_in(part, "problems").at(0);
  EXPECT_EQ(text_in(problem, "file"), "/etc/hawser/hawser.toml");
  EXPECT_EQ(control::number_in(problem, "line"), 3U);
  EXPECT_EQ(control::number_in(problem, "column"), 9U);
  EXPECT_EQ(text_in(problem, "key"), "bond.bond0.mode");
  EXPECT_EQ(text_in(problem, "text"), "unknown");
  EXPECT_THAT(text(), HasSubstr("(broken)\n  /etc/hawser/hawser.toml:3:9: bond.bond0.mode: unknown\n"));
  source.last_good = true;
  const auto kept = status();
  EXPECT_EQ(text_in(value_in(kept, "config"), "state"), "last good");
  EXPECT_EQ(text_in(kept, "state"), "degraded");
}

TEST_F(NetdStatus, AFileThatCannotBeReadIsAProblemWithoutAPlace) {
  source.problems = config::unreadable("/etc/hawser/hawser.toml",
                                       {"/etc/hawser/hawser.toml: read: Permission denied", EACCES})
                        .problems;
  EXPECT_THAT(text(), HasSubstr("\n  /etc/hawser/hawser.toml: read: Permission denied\n"));
}

}  // namespace
}  // namespace hawser::netd
