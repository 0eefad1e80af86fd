#include "bondctl/show/render.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/control/json.h"

namespace hawser::bondctl {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

void add_port(Observed& observed, const std::string& name, const PortStatus& status, bool carrier) {
  Link link;
  link.up = true;
  link.master = "bond0";
  observed.state.links[name] = link;
  auto& known = observed.links[name];
  known.carrier = carrier;
  known.carrier_changes = 3;
  known.port = status;
  observed.state.links["bond0"].bond->ports[name];
}

// An active-backup bond whose second cable was pulled.
View example() {
  View view;
  Link bond;
  bond.kind = LinkKind::kBond;
  bond.up = true;
  bond.mtu = 1500;
  bond.mac = *MacAddress::parse("52:54:00:00:00:01");
  bond.bond = kernel_default_bond(BondMode::kActiveBackup);
  bond.bond->set(BondOption::kMiimon, 100);
  bond.bond->primary = "eth0";
  view.observed.state.links["bond0"] = bond;
  view.observed.links["bond0"].carrier = true;
  view.observed.links["bond0"].active_port = "eth0";
  add_port(view.observed, "eth0", {true, MiiStatus::kUp, 0, *MacAddress::parse("52:54:00:00:00:01")}, true);
  add_port(view.observed, "eth1", {false, MiiStatus::kDown, 12, *MacAddress::parse("52:54:00:00:00:02")},
           false);
  view.observed.state.links["lo"] = Link{};
  view.privileged = true;
  return view;
}

Bond& bond_of(View& view) {
  return *view.observed.state.links["bond0"].bond;
}
std::string text_of(const View& view) {
  return render(view, {"bond0"});
}

TEST(BondRender, ShowsABondForPeople) {
  EXPECT_EQ(text_of(example()),
            "bond0: active-backup, up, carrier, active port eth0, MAC 52:54:00:00:00:01, MTU 1500\n"
            "  monitor  mii every 100ms\n"
            "  primary  eth0, reselect always\n"
            "  port  role    carrier  mii   failures  prio  permanent MAC\n"
            "  eth0  active  yes      up           0     0  52:54:00:00:00:01\n"
            "  eth1  backup  no       down        12     0  52:54:00:00:00:02\n");
}

TEST(BondRender, SaysThatNothingMonitorsTheLinks) {
  auto view = example();
  bond_of(view).set(BondOption::kMiimon, 0);
  const auto text = text_of(view);
  EXPECT_THAT(text,
              HasSubstr("  monitor  none: nothing monitors its links: a dead cable will not be noticed\n"));
  EXPECT_THAT(text, HasSubstr("  eth0  active  yes      not monitored         0"));
}

TEST(BondRender, NamesTheTargetsOfTheArpMonitor) {
  auto view = example();
  bond_of(view).set(BondOption::kMiimon, 0);
  bond_of(view).set(BondOption::kArpInterval, 1000);
  EXPECT_THAT(text_of(view), HasSubstr("  monitor  arp every 1s, asking nobody: it has no target\n"));
  bond_of(view).arp_ip_target = {*IpAddress::parse("192.0.2.253"), *IpAddress::parse("192.0.2.254")};
  bond_of(view).ns_ip6_target = {*IpAddress::parse("2001:db8::1")};
  EXPECT_THAT(text_of(view),
              HasSubstr("  monitor  arp every 1s, asking 192.0.2.253, 192.0.2.254, 2001:db8::1\n"));
}

TEST(BondRender, NamesDelaysAndOptionsThatAreNotTheKernelsDefaults) {
  auto view = example();
  bond_of(view).set(BondOption::kUpdelay, 2000);
  bond_of(view).set(BondOption::kDowndelay, 200);
  bond_of(view).set(BondOption::kNumGratArp, 5);
  bond_of(view).set(BondOption::kPrimaryReselect, 2);
  bond_of(view).set(BondOption::kLacpRate, 1);  // not of this mode
  const auto text = text_of(view);
  EXPECT_THAT(text, HasSubstr("  monitor  mii every 100ms, updelay 2s, downdelay 200ms\n"));
  EXPECT_THAT(text, HasSubstr("  primary  eth0, reselect failure\n"));
  EXPECT_THAT(text, HasSubstr("  options  num_grat_arp 5\n"));
}

TEST(BondRender, ShowsQueuesAndPrioritiesOnlyWhereTheyMeanSomething) {
  auto view = example();
  bond_of(view).ports["eth1"] = {10, 2};
  EXPECT_THAT(text_of(view), HasSubstr("  eth1  backup  no       down        12    10      2  52:54"));
  bond_of(view).mode = BondMode::kBalanceXor;
  bond_of(view).ports["eth1"] = {};
  EXPECT_THAT(text_of(view), HasSubstr("bond0: balance-xor, up, carrier, MAC"));
  EXPECT_THAT(text_of(view), HasSubstr("  eth1  backup  no       down        12  52:54"));
  EXPECT_THAT(text_of(view), Not(HasSubstr("primary")));
}

TEST(BondRender, SaysWhatTheKernelHidesFromAnOrdinaryUser) {
  auto view = example();
  view.privileged = false;
  EXPECT_THAT(text_of(view), Not(HasSubstr("hidden")));
  bond_of(view).mode = BondMode::k8023ad;
  EXPECT_THAT(
      text_of(view),
      HasSubstr("  hidden   ad_actor_sys_prio, ad_user_port_key, ad_actor_system, and of each port the "
                "LACP system, key and number of both ends: the kernel shows them only with CAP_NET_ADMIN "
                "(sudo)\n"));
  view.privileged = true;
  EXPECT_THAT(text_of(view), Not(HasSubstr("hidden")));
}

TEST(BondRender, SaysWhatTheBondGuardDid) {
  auto view = example();
  view.guard = NetdView{"running",
                        5,
                        "bond1: eth2 -> eth3: eth2 was set down",
                        {{"bond0", {"", 2, "bond0: eth0 -> eth1: eth0 lost its carrier", ""}}}};
  EXPECT_THAT(
      text_of(view),
      HasSubstr("  guard    running, 2 switches, the last one bond0: eth0 -> eth1: eth0 lost its carrier\n"));
  view.guard->bonds["bond0"].last_refusal = "bond0: the ports flap: left to the kernel's own monitor";
  EXPECT_THAT(
      text_of(view),
      HasSubstr("lost its carrier; refused: bond0: the ports flap: left to the kernel's own monitor\n"));
  view.guard->bonds["bond0"].unguarded_because = "downdelay: the kernel is to wait";
  EXPECT_THAT(text_of(view), HasSubstr("  guard    none: downdelay: the kernel is to wait\n"));
  view.guard->bonds.clear();
  EXPECT_THAT(text_of(view), HasSubstr("  guard    none: netd does not guard this bond\n"));
}

TEST(BondRender, ShowsABondThatIsDownOrEmptyOrWithoutAnActivePort) {
  auto view = example();
  view.observed.state.links["bond0"].up = false;
  view.observed.state.links["eth1"].up = false;
  view.observed.links["bond0"].active_port.clear();
  EXPECT_THAT(text_of(view), HasSubstr("bond0: active-backup, down, no active port, MAC"));
  EXPECT_THAT(text_of(view), HasSubstr("  eth1  backup  off      down"));
  bond_of(view).ports.clear();
  EXPECT_THAT(text_of(view), HasSubstr("  no ports\n"));
  view.observed.state.links["bond0"].up = true;
  view.observed.links["bond0"].carrier = false;
  EXPECT_THAT(text_of(view), HasSubstr("bond0: active-backup, up, no carrier, no active port"));
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    longest = std::max(longest, end - at);
  }
  return longest;
}

