// Files of ifupdown and networkd as people have them, and what becomes of them: TOML that the rules take, and
// what was left out, by line.
#include "bondctl/import/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/host_file.h"

namespace hawser::bondctl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Whatever it is, `netd check` takes it.
Imported imported(const ForeignFiles& files) {
  auto made = import_files(files);
  if (made.text.empty()) return made;
  const auto judged = config::judge_sources({{"hawser.toml", made.text}}, {}, config::Part::kAll);
  for (const auto& problem : judged.problems) ADD_FAILURE() << to_string(problem) << "\n" << made.text;
  return made;
}

Imported from_interfaces(const std::string& text) {
  return imported(
      {.interfaces = {{"interfaces", text}}, .modprobe = {}, .units = {}, .cards = {}, .left_out = {}});
}

std::vector<std::string> left(const Imported& made) {
  std::vector<std::string> lines;
  lines.reserve(made.left_out.size());
  for (const auto& one : made.left_out) lines.push_back(to_string(one));
  return lines;
}

// Without the first line, which is always the same.
std::string body(const Imported& made) {
  const std::string head = "format = 1\n\n";
  EXPECT_TRUE(made.text.starts_with(head)) << made.text;
  return made.text.substr(std::min(head.size(), made.text.size()));
}

// --- /etc/network/interfaces ---

TEST(ImportInterfaces, ABondAsIfenslaveHasIt) {
  const auto made = from_interfaces(
      "# the uplink\n"
      "auto lo\niface lo inet loopback\n\n"
      "auto bond0\niface bond0 inet static\n"
      "\taddress 192.0.2.11\n\tnetmask 255.255.255.0\n\tnetwork 192.0.2.0\n\tbroadcast 192.0.2.255\n"
      "\tgateway 192.0.2.1\n"
      "\tbond-slaves eth0 eth1\n\tbond-mode 1\n\tbond-miimon 100\n\tbond-downdelay 200\n\tbond-updelay 200\n"
      "\tbond-primary eth0\n");
  EXPECT_EQ(body(made),
            "[bond.bond0]\n"
            "mode = \"active-backup\"\n"
            "ports = [\"eth0\", \"eth1\"]\n"
            "miimon = \"100ms\"\n"
            "downdelay = \"200ms\"\n"
            "updelay = \"200ms\"\n"
            "primary = \"eth0\"\n"
            "addresses = [\"192.0.2.11/24\"]\n"
            "routes = [{ to = \"default\", via = \"192.0.2.1\" }]\n");
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportInterfaces, TheModulesParametersAreThoseOfABondThatSaysNone) {
  ForeignFiles files;
  files.interfaces = {
      {"interfaces", "auto bond0\niface bond0 inet static\n  address 192.0.2.1/24\n  slaves eth0 eth1\n"}};
  files.modprobe = {{"bonding.conf", "alias bond0 bonding\noptions bonding mode=1 miimon=100 max_bonds=2\n"}};
  EXPECT_THAT(
      body(imported(files)),
      testing::StartsWith(
          "[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = \"100ms\"\n"));
  // What the stanza says counts, and so does its monitor.
  files.interfaces.front().text +=
      "  bond-mode 2\n  bond-arp-interval 500\n  bond-arp-ip-target 192.0.2.254\n";
  const auto made = imported(files);
  EXPECT_THAT(made.text, testing::AllOf(HasSubstr("mode = \"balance-xor\""),
                                        HasSubstr("arp_interval = \"500ms\""), Not(HasSubstr("miimon"))));
}

TEST(ImportInterfaces, ABondWithoutModeOrMonitorIsTheKernelsAndThatIsSaid) {
  const auto made = from_interfaces("auto bond0\niface bond0 inet manual\n  bond-slaves eth0 eth1\n");
  EXPECT_THAT(made.text, testing::AllOf(HasSubstr("mode = \"balance-rr\""), HasSubstr("monitor = \"none\"")));
  EXPECT_THAT(left(made),
              ElementsAre(HasSubstr("interfaces:2: iface bond0: no bond-mode, here or in modprobe.d"),
                          HasSubstr("interfaces:2: iface bond0: nothing monitors its ports")));
}

