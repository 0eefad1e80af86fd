#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/choose.h"
#include "lbctl/render.h"
#include "lib/control/json.h"

namespace hawser::lbctl {
namespace {

using ::testing::HasSubstr;

const ServiceKey kWeb = *ServiceKey::parse("tcp 192.0.2.100:80");
const ServiceKey kMark = *ServiceKey::parse("fwmark 7");
const Endpoint kFirst = *Endpoint::parse("198.51.100.21:8080");
const Endpoint kSecond = *Endpoint::parse("198.51.100.22:8080");

// Two real servers in the kernel; a third that netd took out.
Observed kernel() {
  Observed observed;
  Service web;
  web.netmask = 32;
  web.reals[kFirst].weight = 100;
  web.reals[kSecond].weight = 0;
  observed.state.services[kWeb] = web;
  observed.services[kWeb].traffic.connections = 40;
  observed.services[kWeb].reals[kFirst].active = 3;
  observed.services[kWeb].reals[kFirst].inactive = 12;
  return observed;
}

NetdView netd() {
  return read_netd(
      boost::json::parse(R"({"services": [{"name": "web", "virtual": "tcp 192.0.2.100:80", "scheduler": "wlc",
      "reals": [
        {"name": "web1", "address": "198.51.100.21:8080", "weight": 100, "effective_weight": 100, "state": "up",
         "reason": "status 200", "checks": [{"state": "up", "for_ms": 7200000}, {"state": "up", "for_ms": 130000}]},
        {"name": "web2", "address": "198.51.100.22:8080", "weight": 100, "effective_weight": 0, "state": "down",
         "reason": "connect: refused", "checks": [{"state": "up", "for_ms": 1000}, {"state": "down", "for_ms": 5000}]},
        {"name": "web3", "address": "198.51.100.23:8080", "weight": 50, "effective_weight": 0, "state": "unknown",
         "reason": "", "checks": []}]}]})"));
}

TEST(LbRender, ShowsTheKernelsTableWithoutNetd) {
  auto view = join(kernel(), std::nullopt);
  EXPECT_EQ(render(view),
            "tcp 192.0.2.100:80, wlc\n"
            "  real server         forwarding  weight  active  inactive\n"
            "  198.51.100.21:8080  masquerade     100       3        12\n"
            "  198.51.100.22:8080  masquerade       0       0         0\n");
}

TEST(LbRender, AddsNamesHealthAndWhatNetdTookOut) {
  EXPECT_EQ(
      render(join(kernel(), netd())),
      "web: tcp 192.0.2.100:80, wlc\n"
      "  real server         name  forwarding    weight  active  inactive  state    since  reason\n"
      "  198.51.100.21:8080  web1  masquerade       100       3        12  up       2m10s  status 200\n"
      "  198.51.100.22:8080  web2  masquerade  0 of 100       0         0  down        5s  connect: refused\n"
      "  198.51.100.23:8080  web3  -            - of 50       -         -  unknown\n");
}

TEST(LbRender, TellsWhatIsNotNetdsAndWhatTheKernelLacks) {
  auto observed = kernel();
  observed.state.services[kMark] = Service{};
  observed.state.services.erase(kWeb);
  const auto text = render(join(observed, netd()));
  EXPECT_THAT(text, HasSubstr("web: tcp 192.0.2.100:80, wlc (not in the kernel)\n"));
  EXPECT_THAT(text, HasSubstr("fwmark 7, wlc (unmanaged)\n  no real servers\n"));
}

TEST(LbRender, NamesPersistenceAndOnePacket) {
  auto observed = kernel();
  auto& web = observed.state.services[kWeb];
  web.flags = static_cast<std::uint32_t>(ServiceFlag::kPersistent) |
              static_cast<std::uint32_t>(ServiceFlag::kOnePacket);
  web.persistence_timeout = 300;
  web.persistence_engine = "sip";
  EXPECT_THAT(render(join(observed, std::nullopt)),
              HasSubstr("tcp 192.0.2.100:80, wlc, persistent 5m by sip, one packet\n"));
}

TEST(LbRender, TellsAnEmptyTableFromAMissingModule) {
  View view;
  EXPECT_EQ(render(view), "no virtual services\n");
  view.has_ipvs = false;
  EXPECT_EQ(render(view), "no virtual services: IPVS is not loaded (modprobe ip_vs)\n");
}

TEST(LbChoose, FindsByNameAddressEndpointAndKey) {
  const auto view = join(kernel(), netd());
  for (const auto& words : {std::vector<std::string>{"web"},
                            {"192.0.2.100"},
                            {"192.0.2.100:80"},
                            {"tcp 192.0.2.100:80"},
                            {"tcp", "192.0.2.100:80"},
                            {}})
    EXPECT_EQ(choose(view, words)->services.size(), 1U);
  for (const auto* word : {"192.0.2.100:81", "192.0.2.10", "udp 192.0.2.100:80", "we", "web1"})
    EXPECT_EQ(choose(view, {word}).error().text, std::string(word) + ": no such service");
}

TEST(LbChoose, LeavesTheOthersOut) {
  auto observed = kernel();
  observed.state.services[kMark] = Service{};
  const auto chosen = choose(join(observed, std::nullopt), {"fwmark", "7"});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->services.size(), 1U);
  EXPECT_TRUE(chosen->services.contains(kMark));
}

