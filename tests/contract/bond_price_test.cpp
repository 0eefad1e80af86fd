// What changing a running bond costs: as the plan says it, and no more. Every option in every mode, and every
// mode into every other.
#include <gmock/gmock.h>

#include "lib/plan/apply.h"
#include "lib/plan/bill.h"
#include "lib/plan/simulate.h"
#include "lib/state/bond_options.h"
#include "tests/contract/host.h"

namespace hawser::contract {
namespace {

constexpr std::uint8_t kByIp = 3;  // RTPROT_BOOT: a route of somebody else

class BondPrice : public HostTest {
 public:
  static State wanted(BondMode mode) {
    State state;
    auto& link = state.links["bond0"];
    link.kind = LinkKind::kBond;
    link.up = true;
    link.bond = kernel_default_bond(mode);
    link.bond->set(BondOption::kMiimon, 100);
    link.bond->ports = {{"eth0", {}}, {"eth1", {}}};
    return state;
  }

  // The bill of the plan, which is carried out.
  [[nodiscard]] Bill change_to(const State& state) const {
    const Desired desired{
        .state = state, .owner = Owner::kNetd, .journal = {.links = {"bond0"}, .services = {}}};
    const auto before = observe();
    auto bill = bill_of(before, plan(desired, before.state));
    const auto applied = apply(desired, host().kernel(), Rollback::kEverything);
    EXPECT_TRUE(applied);
    if (!applied) return bill;
    for (const auto& refusal : applied->refused) ADD_FAILURE() << refusal.why.text;
    for (const auto& step : applied->left) ADD_FAILURE() << "left: " << describe(step);
    return bill;
  }

