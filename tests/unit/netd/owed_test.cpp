// What netd owes others outlives it.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/reconcile/owed_json.h"
#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Prefix prefix(const char* text) {
  return *Prefix::parse(text);
}

Owed much() {
  Owed owed;
  Address address;
  address.protocol = 3;
  address.scope = 253;
  address.preferred_lifetime = 0;
  address.no_prefix_route = true;
  address.no_dad = true;
  address.broadcast = *IpAddress::parse("192.0.2.255");
  owed.addresses[{"bond0", prefix("192.0.2.33/24")}] = address;
  owed.addresses[{"bond0", prefix("2001:db8::77/64")}] = {};
  RouteKey key{1000, prefix("203.0.113.0/24"), 5};
  key.tos = 8;
  key.nth = 1;
  Route route{"bond0", *IpAddress::parse("192.0.2.77"), *IpAddress::parse("192.0.2.33"), true, 1300, 3};
  owed.routes[key] = route;
  KernelRoute rest;
  rest.message = {0x02, 0xff, 0x00, 0x10};
  rest.hops = {{"bond0", {0x01, 0x02}}, {"eth2", {}}};
  rest.expires = 60;
  rest.nexthop_id = 7;
  route.rest = RouteRest(rest);
  key = RouteKey{254, prefix("2001:db8:1::/48"), 1024};
  key.from = prefix("2001:db8::/32");
  owed.routes[key] = route;
  return owed;
}

TEST(OwedJson, IsReadAsItWasWritten) {
  const auto read = parse_owed(boost::json::parse(boost::json::serialize(owed_json(much()))));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(*read, much());
  EXPECT_EQ(read->routes.begin()->second.rest->expires, 60U);
}

TEST(OwedJson, ThatIsBrokenIsRefused) {
  for (const auto* text : {R"({"addresses":[{"link":"bond0"}]})", R"({"addresses":[{"prefix":"x"}]})",
                           R"({"routes":[{"to":"192.0.2.0/24","via":"x"}]})", R"({"routes":[{}]})",
                           R"({"routes":[{"to":"192.0.2.0/24","rest":{"message":"0"}}]})",
                           R"({"routes":[{"to":"192.0.2.0/24","rest":{"message":"0g"}}]})"})
    EXPECT_FALSE(parse_owed(boost::json::parse(text))) << text;
}

config::Config bonded(BondMode mode) {
  config::Config config;
  Link link;
  link.kind = LinkKind::kBond;
  link.up = true;
  link.bond = kernel_default_bond(mode);
  link.bond->set(BondOption::kMiimon, 100);
  link.bond->ports = {{"eth0", {}}, {"eth1", {}}};
  link.addresses[prefix("192.0.2.11/24")] = {};
  config.network.links["bond0"] = link;
  config.bonds["bond0"].port_order = {"eth0", "eth1"};
  return config;
}

class OwedByNetd : public Netd {
 protected:
  OwedByNetd() {
    kernel.plug_in("eth0");
    kernel.plug_in("eth1");
    start(bonded(BondMode::kActiveBackup));
    route.device = "bond0";
    route.via = *IpAddress::parse("192.0.2.77");
    EXPECT_TRUE(kernel.perform(AddRoute{theirs, route}));
    EXPECT_TRUE(kernel.perform(AddAddress{"bond0", prefix("2001:db8::77/64"), {}}));
  }
  [[nodiscard]] bool they_have_all() {
    return kernel.state().routes.contains(theirs) &&
           kernel.state().links.at("bond0").addresses.contains(prefix("2001:db8::77/64"));
  }

  const RouteKey theirs{254, prefix("203.0.113.0/24"), 5};
  Route route;
};

TEST_F(OwedByNetd, IsInTheJournalBeforeTheFirstStepAndNoLongerAfterTheLast) {
  bool was_there = false;
  kernel.refuse_always(
      [&](const Step& step) {
        const auto* down = as<SetLinkUp>(step);
        if (down != nullptr && !down->up && down->link == "bond0")
          was_there = journal.owed.routes.contains(theirs) && journal.owed.addresses.size() == 1;
        return false;
      },
      {"", EPERM});
  reload(bonded(BondMode::kBalanceXor));
  EXPECT_TRUE(was_there);
  EXPECT_TRUE(journal.owed.empty());
  EXPECT_TRUE(they_have_all());
}

// As if netd had been killed with the bond down: the kernel has lost it, the journal has it.
TEST_F(OwedByNetd, IsPutBackByTheNextNetd) {
  journal.owed.routes[theirs] = route;
  journal.owed.addresses[{"bond0", prefix("2001:db8::77/64")}] = {};
  ASSERT_TRUE(kernel.perform(SetLinkUp{"bond0", false}));
  ASSERT_FALSE(they_have_all());
  forget_lines();
  start(bonded(BondMode::kBalanceXor));
  EXPECT_TRUE(they_have_all());
  EXPECT_THAT(lines, Contains(HasSubstr("journal: an earlier netd ended in the middle of a change")));
  EXPECT_TRUE(journal.owed.empty());
}

TEST_F(OwedByNetd, IsOverWhenItIsThereAgainAndNotPutBackLater) {
  journal.owed.routes[theirs] = route;
  start(bonded(BondMode::kActiveBackup));
  EXPECT_TRUE(journal.owed.empty());
  ASSERT_TRUE(kernel.perform(RemoveRoute{theirs, route}));
  controller->network_changed(now);
  pass(Attempts::kGather);
  EXPECT_FALSE(kernel.state().routes.contains(theirs));
}

}  // namespace
}  // namespace hawser::netd