// Its unspecified address is no name of it.
TEST(LbChoose, FindsAMarkByItsKeyAlone) {
  auto observed = kernel();
  observed.state.services[*ServiceKey::parse("fwmark6 7")] = Service{};
  observed.state.services[kMark] = Service{};
  const auto view = join(observed, std::nullopt);
  const auto chosen = choose(view, {"fwmark6", "7"});
  ASSERT_TRUE(chosen);
  EXPECT_TRUE(chosen->services.contains(*ServiceKey::parse("fwmark6 7")));
  EXPECT_EQ(chosen->services.size(), 1U);
  for (const auto* word : {"::", "0.0.0.0", "0.0.0.0:0", "[::]:0"})
    EXPECT_FALSE(choose(view, {word})) << word;
}

TEST(LbChoose, TakesEachWordForAServiceOfItsOwn) {
  auto observed = kernel();
  observed.state.services[kMark] = Service{};
  const auto view = join(observed, netd());
  EXPECT_EQ(choose(view, {"web", "fwmark", "7"})->services.size(), 2U);
  EXPECT_EQ(choose(view, {"tcp", "192.0.2.100:80", "fwmark", "7"})->services.size(), 2U);
  EXPECT_EQ(choose(view, {"web", "192.0.2.100"})->services.size(), 1U);
  EXPECT_EQ(choose(view, {"web", "b", "c"}).error().text, "b: no such service");
  EXPECT_EQ(choose(view, {"web", "tcp"}).error().text, "tcp: no such service");
}

TEST(LbChoose, SaysWhyANameIsNotKnown) {
  auto view = join(kernel(), std::nullopt);
  view.netd_silence = "netd is not running: /run/hawser/netd.sock: No such file or directory";
  EXPECT_EQ(choose(view, {"web"}).error().text,
            "web: no such service; names are not known: netd is not running: /run/hawser/netd.sock: No such "
            "file or "
            "directory");
}

TEST(LbJson, HasEveryPromisedKey) {
  const auto value = to_json(join(kernel(), netd()));
  const auto& web = value.at("services").at(0).as_object();
  const auto expected = boost::json::parse(R"({"address":"198.51.100.22:8080","name":"web2","present":true,
      "forwarding":"masquerade","weight":0,"configured_weight":100,"upper_threshold":0,"lower_threshold":0,"active":0,
      "inactive":0,"persistent":0,"state":"down","reason":"connect: refused","for_ms":5000,
      "traffic":{"connections":0,"packets_in":0,"packets_out":0,"bytes_in":0,"bytes_out":0},
      "rate":{"connections":0,"packets_in":0,"packets_out":0,"bytes_in":0,"bytes_out":0}})");
  EXPECT_EQ(web.at("reals").at(1), expected) << control::pretty(web.at("reals").at(1));
  auto rest = web;
  rest.erase("reals");
  EXPECT_EQ(boost::json::value(rest),
            boost::json::parse(R"({"virtual":"tcp 192.0.2.100:80","name":"web","present":true,
      "scheduler":"wlc","scheduler_flags":[],"persistence":0,"netmask":32,"one_packet":false,
      "traffic":{"connections":40,"packets_in":0,"packets_out":0,"bytes_in":0,"bytes_out":0},
      "rate":{"connections":0,"packets_in":0,"packets_out":0,"bytes_in":0,"bytes_out":0}})"));
  EXPECT_TRUE(value.at("netd").as_bool());
}

TEST(LbJson, IsNullWhereNetdIsSilentOrTheKernelHasNothing) {
  const auto silent = to_json(join(kernel(), std::nullopt));
  EXPECT_FALSE(silent.at("netd").as_bool());
  const auto& real = silent.at("services").at(0).at("reals").at(0);
  for (const auto* key : {"name", "configured_weight", "state", "reason", "for_ms"})
    EXPECT_TRUE(real.at(key).is_null()) << key;
  const auto joined = to_json(join(kernel(), netd()));
  const auto& gone = joined.at("services").at(0).at("reals").at(2);
  EXPECT_FALSE(gone.at("present").as_bool());
  EXPECT_TRUE(gone.at("forwarding").is_null());
  EXPECT_EQ(gone.at("weight").to_number<int>(), 0);
}

TEST(LbFlags, AreNamedAsTheFileDoes) {
  auto observed = kernel();
  const auto shown = [&](ServiceFlag flag) {
    observed.state.services[kWeb].flags = static_cast<std::uint32_t>(flag);
    const auto view = join(observed, std::nullopt);
    EXPECT_THAT(render(view),
                HasSubstr("wlc " + scheduler_flags(observed.state.services[kWeb]).front() + "\n"));
    return boost::json::serialize(to_json(view).at("services").at(0).at("scheduler_flags"));
  };
  EXPECT_EQ(shown(ServiceFlag::kSched1), R"(["flag-1"])");
  EXPECT_EQ(shown(ServiceFlag::kSched2), R"(["flag-2"])");
  EXPECT_EQ(shown(ServiceFlag::kSched3), R"(["flag-3"])");
}

TEST(LbNetd, SurvivesAStatusOfAnotherShape) {
  for (const auto* text :
       {"null", "[]", R"({"services":{}})", R"({"services":[1,{"virtual":"x"},{"virtual":7}]})"})
    EXPECT_TRUE(read_netd(boost::json::parse(text)).empty()) << text;
  const auto odd = read_netd(boost::json::parse(
      R"({"services":[{"virtual":"fwmark 7","reals":[{"address":"nonsense"},{"address":"198.51.100.21:1","weight":"x"}]}]})"));
  EXPECT_EQ(odd.at(kMark).reals.size(), 1U);
  EXPECT_EQ(odd.at(kMark).reals.begin()->second, NetdReal{});
}

}  // namespace
}  // namespace hawser::lbctl
