#include "lib/daemon/event_log.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/daemon/journal_datagram.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/documented.h"

namespace hawser {
namespace {

using testing::HasSubstr;
using testing::Not;

const Event kRemoved{.kind = EventKind::kRealServer,
                     .level = Level::kWarning,
                     .object = "web",
                     .what = "real server web1",
                     .to = "removed",
                     .cause = {CauseKind::kProbe, "3 checks failed"},
                     .evidence = "site: status\n500"};

class EventLogTest : public testing::Test {
 protected:
  EventLogTest() { log.add_to(routes); }
  [[nodiscard]] control::Response get(const std::string& target) const {
    return routes.answer({"GET", target, ""});
  }

  EventLog log;
  control::Routes routes{0};
};

TEST_F(EventLogTest, AnswersWithWhatWasReported) {
  log.report(kRemoved);
  log.report({.object = "netd", .to = "ready"});
  const auto answer = boost::json::parse(get("/v1/events").body).as_object();
  EXPECT_EQ(answer.at("format"), 1);
  EXPECT_EQ(answer.at("forgotten"), 0);
  EXPECT_THAT(test::undocumented(answer), testing::IsEmpty());
  const auto& events = answer.at("events").as_array();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at("cause").at("kind"), "probe");
  EXPECT_EQ(events[1].at("line"), "netd: ready");
}

TEST_F(EventLogTest, StreamsWhatWasAfterTheIdAndThenWhatComes) {
  for (const auto* object : {"a", "b", "c"}) log.report({.object = object});
  const auto response = get("/v1/events/stream?after=2");
  EXPECT_THAT(response.body, HasSubstr("id: 3\nevent: process\ndata: {\"id\":3,"));
  EXPECT_THAT(response.body, Not(HasSubstr("id: 2\n")));
  bool woken = false;
  const auto listener = response.feed->listen(10000, [&] { woken = true; });
  log.report({.object = "d"});
  EXPECT_TRUE(woken);
  EXPECT_THAT(listener->outbox.take(), HasSubstr("\"object\":\"d\""));
}

TEST_F(EventLogTest, RefusesAnIdThatIsNone) {
  for (const auto* id : {"x", "-1", "3x", "99999999999999999999999"})
    EXPECT_EQ(get(std::string("/v1/events/stream?after=") + id).status, 400) << id;
}

TEST(JournalDatagram, HasTheLineAndEachPartAsAField) {
  EXPECT_EQ(log::journal_datagram(kRemoved, "netd", line_of(kRemoved)),
            "MESSAGE=web: real server web1: removed: 3 checks failed (site: status 500)\n"
            "PRIORITY=4\nSYSLOG_IDENTIFIER=netd\nHAWSER_KIND=real-server\nHAWSER_OBJECT=web\n"
            "HAWSER_WHAT=real server web1\nHAWSER_TO=removed\nHAWSER_CAUSE=probe\n"
            "HAWSER_REASON=3 checks failed\nHAWSER_EVIDENCE=site: status 500\n");
}

// What a peer sends must not become a field of its own.
TEST(JournalDatagram, LetsNobodyAddAField) {
  const auto datagram = log::journal_datagram({.object = "a\nPRIORITY=0"}, "netd", "a\nPRIORITY=0");
  EXPECT_THAT(datagram, HasSubstr("HAWSER_OBJECT=a PRIORITY=0\n"));
  EXPECT_THAT(datagram, Not(HasSubstr("\nPRIORITY=0")));
}

TEST(JournalDatagram, IsSentWithoutWaiting) {
  const test::TempDir directory;
  const auto path = (directory.path() / "journal").string();
  EXPECT_FALSE(log::send_to_journal("MESSAGE=x\n", path)) << "nobody is there";
  const Fd journal(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(journal.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_TRUE(log::send_to_journal("MESSAGE=x\n", path));
  std::array<char, 64> text{};
  ASSERT_EQ(::recv(journal.get(), text.data(), text.size(), MSG_DONTWAIT), 10);
  EXPECT_EQ(std::string_view(text.data(), 10), "MESSAGE=x\n");
  int sent = 0;
  while (sent < 100000 && log::send_to_journal("MESSAGE=x\n", path)) ++sent;
  EXPECT_LT(sent, 100000)
      << "a journal that does not read is full at some time, and that is no reason to wait";
}

}  // namespace
}  // namespace hawser
