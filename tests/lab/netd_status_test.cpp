// What `netd status` and the log say of a bond and a service that fail: text, exit code, one line a change.
#include <gmock/gmock.h>

#include "tests/support/netd_host.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

constexpr auto kPatience = 20s;

std::string file_of(const std::string& mode, const std::string& more = "") {
  return fmt::format(
      "format = 1\n[bond.bond0]\nmode = \"{}\"\nports = [\"eth0\", \"eth1\"]\nmiimon = \"100ms\"\n"
      "addresses = [\"192.0.2.11/24\", \"198.51.100.11/24\"]\n{}",
      mode, more);
}

class NetdStatusLab : public NetworkTest {
 protected:
  void start(const std::string& file) {
    netd.write(file);
    netd.start();
    ASSERT_TRUE(eventually(kPatience, [&] { return netd.is_ready(); })) << netd.log();
  }
  // The exit code and the text together: what a monitoring script sees.
  [[nodiscard]] bool shows(int exit_code, const std::string& text) const {
    return eventually(kPatience, [&] {
      const auto status = netd.ask({"status"});
      return status.status == exit_code && status.text.find(text) != std::string::npos;
    });
  }
  [[nodiscard]] bool says(const std::string& line) const {
    return eventually(kPatience, [&] { return netd.has_said(line); });
  }
  [[nodiscard]] std::string evidence() const { return netd.ask({"status"}).text + netd.log(); }

  NetdHost netd{network.host("lb1")};
};

TEST_F(NetdStatusLab, OneCableOutIsDegradedAndBothAreDeadAndEachIsSaidOnce) {
  start(file_of("active-backup"));
  ASSERT_TRUE(shows(0, ": ok\n")) << evidence();
  network.pull("lb1", "eth0");
  EXPECT_TRUE(shows(3, "\nbond0: degraded: eth0 has no carrier\n")) << evidence();
  EXPECT_TRUE(says("bond0: degraded: eth0 has no carrier")) << evidence();
  network.pull("lb1", "eth1");
  EXPECT_TRUE(shows(3, "\nbond0: dead: no port has a carrier (eth0, eth1)\n")) << evidence();
  EXPECT_TRUE(says("bond0: dead: no port has a carrier (eth0, eth1)")) << evidence();
  network.plug("lb1", "eth0");
  network.plug("lb1", "eth1");
  EXPECT_TRUE(shows(0, ": ok\n")) << evidence();
  EXPECT_TRUE(says("bond0: ok again: active port eth")) << evidence();
  EXPECT_EQ(netd.times_said("bond0: dead: "), 1U) << netd.log();
}

TEST_F(NetdStatusLab, ABondWithoutALacpPartnerIsDegraded) {
  start(file_of("802.3ad"));
  EXPECT_TRUE(shows(3, "\nbond0: degraded: eth0, eth1 have no LACP partner\n")) << evidence();
  EXPECT_TRUE(says("bond0: degraded: eth0, eth1 have no LACP partner")) << evidence();
}

TEST_F(NetdStatusLab, APortThatIsNotThereIsDegraded) {
  start(
      "format = 1\n[bond.bond0]\nmode = \"active-backup\"\nports = [\"eth0\", \"eth7\"]\nmiimon = "
      "\"100ms\"\n");
  EXPECT_TRUE(shows(3, "\nbond0: degraded: eth7 is missing\n")) << evidence();
}

TEST_F(NetdStatusLab, AServiceIsDegradedWithOneRealServerDownAndDeadWithAll) {
  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  start(file_of("active-backup",
                "[check.site]\ntype = \"http\"\ninterval = \"1s\"\ntimeout = \"1s\"\n"
                "[pool.web]\nchecks = [\"site\"]\nforwarding = \"masquerade\"\n"
                "[[pool.web.real]]\nname = \"web1\"\naddress = \"198.51.100.21\"\nport = 8080\n"
                "[[pool.web.real]]\nname = \"web3\"\naddress = \"198.51.100.23\"\nport = 8080\n"
                "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\npool = \"web\"\nscheduler = \"wlc\"\n"));
  ASSERT_TRUE(shows(0, ": ok\n")) << evidence();
  web1.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(shows(3, "\nweb tcp 192.0.2.100:80: degraded: 1 of 2 real servers out of service: web1 "))
      << evidence();
  web3.set(Backend::Behaviour::kRefusing);
  EXPECT_TRUE(shows(3, "\nweb tcp 192.0.2.100:80: dead: no real server in service: web1 ")) << evidence();
  web1.set(Backend::Behaviour::kAnswering);
  web3.set(Backend::Behaviour::kAnswering);
  EXPECT_TRUE(shows(0, ": ok\n")) << evidence();
}

}  // namespace
}  // namespace hawser::lab
