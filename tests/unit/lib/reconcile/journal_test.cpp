#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/reconcile/own_kernel.h"
#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A file that remembers, and what the kernel had done when it was written.
struct Disk {
  std::vector<std::string> written;
  Status answer;
  JournalBook::Write write() {
    return [this](const std::string& text) -> Status {
      if (answer) written.push_back(text);
      return answer;
    };
  }
};

Link bond() {
  Link link;
  link.kind = LinkKind::kBond;
  link.bond = kernel_default_bond(BondMode::kActiveBackup);
  return link;
}

Made made(Journal names, std::map<std::string, IfIndex> indexes = {}) {
  return {"b1", std::move(names), std::move(indexes)};
}

Observed observed(const std::string& link, int index) {
  Observed result;
  result.links[link].index = IfIndex(index);
  return result;
}

TEST(Journal, IsReadAsItWasWritten) {
  const auto all =
      made({{"bond0", "bond0.100"}, {site::kWeb, site::key("fwmark6 9")}}, {{"bond0", IfIndex(7)}});
  EXPECT_EQ(*decode_journal(encode_journal(all)), all);
  EXPECT_EQ(encode_journal(made({{"bond0"}, {site::kWeb}}, {{"bond0", IfIndex(7)}})),
            "{\"format\":1,\"boot\":\"b1\",\"links\":[\"bond0\"],\"indexes\":{\"bond0\":7},"
            "\"services\":[\"tcp 192.0.2.100:80\"]}\n");
}

TEST(Journal, ThatIsBrokenIsRefused) {
  for (const auto text :
       {"", "x", "[]", "{}", R"({"format":2})", R"({"format":1,"links":[1]})",
        R"({"format":1,"services":["web"]})", R"({"format":1,"services":[1]})",
        R"({"format":1,"links":[],"indexes":{"bond0":"7"}})", R"({"format":1,"values":{"a":1}})"})
    EXPECT_FALSE(decode_journal(text)) << text;
}

// As netd 0.1.0 left it behind.
TEST(Journal, OfTheFirstFormatIsStillRead) {
  constexpr std::string_view kThen =
      R"({"format":1,"boot":"b1","links":["bond0"],"indexes":{"bond0":7},"services":["tcp 192.0.2.100:80"],)"
      R"("owed":{"addresses":[{"link":"bond0","prefix":"2001:db8::77/64","protocol":0,"scope":0,)"
      R"("preferred_lifetime":4294967295,"no_prefix_route":false,"no_dad":false,"broadcast":""}],)"
      R"("routes":[{"table":254,"to":"203.0.113.0/24","metric":5,"tos":0,"from":"","nth":0,"device":"bond0",)"
      R"("via":"192.0.2.77","source":"","onlink":false,"mtu":0,"protocol":3,"rest":null}]}})"
      "\n";
  const auto read = decode_journal(kThen);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->names, (Journal{{"bond0"}, {site::kWeb}}));
  EXPECT_EQ(read->indexes.at("bond0"), IfIndex(7));
  EXPECT_TRUE(read->owed.addresses.contains({"bond0", *Prefix::parse("2001:db8::77/64")}));
  EXPECT_EQ(read->owed.routes.size(), 1U);
  EXPECT_TRUE(read->values.empty());
  EXPECT_EQ(encode_journal(*read), kThen) << "and is written so";
}

TEST(Journal, HoldsWhatASettingOfTheHostWas) {
  auto all = made({});
  all.note(SetValue{"net.ipv4.ip_forward", "0"});
  all.note(SetValue{"net.ipv4.ip_forward", "1"});  // ours by now
  EXPECT_EQ(all.values.at("net.ipv4.ip_forward"), "0");
  EXPECT_TRUE(all.announces(SetValue{"net.ipv4.ip_forward", "1"}));
  EXPECT_EQ(*decode_journal(encode_journal(all)), all);
  all.forget(SetValue{"net.ipv4.ip_forward", {}});
  EXPECT_EQ(all, made({}));
}

