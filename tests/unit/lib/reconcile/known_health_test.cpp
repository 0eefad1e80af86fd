// A daemon that runs is asked, and never guessed for.
#include "lib/reconcile/known_health.h"

#include <fstream>

#include <gmock/gmock.h>

#include "lib/daemon/lock.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using namespace site;
using testing::HasSubstr;

class KnownHealth : public testing::Test {
 protected:
  KnownHealth() { arguments.runtime_dir = directory.path(); }
  test::TempDir directory;
  cli::Arguments arguments;
};

TEST_F(KnownHealth, IsAsConfiguredWhereNoDaemonRuns) {
  const auto known = ask_health(arguments, web());
  ASSERT_TRUE(known) << known.error().text;
  EXPECT_FALSE(known->from_daemon);
  EXPECT_EQ(known->health.at(probe(kWeb1)).state, probes::HealthState::kUp);
}

TEST_F(KnownHealth, SaysThatWhatWasDisabledByHandCannotBeRead) {
  arguments.state_dir = directory.path();
  EXPECT_EQ(as_configured(arguments, web()).unknown_overrides, "") << "there is no such file";
  std::ofstream(directory.path() / "netd.overrides") << "{";
  EXPECT_THAT(
      as_configured(arguments, web()).unknown_overrides,
      HasSubstr("netd.overrides: what was drained or disabled by hand is not known, and comes in: not JSON"));
}

TEST_F(KnownHealth, IsAnErrorWhereADaemonRunsAndDoesNotAnswer) {
  const auto lock = InstanceLock::take(directory.path(), "netd");
  ASSERT_TRUE(lock);
  const auto known = ask_health(arguments, web());
  ASSERT_FALSE(known);
  EXPECT_THAT(known.error().text, HasSubstr("netd runs as process "));
  EXPECT_THAT(known.error().text, HasSubstr("nobody listens on"));
}

TEST_F(KnownHealth, IsNotAskedForWithoutServices) {
  const auto lock = InstanceLock::take(directory.path(), "netd");
  ASSERT_TRUE(lock);
  EXPECT_TRUE(ask_health(arguments, {}));
}

}  // namespace
}  // namespace hawser
