#include "lbctl/change/apply_verb.h"

#include <gmock/gmock.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser::lbctl {
namespace {

using namespace site;
using testing::ElementsAre;
using testing::Key;
using testing::UnorderedElementsAre;

const ServiceKey kDns = key("udp 192.0.2.100:53");
const ServiceKey kMark = key("fwmark 4096");
const ServiceKey kOld = key("tcp 192.0.2.100:81");

config::Config with_dns() {
  auto config = web();
  auto dns = config.services["web"];
  dns.name = "dns";
  dns.keys = {kDns};
  config.services["dns"] = dns;
  config.ipvs_timeouts = IpvsTimeouts{900, 120, 300};
  return config;
}

class LbctlApply : public testing::Test {
 protected:
  Made made{"this boot", {}, {}};

  Desired wanted(const std::set<std::string>& names, const config::Config& config = with_dns()) {
    const JournalBook book(made, {});
    return wanted_of(config, names, {}, book, {});
  }
};

TEST_F(LbctlApply, WantsAllOfTheFileAndWhatAnEarlierOneMadeGone) {
  made.names.services = {kOld};
  const auto all = wanted({});
  EXPECT_THAT(all.state.services, UnorderedElementsAre(Key(kWeb), Key(kDns)));
  EXPECT_THAT(all.journal.services, ElementsAre(kOld));
  EXPECT_EQ(all.state.ipvs.timeouts, (IpvsTimeouts{900, 120, 300}));
  EXPECT_TRUE(all.state.links.empty());
}

TEST_F(LbctlApply, WantsOfSomeServicesThemAloneAndTheSysctlsTheyNeed) {
  made.names.services = {kOld, kWeb, kDns};
  const auto dns = wanted({"dns"});
  EXPECT_THAT(dns.state.services, ElementsAre(Key(kDns)));
  EXPECT_THAT(dns.journal.services, ElementsAre(kDns)) << "nothing else may go";
  EXPECT_EQ(dns.state.ipvs.timeouts, std::nullopt);
  EXPECT_EQ(dns.state.ipvs.sysctls.at(IpvsSysctl::kExpireNodestConn), 1U);
}

// Or the sysctl that another service needs would be given back, and its marks taken away.
TEST_F(LbctlApply, LeavesToServicesThatAreThereWhatTheyNeed) {
  made.names.services = {kDns};
  made.values = {{"net.ipv4.vs.expire_nodest_conn", "0"}};
  EXPECT_EQ(wanted({"web"}).state.ipvs.sysctls.at(IpvsSysctl::kExpireNodestConn), 1U);
  made.names.services = {};
  EXPECT_EQ(wanted({"web"}).state.ipvs.sysctls.at(IpvsSysctl::kExpireNodestConn), 0U);
}

}  // namespace
}  // namespace hawser::lbctl
