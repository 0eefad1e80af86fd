// [ipvs]: what a host has once.
#include "lib/config/sections/ipvs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string ipvs(const std::string& text) {
  return "[ipvs]\n" + text;
}

TEST(IpvsSection, OfTimeoutsLeavesOpenWhatIsNotWritten) {
  EXPECT_FALSE(load_text("").config.ipvs_timeouts);
  const auto loaded = load_text(ipvs("timeouts = { udp = \"30s\", tcp_fin = \"2m\" }\n"));
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.ipvs_timeouts, (IpvsTimeouts{0, 120, 30}));
}

TEST(IpvsSection, OfTimeoutsTakesWholeSeconds) {
  EXPECT_THAT(problems_of(ipvs("timeouts = { udp = \"1500ms\" }\n")),
              testing::ElementsAre(HasSubstr("ipvs.timeouts.udp: ")));
  EXPECT_THAT(problems_of(ipvs("timeouts = 5\n")),
              testing::ElementsAre(HasSubstr("ipvs.timeouts: must be a table such as { tcp = ")));
}

TEST(IpvsSection, OfSyncNeedsAnInterfaceAndAMulticastGroup) {
  const auto loaded = load_text(ipvs("sync = { interface = \"back\", id = 7, max_length = 1400 }\n"));
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_EQ(loaded.config.ipvs_sync, (SyncDaemon{"back", 7, 1400, IpAddress::v4(224, 0, 0, 81), 8848, 1}));
  EXPECT_THAT(problems_of(ipvs("sync = { id = 7 }\n")),
              testing::ElementsAre(HasSubstr("ipvs.sync.interface: is missing")));
  EXPECT_THAT(problems_of(ipvs("sync = { interface = \"back\", group = \"192.0.2.1\" }\n")),
              testing::ElementsAre(HasSubstr("ipvs.sync.group: 192.0.2.1 is not multicast")));
}

TEST(IpvsSection, HasRoomForAllMarksAboveTheFirst) {
  EXPECT_THAT(problems_of(ipvs("fwmark_base = 0\n")),
              testing::ElementsAre(HasSubstr("ipvs.fwmark_base: must be from 1 to 4278190080, not 0")));
  EXPECT_THAT(problems_of(ipvs("fwmark_base = 4278190081\n")), testing::SizeIs(1));
  EXPECT_THAT(problems_of(ipvs("fwmark_base = 4278190080\n")), IsEmpty());
}

}  // namespace
}  // namespace hawser::config
