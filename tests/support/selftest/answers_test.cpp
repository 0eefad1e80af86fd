#include "tests/support/answers.h"

#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

// Two hosts that can have one address, by its own MACs or by one.
class AnswersTest : public LabTest, public testing::WithParamInterface<const char*> {
 protected:
  Switch segment{"segment"};
  Namespace lb1{"lb1"}, lb2{"lb2"};
  Cable to_lb1 = segment.connect(lb1, "front"), to_lb2 = segment.connect(lb2, "front");

  void SetUp() override {
    LabTest::SetUp();
    for (const Namespace* host : {&lb1, &lb2})
      host->ip({"link set front address 00:00:5e:00:01:33", "link set front up",
                "address add 192.0.2.1/24 dev front"});
  }
  void have(const Namespace& host, bool has) const {
    const std::string address = GetParam();
    const auto is_v6 = address.find(':') != std::string::npos;
    host.ip({fmt::format("address {} {}{} dev front{}", has ? "add" : "del", address, is_v6 ? "/64" : "/24",
                         has && is_v6 ? " nodad" : "")});
  }
};

INSTANTIATE_TEST_SUITE_P(, AnswersTest, testing::Values("192.0.2.100", "2001:db8::100"),
                         [](const auto& test) { return test.index == 0 ? "Arp" : "NeighbourSolicitation"; });

TEST_P(AnswersTest, AreToldByHostThoughTheyHaveOneMac) {
  have(lb1, true);
  const Answers answers(segment, GetParam());
  EXPECT_TRUE(answers.come_from("lb1"));
  EXPECT_EQ(answers.of("lb2"), 0U);
  have(lb2, true);
  EXPECT_TRUE(eventually(5s, [&] { return answers.of("lb2") > 0; }));
  EXPECT_FALSE(answers.come_from("lb1", 300ms)) << "both do";
  EXPECT_FALSE(answers.come_from("lb2", 300ms));
  have(lb1, false);
  EXPECT_TRUE(answers.come_from("lb2"));
  const auto both = longest_overlap(answers.all());
  EXPECT_GE(both, 600ms);
  EXPECT_LE(both, 2s);
}

TEST_P(AnswersTest, NobodyAnswersForAnAddressThatNobodyHas) {
  const Answers answers(segment, GetParam());
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(answers.all().empty());
}

}  // namespace
}  // namespace hawser::lab