TEST(BondRender, FitsIntoEightyColumnsWhateverThereIsToTell) {
  auto view = example();
  view.details.ports["eth0"].speed = LinkSpeed{10000, Duplex::kFull};
  view.guard =
      NetdView{"running", 5, "", {{"bond0", {"", 2, "bond0: eth0 -> eth1: eth0 lost its carrier", ""}}}};
  view.events = {{{"kind", "switch"},
                  {"object", "bond0"},
                  {"at", "2026-11-26T01:02:03.004Z"},
                  {"line", "bond0: eth0 -> eth1: eth0 lost its carrier"}}};
  EXPECT_LE(longest_line(render(view, {"bond0"}, 80)), 80U) << render(view, {"bond0"}, 80);
  EXPECT_GT(longest_line(render(view, {"bond0"})), 80U);
  EXPECT_THAT(render(view, {"bond0"}, 80), HasSubstr("  eth0  active  yes      up    10 Gb/s full"));
  bond_of(view).set(BondOption::kMiimon, 0);
  add_port(view.observed, "enp129s0f1np1", {false, MiiStatus::kDown, 4000000000, {}}, false);
  bond_of(view).ports["enp129s0f1np1"] = {-100, 12};
  const auto text = render(view, {"bond0"}, 80);
  EXPECT_LE(longest_line(text), 80U) << text;
  EXPECT_THAT(text, HasSubstr("  port     enp129s0f1np1: backup, carrier no, mii not monitored"));
}