TEST(ImportInterfaces, PortsMayComeByStanzasOfTheirOwn) {
  const auto made = from_interfaces(
      "auto bond0\niface bond0 inet dhcp\n  bond-slaves none\n  bond-mode active-backup\n  bond-miimon "
      "100\n\n"
      "allow-hotplug eth0\niface eth0 inet manual\n  bond-master bond0\n  bond-primary eth0 eth1\n\n"
      "allow-hotplug eth1\niface eth1 inet manual\n  bond-master bond0\n  bond-queue-id 2\n  "
      "bond-give-a-chance 10\n");
  EXPECT_EQ(body(made),
            "[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = \"100ms\"\n"
            "primary = \"eth0\"\nport = { eth1 = { queue_id = 2 } }\n");
  EXPECT_THAT(left(made),
              ElementsAre(HasSubstr("interfaces:2: iface bond0 inet dhcp: its addresses come from a client"),
                          HasSubstr("interfaces:16: bond-give-a-chance 10: the active role is not moved")));
}

TEST(ImportInterfaces, VlansByNameAndByTheirDevice) {
  const auto made = from_interfaces(
      "auto bond0 bond0.100 vlan7\niface bond0 inet manual\n  bond-slaves eth0\n  bond-mode 802.3ad\n"
      "iface bond0.100 inet static\n  address 192.0.2.2/24\n"
      "iface bond0.100 inet6 static\n  address 2001:db8:100::2\n"
      "iface vlan7 inet static\n  address 198.51.100.2\n  netmask 26\n  vlan-raw-device bond0\n  mtu 1400\n");
  EXPECT_EQ(body(made),
            "[bond.bond0]\nmode = \"802.3ad\"\nports = [\"eth0\"]\n\n"
            "[link.\"bond0.100\"]\nkind = \"vlan\"\non = \"bond0\"\nid = 100\n"
            "addresses = [\"192.0.2.2/24\", \"2001:db8:100::2/64\"]\n\n"
            "[link.vlan7]\nkind = \"vlan\"\non = \"bond0\"\nid = 7\naddresses = [\"198.51.100.2/26\"]\nmtu = "
            "1400\n");
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportInterfaces, CommandsThatAddRoutesAreRoutes) {
  const auto made = from_interfaces(
      "auto eth3\niface eth3 inet static\n  address 192.0.2.2/24\n"
      "  up ip route add 198.51.100.0/24 via 192.0.2.9 dev eth3\n"
      "  post-up /sbin/ip route replace default via 192.0.2.1 metric 50 table 77 dev $IFACE || true\n"
      "  up route add -net 203.0.113.0 netmask 255.255.255.0 gw 192.0.2.8\n"
      "  up ip addr add 192.0.2.3/24 dev eth3\n"
      "  down ip route del 198.51.100.0/24\n"
      "  up ip rule add from 192.0.2.2 table 77\n"
      "  up ethtool -K eth3 tso off\n"
      "  up ip route add 198.51.100.128/25 dev eth4\n");
  EXPECT_EQ(body(made),
            "[link.eth3]\nkind = \"physical\"\naddresses = [\"192.0.2.2/24\", \"192.0.2.3/24\"]\n"
            "routes = [{ to = \"198.51.100.0/24\", via = \"192.0.2.9\" }, "
            "{ to = \"default\", via = \"192.0.2.1\", metric = 50, table = 77 }, "
            "{ to = \"203.0.113.0/24\", via = \"192.0.2.8\" }]\n");
  EXPECT_THAT(
      left(made),
      ElementsAre("interfaces:9: up ip rule add from 192.0.2.2 table 77: netd runs no commands",
                  "interfaces:10: up ethtool -K eth3 tso off: netd runs no commands",
                  "interfaces:11: up ip route add 198.51.100.128/25 dev eth4: netd runs no commands"));
}

