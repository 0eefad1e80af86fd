// Rules restored by ipvsadm itself, imported, and planned against the table that they made: nothing is to do.
#include "tests/lab/netd_lab.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kRules =
    "-A -t 192.0.2.100:80 -s wlc -p 300 -M 255.255.255.0\n"
    "-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 100\n"
    "-a -t 192.0.2.100:80 -r 198.51.100.23:8080 -m -w 0 -x 100 -y 50\n"
    "-A -u 192.0.2.100:53 -s rr -o\n"
    "-a -u 192.0.2.100:53 -r 198.51.100.21:53 -g -w 1\n"
    "-A --sctp-service 192.0.2.100:99 -s sh -b sh-fallback,sh-port\n"
    "-a --sctp-service 192.0.2.100:99 -r 198.51.100.21 -i\n"
    "-A -t 192.0.2.101:0 -s wrr -p\n"
    "-a -t 192.0.2.101:0 -r 198.51.100.21:0 -g -w 7\n"
    "-A -f 7 -s mh -b mh-fallback\n"
    "-a -f 7 -r 198.51.100.21:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum\n"
    "-a -f 7 -r 198.51.100.23:0 -i -w 2 --tun-type gre --tun-nocsum\n"
    "-A -f 7 -6 -s sed -p 60 -M 64\n"
    "-a -f 7 -6 -r [2001:db8:1::21]:0 -g -w 3\n"
    "-A -t [2001:db8::100]:443 -s lblc\n"
    "-a -t [2001:db8::100]:443 -r [2001:db8:1::21]:443 -m -w 65535\n";

class LbctlImport : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    lb1.ip({"link set eth0 up", "address add 192.0.2.11/24 dev eth0", "address add 198.51.100.11/24 dev eth0",
            "address add 2001:db8:1::11/64 dev eth0 nodad"});
  }
  [[nodiscard]] Output import(const std::string& format, const std::string& file) const {
    return lb1.run({"sh", "-c",
                    program("lbctl") + " import " + format + " '" + file + "' > " +
                        (directory / "hawser.toml").native()});
  }
  [[nodiscard]] std::string written() const {
    std::ifstream file(directory / "hawser.toml");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(LbctlImport, APlanAgainstTheTableOfTheRulesIsEmpty) {
  const auto rules = directory / "rules";
  std::ofstream(rules) << kRules;
  lb1.check({"sh", "-c", "ipvsadm -R < " + rules.native()});
  const auto imported = import("ipvsadm-rules", rules);
  EXPECT_EQ(imported.status, 0) << imported.text;
  EXPECT_THAT(imported.text, IsEmpty());
  // What services with UDP and persistence need of the host stands in no rule.
  lb1.check({"sysctl", "-qw", "net.ipv4.vs.expire_nodest_conn=1", "net.ipv4.vs.expire_quiescent_template=1"});
  const auto plan = lb1.run(netd({"plan"}));
  EXPECT_EQ(plan.status, 0) << plan.text << written() << lb1.check({"ipvsadm", "-Sn"});
  // It would say so if there were something to do.
  lb1.check({"ipvsadm", "-e", "-t", "192.0.2.100:80", "-r", "198.51.100.21:8080", "-m", "-w", "5"});
  EXPECT_EQ(lb1.run(netd({"plan"})).status, 3);
}

// Timeouts and sync daemons as well, which the kernel has beside the rules.
TEST_F(LbctlImport, APlanAgainstTheTableThatIsSavedAsTomlIsEmpty) {
  const auto rules = directory / "rules";
  std::ofstream(rules) << kRules << "--set 60 61 62\n"
                       << "--start-daemon master --mcast-interface eth0 --syncid 7\n"
                       << "--start-daemon backup --mcast-interface eth0 --syncid 7\n";
  lb1.check({"sh", "-c", "ipvsadm -R < " + rules.native()});
  lb1.check({"sysctl", "-qw", "net.ipv4.vs.expire_nodest_conn=1", "net.ipv4.vs.expire_quiescent_template=1"});
  const auto saved = lb1.run({"sh", "-c",
                              program("lbctl") + " save --format toml --runtime-dir /nowhere > " +
                                  (directory / "hawser.toml").native()});
  EXPECT_EQ(saved.status, 0) << saved.text;
  EXPECT_THAT(saved.text, IsEmpty());
  EXPECT_THAT(written(), HasSubstr("timeouts = { tcp = \"1m\", tcp_fin = \"61s\", udp = \"62s\" }"));
  EXPECT_EQ(lb1.run(netd({"check"})).status, 0);
  const auto plan = lb1.run(netd({"plan"}));
  EXPECT_EQ(plan.status, 0) << plan.text << written() << lb1.check({program("lbctl"), "save"});
  lb1.check({"ipvsadm", "--stop-daemon", "backup"});
  EXPECT_THAT(lb1.run(netd({"plan"})).text, HasSubstr("sync backup: start daemon: interface eth0, id 7"));
  // What no file says is named.
  lb1.check({"ipvsadm", "-A", "-t", "192.0.2.109:80", "-s", "rr"});
  const auto partly = lb1.run({program("lbctl"), "save", "--format", "toml", "--runtime-dir", "/nowhere"});
  EXPECT_EQ(partly.status, 3);
  EXPECT_THAT(partly.text,
              HasSubstr("tcp 192.0.2.109:80: -A -t 192.0.2.109:80 -s rr: it has no real server"));
  EXPECT_THAT(partly.text, HasSubstr("sync master: --start-daemon master "));
}

TEST_F(LbctlImport, WhatIpvsadmSavesOfItIsTheSame) {
  const auto rules = directory / "rules", saved = directory / "saved";
  std::ofstream(rules) << kRules;
  lb1.check({"sh", "-c", "ipvsadm -R < " + rules.native() + " && ipvsadm -Sn > " + saved.native()});
  EXPECT_EQ(import("ipvsadm-rules", saved).status, 0);
  const auto plan = lb1.run(netd({"plan"}));
  // ipvsadm does not save thresholds.
  EXPECT_THAT(plan.text, HasSubstr("threshold"));
  EXPECT_EQ(plan.status, 3) << plan.text << written();
}

}  // namespace
}  // namespace hawser::lab
