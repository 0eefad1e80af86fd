// ldirectord.cf as people have it.
#include "tests/unit/lbctl/import/imported.h"

namespace hawser::lbctl {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

Imported from_ldirectord(const std::string& text) {
  return imported(Foreign::kLdirectord, text);
}

// One service of one real server, with these settings (each "\tNAME=VALUE\n").
std::string with(const std::string& settings,
                 const std::string& globals = "checkinterval=10\nchecktimeout=5\n") {
  return globals + "virtual=192.0.2.100:80\n\treal=198.51.100.21:80 gate\n" + settings;
}

TEST(ImportLdirectord, AServiceAsTheSampleHasIt) {
  const auto made = from_ldirectord(
      "# Global Directives\nchecktimeout=3\ncheckinterval=5\nquiescent=no\nfailurecount=2\n\n"
      "virtual=192.0.2.100:80\n"
      "\tservicename=Web Site\n"
      "\treal=198.51.100.21:80 gate\n"
      "\treal=198.51.100.22:80 gate 5 l:10 u:20\n"
      "\tservice=none\n\tscheduler=rr\n\tpersistent=600\n\tnetmask=255.255.255.0\n\tprotocol=tcp\n");
  EXPECT_EQ(
      body(made),
      "[service.Web-Site]\nvirtual = [\"tcp 192.0.2.100:80\"]\nscheduler = \"rr\"\npersistence = \"10m\"\n"
      "persistence_netmask = \"255.255.255.0\"\non_failure = \"remove\"\nforwarding = \"direct\"\n\n"
      "[[service.Web-Site.real]]\naddress = \"198.51.100.21:80\"\nweight = 1\n\n"
      "[[service.Web-Site.real]]\naddress = \"198.51.100.22:80\"\nweight = 5\nupper_threshold = 20\n"
      "lower_threshold = 10\n");
}

TEST(ImportLdirectord, AConnectionIsATcpCheck) {
  const auto made = from_ldirectord(with("\tchecktype=connect\n\tcheckport=8080\n\tfailurecount=3\n"));
  EXPECT_THAT(
      made.text,
      HasSubstr("[check.tcp-192-0-2-100-80]\ntype = \"tcp\"\ninterval = \"10s\"\ntimeout = \"5s\"\nfall = 3\n"
                "rise = 1\nport = 8080\n"));
  EXPECT_THAT(made.text, HasSubstr("\nchecks = [\"tcp-192-0-2-100-80\"]\n"));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportLdirectord, ANegotiationOverHttp) {
  const auto made = from_ldirectord(with(
      "\tservice=http\n\trequest=\"index.html\"\n\treceive=\"Test Page\"\n\tvirtualhost=www.example.com\n"
      "\thttpmethod=get\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("type = \"http\""), HasSubstr("path = \"/index.html\""),
                               HasSubstr("contains = \"Test Page\""), HasSubstr("host = \"www.example.com\""),
                               HasSubstr("method = \"GET\"")));
}

TEST(ImportLdirectord, APortTellsWhatIsAsked) {
  EXPECT_THAT(from_ldirectord(with("")).text, HasSubstr("type = \"http\""));
  EXPECT_THAT(from_ldirectord(with("\tchecktype=on\n")).text, Not(HasSubstr("[check.")));
}

TEST(ImportLdirectord, APatternIsNoPlainText) {
  const auto made = from_ldirectord(with("\tservice=http\n\treceive=\"OK|up\"\n"));
  EXPECT_THAT(made.text, Not(HasSubstr("contains")));
  expect_said_or_left(made, "matches = \"OK|up\"", 6);
}

TEST(ImportLdirectord, ATimeoutLongerThanTheIntervalIsSaid) {
  const auto made = from_ldirectord(with("\tchecktype=connect\n", "checktimeout=3\ncheckinterval=1\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("interval = \"3s\""), HasSubstr("timeout = \"3s\"")));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:2: checkinterval=1: a try begins every 3s")));
}