TEST(ImportInterfaces, OldFilesHaveTheirPortsFromACommand) {
  const auto made = from_interfaces(
      "auto bond0\niface bond0 inet static\n  address 192.0.2.11/24\n  bond_mode active-backup\n  "
      "bond_miimon 100\n"
      "  up /sbin/ifenslave bond0 eth0 eth1\n  down /sbin/ifenslave -d bond0 eth0 eth1\n");
  EXPECT_EQ(body(made),
            "[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = \"100ms\"\n"
            "addresses = [\"192.0.2.11/24\"]\n");
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportInterfaces, IfenslaveIsReadHoweverItIsCalled) {
  const std::string stanza =
      "auto bond0\niface bond0 inet static\n  address 192.0.2.11/24\n  bond_mode active-backup\n  "
      "bond_miimon 100\n";
  for (const auto* command :
       {"up ifenslave -f bond0 eth0 eth1", "pre-up ifenslave --force bond0 eth0 eth1",
        "post-up /sbin/ifenslave -v bond0 -f eth0 eth1 || true", "up ifenslave -fv $IFACE eth0 eth1",
        "up ifenslave bond0 eth0 && ifenslave bond0 eth1",
        "up ifenslave bond0 eth0; ifenslave bond0 eth1 ;"}) {
    const auto made = from_interfaces(stanza + "  " + command + "\n  down ifenslave -d bond0 eth0 eth1\n");
    EXPECT_THAT(made.text, HasSubstr("ports = [\"eth0\", \"eth1\"]")) << command;
    EXPECT_THAT(left(made), IsEmpty()) << command;
  }
}

TEST(ImportInterfaces, APortMayEnslaveItself) {
  const std::string bond =
      "auto bond0\niface bond0 inet manual\n  bond-mode active-backup\n  bond-miimon 100\n";
  for (const auto* command : {"up ifenslave bond0 eth0", "post-up ifenslave -f bond0 $IFACE"}) {
    const auto made = from_interfaces(bond + "auto eth0\niface eth0 inet manual\n  " + command + "\n");
    EXPECT_THAT(made.text, testing::AllOf(HasSubstr("ports = [\"eth0\"]"), Not(HasSubstr("[link.eth0]"))))
        << command;
    EXPECT_THAT(left(made), IsEmpty()) << command;
  }
  EXPECT_THAT(left(from_interfaces("auto eth0\niface eth0 inet manual\n  up ifenslave bond9 eth0\n")),
              Contains("interfaces:3: iface eth0: ifenslave bond9, of which there is no stanza"));
}

TEST(ImportInterfaces, WhatIfenslaveDoesElseIsNoSetting) {
  const auto made = from_interfaces(
      "auto bond0\niface bond0 inet manual\n  bond-mode active-backup\n  bond-miimon 100\n"
      "  up ifenslave bond0 eth0 eth1\n  up ifenslave -c bond0 eth1\n");
  EXPECT_THAT(made.text, HasSubstr("ports = [\"eth0\", \"eth1\"]"));
  EXPECT_THAT(left(made), ElementsAre("interfaces:6: up ifenslave -c bond0 eth1: netd runs no commands"));
}

TEST(ImportInterfaces, ABondBelowABridgeStaysAndWhatIsOnTheBridgeGoesWithIt) {
  const auto made = from_interfaces(
      "auto nic1\niface nic1 inet manual\n\tmtu 9000\n\nauto bond0\niface bond0 inet manual\n\tbond-slaves "
      "nic1 nic2\n"
      "\tbond-miimon 100\n\tbond-mode 802.3ad\n\tbond-xmit-hash-policy layer3+4\n\tbond-lacp-rate 1\n\tmtu "
      "9000\n\n"
      "auto vmbr0\niface vmbr0 inet static\n\taddress 192.0.2.11/24\n\tgateway 192.0.2.1\n\tbridge-ports "
      "bond0\n"
      "\tbridge-stp off\n\nauto vmbr0.15\niface vmbr0.15 inet static\n\taddress 198.51.100.11/24\n");
  EXPECT_EQ(body(made),
            "[bond.bond0]\nmode = \"802.3ad\"\nports = [\"nic1\", \"nic2\"]\nmiimon = \"100ms\"\n"
            "xmit_hash_policy = \"layer3+4\"\nlacp_rate = \"fast\"\nmtu = 9000\n\n"
            "[link.nic1]\nkind = \"physical\"\nmtu = 9000\n");
  EXPECT_THAT(left(made), ElementsAre("interfaces:15: iface vmbr0 inet static: bridges have no section",
                                      "interfaces:22: iface vmbr0.15 inet static: vmbr0 is left out"));
}