TEST(Journal, HoldsThatTheNftablesTableIsOurs) {
  JournalBook book(made({}), [](const std::string& /*text*/) { return Status{}; });
  const std::vector<Step> make{NftStep(MakeNftTable{})};
  ASSERT_TRUE(book.will_do(make));
  EXPECT_TRUE(book.names().nft);
  book.did_not(make.front());
  EXPECT_FALSE(book.names().nft);
  const std::vector<Step> change{NftStep(RemakeNftTable{})};
  ASSERT_TRUE(book.will_do(change));
  book.did_not(change.front());
  EXPECT_TRUE(book.names().nft) << "it is still there";
  book.did(NftStep(DeleteNftTable{}));
  EXPECT_FALSE(book.names().nft);
  auto all = made({});
  all.note(MadeNftTable{});
  EXPECT_EQ(*decode_journal(encode_journal(all)), all);
}

TEST(Journal, HasAnEntryForWhatBearsNoNumberOfOurs) {
  EXPECT_EQ(entry_made_by(CreateLink{"bond0", bond()}), JournalEntry(MadeLink{"bond0"}));
  EXPECT_EQ(entry_undone_by(DeleteLink{"bond0", LinkKind::kBond}), JournalEntry(MadeLink{"bond0"}));
  EXPECT_EQ(entry_made_by(AddService{site::kWeb, {}}), JournalEntry(MadeService{site::kWeb}));
  EXPECT_EQ(entry_undone_by(DeleteService{site::kWeb}), JournalEntry(MadeService{site::kWeb}));
  EXPECT_EQ(entry_made_by(SetMtu{"bond0", 1500, 9000}), std::nullopt);
  EXPECT_EQ(entry_made_by(DeleteLink{"bond0", LinkKind::kBond}), std::nullopt);
}

TEST(Journal, OfAnotherBootIsForgotten) {
  const auto all = made({{"bond0"}, {site::kWeb}}, {{"bond0", IfIndex(7)}});
  EXPECT_EQ(of_this_boot(all, "b1"), all);
  EXPECT_EQ(of_this_boot(all, "b2"), (Made{"b2", {}, {}}));
  EXPECT_EQ(of_this_boot({"", all.names, {}}, ""), Made{});
}

TEST(Journal, OfAnEarlierReleaseIsTakenForOneOfAnotherBoot) {
  const auto old = decode_journal(R"({"format":1,"links":["bond0"],"services":["tcp 192.0.2.100:80"]})");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->names, (Journal{{"bond0"}, {site::kWeb}}));
  EXPECT_EQ(of_this_boot(*old, "b1"), (Made{"b1", {}, {}}));
}

TEST(JournalBook, IsWrittenBeforeTheStepThatMakesSomething) {
  Disk disk;
  JournalBook book(made({}), disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, AddService{site::kWeb, {}}};
  ASSERT_TRUE(book.will_do(steps));
  EXPECT_THAT(disk.written, ElementsAre(encode_journal(made({{"bond0"}, {site::kWeb}}))));
}

TEST(JournalBook, IsNotWrittenForWhatMakesNothingOrIsInItAlready) {
  Disk disk;
  JournalBook book(made({{"bond0"}, {site::kWeb}}), disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, AddService{site::kWeb, {}},
                                SetLinkUp{"eth0", true}};
  ASSERT_TRUE(book.will_do(steps));
  EXPECT_THAT(disk.written, IsEmpty());
}

TEST(JournalBook, ForgetsWhatWasDeleted) {
  Disk disk;
  JournalBook book(made({{"bond0"}, {site::kWeb}}, {{"bond0", IfIndex(7)}}), disk.write());
  book.did(DeleteLink{"bond0", LinkKind::kBond});
  book.did(DeleteService{site::kWeb});
  ASSERT_TRUE(book.flush());
  EXPECT_EQ(book.names(), Journal{});
  EXPECT_THAT(disk.written, ElementsAre(encode_journal(made({}))));
}

TEST(JournalBook, ForgetsWhatWasRefused) {
  Disk disk;
  JournalBook book(made({}), disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, AddService{site::kWeb, {}}};
  ASSERT_TRUE(book.will_do(steps));
  for (const auto& step : steps) book.did_not(step);
  ASSERT_TRUE(book.flush());
  EXPECT_EQ(book.names(), Journal{});
  EXPECT_EQ(disk.written.back(), encode_journal(made({})));
}