TEST(BondRender, TellsTheLastChangeThatNetdKnows) {
  auto view = example();
  const auto event = [](const char* kind, const char* object, const char* line) {
    return boost::json::value{
        {"kind", kind}, {"object", object}, {"at", "2026-11-26T01:02:03.004Z"}, {"line", line}};
  };
  view.events = {event("switch", "bond0", "first"), event("switch", "bond0", "bond0: eth1 -> eth0: x"),
                 event("state", "bond0", "bond0: ok again"), event("step", "bond0", "a step"),
                 event("switch", "bond1", "another bond")};
  EXPECT_THAT(text_of(view), HasSubstr("  last     2026-11-26T01:02:03.004Z bond0: eth1 -> eth0: x\n"));
  EXPECT_THAT(text_of(view), HasSubstr("  state    2026-11-26T01:02:03.004Z bond0: ok again\n"));
  EXPECT_EQ(to_json(view, {"bond0"}).at("bonds").at(0).at("last_change").at("line").as_string(),
            "bond0: eth1 -> eth0: x");
  EXPECT_EQ(to_json(view, {"bond0"}).at("bonds").at(0).at("last_state").at("line").as_string(),
            "bond0: ok again");
}

TEST(BondRender, ShowsSeveralBondsApart) {
  auto view = example();
  view.observed.state.links["bond1"] = view.observed.state.links["bond0"];
  const auto text = render(view, *choose(view.observed, ""));
  EXPECT_THAT(text, HasSubstr("00:02\n\nbond1: active-backup"));
  EXPECT_EQ(render(view, {}), "no bonds\n");
}

TEST(BondChoose, FindsBondsAndRefusesTheRest) {
  const auto observed = example().observed;
  EXPECT_THAT(*choose(observed, ""), ElementsAre("bond0"));
  EXPECT_THAT(*choose(observed, "bond0"), ElementsAre("bond0"));
  EXPECT_EQ(choose(observed, "bond9").error().text, "bond9: no such interface");
  EXPECT_EQ(choose(observed, "eth0").error().text, "eth0: not a bond");
  EXPECT_THAT(*choose(Observed{}, ""), IsEmpty());
}

TEST(BondRender, SaysFirstThatAChangeWaits) {
  auto view = example();
  view.waiting = WaitingChange{"bondctl set bond0 mode=802.3ad", 43s};
  EXPECT_THAT(
      text_of(view),
      testing::StartsWith("not confirmed: bondctl set bond0 mode=802.3ad\n"
                          "  taken back in 43s unless 'bondctl confirm' is written\n\nbond0: active-backup"));
  EXPECT_EQ(boost::json::serialize(to_json(view, {}).at("waiting")),
            R"({"what":"bondctl set bond0 mode=802.3ad","taken_back_in":"43s"})");
  EXPECT_TRUE(to_json(example(), {}).at("waiting").is_null());
}

TEST(BondRender, NamesWhatIsDrained) {
  auto view = example();
  bond_of(view).ports.at("eth1").prio = kDrainedPrio;
  Drained was;
  was.bond = "bond0";
  was.bond_index = view.observed.links.at("bond0").index;
  was.port_index = view.observed.links.at("eth1").index;
  view.drained = {{"eth1", was}};
  EXPECT_THAT(text_of(view),
              HasSubstr("  drained  eth1: 'bondctl undrain bond0 eth1' gives it back its part\n"));
  EXPECT_EQ(boost::json::serialize(to_json(view, {"bond0"}).at("bonds").at(0).at("drained")), R"(["eth1"])");
  bond_of(view).ports.at("eth1").prio = 0;  // by other means
  EXPECT_THAT(text_of(view), testing::Not(HasSubstr("drained")));
}