TEST(ImportInterfaces, WhatNoSettingSaysIsSaidByItsLine) {
  const auto made = from_interfaces(
      "auto eth3\niface eth3 inet static\n  address 192.0.2.2/24\n  dns-nameservers 192.0.2.53\n  "
      "pointopoint 192.0.2.9\n"
      "  hwaddress ether 52:54:00:00:00:01\n  wpa-ssid home\n  accept_ra 0\n  metric 5\n\n"
      "mapping eth*\n  script /bin/which\n  map HOME eth3-home\n"
      "rename eth9=lan\n");
  EXPECT_THAT(made.text, HasSubstr("mac = \"52:54:00:00:00:01\""));
  EXPECT_THAT(left(made),
              ElementsAre("interfaces:4: dns-nameservers 192.0.2.53: names are the resolver's business",
                          "interfaces:5: pointopoint 192.0.2.9: no setting corresponds to it",
                          "interfaces:7: wpa-ssid home: wireless devices have their own programs",
                          "interfaces:8: accept_ra 0: a matter of sysctl",
                          HasSubstr("interfaces:11: mapping eth*: a mapping is made by its script"),
                          HasSubstr("interfaces:14: rename eth9=lan: devices are not renamed here")));
}

TEST(ImportInterfaces, WhatTheRulesRefuseIsLeftOutWithTheirReason) {
  const auto made = from_interfaces(
      "auto bond0\niface bond0 inet static\n  address 192.0.2.2/24\n  address 0.0.0.0/24\n  bond-slaves eth0 "
      "eth1\n"
      "  bond-mode active-backup\n  bond-miimon 100\n  bond-lacp-rate fast\n  bond-mimon 100\n  "
      "bond-primary-reselect never\n");
  EXPECT_THAT(made.text,
              testing::AllOf(HasSubstr("addresses = [\"192.0.2.2/24\"]"), Not(HasSubstr("lacp_rate"))));
  EXPECT_THAT(
      left(made),
      ElementsAre(
          HasSubstr("interfaces:4: bond0: addresses \"0.0.0.0/24\": "),
          "interfaces:8: bond0: lacp_rate = \"fast\": mode active-backup does not take it: only 802.3ad",
          "interfaces:9: bond-mimon 100: no such option: did you mean bond-miimon?",
          HasSubstr("interfaces:10: bond0: primary_reselect = \"never\": must be")));
}

TEST(ImportInterfaces, DevicesOfOtherKindsAreLeftOutWhole) {
  const auto made = from_interfaces(
      "auto br0\niface br0 inet static\n  address 192.0.2.2/24\n  bridge_ports eth0\n"
      "iface ppp0 inet ppp\n  provider dsl\n"
      "iface a/b inet manual\n");
  EXPECT_EQ(made.text, "");
  EXPECT_THAT(left(made),
              ElementsAre("interfaces:2: iface br0 inet static: bridges have no section",
                          "interfaces:5: iface ppp0 inet ppp: a device of method ppp has no section",
                          HasSubstr("interfaces:7: iface a/b inet manual: \"a/b\" is not a device name")));
}

TEST(ImportInterfaces, TemplatesAreInherited) {
  const auto made = from_interfaces(
      "iface base inet manual\n  mtu 9000\n  hwaddress 52:54:00:00:00:01\n"
      "auto eth3\niface eth3 inet static inherits base\n  address 192.0.2.2/24\n  mtu 1400\n");
  EXPECT_EQ(body(made),
            "[link.eth3]\nkind = \"physical\"\naddresses = [\"192.0.2.2/24\"]\nmtu = 1400\nmac = "
            "\"52:54:00:00:00:01\"\n");
}

