// Debian's ifup and ifdown with our hooks in the place of ifenslave's: up, down and up again. Judged through
// ip.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "lib/base/atomic_file.h"
#include "tests/support/fixture.h"
#include "tests/support/temp_dir.h"

namespace hawser::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

// A host with three cards, cabled to a bridge at 192.0.2.1 that gives addresses by DHCP.
class Ifupdown : public LabTest {
 protected:
  Ifupdown() {
    for (const auto* phase : {"if-pre-up.d", "if-up.d", "if-down.d", "if-post-down.d"})
      fs::create_directories(directory / "network" / phase);
    fs::create_directories(directory / "run");
    fs::create_directories("/run/network");
    for (const auto* phase : {"if-pre-up.d", "if-up.d", "if-post-down.d"}) install_hook(phase);
    for (const auto* which : {"all", "default"})
      host.sysctl(fmt::format("net.ipv6.conf.{}.accept_dad", which), "0");
    for (const auto* card : {"eth0", "eth1", "wlan0"}) {
      host.ip({fmt::format("link add {0} type veth peer name far-{0}", card),
               fmt::format("link set far-{} netns {}", card, far.name())});
      far.ip({fmt::format("link set far-{} up", card)});
    }
  }
  ~Ifupdown() override {
    for (const auto& pid : dhcp_clients()) (void)host.run({"kill", pid});
  }

  void install_hook(const std::string& phase) const {
    auto text = read_file(HAWSER_SOURCE_DIR "/systemd/ifupdown/hawser.in").value();
    const std::string place = "@HAWSER_BONDCTL@";
    for (auto at = text.find(place); at != std::string::npos; at = text.find(place))
      text.replace(at, place.size(), program("bondctl"));
    write_program(directory / "network" / phase / "hawser", text);
  }
  static void write_program(const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
  }

  void interfaces(const std::string& text) const {
    std::ofstream(directory / "network/interfaces") << "auto lo\niface lo inet loopback\n\n" << text;
  }
  // With an /etc/network and a state of its own.
  [[nodiscard]] Argv in_place(const Argv& words) const {
    Argv argv{"sh", "-c",
              fmt::format(
                  "mount --bind {0}/network /etc/network && mount --bind {0}/run /run/network && exec \"$@\"",
                  directory.string()),
              "sh"};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
  }
  [[nodiscard]] Output run(const Argv& words) const { return host.run(in_place(words), 120s); }
  void must(const Argv& words) const {
    const auto done = run(words);
    EXPECT_EQ(done.status, 0) << done.text;
  }

  // The other end of the cables.
  void bridge() const {
    far.ip({"link add br0 type bridge", "link set br0 up", "address add 192.0.2.1/24 dev br0"});
    for (const auto* card : {"eth0", "eth1", "wlan0"})
      far.ip({fmt::format("link set far-{} master br0", card)});
  }
  Process dhcp_server() const {
    fs::create_directories("/etc/udhcpc");
    write_program("/etc/udhcpc/default.script",
                  "#!/bin/sh\n[ \"$1\" = deconfig ] && ip link set \"$interface\" up\n"
                  "[ \"$1\" = bound ] && ip address add \"$ip/24\" dev \"$interface\"\nexit 0\n");
    std::error_code there_already;
    fs::create_symlink("/bin/busybox", "/sbin/udhcpc", there_already);
    std::ofstream(directory / "udhcpd.leases") << "";
    std::ofstream(directory / "udhcpd.conf") << fmt::format(
        "interface br0\nstart 192.0.2.50\nend 192.0.2.59\nlease_file {0}/udhcpd.leases\n"
        "pidfile {0}/udhcpd.pid\noption subnet 255.255.255.0\n",
        directory.string());
    return {far, {"busybox", "udhcpd", "-f", directory / "udhcpd.conf"}};
  }
  // They outlive ifup.
  static std::vector<std::string> dhcp_clients() {
    std::vector<std::string> pids;
    for (const auto& entry : fs::directory_iterator("/run"))
      if (entry.path().filename().string().starts_with("udhcpc."))
        if (auto pid = read_file(entry.path())) pids.push_back(pid->substr(0, pid->find('\n')));
    return pids;
  }