TEST(JournalBook, ForgetsALinkThatIsGoneOrAnotherOfItsName) {
  Disk disk;
  JournalBook book(made({{"bond0"}, {}}), disk.write());
  book.saw(observed("bond0", 7));
  book.saw(observed("bond0", 7));
  EXPECT_EQ(book.names(), (Journal{{"bond0"}, {}}));
  auto other = book;
  other.saw(observed("bond0", 8));
  EXPECT_EQ(other.names(), Journal{});
  book.saw({});
  EXPECT_EQ(book.names(), Journal{});
}

TEST(JournalBook, KnowsALinkThatItMadeAnewByItsNewNumber) {
  Disk disk;
  JournalBook book(made({{"bond0"}, {}}, {{"bond0", IfIndex(7)}}), disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}};
  ASSERT_TRUE(book.will_do(steps));
  EXPECT_EQ(disk.written.size(), 1U);  // a crash now must not leave the old number
  book.saw(observed("bond0", 9));
  ASSERT_TRUE(book.flush());
  EXPECT_EQ(disk.written.back(), encode_journal(made({{"bond0"}, {}}, {{"bond0", IfIndex(9)}})));
}

TEST(JournalBook, TriesAgainWhatCouldNotBeWritten) {
  Disk disk;
  disk.answer = fail("No space left on device");
  JournalBook book(made({}), disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}};
  EXPECT_FALSE(book.will_do(steps));
  disk.answer = {};
  EXPECT_TRUE(book.flush());
  EXPECT_EQ(disk.written.size(), 1U);
}

TEST(JournalBook, GivesEachReasonOnceAndKeepsItUntilTheDiskTakesIt) {
  Disk disk;
  disk.answer = fail("No space left on device");
  JournalBook book(made({}), disk.write());
  const std::vector<Step> first{CreateLink{"bond0", bond()}};
  const std::vector<Step> second{CreateLink{"bond1", bond()}};
  EXPECT_FALSE(book.will_do(first));
  EXPECT_TRUE(book.will_do(second));
  EXPECT_EQ(book.trouble(), "No space left on device");
  disk.answer = fail("Read-only file system");
  EXPECT_EQ(book.flush().error().text, "Read-only file system");
  disk.answer = {};
  EXPECT_TRUE(book.flush());
  EXPECT_EQ(book.trouble(), "");
  EXPECT_EQ(disk.written.back(), encode_journal(made({{"bond0", "bond1"}, {}})));
}

TEST(JournalBook, AsksADiskAgainThoughWhatItDidNotTakeWasRefusedByTheKernelToo) {
  Disk disk;
  disk.answer = fail("No space left on device");
  JournalBook book(made({}), disk.write());
  const CreateLink create{"bond0", bond()};
  const std::vector<Step> steps{create};
  EXPECT_FALSE(book.will_do(steps));
  book.did_not(create);
  disk.answer = {};
  EXPECT_TRUE(book.flush());
  EXPECT_EQ(book.trouble(), "");
}

TEST(OwnKernel, JournalsBeforeItCreates) {
  FakeKernel kernel;
  std::vector<int> performs_at_write;
  JournalBook book({}, [&](const std::string&) -> Status {
    performs_at_write.push_back(kernel.performs());
    return {};
  });
  OwnKernel own(kernel, book, {}, [](const Error&) { FAIL(); });
  ASSERT_TRUE(own.perform(CreateLink{"bond0", bond()}));
  ASSERT_TRUE(own.perform(DeleteLink{"bond0", LinkKind::kBond}));
  ASSERT_TRUE(own.observe({}));
  EXPECT_THAT(performs_at_write, ElementsAre(0, 2));
}

