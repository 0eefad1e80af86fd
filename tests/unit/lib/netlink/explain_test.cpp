#include "lib/netlink/explain.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace hawser::nl {
namespace {

Link link_of_kind(LinkKind kind) {
  Link link;
  link.kind = kind;
  return link;
}

std::string why(const Step& step, int code, std::string words = {}) {
  return explain(step, Error{std::move(words), code}, true);
}

TEST(Explain, NamesTheModuleThatIsMissing) {
  EXPECT_EQ(why(CreateLink{"bond0", link_of_kind(LinkKind::kBond)}, EOPNOTSUPP, "Unknown device type"),
            "bonding module missing: load it with modprobe bonding max_bonds=0");
  EXPECT_EQ(why(CreateLink{"v", link_of_kind(LinkKind::kVlan)}, EOPNOTSUPP),
            "8021q module missing: load it with modprobe 8021q");
  EXPECT_EQ(why(CreateLink{"d", link_of_kind(LinkKind::kDummy)}, EOPNOTSUPP),
            "dummy module missing: load it with modprobe dummy");
  EXPECT_EQ(why(CreateLink{"r", link_of_kind(LinkKind::kVrf)}, EOPNOTSUPP),
            "vrf module missing: load it with modprobe vrf");
  EXPECT_EQ(why(AddService{}, ENOPKG), "ip_vs module missing: load it with modprobe ip_vs");
}

TEST(Explain, NamesTheCapabilityOnlyWhereItIsMissing) {
  const Step step = SetMtu{"eth0", 1500, 1400};
  EXPECT_EQ(explain(step, Error{"", EPERM}, false), "not permitted: needs CAP_NET_ADMIN");
  EXPECT_EQ(explain(step, Error{"", EPERM}, true), "Operation not permitted");
}

TEST(Explain, SaysWhatTheKernelLeavesUnsaidAboutDelays) {
  EXPECT_EQ(why(SetBondOption{"bond0", BondOption::kUpdelay, 0, 100}, EPERM),
            "delays count in miimon intervals: set miimon first");
  EXPECT_EQ(why(SetBondOption{"bond0", BondOption::kMiimon, 0, 100}, EPERM), "Operation not permitted");
}

TEST(Explain, KeepsTheKernelsWords) {
  EXPECT_EQ(why(SetMaster{"eth1", "", "bond0"}, EPERM, "Device can not be enslaved while up"),
            "Operation not permitted (Device can not be enslaved while up)");
  EXPECT_EQ(why(SetMaster{"eth1", "", "bond0"}, EBUSY), "Device or resource busy");
}

TEST(Explain, SaysWhichInterfaceIsMissing) {
  EXPECT_EQ(why(SetLinkUp{"eth9", true}, ENODEV), "no such interface: plug it in or correct its name");
  EXPECT_EQ(why(SetMaster{"eth1", "", "bond9"}, ENODEV, "bond9 does not exist"), "bond9 does not exist");
}

TEST(Explain, TellsWhatTheSameNumberMeansForServicesAndRealServers) {
  Service service;
  service.scheduler = "twos";
  EXPECT_EQ(why(AddService{{}, service}, ENOENT),
            "scheduler twos is not there: load it with modprobe ip_vs_twos");
  service.persistence_engine = "sip";
  EXPECT_EQ(
      why(EditService{{}, {}, service}, ENOENT),
      "scheduler twos is not there: load it with modprobe ip_vs_twos; or persistence engine sip: modprobe "
      "ip_vs_pe_sip");
  EXPECT_EQ(why(EditService{}, ESRCH), "no such service");
  EXPECT_EQ(why(EditReal{}, ENOENT), "no such real server");
  EXPECT_EQ(why(AddReal{}, ESRCH), "no such service");
  EXPECT_EQ(why(AddReal{}, EEXIST), "it is there already, otherwise than asked: edit it");
}

TEST(Explain, TellsWhichOfManyReasonsARealServerWasRefusedFor) {
  const auto web = *ServiceKey::parse("tcp 192.0.2.100:80");
  const auto real = [](const char* text) { return *Endpoint::parse(text); };
  const RealServer gue{Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGue, 0, 0}};
  EXPECT_EQ(why(AddReal{web, real("224.0.0.9:80"), {}}, EINVAL), "224.0.0.9 is a multicast address");
  EXPECT_EQ(why(AddReal{web, real("192.0.2.255:80"), {}}, EINVAL),
            "192.0.2.255 is not a unicast address: a broadcast address here, or without a route");
  EXPECT_EQ(why(AddReal{web, real("[2001:db8::1]:80"), {}}, EINVAL),
            "of another family than the service: only forwarding tunnel leads there");
  EXPECT_EQ(why(AddReal{web, real("[2001:db8::1]:80"), {Forwarding::kTunnel, 1, 0, 0, {}}}, EINVAL),
            "of another family than the service: that cannot be while a sync daemon runs");
  EXPECT_EQ(why(AddReal{web, real("192.0.2.1:80"), gue}, EINVAL), "a gue tunnel needs its port");
  EXPECT_EQ(why(EditReal{web, real("192.0.2.1:80"), {}, {Forwarding::kMasquerade, 1, 10, 20, {}}}, ERANGE),
            "lower_threshold 20 is above upper_threshold 10");
  EXPECT_EQ(why(AddReal{web, real("192.0.2.1:80"), {Forwarding::kMasquerade, 0x80000000, 0, 0, {}}}, ERANGE),
            "weight 2147483648 is above 2147483647");
}

TEST(Explain, TellsWhySyncDaemonsDoNotStart) {
  StartSync step{SyncRole::kMaster, {"eth9", 7, 0, IpAddress::v4(224, 0, 0, 81), 8848, 1}};
  EXPECT_EQ(why(step, ENODEV), "no such interface: eth9");
  EXPECT_EQ(why(step, EEXIST), "one runs already, with other settings: stop it first");
  EXPECT_EQ(why(step, EINVAL), "not while a real server is of another family than its service");
  step.daemon.group = IpAddress::v4(192, 0, 2, 1);
  EXPECT_EQ(why(step, EINVAL), "192.0.2.1 is not a multicast address");
  EXPECT_EQ(why(ZeroCounters{}, ESRCH), "no such service");
}

// Root of a user namespace has the capability, and is refused all the same.
TEST(Explain, TellsWhichCapabilityIpvsWants) {
  const std::string right = "not permitted: needs CAP_NET_ADMIN in the initial user namespace";
  EXPECT_EQ(why(AddService{}, EPERM), right);
  EXPECT_EQ(explain(SetIpvsTimeouts{}, Error{"", EPERM}, false), right);
}

TEST(Explain, TellsAboutPorts) {
  EXPECT_EQ(why(SetPortOptions{}, EOPNOTSUPP), "not a port of a bond");
  EXPECT_EQ(why(SetActivePort{}, EINVAL),
            "the port has no link, or the bond has no active port to switch from");
}

}  // namespace
}  // namespace hawser::nl