  [[nodiscard]] json::object link(const std::string& name) const {
    const auto shown = host.run({"ip", "-d", "-j", "link", "show", name});
    return shown.status == 0 ? json::parse(shown.text).at(0).as_object() : json::object{};
  }
  [[nodiscard]] bool is_there(const std::string& name) const { return !link(name).empty(); }
  [[nodiscard]] json::object options(const std::string& bond) const {
    return link(bond).at("linkinfo").at("info_data").as_object();
  }
  [[nodiscard]] std::string option(const std::string& bond, const std::string& key) const {
    const auto all = options(bond);
    const auto* value = all.if_contains(key);
    if (value == nullptr) return "none";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
  }
  [[nodiscard]] std::string master_of(const std::string& port) const {
    const auto found = link(port);
    const auto* master = found.if_contains("master");
    return master == nullptr ? "none" : std::string(master->get_string());
  }
  [[nodiscard]] bool has_address(const std::string& device, const std::string& start) const {
    return eventually(
        20s,
        [&] {
          return host.run({"ip", "-o", "address", "show", device}).text.find(start) != std::string::npos;
        },
        200ms);
  }
  [[nodiscard]] bool reaches(const std::string& address) const {
    return eventually(
        20s,
        [&] {
          return host.run({"ping", "-c1", "-W1", address}).status == 0;
        },
        100ms);
  }
  // All that a bond is, without what counts and what is drawn by lot.
  [[nodiscard]] std::string picture(const std::vector<std::string>& devices) const {
    std::string text;
    for (const auto& name : devices) {
      auto one = link(name);
      for (const auto* key : {"ifindex", "link_index", "address", "operstate", "flags"}) one.erase(key);
      if (auto* info = one.if_contains("linkinfo");
          info != nullptr && info->as_object().contains("info_slave_data"))
        info->as_object().erase("info_slave_data");
      text += json::serialize(one) + "\n";
    }
    return text;
  }
  void no_bond_is_left() const {
    EXPECT_FALSE(is_there("bond0"));
    for (const auto* port : {"eth0", "eth1", "wlan0"}) EXPECT_EQ(master_of(port), "none") << port;
  }

  Namespace host{"ifupdown"};
  Namespace far{"far"};
  const test::TempDir temporary;
  const fs::path directory = temporary.path();
};

// --- the seed's stanza: neither mode nor monitor, which modprobe.d gives ---

class IfupdownWithModule : public Ifupdown {
 protected:
  IfupdownWithModule() {
    std::ofstream(kSeed) << "options bonding mode=1 miimon=100\n";
    fs::copy_file(HAWSER_SOURCE_DIR "/systemd/hawser-modprobe.conf", kOurs,
                  fs::copy_options::overwrite_existing);
    unload();
  }
  ~IfupdownWithModule() override {
    (void)host.run({"ip", "link", "delete", "bond0"});
    unload();
    fs::remove(kSeed);
    fs::remove(kOurs);
    host.check({"modprobe", "bonding", "max_bonds=0"});
  }
  // Bonds of an earlier test go with its namespace, some time later.
  void unload() const {
    EXPECT_TRUE(eventually(
        20s,
        [&] {
          return host.run({"modprobe", "-r", "bonding"}).status == 0;
        },
        200ms));
  }
  static constexpr const char* kSeed = "/etc/modprobe.d/seed.conf";
  static constexpr const char* kOurs = "/etc/modprobe.d/hawser.conf";
};

TEST_F(IfupdownWithModule, AStanzaWithoutAModeHasTheModules) {
  bridge();
  interfaces(
      "auto bond0\niface bond0 inet static\n  address 192.0.2.11\n  netmask 255.255.255.0\n  slaves eth0 "
      "eth1\n");
  std::string before;
  for (int turn = 0; turn < 2; ++turn) {
    must({"ifup", "bond0"});
    EXPECT_EQ(option("bond0", "mode"), "active-backup");
    EXPECT_EQ(option("bond0", "miimon"), "100");
    EXPECT_TRUE(has_address("bond0", "192.0.2.11/24"));
    EXPECT_TRUE(reaches("192.0.2.1"));
    const auto now = picture({"bond0", "eth0", "eth1"});
    EXPECT_TRUE(before.empty() || now == before) << before << now;
    before = now;
    must({"ifdown", "bond0"});
    no_bond_is_left();
  }
}

// --- ifenslave's four examples, in words of our own ---

