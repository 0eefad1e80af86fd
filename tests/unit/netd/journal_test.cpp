#include "netd/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake/fake_kernel.h"
#include "tests/unit/netd/site.h"

namespace hawser::netd {
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

TEST(Journal, IsReadAsItWasWritten) {
  const Journal journal{{"bond0", "bond0.100"}, {site::kWeb, site::key("fwmark6 9")}};
  EXPECT_EQ(*decode_journal(encode_journal(journal)), journal);
  EXPECT_EQ(encode_journal({{"bond0"}, {site::kWeb}}),
            "{\"format\":1,\"links\":[\"bond0\"],\"services\":[\"tcp 192.0.2.100:80\"]}\n");
}

TEST(Journal, ThatIsBrokenIsRefused) {
  for (const auto text : {"", "x", "[]", "{}", R"({"format":2})", R"({"format":1,"links":[1]})",
                          R"({"format":1,"services":["web"]})", R"({"format":1,"services":[1]})"})
    EXPECT_FALSE(decode_journal(text)) << text;
}

TEST(JournalBook, IsWrittenBeforeTheStepThatMakesSomething) {
  Disk disk;
  JournalBook book({}, disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, AddService{site::kWeb, {}}};
  ASSERT_TRUE(book.will_do(steps));
  EXPECT_THAT(disk.written, ElementsAre(encode_journal({{"bond0"}, {site::kWeb}})));
}

TEST(JournalBook, IsNotWrittenForWhatMakesNothingOrIsInItAlready) {
  Disk disk;
  JournalBook book({{"bond0"}, {}}, disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}, SetLinkUp{"eth0", true}};
  ASSERT_TRUE(book.will_do(steps));
  EXPECT_THAT(disk.written, IsEmpty());
}

TEST(JournalBook, ForgetsWhatWasDeleted) {
  Disk disk;
  JournalBook book({{"bond0"}, {site::kWeb}}, disk.write());
  book.did(DeleteLink{"bond0", LinkKind::kBond});
  book.did(DeleteService{site::kWeb});
  ASSERT_TRUE(book.flush());
  EXPECT_EQ(book.journal(), Journal{});
  EXPECT_THAT(disk.written, ElementsAre(encode_journal({})));
}

TEST(JournalBook, TriesAgainWhatCouldNotBeWritten) {
  Disk disk;
  disk.answer = fail("No space left on device");
  JournalBook book({}, disk.write());
  const std::vector<Step> steps{CreateLink{"bond0", bond()}};
  EXPECT_FALSE(book.will_do(steps));
  disk.answer = {};
  EXPECT_TRUE(book.flush());
  EXPECT_EQ(disk.written.size(), 1U);
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
  EXPECT_THAT(performs_at_write, ElementsAre(0, 2));
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
  OwnKernel own(kernel, book, {*IpAddress::parse("192.0.2.100")}, [](const Error&) {});
  const auto observed = own.observe({});
  ASSERT_TRUE(observed);
  EXPECT_THAT(observed->state.links.at("eth0").addresses,
              ElementsAre(testing::Key(*Prefix::parse("192.0.2.11/24"))));
}

}  // namespace
}  // namespace hawser::netd
