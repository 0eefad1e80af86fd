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
  EXPECT_EQ(why(AddReal{}, ERANGE), "weight out of range, or lower threshold above upper");
}

TEST(Explain, TellsAboutPorts) {
  EXPECT_EQ(why(SetPortOptions{}, EOPNOTSUPP), "not a port of a bond");
  EXPECT_EQ(why(SetActivePort{}, EINVAL),
            "the port has no link, or the bond has no active port to switch from");
}

}  // namespace
}  // namespace hawser::nl
