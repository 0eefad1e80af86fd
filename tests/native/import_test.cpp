// bondctl import on trees of files: which are read, in which order, and that netd takes what it prints.
#include <filesystem>
#include <fstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/fixture.h"
#include "tests/support/temp_dir.h"

namespace hawser::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;

class ImportTest : public LabTest {
 protected:
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
  [[nodiscard]] Output import(const Argv& words) const {
    Argv argv{program("bondctl"), "import"};
    argv.insert(argv.end(), words.begin(), words.end());
    return host.run(argv);
  }
  // Its TOML and its "WHAT: WHY" lines, which netd has to take.
  struct Answer {
    std::string toml;
    std::vector<std::string> left_out;
  };
  [[nodiscard]] Answer answer(Argv words) const {
    words.emplace_back("--json");
    const auto output = import(words);
    const auto document = json::parse(output.text).as_object();
    Answer answer{std::string(document.at("toml").as_string()), {}};
    for (const auto& one : document.at("left_out").as_array())
      answer.left_out.emplace_back(one.at("text").as_string());
    EXPECT_EQ(output.status, answer.toml.empty() ? 1 : 0);
    std::ofstream(root / "hawser.toml") << answer.toml;
    if (!answer.toml.empty()) host.check({program("netd"), "check", "-c", root / "hawser.toml"});
    return answer;
  }
  [[nodiscard]] std::string at(const std::string& path) const { return (root / path).string(); }

  Namespace host{"import"};
  const test::TempDir temporary;
  const fs::path root = temporary.path();
};

TEST_F(ImportTest, OfAFolderTheModulesFileCountsToo) {
  write("some/interfaces",
        "auto bond0\niface bond0 inet static\n  address 192.0.2.11/24\n  slaves eth0 eth1\n");
  write("some/bonding.conf", "options bonding mode=1 miimon=100\n");
  EXPECT_THAT(answer({at("some")}).toml, HasSubstr("mode = \"active-backup\""));
}

TEST_F(ImportTest, FollowsWhatIncludesAndTheModulesParameters) {
  write("etc/network/interfaces",
        "source /etc/network/interfaces.d/*\nsource-directory more\nsource /etc/network/nothing\n"
        "source interfaces\nauto bond0\niface bond0 inet static\n  address 192.0.2.11/24\n  slaves eth0 "
        "eth1\n");
  write("etc/network/interfaces.d/vlan",
        "auto bond0.7\niface bond0.7 inet static\n  address 198.51.100.7/24\n");
  write("etc/network/more/front", "auto eth5\niface eth5 inet manual\n  mtu 9000\n");
  write("etc/network/more/front.bak", "auto eth6\niface eth6 inet manual\n");
  write("etc/modprobe.d/bonding.conf", "options bonding mode=1 miimon=100\n");
  const auto made = answer({"--root", root});
  EXPECT_EQ(made.toml,
            "format = 1\n\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth1\"]\nmiimon = "
            "\"100ms\"\naddresses = [\"192.0.2.11/24\"]\n\n[link.\"bond0.7\"]\nkind = \"vlan\"\non = "
            "\"bond0\"\nid = 7\naddresses = [\"198.51.100.7/24\"]\n\n[link.eth5]\nkind = \"physical\"\nmtu = "
            "9000\n");
  EXPECT_THAT(made.left_out, testing::ElementsAre(at("etc/network/interfaces") +
                                                  ":3: /etc/network/nothing: there is no such file"));
}

TEST_F(ImportTest, OfNetworkdEtcCountsBeforeRun) {
  write("etc/systemd/network/10-bond.netdev",
        "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\n");
  write("run/systemd/network/10-bond.netdev", "[NetDev]\nName=bond9\nKind=bond\n");
  write("run/systemd/network/10-bond.netdev.d/x.conf", "[Bond]\nGratuitousARP=4\n");
  write("run/systemd/network/20-ports.network", "[Match]\nName=eno*\n[Network]\nBond=bond0\n");
  write("etc/systemd/network/99-default.link", "[Match]\nOriginalName=*\n");
  for (const auto* card : {"eno1", "eno2"}) fs::create_directories(root / "sys/class/net" / card / "device");
  fs::create_directories(root / "sys/class/net/eno1.7");
  const auto made = answer({"--root", root});
  EXPECT_EQ(made.toml,
            "format = 1\n\n[bond.bond0]\nmode = \"active-backup\"\nmiimon = \"100ms\"\nnum_grat_arp = 4\n"
            "ports = [\"eno1\", \"eno2\"]\n");
  EXPECT_THAT(made.left_out, testing::IsEmpty());
}

TEST_F(ImportTest, TakesCopiedFilesAndFolders) {
  write("copy/interfaces", "auto bond0\niface bond0 inet manual\n  bond-slaves eth0\n");
  write("module.conf", "options bonding mode=802.3ad\n");
  EXPECT_THAT(answer({root / "copy", root / "module.conf"}).toml, HasSubstr("mode = \"802.3ad\""));
  EXPECT_THAT(answer({root / "copy/interfaces"}).toml, HasSubstr("mode = \"balance-rr\""));
  write("units/a.netdev", "[NetDev]\nName=d0\nKind=dummy\n");
  EXPECT_THAT(answer({root / "units"}).toml, HasSubstr("[link.d0]\nkind = \"dummy\"\n"));
  EXPECT_THAT(answer({root / "units/a.netdev"}).toml, HasSubstr("[link.d0]"));
}

TEST_F(ImportTest, PeopleAreToldLineByLine) {
  write("interfaces", "auto eth3\niface eth3 inet dhcp\n  dns-search example.org\n");
  const auto output = import({root / "interfaces"});
  EXPECT_EQ(output.status, 0);
  EXPECT_THAT(output.text, HasSubstr("bondctl: " + at("interfaces") +
                                     ":3: dns-search example.org: names are the resolver's business\n"));
  EXPECT_THAT(output.text, HasSubstr("[link.eth3]\nkind = \"physical\"\n"));
}

TEST_F(ImportTest, WhereThereIsNothingItSaysSo) {
  EXPECT_THAT(import({"--root", root}).text,
              HasSubstr("import: there is no " + at("etc/network/interfaces")));
  EXPECT_EQ(import({"--root", root}).status, 1);
  EXPECT_THAT(import({"--root", root / "none"}).text, HasSubstr("there is no such folder"));
  EXPECT_THAT(import({root / "none"}).text, HasSubstr("No such file or directory"));
  EXPECT_THAT(import({root}).text, HasSubstr("neither interfaces nor a .netdev or .network file is in it"));
  write("empty", "");
  EXPECT_THAT(import({root / "empty"}).text,
              HasSubstr("bondctl: import: nothing of that could stand in a file"));
  EXPECT_EQ(import({root / "empty"}).status, 1);
  EXPECT_EQ(answer({root / "empty"}).toml, "");
}

// A file that includes itself by another name, or a folder of thousands.
TEST_F(ImportTest, FilesThatIncludeEachOtherEnd) {
  write("a", "source b\nauto eth3\niface eth3 inet manual\n");
  write("b", "source ./a ../" + root.filename().string() + "/a *\n");
  const auto made = answer({root / "a"});
  EXPECT_THAT(made.toml, HasSubstr("[link.eth3]"));
}

}  // namespace
}  // namespace hawser::lab
