// Hosts of one vip that do not listen to each other, though each means well: both would be Active, and say
// so.
#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using testing::Contains;
using testing::HasSubstr;

class VipdPeers : public VipTest {
 protected:
  static constexpr const char* kUnicast = "transport = \"unicast\"";

  [[nodiscard]] static std::vector<std::string> findings(const VipHost& host) {
    std::vector<std::string> texts;
    const auto status = host.status();
    if (!status.is_object()) return {"no answer"};
    for (const auto& finding : status.at("findings").as_array())
      texts.emplace_back(finding.at("text").as_string());
    return texts;
  }
  static bool finds(const VipHost& host, const std::string& text, Duration within = 10s) {
    return eventually(within, [&] { return testing::Value(findings(host), Contains(HasSubstr(text))); });
  }
  [[nodiscard]] static std::size_t lines(const VipHost& host, const std::string& text) {
    const auto log = host.daemon_output();
    std::size_t found = 0;
    for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++found;
    return found;
  }
};

TEST_F(VipdPeers, AnAddressThatIsNotTheOneOfNodesIsSaidOnBothSidesOfAUnicastVip) {
  both({.more = kUnicast});
  settle();
  lb1.host().ip({"address add 192.0.2.99/24 dev front", "address del 192.0.2.11/24 dev front"});
  if (!lb1.holds("192.0.2.99")) lb1.host().ip({"address add 192.0.2.99/24 dev front"});
  const std::string ours = "front advertises from 192.0.2.99, and its peers listen to 192.0.2.11 alone";
  EXPECT_TRUE(finds(lb1, ours));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  const std::string theirs = "192.0.2.99 advertises router id 51 and is not among the peers";
  EXPECT_TRUE(finds(lb2, theirs));
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(lines(lb1, ours), 1U);
  EXPECT_EQ(lines(lb2, theirs), 1U);
  lb1.host().ip({"address add 192.0.2.11/24 dev front", "address del 192.0.2.99/24 dev front"});
  if (!lb1.holds("192.0.2.11")) lb1.host().ip({"address add 192.0.2.11/24 dev front"});
  EXPECT_TRUE(lb2.becomes("Backup"));
  EXPECT_TRUE(eventually(20s, [&] { return lb1.vipctl({"status"}).status == 0; }))
      << lb1.vipctl({"status"}).text;
}

TEST_F(VipdPeers, TwoHostsWithOneAddressOfTheirOwnSaySoOnBothSides) {
  lb2.host().ip({"address add 192.0.2.11/24 dev front", "address del 192.0.2.12/24 dev front"});
  if (!lb2.holds("192.0.2.11")) lb2.host().ip({"address add 192.0.2.11/24 dev front"});
  lb1.start();
  lb2.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  ASSERT_TRUE(lb2.becomes("Active")) << "neither hears the other";
  const std::string text = "has this host's own address 192.0.2.11 too";
  EXPECT_TRUE(finds(lb1, text, 15s));
  EXPECT_TRUE(finds(lb2, text, 15s));
  EXPECT_EQ(lb1.vipctl({"status"}).status, 3);
  EXPECT_EQ(lines(lb1, text), 1U);
}

TEST_F(VipdPeers, ASecondInterfaceOfOursOnTheSegmentIsNoTwin) {
  const Cable second(segment.connect(lb1.host(), "back"));
  lb1.host().ip({"link set back up"});  // it answers for what is on front (arp_ignore is 0)
  settle();
  std::this_thread::sleep_for(11s);  // asked twice
  EXPECT_TRUE(findings(lb1).empty()) << lb1.vipctl({"status"}).text;
}

TEST_F(VipdPeers, TwoTransportsInTwoFilesAreSaidOnBothSides) {
  lb1.write({.more = kUnicast});
  lb1.start();
  lb2.start();
  EXPECT_TRUE(
      finds(lb2, "192.0.2.11 advertises router id 51 by unicast, and here the transport is multicast"));
  EXPECT_TRUE(
      finds(lb1, "192.0.2.12 advertises router id 51 by multicast, and here the transport is unicast"));
  std::this_thread::sleep_for(2s);
  EXPECT_EQ(lines(lb2, "by unicast, and here"), 1U);
  EXPECT_EQ(lines(lb1, "by multicast, and here"), 1U);
}

}  // namespace
}  // namespace hawser::lab