  // How often the cards lost or found their carrier: a card that is closed and opened does.
  [[nodiscard]] std::vector<std::uint32_t> flaps() const {
    auto links = observe().links;
    return {links["eth0"].carrier_changes, links["eth1"].carrier_changes};
  }
};

INSTANTIATE_TEST_SUITE_P(, BondPrice, testing::ValuesIn(hosts(Need::kBonding)), name_of_host);

// The ARP monitor needs somebody to ask, and excludes the other.
bool is_tried(const BondOptionInfo& info, BondMode mode) {
  return option_applies(info, mode) && info.option != BondOption::kArpInterval &&
         info.option != BondOption::kArpValidate;
}

std::uint32_t another_value(const BondOptionInfo& info, const Bond& bond) {
  if (info.option == BondOption::kMiimon) return 50;
  if (info.unit == BondUnit::kMilliseconds) return 200;
  const auto there = bond.get(info.option);
  return there == info.maximum ? info.minimum : there + 1;
}

TEST_P(BondPrice, OfEveryOptionInEveryModeIsWhatItDemandsAndNoPortIsReleasedForLess) {
  plug_in("eth0");
  plug_in("eth1");
  for (const auto& [mode, name] : kNames<BondMode>) {
    (void)change_to(wanted(mode));
    for (const auto& info : bond_options()) {
      if (!is_tried(info, mode) || link("bond0").bond->lacking.options.contains(info.option)) continue;
      SCOPED_TRACE(fmt::format("{} {}", name, info.name));
      auto state = wanted(mode);
      auto& bond = *state.links["bond0"].bond;
      const auto value = another_value(info, bond);
      bond.set(info.option, value);
      const auto before = flaps();
      const auto bill = change_to(state);
      EXPECT_EQ(link("bond0").bond->get(info.option), value);
      if (info.when == BondWhen::kEmpty) {
        EXPECT_EQ(bill.worst(), Toll::kPortsReleased);
      } else {
        EXPECT_EQ(bill.worst() >= Toll::kBondDown, info.when == BondWhen::kDown);
        EXPECT_NE(bill.worst(), Toll::kPortsReleased);
        EXPECT_EQ(flaps(), before) << "a port was closed";
      }
      (void)change_to(wanted(mode));
    }
  }
}

// Beside the bond's own: what no file names.
std::vector<Step> things_of_others() {
  const auto address = [](const char* link, const char* prefix) {
    Address own;
    own.no_dad = Prefix::parse(prefix)->address.is_v6();
    return AddAddress{link, *Prefix::parse(prefix), own};
  };
  const auto route = [](const char* to, const char* via, const char* device, std::uint32_t table) {
    RouteKey key;
    key.to = *Prefix::parse(to);
    key.table = table;
    if (key.to.address.is_v6()) key.metric = kIpv6UserMetric;
    Route way;
    way.via = *IpAddress::parse(via);
    way.device = device;
    way.protocol = kByIp;
    return AddRoute{key, way};
  };
  Link vlan;
  vlan.kind = LinkKind::kVlan;
  vlan.vlan = Vlan{.on = "bond0", .id = 7};
  vlan.mtu = 1300;
  return {SetMtu{"bond0", 1500, 1400},
          CreateLink{"dmz", vlan},
          SetLinkUp{"dmz", true},
          address("bond0", "192.0.2.7/24"),
          address("bond0", "2001:db8::7/64"),
          address("dmz", "198.51.100.7/24"),
          address("dmz", "2001:db8:7::7/64"),
          route("0.0.0.0/0", "192.0.2.254", "bond0", 254),
          route("::/0", "2001:db8::fe", "bond0", 254),
          route("0.0.0.0/0", "198.51.100.1", "dmz", 77),
          route("203.0.113.0/24", "192.0.2.3", "bond0", 77),
          route("2001:db8:77::/64", "2001:db8:7::1", "dmz", 77)};
}

// What has to be the same afterwards.
struct Kept {
  std::optional<std::uint32_t> mtu;
  std::optional<MacAddress> mac;
  std::map<Prefix, Address> addresses;
  Link vlan;
  std::map<RouteKey, Route> routes;
};

Kept kept(State state) {
  for (auto& [name, link] : state.links)
    std::erase_if(link.addresses,
                  [](const auto& entry) { return is_kernel_made(entry.first, entry.second); });
  std::erase_if(state.routes, [](const auto& entry) { return is_kernel_made(entry.second); });
  auto& bond = state.links["bond0"];
  return {bond.mtu, bond.mac, bond.addresses, state.links["dmz"], state.routes};
}

TEST_P(BondPrice, OfEveryModeChangeIsTheSameAndAllThatIsOnTheBondIsKept) {
  plug_in("eth0");
  plug_in("eth1");
  auto before = wanted(BondMode::kBalanceRr);
  before.links["bond0"].mtu = 1400;
  (void)change_to(before);
  for (const auto& step : things_of_others()) perform(step);
  const auto there = kept(observe().state);
  ASSERT_EQ(there.routes.size(), 5U);
  for (const auto& [from, from_name] : kNames<BondMode>)
    for (const auto& [to, to_name] : kNames<BondMode>) {
      if (from == to) continue;
      SCOPED_TRACE(fmt::format("{} -> {}", from_name, to_name));
      for (const auto mode : {from, to}) {
        if (link("bond0").bond->mode == mode) continue;
        auto state = wanted(mode);
        state.links["bond0"].mtu = 1400;
        const auto bill = change_to(state);
        ASSERT_EQ(bill.devices.size(), 1U);
        EXPECT_THAT(bill.devices.front().tolls, testing::ElementsAre(Toll::kBondDown, Toll::kPortsReleased));
        EXPECT_THAT(bill.devices.front().released, testing::ElementsAre("eth0", "eth1"));
        const auto now = kept(observe().state);
        EXPECT_EQ(now.mtu, there.mtu);
        EXPECT_EQ(now.mac, there.mac);
        EXPECT_TRUE(now.addresses == there.addresses);
        EXPECT_TRUE(now.vlan == there.vlan);
        EXPECT_TRUE(now.routes == there.routes);
      }
    }
}

}  // namespace
}  // namespace hawser::contract
