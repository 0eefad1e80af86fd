// LACP in words, and why a port of an 802.3ad bond does not carry.
#include "bondctl/show/lacp.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bondctl/show/render.h"
#include "bondctl/show/why.h"

namespace hawser::bondctl {
namespace {

using testing::HasSubstr;
using testing::Not;

const auto kPartner = *MacAddress::parse("02:00:00:00:00:09");
constexpr std::uint8_t kHealthy = 0x3f;

// Two ports that carry.
class Lacp : public testing::Test {
 protected:
  Lacp() {
    Link bond;
    bond.kind = LinkKind::kBond;
    bond.up = true;
    bond.bond = kernel_default_bond(BondMode::k8023ad);
    view.observed.state.links["bond0"] = bond;
    view.observed.links["bond0"].carrier = true;
    view.details.bonds["bond0"].aggregator = ActiveAggregator{1, 2, 15, 7, kPartner};
    view.privileged = true;
    for (const auto* name : {"eth0", "eth1"}) add(name);
  }
  void add(const std::string& name) {
    view.observed.state.links[name].up = true;
    view.observed.links[name].carrier = true;
    view.observed.links[name].port = PortStatus{true, MiiStatus::kUp, 0, {}, {}};
    view.observed.state.links["bond0"].bond->ports[name];
    auto& port = view.details.ports[name];
    port.speed = LinkSpeed{1000, Duplex::kFull};
    port.counters.emplace();
    port.counters->lacpdu_rx = 12;
    port.counters->lacpdu_tx = 14;
    auto& lacp = port.lacp.emplace();
    lacp.aggregator = 1;
    lacp.actor_state = lacp.partner_state = kHealthy;
    lacp.actor = LacpEnd{65535, *MacAddress::parse("02:00:00:00:00:08"), 15, 255, 1};
    lacp.partner = LacpEnd{100, kPartner, 7, 255, 3};
  }
  std::string why_not_eth1() {
    const auto subject = subject_of(view, bond0);
    return why_not_carrying(subject, port_of(subject, "eth1"));
  }
  std::string text() { return render(view, {"bond0"}); }