TEST(BondJson, HasEveryPromisedKey) {
  auto view = example();
  view.guard = NetdView{"running", 2, "x", {{"bond0", {}}}};
  auto& details = view.details.ports["eth1"];
  details.carrier_ups = 1;
  details.carrier_downs = 2;
  details.speed = LinkSpeed{1000, Duplex::kFull};
  auto value = to_json(view, {"bond0"});
  auto& bond = value.at("bonds").as_array().at(0).as_object();
  EXPECT_EQ(bond.at("options").at("miimon").as_string(), "100ms");
  EXPECT_EQ(bond.at("options").as_object().if_contains("lacp_rate"), nullptr);
  bond.erase("options");
  EXPECT_EQ(boost::json::serialize(value.at("guard")), R"({"state":"running","switches":2,"last":"x"})");
  bond.at("ports").as_array().erase(bond.at("ports").as_array().begin());
  const auto expected = boost::json::parse(R"({"name":"bond0","mode":"active-backup","up":true,"carrier":true,
      "mac":"52:54:00:00:00:01","mtu":1500,"monitor":"mii","active_port":"eth0","primary":"eth0","arp_ip_target":[],
      "ns_ip6_target":[],"hidden":[],"guarded":true,"lacp":null,"drained":[],"last_change":null,"last_state":null,
      "ports":[{"name":"eth1","up":true,"carrier":false,"active":false,
      "mii":"down","failures":12,"carrier_changes":3,"carrier_ups":1,"carrier_downs":2,"speed_mbps":1000,
      "duplex":"full","prio":0,"actor_port_prio":null,"queue_id":0,
      "permanent_mac":"52:54:00:00:00:02","lacp":null}]})");
  EXPECT_EQ(boost::json::value(bond), expected) << control::pretty(bond);
}

TEST(BondJson, LeavesHiddenOptionsOutAndNetdsPartNullWithoutIt) {
  auto view = example();
  view.privileged = false;
  bond_of(view).mode = BondMode::k8023ad;
  const auto value = to_json(view, {"bond0"});
  const auto& bond = value.at("bonds").at(0);
  EXPECT_EQ(boost::json::serialize(bond.at("hidden")),
            R"(["ad_actor_sys_prio","ad_user_port_key","ad_actor_system"])");
  EXPECT_EQ(bond.at("options").as_object().if_contains("ad_actor_sys_prio"), nullptr);
  EXPECT_NE(bond.at("options").as_object().if_contains("lacp_rate"), nullptr);
  EXPECT_TRUE(bond.at("guarded").is_null());
  EXPECT_TRUE(value.at("guard").is_null());
}

TEST(BondGuard, IsReadFromNetdsStatus) {
  const auto guard = read_netd(boost::json::parse(
      R"({"bonds":[{"name":"bond0","guarded":true,"unguarded_because":"","switches":2,"last_switch":"bond0: a -> b",
                    "last_refusal":"bond0: no"},
                   {"name":"bond1","guarded":false,"unguarded_because":"fast_failover is off"},
                   {"name":"bond2","guarded":false}],
          "guard":{"state":"running","pid":7,"restarts":0,"switches":3,"realtime":true,"last":"bond0: a -> b"}})"));
  EXPECT_EQ(guard, (NetdView{"running",
                             3,
                             "bond0: a -> b",
                             {{"bond0", {"", 2, "bond0: a -> b", "bond0: no"}},
                              {"bond1", {"fast_failover is off", 0, "", ""}},
                              {"bond2", {"netd does not guard this bond", 0, "", ""}}}}));
  EXPECT_TRUE(guard.watches("bond0"));
  EXPECT_FALSE(guard.watches("bond1"));
  EXPECT_FALSE(guard.watches("bond9"));
}

TEST(BondGuard, SurvivesAStatusOfAnotherShape) {
  for (const auto* text : {"null", "[]", R"({"bonds":{},"guard":[]})",
                           R"({"bonds":[1,{"guarded":"yes"}],"guard":{"switches":-1}})"})
    EXPECT_EQ(read_netd(boost::json::parse(text)), NetdView{}) << text;
}

}  // namespace
}  // namespace hawser::bondctl