TEST(ImportInterfaces, LoopsAndOddLinesEndInWords) {
  EXPECT_EQ(from_interfaces("").text, "");
  EXPECT_EQ(from_interfaces("auto lo\niface lo inet loopback\n").text, "");
  EXPECT_THAT(left(from_interfaces("  address 192.0.2.1\niface\n")),
              ElementsAre("interfaces:1: address 192.0.2.1: it stands in no stanza",
                          "interfaces:2: iface: an interface has a name"));
  const auto loop = from_interfaces(
      "auto a b\niface a inet manual inherits b\n  mtu 1400\niface b inet manual inherits a\niface c inet "
      "manual inherits c\n");
  EXPECT_THAT(loop.text, HasSubstr("[link.b]\nkind = \"physical\"\nmtu = 1400\n"));
  EXPECT_THAT(left(from_interfaces("iface eth0 inet manual\n  bond-master bond9\n")),
              Contains("interfaces:1: iface eth0: bond-master bond9, of which there is no stanza"));
}

TEST(ImportInterfaces, AnInterfaceThatIsBroughtUpByHandIsSaid) {
  EXPECT_THAT(left(from_interfaces("iface eth3 inet static\n  address 192.0.2.2/24\n")),
              ElementsAre(HasSubstr("interfaces:1: iface eth3: brought up by hand there")));
}

TEST(ImportInterfaces, AnAddressNeedsALength) {
  EXPECT_THAT(left(from_interfaces("auto e\niface e inet static\n  address 192.0.2.2\n")),
              ElementsAre(HasSubstr("interfaces:3: address 192.0.2.2: it has no length")));
  EXPECT_THAT(
      left(from_interfaces("auto e\niface e inet static\n  address 192.0.2.2\n  netmask 255.0.255.0\n")),
      ElementsAre(HasSubstr("\"255.0.255.0\" is no netmask")));
  EXPECT_THAT(left(from_interfaces("auto e\niface e inet static\n  address 192.0.2.2\n  netmask 33\n")),
              ElementsAre(HasSubstr("\"33\" is no netmask: at most 32")));
}

TEST(ImportInterfaces, AllMeansTheWiredCardsOfTheHost) {
  ForeignFiles files;
  files.interfaces = {
      {"interfaces", "auto bond0\niface bond0 inet manual\n  bond-slaves all\n  bond-mode 4\n"}};
  EXPECT_THAT(left(imported(files)),
              Contains(HasSubstr("interfaces:3: bond-slaves all: which cards that are")));
  files.cards = {"enp1s0", "enp2s0", "wlp3s0"};
  EXPECT_THAT(imported(files).text, HasSubstr("ports = [\"enp1s0\", \"enp2s0\"]"));
}

// --- systemd-networkd ---

Imported from_units(const std::vector<config::Source>& units, const std::vector<std::string>& cards = {}) {
  return imported({.interfaces = {}, .modprobe = {}, .units = units, .cards = cards, .left_out = {}});
}

const config::Source kBond{
    "10-bond.netdev",
    "[NetDev]\nName=bond0\nKind=bond\nDescription=to the switches\n\n"
    "[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\nUpDelaySec=0.2\nDownDelaySec=200ms\n"
    "PrimaryReselectPolicy=better\nGratuitousARP=3\n"};
const config::Source kPort{"20-port.network",
                           "[Match]\nName=eno1\n\n[Network]\nBond=bond0\nPrimarySlave=true\n"};

