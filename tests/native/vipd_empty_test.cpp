// A file that leaves vipd without a vip is a slip until it is said twice.
#include <gmock/gmock.h>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

class VipdEmpty : public VipTest {
 protected:
  [[nodiscard]] Output reload(const Argv& options = {}) const {
    Argv words{"reload"};
    words.insert(words.end(), options.begin(), options.end());
    return lb1.host().run(lb1.command(words));
  }
  // Good, and netd's business alone.
  static constexpr const char* kNetdsOnly =
      "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[link.front]\nkind = \"physical\"\n";
};

TEST_F(VipdEmpty, KeepsItsVipsUntilItIsSaidTwice) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon().output();
  lb1.write_text("");
  auto answer = reload();
  EXPECT_EQ(answer.status, 78) << answer.text;
  EXPECT_THAT(answer.text, HasSubstr("has no section"));
  lb1.write_text(kNetdsOnly);
  answer = reload();
  EXPECT_EQ(answer.status, 78) << answer.text;
  EXPECT_THAT(answer.text,
              HasSubstr("would remove every vip of this host (web): if that is meant, say so with "
                        "--allow-empty"));
  lb1.daemon().signal(SIGHUP);
  std::this_thread::sleep_for(1s);
  EXPECT_TRUE(lb1.holds("192.0.2.100"));
  EXPECT_EQ(lb1.role(), "Active");
  answer = reload({"--allow-empty"});
  EXPECT_EQ(answer.status, 0) << answer.text;
  EXPECT_TRUE(eventually(20s, [&] { return !lb1.holds("192.0.2.100"); }));
}

TEST_F(VipdEmpty, StartsAndReloadsWhereItHasNothingToHold) {
  lb1.write_text(kNetdsOnly);
  lb1.start();
  ASSERT_TRUE(eventually(20s, [&] { return lb1.status().is_object(); })) << lb1.daemon().output();
  EXPECT_EQ(reload().status, 0);
}

}  // namespace
}  // namespace hawser::lab
