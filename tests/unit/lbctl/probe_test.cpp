// Whom `lbctl probe` asks, and how it tells the answers.
#include "lbctl/probe.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/config/load.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kFile = R"(format = 1
[check.site]
type = "http"
path = "/healthz"
host = "www.example"
status = [200, "300-399"]
contains = "fine"
timeout = "700ms"
fall = 1
[check.port]
type = "tcp"
port = 9000
[pool.web]
checks = ["site", "port"]
[[pool.web.real]]
name = "web1"
address = "198.51.100.21:8080"
[[pool.web.real]]
name = "web2"
address = "198.51.100.22:8080"
checks = ["port"]
[[pool.web.real]]
name = "web3"
address = "198.51.100.23:8080"
checks = []
[service.web]
virtual = ["tcp 192.0.2.100:80", "tcp 192.0.2.101:80"]
pool = "web"
[service.mail]
virtual = ["tcp 192.0.2.100:25"]
checks = ["port"]
[[service.mail.real]]
address = "198.51.100.21:25"
)";

config::Config file() {
  auto loaded = config::load({{"hawser.toml", std::string(kFile)}}, {}, config::Part::kNetd);
  for (const auto& problem : loaded.problems) ADD_FAILURE() << config::to_string(problem);
  return loaded.config;
}

std::vector<std::string> asked(const std::string& whom) {
  std::vector<std::string> lines;
  for (const auto& one : askings_for(file(), whom).list)
    lines.push_back(fmt::format("{} {} {} {}", one.at, one.real, one.probe.check, one.probe.target));
  return lines;
}

TEST(LbctlProbe, AsksOfAServiceOfAnAddressOrOfARealServer) {
  EXPECT_THAT(asked("web"),
              ElementsAre("tcp 192.0.2.100:80 web1 198.51.100.21:8080 site 198.51.100.21:8080",
                          "tcp 192.0.2.100:80 web1 198.51.100.21:8080 port 198.51.100.21:9000",
                          "tcp 192.0.2.100:80 web2 198.51.100.22:8080 port 198.51.100.22:9000",
                          "tcp 192.0.2.101:80 web1 198.51.100.21:8080 site 198.51.100.21:8080",
                          "tcp 192.0.2.101:80 web1 198.51.100.21:8080 port 198.51.100.21:9000",
                          "tcp 192.0.2.101:80 web2 198.51.100.22:8080 port 198.51.100.22:9000"));
  EXPECT_THAT(asked(""), SizeIs(7));
  EXPECT_THAT(asked("tcp 192.0.2.101:80"), SizeIs(3));
  EXPECT_THAT(asked("192.0.2.100:25"),
              ElementsAre("tcp 192.0.2.100:25 198.51.100.21:25 port 198.51.100.21:9000"));
  EXPECT_THAT(asked("web2"), SizeIs(2));
  EXPECT_THAT(asked("198.51.100.21"), SizeIs(5));
  EXPECT_THAT(asked("198.51.100.21:25"), SizeIs(1));
  EXPECT_TRUE(askings_for(file(), "web9").empty());
}

TEST(LbctlProbe, NamesTheRealServersThatNothingIsAskedOf) {
  EXPECT_THAT(askings_for(file(), "web3").unchecked,
              ElementsAre("web: tcp 192.0.2.100:80: web3 198.51.100.23:8080",
                          "web: tcp 192.0.2.101:80: web3 198.51.100.23:8080"));
  EXPECT_THAT(askings_for(file(), "mail").unchecked, IsEmpty());
}

TEST(LbctlProbe, SaysWhatWasAskedAndWhatTheAnswerLeadsTo) {
  const auto list = askings_for(file(), "web").list;
  EXPECT_EQ(lines_of(list.at(0), {{probes::Outcome::kBad, "status 503, wanted 200"}, Milliseconds(12)}),
            "web: tcp 192.0.2.100:80: web1 198.51.100.21:8080: site: bad after 12ms: status 503, wanted 200\n"
            "  GET http://198.51.100.21:8080/healthz, host www.example, wanted status 200, 300-399 and "
            "\"fine\" in the body, within 700ms: one like this takes it out\n");
  EXPECT_EQ(lines_of(list.at(1), {{probes::Outcome::kGood, "connected"}, Milliseconds(3)}),
            "web: tcp 192.0.2.100:80: web1 198.51.100.21:8080: port: good after 3ms: connected\n"
            "  connect 198.51.100.21:9000, within 500ms: 2 like this in a row bring it back\n");
  EXPECT_THAT(lines_of(list.at(1), {{probes::Outcome::kBad, "timed out", true}, Milliseconds(500)}),
              HasSubstr(": nothing at all came back: the host, the way there, or a filter; 3 like this in a "
                        "row take it out\n"));
  EXPECT_THAT(lines_of(list.at(1), {{probes::Outcome::kNotRun, "no free descriptor"}, Milliseconds(0)}),
              HasSubstr(": not run after 0s: no free descriptor\n  connect 198.51.100.21:9000, within 500ms: "
                        "this host could not ask"));
}

TEST(LbctlProbe, AnswersInJson) {
  const auto list = askings_for(file(), "web").list;
  EXPECT_EQ(boost::json::serialize(
                json_of(list.at(1), {{probes::Outcome::kBad, "timed out", true}, Milliseconds(500)})),
            R"({"service":"web","virtual":"tcp 192.0.2.100:80","real":"web1 198.51.100.21:8080",)"
            R"("check":"port","type":"tcp","target":"198.51.100.21:9000",)"
            R"("question":"connect 198.51.100.21:9000, within 500ms","outcome":"bad",)"
            R"("words":"timed out","silent":true,"took_ms":500})");
}

}  // namespace
}  // namespace hawser::lbctl