TEST(ImportNetworkd, ABondItsPortsAndItsAddresses) {
  const auto made =
      from_units({kBond,
                  kPort,
                  {"21-port.network", "[Match]\nName=eno2\n[Network]\nBond=bond0\n"},
                  {"30-bond.network",
                   "[Match]\nName=bond0\n\n[Network]\nAddress=192.0.2.11/24\nAddress=2001:db8::11/64\n"
                   "Gateway=192.0.2.1\nDNS=192.0.2.53\n\n[Route]\nDestination=198.51.100.0/24\n"
                   "Gateway=192.0.2.9\nMetric=50\n\n[Link]\nMTUBytes=9000\n"}});
  EXPECT_EQ(body(made),
            "[bond.bond0]\nmode = \"active-backup\"\ndescription = \"to the switches\"\nmiimon = \"100ms\"\n"
            "updelay = \"200ms\"\ndowndelay = \"200ms\"\nprimary_reselect = \"better\"\nnum_grat_arp = 3\n"
            "ports = [\"eno1\", \"eno2\"]\nprimary = \"eno1\"\n"
            "addresses = [\"192.0.2.11/24\", \"2001:db8::11/64\"]\n"
            "routes = [{ to = \"default\", via = \"192.0.2.1\" }, "
            "{ to = \"198.51.100.0/24\", via = \"192.0.2.9\", metric = 50 }]\nmtu = 9000\n");
  EXPECT_THAT(left(made),
              ElementsAre("30-bond.network:8: DNS=192.0.2.53: names and time are other programs' business"));
}

// The famous one: https://github.com/coreos/bugs/issues/1598
TEST(ImportNetworkd, ABareNumberIsSeconds) {
  const auto made = from_units(
      {{"a.netdev", "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100\n"}, kPort});
  EXPECT_THAT(made.text, HasSubstr("miimon = \"100s\""));
  EXPECT_THAT(
      left(made),
      Contains("a.netdev:6: MIIMonitorSec=100: it is 100 seconds there, and written so: was 100ms meant?"));
}

TEST(ImportNetworkd, OtherTimesWithoutAUnitAreAskedAboutToo) {
  const auto made = from_units({{"a.netdev",
                                 "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=active-backup\n"
                                 "MIIMonitorSec=100ms\nUpDelaySec=200\nDownDelaySec=30\n"},
                                kPort});
  EXPECT_THAT(
      left(made),
      ElementsAre("a.netdev:7: UpDelaySec=200: it is 200 seconds there, and written so: was 200ms meant?"));
}

TEST(ImportNetworkd, AHundredSecondsAreAskedAboutHoweverTheyAreWritten) {
  const auto made = from_units(
      {{"a.netdev", "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100s\n"}, kPort});
  EXPECT_THAT(left(made), Contains(HasSubstr("MIIMonitorSec=100s: it is 100 seconds there")));
}

// An entry that no file could have is no reason to lose the bond.
TEST(ImportNetworkd, OfAListOnlyTheBadEntryIsLeftOut) {
  const auto with_targets = [](const std::string& targets) {
    return from_units({{"a.netdev",
                        "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=active-backup\nARPIntervalSec=200ms\n"
                        "ARPValidate=all\nARPIPTargets=" +
                            targets + "\n"},
                       kPort});
  };
  for (const auto* targets :
       {"192.0.2.254 192.0.2.300 192.0.2.253", "gateway 192.0.2.254 192.0.2.253",
        "192.0.2.254,192.0.2.253 192.0.2.254 192.0.2.253", "192.0.2.254 192.0.2.253 ::1"}) {
    const auto made = with_targets(targets);
    EXPECT_THAT(made.text, HasSubstr("arp_ip_target = [\"192.0.2.254\", \"192.0.2.253\"]")) << targets;
    EXPECT_THAT(left(made), Contains(HasSubstr("a.netdev:8: bond0: arp_ip_target "))) << targets;
    EXPECT_THAT(made.text, HasSubstr("arp_interval = \"200ms\"")) << targets;
  }
  const auto none = with_targets("gateway 192.0.2.300");
  EXPECT_THAT(none.text, testing::AllOf(HasSubstr("[bond.bond0]"), HasSubstr("ports = [\"eno1\"]"),
                                        Not(HasSubstr("monitor")), Not(HasSubstr("arp_"))));
  EXPECT_THAT(left(none),
              testing::IsSupersetOf({HasSubstr("a.netdev:6: bond0: arp_interval = \"200ms\": "),
                                     HasSubstr("a.netdev:7: bond0: arp_validate = \"all\": "),
                                     HasSubstr("a.netdev:8: bond0: arp_ip_target \"gateway\": ")}));
  std::string many;
  for (int i = 1; i <= 17; ++i) many += fmt::format("192.0.2.{} ", i);
  const auto most = with_targets(many);
  EXPECT_THAT(most.text, testing::AllOf(HasSubstr("\"192.0.2.16\"]"), HasSubstr("arp_interval")));
  EXPECT_THAT(left(most), Contains(HasSubstr("a.netdev:8: bond0: arp_ip_target \"192.0.2.17\": ")));
}