TEST(OwnKernel, ForgetsWhatItWasRefused) {
  FakeKernel kernel;
  kernel.fail_next({"File exists", 17});
  Disk disk;
  JournalBook book({}, disk.write());
  OwnKernel own(kernel, book, {}, [](const Error&) { FAIL(); });
  EXPECT_FALSE(own.perform(CreateLink{"bond0", bond()}));
  EXPECT_EQ(book.names(), Journal{});
  ASSERT_TRUE(own.observe({}));
  EXPECT_EQ(disk.written.back(), encode_journal({}));
}

// A file of a thousand names, written whole and put on the disk for each of them, takes minutes.
TEST(OwnKernel, WritesTheJournalOnceForAllLinksThatWereAnnounced) {
  FakeKernel kernel;
  Disk disk;
  JournalBook book(made({}), disk.write());
  OwnKernel own(kernel, book, {}, [](const Error&) { FAIL(); });
  std::vector<Step> steps;
  for (int i = 0; i < 100; ++i) steps.emplace_back(CreateLink{fmt::format("bond{}", i), bond()});
  ASSERT_TRUE(book.will_do(steps));
  ASSERT_TRUE(own.observe({}));  // apply() looks before it begins
  for (const auto& step : steps) ASSERT_TRUE(own.perform(step));
  EXPECT_EQ(disk.written.size(), 1U);
  ASSERT_TRUE(own.observe({}));
  EXPECT_EQ(disk.written.size(), 2U) << "with the kernel's numbers";
  EXPECT_EQ(book.names().links.size(), 100U);
}

TEST(OwnKernel, ForgetsALinkThatWasAnnouncedAndNeverMade) {
  FakeKernel kernel;
  Disk disk;
  JournalBook book(made({}), disk.write());
  OwnKernel own(kernel, book, {}, [](const Error&) { FAIL(); });
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, CreateLink{"bond1", bond()}};
  ASSERT_TRUE(book.will_do(steps));
  ASSERT_TRUE(own.perform(steps.front()));
  book.links_over();
  EXPECT_EQ(book.names(), (Journal{{"bond0"}, {}}));
}

TEST(OwnKernel, JournalsALinkThatIsMadeAnewAsAnotherKind) {
  State state;
  state.links["bond0"].kind = LinkKind::kDummy;
  FakeKernel kernel(state);
  Disk disk;
  JournalBook book(made({}), disk.write());
  OwnKernel own(kernel, book, {}, [](const Error&) { FAIL(); });
  const std::vector<Step> steps{DeleteLink{"bond0", LinkKind::kDummy}, CreateLink{"bond0", bond()}};
  ASSERT_TRUE(book.will_do(steps));
  ASSERT_TRUE(own.observe({}));
  for (const auto& step : steps) ASSERT_TRUE(own.perform(step));
  book.links_over();
  ASSERT_TRUE(own.observe({}));
  EXPECT_EQ(book.names(), (Journal{{"bond0"}, {}}));
}

TEST(OwnKernel, GoesOnWithoutAJournalAndSaysSo) {
  FakeKernel kernel;
  Disk disk;
  disk.answer = fail("No space left on device");
  JournalBook book({}, disk.write());
  std::vector<std::string> said;
  OwnKernel own(kernel, book, {}, [&](const Error& error) { said.push_back(error.text); });
  EXPECT_TRUE(own.perform(CreateLink{"bond0", bond()}));
  EXPECT_TRUE(kernel.state().links.contains("bond0"));
  EXPECT_FALSE(said.empty());
}

TEST(OwnKernel, DoesNotSeeAddressesOfVips) {
  State state;
  Link link;
  link.up = true;
  link.addresses[*Prefix::parse("192.0.2.11/24")] = {};
  link.addresses[*Prefix::parse("192.0.2.100/32")] = {};
  state.links["eth0"] = link;
  FakeKernel kernel(state);
  Disk disk;
  JournalBook book({}, disk.write());
  OwnKernel own(kernel, book, {{*IpAddress::parse("192.0.2.100")}, {}, {}}, [](const Error&) {});
  const auto observed = own.observe({});
  ASSERT_TRUE(observed);
  EXPECT_THAT(observed->state.links.at("eth0").addresses,
              ElementsAre(testing::Key(*Prefix::parse("192.0.2.11/24"))));
}

}  // namespace
}  // namespace hawser