TEST(ImportLdirectord, ServersInARange) {
  const auto made = from_ldirectord(
      "virtual=192.0.2.100:80\n\treal=198.51.100.21->198.51.100.23:8080 masq 3\n\tchecktype=on\n");
  EXPECT_THAT(made.text, AllOf(HasSubstr("\"198.51.100.21:8080\""), HasSubstr("\"198.51.100.22:8080\""),
                               HasSubstr("\"198.51.100.23:8080\"")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportLdirectord, ServersWithARequestOfTheirOwn) {
  const auto made = from_ldirectord(
      with("\treal=198.51.100.22:80 gate 7 \"other.html\", \"Fine\"\n\tservice=http\n\trequest=\"/a\"\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("path = \"/a\""), HasSubstr("path = \"/other.html\""),
                               HasSubstr("contains = \"Fine\""), HasSubstr("weight = 7")));
}

TEST(ImportLdirectord, Ipv6MarksAndDatagrams) {
  const auto made = from_ldirectord(
      "virtual6=[2001:db8::5]:119\n\treal6=[2001:db8::4]:119 masq\n\tchecktype=on\n\tscheduler=wlc\n\n"
      "virtual=7\n\treal=198.51.100.21 gate\n\tprotocol=fwm\n\tchecktype=on\n\n"
      "virtual=192.0.2.100:53\n\treal=198.51.100.21:53 ipip\n\tchecktype=on\n\tops=yes\n");
  EXPECT_THAT(made.text,
              AllOf(HasSubstr("\"tcp [2001:db8::5]:119\""), HasSubstr("\"fwmark 7\""),
                    HasSubstr("\"udp 192.0.2.100:53\""), HasSubstr("one_packet = true"),
                    HasSubstr("forwarding = \"tunnel\""), HasSubstr("address = \"198.51.100.21\"\n")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportLdirectord, AServerThatIsOffGetsNothing) {
  const auto made = from_ldirectord(with("\tchecktype=off\n"));
  EXPECT_THAT(made.text, HasSubstr("weight = 0"));
  EXPECT_THAT(left(made), Contains(HasSubstr("f:5: checktype=off: a server that is off has weight 0 here")));
}

TEST(ImportLdirectord, WhatIsNotThereYetIsSaidOrNamed) {
  expect_said_or_left(from_ldirectord(with("\tchecktype=on\n\tfallback=127.0.0.1:80 gate\n")),
                      "sorry = [{ address = \"127.0.0.1:80\", forwarding = \"direct\", checks = [] }]", 6);
  expect_said_or_left(from_ldirectord(with("\tchecktype=ping\n")), "type = \"icmp\"", 5);
}

TEST(ImportLdirectord, AKindOfCheckThatIsNotThereIsNamedWithAllItsLines) {
  const auto made = from_ldirectord(with(
      "\tservice=mysql\n\tlogin=\"reader\"\n\tpasswd=\"pass\"\n\tdatabase=\"db\"\n\trequest=\"SELECT 1\"\n"));
  EXPECT_THAT(made.text, Not(HasSubstr("[check.")));
  EXPECT_THAT(left(made),
              AllOf(Contains(HasSubstr("f:5: service=mysql: [check.tcp-192-0-2-100-80] is left out, and "
                                       "nothing asks in its place: type = \"mysql\": ")),
                    Contains(HasSubstr("f:6: ")), Contains(HasSubstr("f:7: passwd ...: ")),
                    Contains(HasSubstr("f:8: ")), Contains(HasSubstr("f:9: "))));
}

TEST(ImportLdirectord, EveryLineThatIsNotSaidIsNamed) {
  const auto made = from_ldirectord(
      "autoreload=yes\nlogfile=\"/var/log/x\"\ntimeout=5\nchecktimeout=abc\nsupervised\n"  // 1-5
      "  odd indentation=1\n"                                                              // 6
      "virtual=192.0.2.100:80\n"
      "\treal=web1:80 gate\n\treal=198.51.100.21:80 foo\n\treal=198.51.100.21:80 gate\n"  // 8-10
      "\treal=198.51.100.21:80 gate\n\tchecktype=on\n\tcolour=red\n\tcomment=Web\n"       // 11-14
      "\tpersistent=long\n\tno setting\n\treal=198.51.100.22:8080 gate\n"                 // 15-17
      "\n\treal=198.51.100.23:80 gate\n"                      // 19: after a blank line
      "virtual=nowhere:80\n\treal=198.51.100.24:80 gate\n");  // 20
  std::set<unsigned> named;
  for (const auto& one : made.left_out) named.insert(one.at.line);
  EXPECT_THAT(named, ElementsAre(1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 14, 15, 16, 17, 19, 20, 21))
      << testing::PrintToString(left(made));
  EXPECT_THAT(left(made),
              Contains(HasSubstr("f:17: real=198.51.100.22:8080 gate: port 8080: direct cannot change it")));
}

TEST(ImportLdirectord, OfTwoThatAreOneTheLaterIsNamedWithThePlaceOfTheFirst) {
  const auto made =
      from_ldirectord(with("\tchecktype=on\n\nvirtual=192.0.2.100:80\n\treal=198.51.100.22:80 gate\n"));
  EXPECT_THAT(left(made),
              Contains(AllOf(StartsWith("f:7: virtual=192.0.2.100:80: "), HasSubstr("is also at f:3"))));
}

TEST(ImportLdirectord, BytesThatAreNoTextAreNotShown) {
  const auto made = from_ldirectord("\xEF\xBB\xBF" + with("\tchecktype=on\n\tcolour=\x01\x1B[31m\xFF\n"));
  EXPECT_THAT(left(made), ElementsAre(StartsWith("f:6: colour=??[31m?: ")));
}

TEST(ImportLdirectord, LineEndsAndTheEndOfTheFileMakeNoDifference) {
  const std::string text = with("\tchecktype=connect\n\tscheduler=wlc\n");
  std::string other;
  for (const char letter : text.substr(0, text.size() - 1))
    other += letter == '\n' ? "\r\n" : std::string(1, letter);
  EXPECT_EQ(from_ldirectord(other).text, from_ldirectord(text).text);
  EXPECT_THAT(left(from_ldirectord(other)), IsEmpty());
}

}  // namespace
}  // namespace hawser::lbctl