TEST(ImportNetworkd, AllKeysOfABondHaveTheirSetting) {
  const auto made =
      from_units({{"a.netdev",
                   "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=802.3ad\nTransmitHashPolicy=layer3+"
                   "4\nLACPTransmitRate=fast\n"
                   "MIIMonitorSec=0.1s\nAdSelect=bandwidth\nAdActorSystemPriority=7\nAdUserPortKey=5\n"
                   "AdActorSystem=52:54:00:00:00:01\nMinLinks=1\nResendIGMP=2\nAllSlavesActive="
                   "no\nLearnPacketIntervalSec=2\n"},
                  kPort});
  for (const auto* line : {"xmit_hash_policy = \"layer3+4\"", "lacp_rate = \"fast\"", "miimon = \"100ms\"",
                           "ad_select = \"bandwidth\"", "ad_actor_sys_prio = 7", "ad_user_port_key = 5",
                           "ad_actor_system = \"52:54:00:00:00:01\"", "min_links = 1", "resend_igmp = 2",
                           "all_slaves_active = \"off\"", "lp_interval = \"2s\""})
    EXPECT_THAT(made.text, HasSubstr(line));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("primary = \"eno1\": mode 802.3ad does not take it")));
}

TEST(ImportNetworkd, VlansAreOnTheDeviceThatNamesThem) {
  const auto made = from_units(
      {{"a.netdev", "[NetDev]\nName=front\nKind=vlan\n[VLAN]\nId=100\n"},
       {"b.netdev", "[NetDev]\nName=lost\nKind=vlan\n[VLAN]\nId=7\n"},
       {"c.network", "[Match]\nName=eno1\n[Network]\nVLAN=front\n"},
       {"d.network", "[Match]\nName=front\n[Network]\nDHCP=no\n[Address]\nAddress=192.0.2.5/24\n"}});
  EXPECT_THAT(
      made.text,
      HasSubstr("[link.front]\nkind = \"vlan\"\nid = 100\non = \"eno1\"\naddresses = [\"192.0.2.5/24\"]\n"));
  EXPECT_THAT(made.text, Not(HasSubstr("lost")));
  EXPECT_THAT(left(made),
              Contains("b.netdev:2: [NetDev] Name=lost: no .network file says VLAN= with its name"));
}

TEST(ImportNetworkd, PatternsAreTheCardsOfTheHost) {
  const config::Source ports{"p.network", "[Match]\nName=eno* ens?\n[Network]\nBond=bond0\n"};
  EXPECT_THAT(from_units({kBond, ports}, {"eno1", "eno2", "ens9", "wlan0"}).text,
              HasSubstr("ports = [\"eno1\", \"eno2\", \"ens9\"]"));
  const auto unknown = from_units({kBond, ports});
  EXPECT_EQ(unknown.text, "") << "a bond without ports is no bond";
  EXPECT_THAT(left(unknown),
              Contains(HasSubstr("p.network:2: Name=eno* ens?: a pattern: which devices that are")));
}

TEST(ImportNetworkd, APortMayBeMeantByItsMac) {
  const config::Source port{"p.network", "[Match]\nMACAddress=52:54:00:AA:00:01\n[Network]\nBond=bond0\n"};
  EXPECT_THAT(from_units({kBond, port}).text, HasSubstr("ports = [\"mac:52:54:00:aa:00:01\"]"));
}

TEST(ImportNetworkd, EveryMacOfAFileIsAPort) {
  const config::Source port{
      "p.network",
      "[Match]\nPermanentMACAddress=02:00:00:00:00:33 02:00:00:00:00:22\n[Network]\nBond=bond0\n"};
  EXPECT_THAT(from_units({kBond, port}).text,
              testing::AllOf(HasSubstr("mac:02:00:00:00:00:33"), HasSubstr("mac:02:00:00:00:00:22")));
}

