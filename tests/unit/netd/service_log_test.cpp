// What the log says of real servers and services, through netd as a whole.
#include "netd/service_log.h"

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const std::string kDown2 = "web: real server web2 198.51.100.22:8080: down: 3 checks failed (site: ";

class ServiceLogOf : public Netd {
 protected:
  // Goes to and fro once: down after three bad results, up after two good ones.
  void flap(const Endpoint& real) {
    verdict(real, bad(), 3);
    pass(seconds{1});
    verdict(real, good(), 2);
    pass(seconds{1});
  }
};

TEST_F(ServiceLogOf, AColdStartSaysNothingBeforeAProbeAnswered) {
  start(web());
  EXPECT_THAT(warnings, IsEmpty());
  EXPECT_THAT(lines, ElementsAre(StartsWith("tcp 192.0.2.100:80: add service")));
}

TEST_F(ServiceLogOf, ARealServerThatIsDeadFromTheStartIsSaidWithItsReasonOnce) {
  start(web());
  verdict(kWeb1, good());
  forget_lines();
  verdict(kWeb2, bad(), 2);
  EXPECT_THAT(lines, IsEmpty());
  verdict(kWeb2, bad(), 5);
  EXPECT_THAT(lines, ElementsAre(StartsWith(kDown2)));
  forget_lines();
  reload(web());
  pass(seconds{60});
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(ServiceLogOf, OneThatIsTakenOutIsSaidOnlyAsThat) {
  start_in_service();
  verdict(kWeb2, bad(), 5);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("web2 198.51.100.22:8080: removed: 3 checks failed")));
}

TEST_F(ServiceLogOf, OneThatDiesAgainIsSaidAgain) {
  start(web());
  verdict(kWeb2, bad(), 3);
  verdict(kWeb2, good(), 2);
  forget_lines();
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("web2 198.51.100.22:8080: removed: 3 checks failed")));
}

// Nothing is taken out, for nothing was in: and yet it went up and down.
TEST_F(ServiceLogOf, OneThatDiesAgainWhileTheKernelRefusedItIsSaidAgain) {
  kernel.refuse_always([](const Step& step) { return is<AddReal>(step); }, {"", EPERM});
  start(web());
  verdict(kWeb2, bad(), 3);
  verdict(kWeb2, good(), 2);
  pass(seconds{61});  // the same within a minute is no news
  forget_lines();
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(lines, ElementsAre(StartsWith(kDown2)));
}

TEST_F(ServiceLogOf, OneThatIsDeadFromTheStartAndQuiescedIsSaidToHaveNoWeight) {
  auto config = web();
  config.pools["web"].policy.on_failure = config::OnFailure::kQuiesce;
  start(config);
  forget_lines();
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(lines, ElementsAre(HasSubstr("web2 198.51.100.22:8080: added with weight 0: 3 checks failed")));
}

TEST_F(ServiceLogOf, AServiceWithoutAnyIsSaidOnceEachHasBeenJudgedAndSoIsItsReturn) {
  start(web());
  verdict(kWeb1, bad(), 3);
  EXPECT_THAT(warnings, IsEmpty());
  verdict(kWeb2, bad(), 3);
  EXPECT_THAT(warnings, ElementsAre("web: tcp 192.0.2.100:80: no real server in service"));
  verdict(kWeb2, good(), 2);
  EXPECT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(lines.back(), "web: tcp 192.0.2.100:80: in service again: 1 of 2 real servers");
}

TEST_F(ServiceLogOf, ARealServerThatFlapsIsSaidEverMoreSeldomAndThenHowOften) {
  start_in_service();
  for (int i = 0; i < 150; ++i) flap(kWeb2);
  EXPECT_THAT(lines, SizeIs(testing::Le(14)));
  EXPECT_THAT(lines.back(), HasSubstr(" more in the last "));
  EXPECT_THAT(service().reals, SizeIs(2));
}

TEST_F(ServiceLogOf, TheLastWordOfOneThatFlappedIsSaidWhenItsPauseIsOver) {
  start_in_service();
  for (int i = 0; i < 5; ++i) flap(kWeb2);
  EXPECT_THAT(lines.back(), HasSubstr("web2 198.51.100.22:8080: removed: "));
  forget_lines();
  EXPECT_LE(controller->next() - now, seconds{60});
  for (int i = 0; i < 60; ++i) pass(seconds{1});
  EXPECT_THAT(lines,
              ElementsAre(AllOf(HasSubstr("web2 198.51.100.22:8080: added: "), HasSubstr(" more in "))));
}

TEST_F(ServiceLogOf, AServiceThatFlapsWithItsOnlyRealServerIsDampedToo) {
  start(web());
  verdict(kWeb1, bad(), 3);
  for (int i = 0; i < 150; ++i) flap(kWeb2);
  EXPECT_THAT(warnings, SizeIs(testing::Le(8)));
}

TEST_F(ServiceLogOf, OneThatFlapsIsNamedUntilItHasBeenQuietForAMinute) {
  start_in_service();
  for (int i = 0; i < 2; ++i) flap(kWeb2);
  EXPECT_THAT(controller->ipvs().flapping(now), IsEmpty());
  for (int i = 0; i < 2; ++i) flap(kWeb2);
  const auto flapping = controller->ipvs().flapping(now);
  ASSERT_THAT(flapping, SizeIs(1));
  EXPECT_EQ(flapping[0].service, "web");
  EXPECT_EQ(flapping[0].text, "real server web2 198.51.100.22:8080 flaps: 8 changes in the last 1m");
  EXPECT_THAT(controller->ipvs().flapping(now + seconds{60}), IsEmpty());
}

}  // namespace
}  // namespace hawser::netd