TEST_F(Ifupdown, TwoCardsOfTheMastersStanza) {
  bridge();
  const auto server = dhcp_server();
  interfaces(
      "auto bond0\niface bond0 inet dhcp\n  bond-slaves eth0 eth1\n  bond-mode 1\n  bond-miimon 100\n"
      "  bond-primary eth0 eth1\n");
  for (int turn = 0; turn < 2; ++turn) {
    must({"ifup", "-a"});
    EXPECT_EQ(option("bond0", "mode"), "active-backup");
    EXPECT_EQ(option("bond0", "primary"), "eth0");
    EXPECT_EQ(master_of("eth1"), "bond0");
    EXPECT_TRUE(has_address("bond0", "192.0.2.5")) << server.output();
    must({"ifdown", "-a"});
    no_bond_is_left();
  }
}

TEST_F(Ifupdown, TwoCardsThatArePluggedIn) {
  bridge();
  const auto server = dhcp_server();
  interfaces(
      "auto bond0\niface bond0 inet dhcp\n  bond-slaves none\n  bond-mode 1\n  bond-miimon 100\n\n"
      "allow-hotplug eth0\niface eth0 inet manual\n  bond-master bond0\n  bond-primary eth0 eth1\n\n"
      "allow-hotplug eth1\niface eth1 inet manual\n  bond-master bond0\n  bond-primary eth0 eth1\n");
  // udev says so of both at the same moment, and bond0 waits for an address which it has with a port only.
  Process other(host, in_place({"ifup", "--allow=hotplug", "eth1"}));
  must({"ifup", "--allow=hotplug", "eth0"});
  EXPECT_EQ(other.wait(90s), 0) << other.output();
  EXPECT_EQ(master_of("eth0"), "bond0");
  EXPECT_EQ(master_of("eth1"), "bond0");
  EXPECT_EQ(option("bond0", "primary"), "eth0");
  must({"ifdown", "eth0"});
  EXPECT_EQ(master_of("eth0"), "none");
  EXPECT_EQ(option("bond0", "primary"), "eth1");
  must({"ifup", "eth0"});
  EXPECT_EQ(option("bond0", "primary"), "eth0");
  // The master takes its ports down by their own stanzas.
  must({"ifdown", "bond0"});
  no_bond_is_left();
  EXPECT_NE(run({"ifquery", "--state", "eth1"}).status, 0);
}

// As at boot: each card and the bond itself have an ifup of their own, all at the same moment.
TEST_F(Ifupdown, AllStanzasAtOnce) {
  bridge();
  interfaces(
      "auto bond0\niface bond0 inet static\n  address 192.0.2.11/24\n  gateway 192.0.2.1\n  bond-slaves "
      "none\n"
      "  bond-mode 1\n  bond-miimon 100\n\n"
      "iface eth0 inet manual\n  bond-master bond0\n\niface eth1 inet manual\n  bond-master bond0\n");
  for (int turn = 0; turn < 3; ++turn) {
    Process one(host, in_place({"ifup", "eth0"}));
    Process other(host, in_place({"ifup", "eth1"}));
    must({"ifup", "bond0"});
    EXPECT_EQ(one.wait(90s), 0) << one.output();
    EXPECT_EQ(other.wait(90s), 0) << other.output();
    for (const auto* card : {"eth0", "eth1"})
      EXPECT_EQ(master_of(card), "bond0") << one.output() << other.output();
    EXPECT_THAT(host.check({"ip", "link", "show", "bond0"}), HasSubstr(",UP"));
    EXPECT_TRUE(reaches("192.0.2.1"));
    must({"ifdown", "bond0"});
    no_bond_is_left();
  }
}

TEST_F(Ifupdown, ACardAndAWirelessOneThatComesUpWithTheBond) {
  bridge();
  const auto server = dhcp_server();
  interfaces(
      "auto bond0\niface bond0 inet dhcp\n  bond-slaves eth0 wlan0\n  bond-mode 1\n  bond-miimon 100\n"
      "  bond-primary eth0\n\n"
      "allow-bond0 wlan0\niface wlan0 inet manual\n  bond-give-a-chance 10\n  wpa-bridge bond0\n  wpa-ssid "
      "net\n");
  for (int turn = 0; turn < 2; ++turn) {
    must({"ifup", "bond0"});
    EXPECT_EQ(run({"ifquery", "--state", "wlan0"}).status, 0);
    EXPECT_EQ(master_of("wlan0"), "bond0");
    EXPECT_EQ(option("bond0", "primary"), "eth0") << "given back when the card was up";
    EXPECT_TRUE(has_address("bond0", "192.0.2.5")) << server.output();
    must({"ifdown", "bond0"});
    no_bond_is_left();
    EXPECT_NE(run({"ifquery", "--state", "wlan0"}).status, 0);
  }
}

