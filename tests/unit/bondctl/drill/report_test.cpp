// What a drill says of what it recorded.
#include "bondctl/drill/report.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bondctl/drill/svg.h"
#include "tests/unit/bondctl/drill/site.h"

namespace hawser::bondctl::drill {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Phase phase(Event event, const std::string& port, int from_ms, int to_ms, const std::string& before,
            const std::string& after) {
  Phase result;
  result.event = event;
  result.port = port;
  result.window = {kStart + from_ms * 1ms, kStart + to_ms * 1ms};
  result.active_before = before;
  result.active_after = after;
  result.patience = 3200ms;
  return result;
}

// A second of quiet, eth0 down for two, back for two: 52 lost, announced after 53 ms.
Recording good_drill(BondMode mode = BondMode::kActiveBackup) {
  Recording recording;
  recording.subject = *subject_of(site(mode), "bond0", How::kDown);
  recording.target = {ip("192.0.2.1"), "bond0"};
  recording.probes = answered(kStart, 5000);
  for (std::size_t number = 1050; number < 5000; ++number) recording.probes[number].out = "eth1";
  lose(recording.probes, 1000, 50, Fate::kNeverLeft);
  lose(recording.probes, 1050, 2, Fate::kNoAnswer);
  if (mode == BondMode::kActiveBackup) recording.due = {ip("192.0.2.11")};
  recording.announcements = {
      {kStart + 1053ms, "eth1", ip("192.0.2.11"), *MacAddress::parse("52:54:00:00:00:01")}};
  const std::string active = has_active_port(mode) ? "eth0" : "", other = has_active_port(mode) ? "eth1" : "";
  recording.phases = {phase(Event::kQuiet, "", 0, 1000, active, active),
                      phase(Event::kFault, "eth0", 1000, 3000, active, other),
                      phase(Event::kBack, "eth0", 3000, 5000, other, other)};
  return recording;
}

TEST(DrillReport, ShowsOutageAndLossOfEachEventIn80Columns) {
  const auto recording = good_drill();
  const std::string expected =
      "bond0: active-backup, drill --how down, a probe every 1.0ms to 192.0.2.1\n"
      "  port  event  role    outage  lost    of  out  beyond  in  active    told\n"
      "  -     quiet            none     0  1000    0       0   0  eth0\n"
      "  eth0  down   active  52.0ms    52  2000   50       2   0  eth1    53.0ms\n"
      "  eth0  back             none     0  2000    0       0   0  eth1\n"
      "  lost: out = no port sent it, beyond = sent and no answer came,\n"
      "        in = the answer came to a port that did not pass it on\n"
      "  told: until every address was announced (gratuitous ARP, unsolicited NA)\n"
      "  every fault was survived\n";
  EXPECT_EQ(render(judge(recording), 80), expected);
}

TEST(DrillReport, ASurvivedFaultIsNoFault) {
  const auto recording = good_drill();
  const auto report = judge(recording);
  EXPECT_THAT(report.faults, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST(DrillReport, NamesTheAddressThatWasNotAnnounced) {
  auto recording = good_drill();
  recording.due.push_back(ip("2001:db8::11"));
  const auto report = judge(recording);
  EXPECT_THAT(report.faults,
              ElementsAre("eth0 down: 2001:db8::11 was not announced through eth1: no Neighbor "
                          "Advertisement left it"));
  EXPECT_THAT(render(report, 80), AllOf(HasSubstr("MISSING"), HasSubstr("  FAULT: eth0 down: 2001:db8::11")));
}

TEST(DrillReport, AnAnnouncementThroughThePortThatLostTheRoleIsNone) {
  auto recording = good_drill();
  recording.announcements.front().port = "eth0";
  EXPECT_THAT(judge(recording).faults,
              ElementsAre("eth0 down: 192.0.2.11 was not announced through eth1: no gratuitous ARP left it"));
}

TEST(DrillReport, WithoutASwitchNoAnnouncementIsDue) {
  auto recording = good_drill();
  recording.announcements.clear();
  recording.phases[1].active_after = "eth0";
  EXPECT_THAT(judge(recording).faults, IsEmpty());
  const auto tlb = good_drill(BondMode::kBalanceTlb);
  EXPECT_THAT(judge(tlb).faults, IsEmpty()) << "balance-tlb teaches the switches another way";
}

TEST(DrillReport, NamesTheFailoverThatDidNotCome) {
  auto recording = good_drill();
  recording.phases[1].end = End::kUnanswered;
  EXPECT_THAT(judge(recording).faults,
              ElementsAre("eth0 down: no fail-over within 3200ms: 192.0.2.1 does not answer"));
  recording.how = How::kPath;
  EXPECT_THAT(judge(recording).faults.front(), HasSubstr("only arp_interval with arp_ip_target sees"));
  recording.subject.bond.set(BondOption::kArpInterval, 100);
  EXPECT_THAT(judge(recording).faults.front(), Not(HasSubstr("arp_interval")));
}

TEST(DrillReport, NamesThePortThatDidNotComeBack) {
  auto recording = good_drill();
  recording.phases[2].end = End::kMissing;
  recording.phases[2].why = "no LACP partner";
  recording.stopped = "eth0: not as before: the drill ends here";
  EXPECT_THAT(judge(recording).faults,
              ElementsAre("eth0 back: not usable again within 3200ms: no LACP partner",
                          "eth0: not as before: the drill ends here"));
}

TEST(DrillReport, WithoutAnActivePortTheRoleIsWhetherThePortCarriesTheProbes) {
  auto recording = good_drill(BondMode::k8023ad);
  recording.phases.push_back(phase(Event::kFault, "eth0", 4000, 5000, "", ""));
  const auto report = judge(recording);
  EXPECT_EQ(report.rows[1].role, "carries");
  EXPECT_EQ(report.rows[3].role, "idle");
  EXPECT_THAT(
      report.notes,
      ElementsAre("eth0: the probes went by another port, so its row says nothing of what goes by it"));
}

TEST(DrillReport, SaysWhoElseHadAHandInIt) {
  auto recording = good_drill();
  recording.guarded = true;
  recording.phases[1].meddled = true;
  const auto notes = judge(recording).notes;
  ASSERT_EQ(notes.size(), 2U);
  EXPECT_THAT(notes[0], HasSubstr("eth0: somebody else put it up before the drill did"));
  EXPECT_EQ(notes[1], "netd's bond guard ran: what it did is part of these figures");
}

TEST(DrillReport, SaysThatTheMachineWasTooBusyToProbe) {
  auto recording = good_drill();
  for (std::size_t number = 4500; number > 3100; number -= 2)
    recording.probes.erase(recording.probes.begin() + static_cast<std::ptrdiff_t>(number));
  EXPECT_THAT(judge(recording).notes, ElementsAre(HasSubstr("this machine was busy")));
}

TEST(DrillReport, WrapsLongLinesWhereTheTerminalEnds) {
  auto recording = good_drill();
  recording.guarded = true;
  recording.phases[1].meddled = true;
  recording.phases[1].end = End::kUnanswered;
  recording.how = How::kPath;
  std::istringstream lines(render(judge(recording), 80));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(DrillReport, HasAllOfItInJson) {
  const auto recording = good_drill();
  const auto value = to_json(judge(recording));
  EXPECT_EQ(value.at("format").to_number<int>(), 1);
  EXPECT_EQ(value.at("mode").as_string(), "active-backup");
  EXPECT_TRUE(value.at("good").as_bool());
  const auto& row = value.at("rows").at(1);
  EXPECT_EQ(row.at("event").as_string(), "down");
  EXPECT_EQ(row.at("from_us").to_number<std::int64_t>(), (kStart + 1s).count());
  EXPECT_EQ(row.at("outage_us").to_number<int>(), 52000);
  EXPECT_EQ(row.at("lost_out").to_number<int>(), 50);
  EXPECT_EQ(row.at("lost_beyond").to_number<int>(), 2);
  EXPECT_EQ(row.at("moved_us").to_number<int>(), 50010);
  EXPECT_EQ(row.at("announced").at(0).at("after_us").to_number<int>(), 53000);
  EXPECT_TRUE(value.at("rows").at(0).at("moved_us").is_null());
}

TEST(DrillSvg, DrawsABandForEachEventAndWhatWasLostInIt) {
  auto recording = good_drill();
  recording.subject.name = "bond<0>";
  const auto svg = svg_of(judge(recording));
  EXPECT_THAT(svg, AllOf(testing::StartsWith("<?xml version=\"1.0\""), testing::EndsWith("</svg>\n")));
  EXPECT_THAT(svg, HasSubstr("bond&lt;0&gt;, active-backup"));
  EXPECT_THAT(svg, HasSubstr("eth0 down (active): outage 52.0ms, 52 of 2000 lost"));
  EXPECT_THAT(svg, HasSubstr("192.0.2.11 announced through eth1 after 53.0ms"));
  // 50 of 2000 ms of a band of 860 units, in the colour of what no port sent.
  EXPECT_THAT(svg, HasSubstr("<rect x=\"20.0\" y=\"148\" width=\"21.5\" height=\"18\" fill=\"#c0392b\"/>"));
}

}  // namespace
}  // namespace hawser::bondctl::drill