TEST(ImportNetworkd, OnlyTheFirstFileOfADeviceCounts) {
  const auto made =
      from_units({{"90-fallback.network", "[Match]\nName=eth*\n[Network]\nAddress=203.0.113.99/24\n"},
                  kBond,
                  {"20-ports.network", "[Match]\nName=eth0\n[Network]\nBond=bond0\n"},
                  {"30-bond.network", "[Match]\nName=bond*\n[Network]\nAddress=192.0.2.1/24\n"},
                  {"90-bond.network", "[Match]\nName=bond0\n[Network]\nAddress=203.0.113.9/24\n"}},
                 {"eth0"});
  EXPECT_THAT(made.text, HasSubstr("addresses = [\"192.0.2.1/24\"]"));
  EXPECT_THAT(made.text, testing::Not(HasSubstr("203.0.113.")));
  EXPECT_THAT(left(made), Contains(HasSubstr("90-bond.network:2: Name=bond0: bond0 has 30-bond.network")));
}

TEST(ImportNetworkd, APrimaryThatIsNoPortsIsSaid) {
  const auto made =
      from_units({kBond, kPort, {"b.network", "[Match]\nName=bond0\n[Network]\nPrimarySlave=eth0\n"}});
  EXPECT_THAT(left(made), Contains(HasSubstr("b.network:4: PrimarySlave=eth0")));
}

TEST(ImportNetworkd, DropInsCountLast) {
  const auto made =
      from_units({kBond,
                  {"10-bond.netdev.d/a.conf", "[Bond]\nMIIMonitorSec=50ms\nPrimaryReselectPolicy=failure\n"},
                  kPort});
  EXPECT_THAT(made.text,
              testing::AllOf(HasSubstr("miimon = \"50ms\""), HasSubstr("primary_reselect = \"failure\"")));
}

TEST(ImportNetworkd, WhatItCannotSayIsSaidByLine) {
  const auto made = from_units({kBond,
                                kPort,
                                {"x.netdev", "[NetDev]\nName=br0\nKind=bridge\n"},
                                {"y.netdev", "[Bond]\nMode=1\n"},
                                {"z.network", "[Network]\nDHCP=yes\n"},
                                {"w.network",
                                 "nonsense\n[Match]\nName=bond0\n[Network]\nDHCP=ipv4\nAddress=192.0.2."
                                 "9\nGateway=_dhcp4\n[Foo]\nBar=1\n"},
                                {"readme.txt", "hello"}});
  EXPECT_THAT(left(made),
              ElementsAre("readme.txt: the file: neither a .netdev nor a .network",
                          "w.network:1: nonsense: neither a section nor KEY=VALUE",
                          HasSubstr("w.network:5: DHCP=ipv4: addresses come from a client of its own"),
                          "w.network:6: Address=192.0.2.9: it has no length, as in 192.0.2.1/24",
                          HasSubstr("w.network:7: Gateway=_dhcp4: no address of a router"),
                          "w.network:9: Bar=1: no setting corresponds to it",
                          "x.netdev:3: Kind=bridge: a device of this kind has no section: br0 is left out",
                          "y.netdev: [NetDev]: it has no Name= or no Kind=",
                          "z.network: [Match]: whom it is about is not said by Name="));
}

TEST(ImportNetworkd, WithoutAMonitorThatIsSaid) {
  const auto made = from_units({{"a.netdev", "[NetDev]\nName=bond0\nKind=bond\n"}, kPort});
  EXPECT_THAT(made.text, testing::AllOf(HasSubstr("mode = \"balance-rr\""), HasSubstr("monitor = \"none\"")));
  EXPECT_THAT(left(made), testing::IsSupersetOf({HasSubstr("a.netdev: [Bond]: nothing monitors its ports"),
                                                 HasSubstr("a.netdev: [Bond]: it has no Mode=")}));
}

}  // namespace
}  // namespace hawser::bondctl
