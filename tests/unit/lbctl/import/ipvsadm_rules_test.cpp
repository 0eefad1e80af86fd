// Rules as `ipvsadm -S` prints them and people write them.
#include "tests/unit/lbctl/import/imported.h"

namespace hawser::lbctl {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Imported from_rules(const std::string& text) {
  return imported(Foreign::kIpvsadmRules, text);
}

TEST(ImportIpvsadm, AsItIsSaved) {
  const auto made = from_rules(
      "-A -t 192.0.2.100:80 -s wlc -p 300 -M 255.255.255.0\n"
      "-a -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 100\n"
      "-a -t 192.0.2.100:80 -r 198.51.100.22:8080 -m -w 1 -x 100 -y 50\n"
      "-A -u [2001:db8::1]:53 -s rr -o\n"
      "-a -u [2001:db8::1]:53 -r [2001:db8::2]:53 -g -w 0\n");
  EXPECT_EQ(body(made),
            "[service.tcp-192-0-2-100-80]\n"
            "virtual = [\"tcp 192.0.2.100:80\"]\n"
            "scheduler = \"wlc\"\n"
            "persistence = \"5m\"\n"
            "persistence_netmask = 24\n"
            "forwarding = \"masquerade\"\n\n"
            "[[service.tcp-192-0-2-100-80.real]]\n"
            "address = \"198.51.100.21:8080\"\n"
            "weight = 100\n\n"
            "[[service.tcp-192-0-2-100-80.real]]\n"
            "address = \"198.51.100.22:8080\"\n"
            "upper_threshold = 100\n"
            "lower_threshold = 50\n\n"
            "[service.udp-2001-db8--1-53]\n"
            "virtual = [\"udp [2001:db8::1]:53\"]\n"
            "scheduler = \"rr\"\n"
            "one_packet = true\n"
            "forwarding = \"direct\"\n\n"
            "[[service.udp-2001-db8--1-53.real]]\n"
            "address = \"[2001:db8::2]:53\"\n"
            "weight = 0\n");
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportIpvsadm, EverySpellingOfAnOption) {
  const std::string plain =
      "-A -t 192.0.2.100:80 -s sh -p 60 -b sh-port,sh-fallback\n"
      "-a -t 192.0.2.100:80 -r 198.51.100.21:80 -m -w 5\n";
  for (const std::string other :
       {"ipvsadm --add-service --tcp-service 192.0.2.100:80 --scheduler=sh --persistent 60 --sched-flags "
        "sh-port,sh-fallback\n"
        "ipvsadm --add-server --tcp-service=192.0.2.100:80 --real-server 198.51.100.21 --masquerading "
        "--weight=5\n",
        "-A -t192.0.2.100:80 -ssh -p 60 -bsh-port,sh-fallback\r\n\r\n# a comment\r\n"
        "\t-a  -t 192.0.2.100:80 -r 198.51.100.21:80 -mw5"})
    EXPECT_EQ(from_rules(other).text, from_rules(plain).text) << other;
}

TEST(ImportIpvsadm, WhatIsNotWrittenIsIpvsadms) {
  const auto made = from_rules("-A -u 192.0.2.100:53 -p\n-a -u 192.0.2.100:53 -r 198.51.100.21\n");
  EXPECT_THAT(made.text,
              AllOf(HasSubstr("scheduler = \"wlc\""), HasSubstr("persistence = \"6m\""),
                    HasSubstr("forwarding = \"direct\""), HasSubstr("address = \"198.51.100.21:53\"")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportIpvsadm, MarksOfBothFamiliesAndTunnels) {
  const auto made = from_rules(
      "-A -f 7 -s mh -b mh-fallback\n"
      "-a -f 7 -r 198.51.100.21:0 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum\n"
      "-a -f 7 -r 198.51.100.22:0 -i -w 1 --tun-type gre --tun-nocsum\n"
      "-A -f 7 -6 -s wlc\n-a -f 7 -6 -r [2001:db8::2]:0 -i -w 1\n");
  EXPECT_THAT(made.text,
              AllOf(HasSubstr("virtual = [\"fwmark 7\"]"), HasSubstr("virtual = [\"fwmark6 7\"]"),
                    HasSubstr("tunnel = { type = \"gue\", port = 6080, checksum = true }"),
                    HasSubstr("tunnel = { type = \"gre\" }"), HasSubstr("address = \"2001:db8::2\"")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportIpvsadm, TheTableThatTheRulesMakeIsWhatCounts) {
  const auto made = from_rules(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.21:80 -m\n"
      "-C\n"
      "-A -t 192.0.2.2:80 -s rr -p 60\n-a -t 192.0.2.2:80 -r 198.51.100.21:80 -m -w 9\n"
      "-a -t 192.0.2.2:80 -r 198.51.100.22:80 -m\n-d -t 192.0.2.2:80 -r 198.51.100.22:80\n"
      "-E -t 192.0.2.2:80 -s lc\n-e -t 192.0.2.2:80 -r 198.51.100.21:80 -m\n"
      "-A -t 192.0.2.3:80\n-D -t 192.0.2.3:80\n");
  EXPECT_EQ(body(made),
            "[service.tcp-192-0-2-2-80]\nvirtual = [\"tcp 192.0.2.2:80\"]\nscheduler = \"lc\"\n"
            "forwarding = \"masquerade\"\n\n"
            "[[service.tcp-192-0-2-2-80.real]]\naddress = \"198.51.100.21:80\"\n");
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportIpvsadm, EveryBadLineIsNamed) {
  const auto made = from_rules(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.21:80 -m\n"
      "-A -t 192.0.2.1:80 -s wlc\n"                                // 3
      "-A -t www:80\n"                                             // 4
      "-A -t 192.0.2.1:http\n"                                     // 5
      "-a -t 192.0.2.9:80 -r 198.51.100.21:80\n"                   // 6
      "-a -t 192.0.2.1:80 -r 198.51.100.21:80 -m -w 2\n"           // 7
      "-a -t 192.0.2.1:80 -r 198.51.100.22:80 -m -s rr\n"          // 8
      "-Q\nnonsense\n-A -t 192.0.2.2:99999\n-A -f 0\n-A -s rr\n"   // 9-13
      "-A -t 192.0.2.4:80 -k\n-A -t\n-A -t 192.0.2.5:80 -s foo\n"  // 14-16
      "-a -t 192.0.2.5:80 -r 198.51.100.21:80 -m\n");
  EXPECT_THAT(
      left(made),
      ElementsAre(
          HasSubstr("f:3: -A -t 192.0.2.1:80 -s wlc: tcp 192.0.2.1:80 is there since line 1"),
          HasSubstr("f:4: -A -t www:80: -t: \"www:80\" is not an address"),
          HasSubstr("f:5: -A -t 192.0.2.1:http: -t: \"http\" is neither a port"),
          HasSubstr("f:6: -a -t 192.0.2.9:80 -r 198.51.100.21:80: there is no virtual service"),
          HasSubstr("f:7: "),
          HasSubstr(
              "f:8: -a -t 192.0.2.1:80 -r 198.51.100.22:80 -m -s rr: -s: does not belong to --add-server"),
          HasSubstr("f:9: -Q: "), HasSubstr("f:10: "), HasSubstr("f:11: "), HasSubstr("f:12: "),
          HasSubstr("f:13: -A -s rr: which service?"),
          HasSubstr("f:14: -A -t 192.0.2.4:80 -k: -k: no such option"),
          HasSubstr("f:15: -A -t: -t: needs a value"),
          HasSubstr("f:16: -A -t 192.0.2.5:80 -s foo: [service.tcp-192-0-2-5-80] is left out: scheduler"),
          HasSubstr("f:17: -a -t 192.0.2.5:80 -r 198.51.100.21:80 -m: what it belongs to is left out")));
  EXPECT_THAT(made.text, HasSubstr("tcp 192.0.2.1:80"));
}

TEST(ImportIpvsadm, WhatAServiceHereCannotBeIsNamed) {
  const auto made = from_rules(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.21:80 -m\n"
      "-A -t 192.0.2.2:80 -s rr\n"                                  // without a real server
      "-A -t 192.0.2.3:0\n-a -t 192.0.2.3:0 -r 198.51.100.21 -m\n"  // any port, without persistence
      "-a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i\n"
      "-a -t 192.0.2.1:80 -r 198.51.100.23:80 -m -w 5000000000\n"
      "-a -t 192.0.2.1:80 -r 198.51.100.24:80 -m -g\n");
  EXPECT_THAT(left(made),
              ElementsAre(HasSubstr("f:3: -A -t 192.0.2.2:80 -s rr: it has no real server"),
                          HasSubstr("f:4: -A -t 192.0.2.3:0: port 0, any port, needs -p"), HasSubstr("f:5: "),
                          HasSubstr("f:6: -a -t 192.0.2.1:80 -r [2001:db8::1]:80 -i: its family"),
                          HasSubstr("f:7: -a -t 192.0.2.1:80 -r 198.51.100.23:80 -m -w 5000000000: -w: "),
                          HasSubstr("f:8: -a -t 192.0.2.1:80 -r 198.51.100.24:80 -m -g: -g: ")));
}

TEST(ImportIpvsadm, TimeoutsAndDaemonsAreSaidOrNamed) {
  const auto made = from_rules(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 198.51.100.21:80 -m\n"
      "--set 900 0 300\n--start-daemon master --mcast-interface eth0 --syncid 7\n-Z\n");
  expect_said_or_left(made, "timeouts = { tcp = \"15m\", udp = \"5m\" }", 3);
  expect_said_or_left(made, "sync = { interface = \"eth0\", id = 7 }", 4);
  EXPECT_THAT(left(made), testing::Contains(HasSubstr("f:5: -Z: ")));
}

TEST(ImportIpvsadm, NothingMakesNoFile) {
  EXPECT_EQ(from_rules("").text, "");
  EXPECT_EQ(from_rules("\n# nothing\n").text, "");
  EXPECT_THAT(left(from_rules("# nothing\n")), IsEmpty());
}

}  // namespace
}  // namespace hawser::lbctl
