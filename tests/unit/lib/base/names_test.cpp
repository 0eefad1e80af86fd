// Every table of enum words in the project: each word is read back as the value that it names.
#include "lib/base/names.h"

#include <set>

#include <gtest/gtest.h>

#include "lib/config/config.h"
#include "lib/netlink/bond_story.h"
#include "lib/run/request.h"
#include "lib/state/bond_details.h"
#include "lib/state/observed.h"
#include "lib/state/state.h"
#include "vipd/provider/fence.h"

namespace hawser {
namespace {

template <class E>
class EnumWords : public testing::Test {};

using Enums = testing::Types<BondMode, Transport, Forwarding, TunnelType, SyncRole, LinkKind, MiiStatus,
                             config::VrrpChecksum, config::VrrpTransport, config::Need, config::OnFailure,
                             config::BondMonitor, LacpBit, Churn, Duplex, BondChange, run::Action, run::End,
                             vipd::provider::Kind, vipd::provider::Ask, vipd::provider::Fenced>;
TYPED_TEST_SUITE(EnumWords, Enums);

TYPED_TEST(EnumWords, AreReadBackAndUnique) {
  std::set<std::string_view> words;
  std::set<TypeParam> values;
  ASSERT_FALSE(kNames<TypeParam>.empty());
  for (const auto& [value, word] : kNames<TypeParam>) {
    EXPECT_EQ(from_name<TypeParam>(word), value) << word;
    EXPECT_EQ(name_of(value), word);
    words.insert(word);
    values.insert(value);
  }
  EXPECT_EQ(words.size(), kNames<TypeParam>.size());
  EXPECT_EQ(values.size(), kNames<TypeParam>.size());
  EXPECT_EQ(from_name<TypeParam>("no such word"), std::nullopt);
}

TEST(Names, AreListedForMessages) {
  EXPECT_EQ(all_names<TunnelType>(), "ipip, gue or gre");
}

}  // namespace
}  // namespace hawser