TEST_F(Ifupdown, ACardAndAWirelessOneThatIsPluggedIn) {
  bridge();
  const auto server = dhcp_server();
  interfaces(
      "auto bond0\niface bond0 inet dhcp\n  bond-slaves eth0\n  bond-mode 1\n  bond-miimon 100\n  "
      "bond-primary eth0\n\n"
      "allow-hotplug wlan0\niface wlan0 inet manual\n  bond-master bond0\n  bond-mode 1\n  bond-miimon 100\n"
      "  bond-give-a-chance 10\n  wpa-bridge bond0\n");
  must({"ifup", "-a"});
  EXPECT_EQ(master_of("wlan0"), "none");
  must({"ifup", "--allow=hotplug", "wlan0"});
  EXPECT_EQ(master_of("wlan0"), "bond0");
  EXPECT_EQ(option("bond0", "primary"), "eth0");
  // Once more with the same stanza: what has come by another one stays.
  must({"ifup", "--force", "bond0"});
  EXPECT_EQ(master_of("wlan0"), "bond0");
  must({"ifdown", "wlan0"});
  EXPECT_EQ(master_of("wlan0"), "none");
  EXPECT_EQ(master_of("eth0"), "bond0");
  must({"ifdown", "-a"});
  no_bond_is_left();
}

// --- what ifenslave could not do ---

TEST_F(Ifupdown, LacpWithVlansOfBothFamilies) {
  far.ip({"link add bond9 type bond mode 802.3ad lacp_rate fast miimon 50", "link set far-eth0 down",
          "link set far-eth1 down", "link set far-eth0 master bond9", "link set far-eth1 master bond9",
          "link set bond9 up", "link add link bond9 name v100 type vlan id 100", "link set v100 up",
          "address add 198.51.100.1/24 dev v100", "address add 2001:db8:100::1/64 dev v100"});
  interfaces(
      "auto bond0 bond0.100\niface bond0 inet manual\n  bond-slaves eth0 eth1\n  bond-mode 802.3ad\n"
      "  bond-miimon 50\n  bond-lacp-rate fast\n  bond-min-links 2\n  bond-xmit-hash-policy layer3+4\n"
      "  bond-updelay 100\n\n"
      "iface bond0.100 inet static\n  address 198.51.100.2/24\n\n"
      "iface bond0.100 inet6 static\n  address 2001:db8:100::2/64\n");
  for (int turn = 0; turn < 2; ++turn) {
    must({"ifup", "-a"});
    EXPECT_EQ(option("bond0", "mode"), "802.3ad");
    EXPECT_EQ(option("bond0", "ad_lacp_rate"), "fast");
    EXPECT_EQ(option("bond0", "min_links"), "2");
    EXPECT_EQ(option("bond0", "updelay"), "100");
    EXPECT_TRUE(reaches("198.51.100.1"));
    EXPECT_TRUE(reaches("2001:db8:100::1"));
    must({"ifdown", "-a"});
    no_bond_is_left();
    EXPECT_FALSE(is_there("bond0.100"));
  }
}

// ifdown goes from stanza to stanza: with the one that made it the bond goes, with all its addresses.
TEST_F(Ifupdown, BothFamiliesOfABondGoDownTogether) {
  bridge();
  interfaces(
      "iface bond0 inet static\n  address 192.0.2.11/24\n  bond-slaves eth0\n  bond-mode 1\n  bond-miimon "
      "100\n\n"
      "iface bond0 inet6 static\n  address 2001:db8::11/64\n");
  for (int turn = 0; turn < 2; ++turn) {
    must({"ifup", "bond0"});
    EXPECT_TRUE(has_address("bond0", "2001:db8::11/64"));
    const auto down = run({"ifdown", "bond0"});
    EXPECT_EQ(down.status, 0) << down.text;
    no_bond_is_left();
  }
}

TEST_F(Ifupdown, WhatIsWrongIsSaidByItsOptionAndLeavesNothing) {
  interfaces(
      "iface bond0 inet manual\n  bond-slaves eth0 eth1\n  bond-mode active-backup\n  bond-miimon 100\n"
      "  bond-lacp-rate fast\n  bond-mimon 100\n");
  const auto refused = run({"ifup", "bond0"});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.text,
              HasSubstr("bond0: bond-lacp-rate: mode active-backup does not take it: only 802.3ad"));
  EXPECT_THAT(refused.text, HasSubstr("bond0: bond-mimon: no such option: did you mean bond-miimon?"));
  no_bond_is_left();
}

