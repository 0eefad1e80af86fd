// A scheduler whose module is missing costs a modprobe for each asking, for which the whole loop waits.
#include "netd/absent_modules.h"

#include <cerrno>

#include <gmock/gmock.h>

#include "tests/unit/netd/process.h"

namespace hawser::netd {
namespace {

using namespace site;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::Not;

class AbsentModule : public Netd {
 protected:
  static constexpr int kServices = 12;

  AbsentModule() { is_missing(true); }
  void is_missing(bool missing) {
    kernel.refuse_always([missing](const Step& step) { return missing && wants_lc(step); },
                         {"scheduler lc: no such module", ENOENT});
  }
  static bool wants_lc(const Step& step) {
    const auto* add = as<AddService>(step);
    const auto* edit = as<EditService>(step);
    return (add != nullptr && add->service.scheduler == "lc") ||
           (edit != nullptr && edit->to.scheduler == "lc");
  }
  static config::Config many() {
    auto config = web();
    auto& service = config.services["web"];
    service.service.scheduler = "lc";
    for (int i = 1; i < kServices; ++i)
      service.keys.push_back(key(fmt::format("tcp 192.0.2.100:{}", 1000 + i)));
    return config;
  }
  [[nodiscard]] std::size_t asked() const {
    return static_cast<std::size_t>(std::ranges::count_if(kernel.performed(), wants_lc));
  }
};

TEST_F(AbsentModule, IsAskedForByOneServiceAndTheOthersHaveItsAnswer) {
  start(many());
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(kernel.state().services.size(), std::size_t{kServices});
  EXPECT_EQ(service().scheduler, "wlc");
  EXPECT_EQ(controller->ipvs().refusals().waiting().size(), std::size_t{kServices});
}

TEST_F(AbsentModule, IsAskedForEverMoreSeldom) {
  start(many());
  for (int i = 0; i < 600; ++i) pass(seconds{1});
  EXPECT_LE(asked(), 17U) << "in ten minutes";
  EXPECT_GE(asked(), 10U);
}

TEST_F(AbsentModule, IsUsedByAllSoonAfterItCame) {
  start(many());
  for (int i = 0; i < 600; ++i) pass(seconds{1});
  is_missing(false);
  for (int i = 0; i < 130; ++i) pass(seconds{1});
  for (const auto& [key, service] : kernel.state().services) EXPECT_EQ(service.scheduler, "lc");
  EXPECT_THAT(controller->ipvs().refusals().waiting(), IsEmpty());
}

TEST_F(AbsentModule, SaysOfEachServiceWhatTheKernelSaidOfTheFirst) {
  start(many());
  for (const auto& [unit, retry] : controller->ipvs().refusals().waiting())
    EXPECT_THAT(retry.reason, testing::AllOf(testing::StartsWith(to_string(unit.service) + ": "),
                                             testing::HasSubstr("scheduler lc: no such module")));
}

TEST_F(AbsentModule, KeepsNoServiceWithAnotherSchedulerWaiting) {
  auto config = many();
  config.services["other"] = config.services["web"];
  config.services["other"].name = "other";
  config.services["other"].keys = {key("tcp 192.0.2.100:25")};
  config.services["other"].service.scheduler = "mh";
  start(config);
  EXPECT_EQ(kernel.state().services.at(key("tcp 192.0.2.100:25")).scheduler, "mh");
}

}  // namespace
}  // namespace hawser::netd