  PortDetails& eth1() { return view.details.ports["eth1"]; }
  LacpDetails& lacp() { return *eth1().lacp; }
  View view;
  const std::string bond0 = "bond0";
};

TEST_F(Lacp, NothingSpeaksAgainstAPortThatDistributes) {
  EXPECT_EQ(why_not_eth1(), "");
}

TEST_F(Lacp, SaysWhyAPortDoesNotCarryByWhatTheLinkIs) {
  eth1().speed->duplex = Duplex::kHalf;
  EXPECT_EQ(why_not_eth1(), "half duplex: LACP takes full duplex only");
  view.observed.links["eth1"].port->mii = MiiStatus::kDown;
  EXPECT_EQ(why_not_eth1(), "it is down for the bond's monitor");
  view.observed.links["eth1"].port->mii = MiiStatus::kGoingUp;
  EXPECT_EQ(why_not_eth1(), "it is back, and updelay is not over");
  view.observed.links["eth1"].carrier = false;
  EXPECT_EQ(why_not_eth1(), "it has no carrier");
  view.observed.state.links["eth1"].up = false;
  EXPECT_EQ(why_not_eth1(), "it is set down");
}

TEST_F(Lacp, SaysThatNobodyAnswersOrNobodyAnyMore) {
  lacp().actor_state = 0x47;
  lacp().aggregator = 2;
  EXPECT_EQ(why_not_eth1(), "no LACP partner: silent since its 12 LACPDUs");
  eth1().counters->lacpdu_rx = 0;
  EXPECT_EQ(why_not_eth1(), "no LACP partner: not one LACPDU has come in");
  lacp().actor_state = 0x87;
  EXPECT_EQ(why_not_eth1(), "its LACP partner has fallen silent");
}

TEST_F(Lacp, SaysWhatSetsAPortApartFromTheActiveAggregator) {
  lacp().aggregator = 2;
  lacp().actor_state = 0x0f;
  EXPECT_EQ(why_not_eth1(), "it is in aggregator 2, aggregator 1 is the active one");
  lacp().actor->key = 9;
  EXPECT_EQ(why_not_eth1(),
            "its speed or duplex differs (1 Gb/s full, key 9) from the active aggregator's (key 15)");
  lacp().partner->key = 8;
  EXPECT_EQ(why_not_eth1(), "the partner has it in another group (key 8) than the active aggregator (key 7)");
  lacp().partner->system = *MacAddress::parse("02:00:00:00:00:77");
  EXPECT_EQ(why_not_eth1(),
            "cabled to another system (02:00:00:00:00:77) than the active aggregator (02:00:00:00:00:09)");
  lacp().partner_state = 0x3b;
  EXPECT_EQ(why_not_eth1(), "the partner lets it join no other port");
}

TEST_F(Lacp, SaysHowFarAPortHasCome) {
  lacp().actor_state = 0x07;
  EXPECT_EQ(why_not_eth1(), "it waits to join its aggregator (2s after coming up)");
  lacp().actor_state = 0x0f;
  lacp().partner_state = 0x07;
  EXPECT_EQ(why_not_eth1(), "the partner has not put it in sync");
  lacp().partner_state = 0x0f;
  EXPECT_EQ(why_not_eth1(), "the partner does not collect from it yet");
}

TEST_F(Lacp, IsShownForPeople) {
  eth1().lacp->actor_state = 0x47;
  eth1().counters->lacpdu_rx = 0;
  eth1().counters->lacpdu_illegal_rx = 2;
  const auto shown = text();
  EXPECT_THAT(
      shown,
      HasSubstr("  LACP     aggregator 1 carries with 2 ports, key 15; partner 02:00:00:00:00:09 key 7\n"));
  EXPECT_THAT(shown,
              HasSubstr("  LACP     eth0: aggregator 1, carries\n"
                        "  actor    active, short_timeout, aggregating, in_sync, collecting, distributing; "
                        "key 15, port 1 priority 255, system 02:00:00:00:00:08 priority 65535\n"
                        "  partner  active, short_timeout, aggregating, in_sync, collecting, distributing; "
                        "key 7, port 3 priority 255, system 02:00:00:00:00:09 priority 100\n"
                        "  LACPDUs  12 received, 14 sent\n"));
  EXPECT_THAT(
      shown,
      HasSubstr(
          "  LACP     eth1: aggregator 1, does not carry: no LACP partner: not one LACPDU has come in\n"));
  EXPECT_THAT(shown, HasSubstr("  partner  none\n  LACPDUs  0 received, 14 sent; 2 illegal\n"));
}

TEST_F(Lacp, IsInTheJsonWithWordsAndNullForWhatIsHidden) {
  lacp().partner.reset();
  const auto port = to_json(view, {"bond0"}).at("bonds").at(0).at("ports").at(1).at("lacp");
  EXPECT_EQ(port.at("carries"), true);
  EXPECT_EQ(port.at("actor").at("key"), 15);
  EXPECT_TRUE(port.at("partner").at("system").is_null());
  EXPECT_EQ(boost::json::serialize(port.at("partner").at("state_words")),
            R"(["active","short_timeout","aggregating","in_sync","collecting","distributing"])");
  EXPECT_EQ(port.at("counters").at("lacpdu_tx"), 14);
}

TEST_F(Lacp, WhySaysWhatIsHidden) {
  EXPECT_THAT(why_text(subject_of(view, bond0), 0), Not(HasSubstr("hidden")));
  view.privileged = false;
  EXPECT_THAT(why_text(subject_of(view, bond0), 0),
              HasSubstr("is hidden: the kernel shows it only with CAP_NET_ADMIN"));
}

TEST_F(Lacp, WhyNamesWhoCarriesAndWhoDoesNot) {
  lacp().actor_state = 0x47;
  const auto subject = subject_of(view, bond0);
  EXPECT_EQ(why_active(subject),
            "eth0 carries: aggregator 1 carries with 2 ports, key 15; partner 02:00:00:00:00:09 key 7");
  EXPECT_THAT(why_text(subject, 0),
              HasSubstr("  eth1: does not carry: no LACP partner: silent since its 12 LACPDUs"));
}

}  // namespace
}  // namespace hawser::bondctl