TEST_F(Ifupdown, OnceMoreWithAnotherStanzaChangesWhatDiffers) {
  bridge();
  const std::string head = "iface bond0 inet static\n  address 192.0.2.11/24\n  bond-mode 1\n";
  interfaces(head +
             "  bond-slaves eth0 eth1\n  bond-miimon 100\n  bond-queue-id eth0:1 eth1:2\n  bond-active-slave "
             "eth1\n");
  must({"ifup", "bond0"});
  EXPECT_EQ(link("eth1").at("linkinfo").at("info_slave_data").at("queue_id"), 2);
  EXPECT_EQ(option("bond0", "active_slave"), "eth1");
  const auto changes = [&] { return link("eth0").at("ifindex").as_int64(); };
  const auto eth0 = changes();
  interfaces(head + "  bond-slaves eth0 wlan0\n  bond-miimon 50\n");
  const auto again = run({"ifup", "--force", "-v", "bond0"});
  EXPECT_EQ(again.status, 0) << again.text;
  EXPECT_THAT(again.text,
              testing::AllOf(HasSubstr("bond0: set miimon 100ms -> 50ms\n"),
                             HasSubstr("bond0: remove port eth1\n"), HasSubstr("bond0: add port wlan0\n"),
                             Not(HasSubstr("bond0: add port eth0")), Not(HasSubstr("eth0: set down"))));
  EXPECT_EQ(changes(), eth0);
  EXPECT_EQ(option("bond0", "active_slave"), "eth0");
}

TEST_F(Ifupdown, ACardThatIsMissingDoesNotKeepTheBondDown) {
  bridge();
  interfaces(
      "iface bond0 inet static\n  address 192.0.2.11/24\n  bond-slaves eth0 eth7\n  bond-mode 1\n  "
      "bond-miimon 100\n");
  const auto up = run({"ifup", "bond0"});
  EXPECT_EQ(up.status, 0) << up.text;
  EXPECT_THAT(up.text, HasSubstr("bond0: bond-slaves: eth7: no such device: bond0 goes on without it"));
  EXPECT_TRUE(reaches("192.0.2.1"));
}

TEST_F(Ifupdown, APortNeedsAMasterThatHasAStanza) {
  interfaces("iface eth0 inet manual\n  bond-master bond0\n");
  const auto refused = run({"ifup", "eth0"});
  EXPECT_NE(refused.status, 0);
  EXPECT_THAT(refused.text, HasSubstr("eth0: bond-master: there is no stanza of bond0"));
  no_bond_is_left();
}

// Without a port nobody gives it an address: ifup of the master fails, and the port joins all the same.
TEST_F(Ifupdown, APortJoinsAMasterThatGotNoAddress) {
  const auto server = dhcp_server();
  interfaces(
      "iface bond0 inet dhcp\n  bond-slaves none\n  bond-mode 1\n  bond-miimon 100\n\n"
      "iface eth0 inet manual\n  bond-master bond0\n");
  const auto up = run({"ifup", "eth0"});
  EXPECT_EQ(up.status, 0) << up.text;
  EXPECT_THAT(up.text, HasSubstr("ifup bond0: exit status 1"));
  EXPECT_EQ(master_of("eth0"), "bond0");
}

// Their hooks would take down the ports that ours have just added.
TEST_F(Ifupdown, WhereIfenslavesHooksAreTooTheyHaveTheBond) {
  interfaces("iface bond0 inet manual\n  bond-slaves eth0\n  bond-mode 1\n  bond-miimon 100\n");
  write_program(directory / "network/if-pre-up.d/ifenslave", "#!/bin/sh\nexit 0\n");
  const auto left = run({"ifup", "bond0"});
  EXPECT_THAT(left.text, HasSubstr("bond0: left to ifenslave"));
  EXPECT_FALSE(is_there("bond0"));
}

TEST_F(Ifupdown, AnInterfaceWithoutABondIsLeftAlone) {
  host.ip({"link add bond5 type bond mode active-backup", "link set bond5 up"});
  interfaces(
      "iface eth0 inet static\n  address 192.0.2.9/24\n\niface bond5 inet static\n  address "
      "198.51.100.5/24\n");
  must({"ifup", "eth0", "bond5"});
  const auto down = run({"ifdown", "eth0", "bond5"});
  EXPECT_EQ(down.status, 0) << down.text;
  EXPECT_TRUE(is_there("bond5")) << "its stanza did not make it";
}

}  // namespace
}  // namespace hawser::lab
