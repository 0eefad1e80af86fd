#include "netd/runner/catalogue.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/config/load.h"

namespace hawser::netd {
namespace {

using run::Action;
using run::Request;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;

Catalogue catalogue() {
  return {.node = "lb1",
          .objects = {{"provider.dc",
                       {.program = "/usr/local/sbin/move",
                        .limit = Milliseconds(5000),
                        .addresses = {*IpAddress::parse("203.0.113.100"), *IpAddress::parse("2001:db8::1")},
                        .targets = {"srv1", "srv2"}}}}};
}

Request request(Action action, std::string target = {}) {
  return {.object = "provider.dc",
          .step = {},
          .action = action,
          .address = "203.0.113.100",
          .target = std::move(target)};
}

Error refusal_of(const Request& request) {
  const auto permitted = permit(catalogue(), request);
  return permitted ? Error{"permitted"} : permitted.error();
}

constexpr std::string_view kFile = R"(format = 1
[nodes.lb1]
addresses = ["192.0.2.11"]
provider.dc = "srv1"
[nodes.lb2]
addresses = ["192.0.2.12"]
provider.dc = ["198.51.100.2", "2001:db8:2::2"]
[provider.dc]
kind = "exec"
program = "/usr/local/sbin/move"
timeout = "5s"
[provider.other]
kind = "webhook"
url = "https://192.0.2.200/failover"
[vip.web]
interface = "eth0"
virtual_router_id = 5
transport = "unicast"
priority = { lb1 = 150, lb2 = 100 }
addresses = ["203.0.113.100", "203.0.113.101"]
provider = "dc"
[vip.mail]
interface = "eth0"
virtual_router_id = 6
priority = { lb1 = 150, lb2 = 100 }
addresses = ["192.0.2.100"]
)";

TEST(RunnerCatalogue, HasTheExecProvidersOfTheFileWithTheirAddressesAndTargets) {
  const auto loaded =
      config::load({{"hawser.toml", std::string(kFile)}}, {"lb1", "", ""}, config::Part::kVipd);
  ASSERT_TRUE(loaded.good()) << to_string(loaded.problems.front());
  const auto made = catalogue_of(loaded.config);
  EXPECT_EQ(made.node, "lb1");
  ASSERT_EQ(made.objects.size(), 1U) << "a webhook is nothing to be run";
  const Runnable expected{
      .program = "/usr/local/sbin/move",
      .limit = Milliseconds(5000),
      .addresses = {*IpAddress::parse("203.0.113.100"), *IpAddress::parse("203.0.113.101")},
      .targets = {"srv1", "198.51.100.2", "2001:db8:2::2"}};
  EXPECT_EQ(made.objects.at("provider.dc"), expected);
}

TEST(RunnerCatalogue, PermitsWhatTheFileSays) {
  EXPECT_TRUE(permit(catalogue(), request(Action::kGet)));
  EXPECT_TRUE(permit(catalogue(), request(Action::kGet, "srv1")));
  EXPECT_TRUE(permit(catalogue(), request(Action::kSet, "srv2")));
  EXPECT_TRUE(permit(catalogue(), request(Action::kUnroute)));
}

TEST(RunnerCatalogue, RefusesAnObjectThatTheFileHasNotNamingThoseThatThereAre) {
  auto other = request(Action::kGet);
  other.object = "provider.elsewhere";
  EXPECT_EQ(refusal_of(other),
            (Error{"provider.elsewhere: nothing of the file that is run here; there is provider.dc", 404}));
}

TEST(RunnerCatalogue, RefusesAnAddressOfNoVipWithThisProvider) {
  auto other = request(Action::kSet, "srv1");
  other.address = "203.0.113.101";
  EXPECT_EQ(refusal_of(other),
            (Error{"provider.dc: address \"203.0.113.101\": of no vip of the file with this "
                   "provider; there is 2001:db8::1, 203.0.113.100",
                   409}));
  other.address = "";
  EXPECT_EQ(refusal_of(other).code, 409);
}

TEST(RunnerCatalogue, RefusesATargetThatIsNoNodes) {
  EXPECT_EQ(refusal_of(request(Action::kSet, "srv3")),
            (Error{"provider.dc: target \"srv3\": of no node of the file; there is srv1, srv2", 409}));
  EXPECT_EQ(refusal_of(request(Action::kSet)).code, 409) << "to nobody is unroute";
  EXPECT_EQ(refusal_of(request(Action::kGet, "srv3")).code, 409);
  EXPECT_EQ(refusal_of(request(Action::kUnroute, "srv1")).text, "provider.dc: unroute takes no target");
}

TEST(RunnerCatalogue, RefusesWhatIsNotForProviders) {
  EXPECT_EQ(refusal_of(request(Action::kStart)).text,
            "provider.dc: start: a provider takes get, set and unroute");
  auto step = request(Action::kGet);
  step.step = "disk";
  EXPECT_EQ(refusal_of(step).text, "provider.dc: step \"disk\": a provider has no steps");
}

TEST(RunnerJob, HasTheWordsOfTheContractAndTheRestAsData) {
  const auto catalogue_ = catalogue();
  const auto& runnable = catalogue_.objects.at("provider.dc");
  const auto set = job_of(runnable, request(Action::kSet, "srv2"), "lb1", nullptr);
  EXPECT_THAT(set.image.words, ElementsAre("/usr/local/sbin/move", "set", "srv2"));
  EXPECT_EQ(set.limit, Milliseconds(5000));
  EXPECT_THAT(set.image.environment,
              ElementsAre("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                          "HAWSER_OBJECT=provider.dc", "HAWSER_STEP=", "HAWSER_ACTION=set",
                          "HAWSER_ADDRESS=203.0.113.100", "HAWSER_TARGET=srv2", "HAWSER_NODE=lb1"));
  EXPECT_EQ(set.image.input,
            R"({"format":1,"object":"provider.dc","step":null,"action":"set","address":"203.0.113.100",)"
            R"("target":"srv2","node":"lb1"})"
            "\n");
}

TEST(RunnerJob, OfGetHasTheTargetAsDataAlone) {
  const auto catalogue_ = catalogue();
  const auto& runnable = catalogue_.objects.at("provider.dc");
  const auto get = job_of(runnable, request(Action::kGet, "srv1"), "", "Europe/Berlin");
  EXPECT_THAT(get.image.words, ElementsAre("/usr/local/sbin/move", "get"));
  EXPECT_THAT(get.image.environment, Contains("HAWSER_TARGET=srv1"));
  EXPECT_THAT(get.image.environment, Contains("TZ=Europe/Berlin"));
  EXPECT_THAT(get.image.input, EndsWith("\"node\":null}\n"));
  EXPECT_THAT(job_of(runnable, request(Action::kUnroute), "", nullptr).image.words,
              ElementsAre("/usr/local/sbin/move", "unroute"));
}

}  // namespace
}  // namespace hawser::netd
