// keepalived.conf as people have it: virtual routers and virtual services.
#include <set>

#include "tests/unit/lbctl/import/imported.h"

namespace hawser::lbctl {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Imported from_keepalived(const std::string& text, const IncludeReader& include = {}) {
  return imported(Foreign::kKeepalived, text, include);
}

std::set<unsigned> lines_left(const Imported& made) {
  std::set<unsigned> lines;
  for (const auto& one : made.left_out) lines.insert(one.at.line);
  return lines;
}

// --- virtual routers ---

TEST(ImportVrrp, AnInstanceIsAVip) {
  const auto made = from_keepalived(
      "! Configuration File for keepalived\n"
      "vrrp_instance VI_1 {\n"
      "    state BACKUP\n"
      "    interface eth0   # the front\n"
      "    virtual_router_id 51\n"
      "    priority 150\n"
      "    advert_int 0.5\n"
      "    version 3\n"
      "    nopreempt\n"
      "    virtual_ipaddress {\n"
      "        192.0.2.100/24\n"
      "        192.0.2.101 dev eth1\n"
      "        192.0.2.102/32 dev eth0 scope global\n"
      "    }\n"
      "    virtual_ipaddress_excluded {\n        2001:db8::100\n    }\n"
      "}\n");
  EXPECT_EQ(body(made),
            "[vip.VI_1]\n"
            "interface = \"eth0\"\n"
            "addresses = [\"192.0.2.100/24\", { address = \"192.0.2.101\", interface = \"eth1\" }, "
            "\"192.0.2.102\", \"2001:db8::100\"]\n"
            "virtual_router_id = 51\n"
            "priority = 150\n"
            "advertisement_interval = \"500ms\"\n"
            "version = 3\n"
            "preempt = false\n");
  EXPECT_THAT(left(made), IsEmpty());
}

// A complete one, with what is to be tried.
std::string instance(const std::string& more, const std::string& before = "") {
  return before +
         "vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  version 3\n"
         "  virtual_ipaddress {\n  192.0.2.100\n  }\n" +
         more + "}\n";
}

TEST(ImportVrrp, UnicastNamesItsPeers) {
  const auto made = from_keepalived(
      instance("  unicast_src_ip 192.0.2.11\n  unicast_peer {\n    192.0.2.12\n    192.0.2.13\n  }\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("source = \"192.0.2.11\""), HasSubstr("transport = \"unicast\""),
                               HasSubstr("peers = [\"192.0.2.12\", \"192.0.2.13\"]")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportVrrp, ADelayOfPreemptingAndWhatStateMasterMakesOfIt) {
  EXPECT_THAT(from_keepalived(instance("  preempt_delay 300\n")).text, HasSubstr("preempt = \"5m\""));
  const auto made = from_keepalived(instance("  state MASTER\n  nopreempt\n"));
  EXPECT_THAT(made.text, Not(HasSubstr("preempt")));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:8: state MASTER: every node begins as backup"),
                                      HasSubstr("f:9: nopreempt: keepalived does not heed it")));
}

TEST(ImportVrrp, ARefreshOfAnnouncements) {
  EXPECT_THAT(from_keepalived(instance("  garp_master_refresh 60\n")).text,
              HasSubstr("announce = { refresh = \"1m\" }"));
}

TEST(ImportVrrp, TheVersionThatIsNotWrittenIsTwoUnlessAllHaveAnother) {
  const auto without = [](const std::string& text) {
    return std::string(text).replace(text.find("  version 3\n"), 12, "");
  };
  expect_said_or_left(from_keepalived(without(instance(""))), "version = 2", 1);
  EXPECT_THAT(from_keepalived(without(instance("", "global_defs {\n  vrrp_version 3\n}\n"))).text,
              HasSubstr("version = 3"));
}

TEST(ImportVrrp, WhatIsStrictAcceptsNothingUnlessItSaysSo) {
  const auto accepts = [](const std::string& inside, const std::string& globals = "") {
    return from_keepalived(instance(inside, globals)).text.find("accept = false") == std::string::npos;
  };
  const std::string strict = "global_defs {\n  vrrp_strict\n}\n";
  EXPECT_TRUE(accepts(""));
  EXPECT_FALSE(accepts("  no_accept\n"));
  EXPECT_FALSE(accepts("", strict));
  EXPECT_TRUE(accepts("  accept\n", strict));
  EXPECT_TRUE(accepts("  strict_mode off\n", strict));
  EXPECT_FALSE(accepts("  strict_mode on\n"));
}

TEST(ImportVrrp, WhatIsNotThereYetIsSaidOrNamed) {
  expect_said_or_left(from_keepalived(instance("  use_vmac\n")), "virtual_mac = true", 8);
  expect_said_or_left(from_keepalived(instance("  no_accept\n")), "accept = false", 8);
  const auto tracking =
      from_keepalived(instance("  track_interface {\n    eth1\n    eth2 weight -20\n  }\n"));
  for (const unsigned line : {9U, 10U})
    expect_said_or_left(tracking,
                        "track = [{ interface = \"eth1\" }, { interface = \"eth2\", weight = -20 }]", line);
  const auto group = from_keepalived(instance("", "vrrp_sync_group G1 {\n  group {\n    VI_1\n  }\n}\n"));
  EXPECT_TRUE(group.text.find("[group.G1]\nvips = [\"VI_1\"]") != std::string::npos ||
              lines_left(group) == std::set<unsigned>({1, 3}))
      << group.text;
}

TEST(ImportVrrp, TheKeyThatSignsComesFirst) {
  const auto made =
      from_keepalived(instance("  auth_hmac {\n    key 1 file:/etc/keepalived/old.key\n"
                               "    key 2 file:${_ENV CREDENTIALS_DIRECTORY}/vrrp51\n    active_key 2\n"
                               "    time_window 10\n    anti_replay time\n    mode receive-only\n  }\n"));
  EXPECT_THAT(made.text,
              AllOf(HasSubstr("hmac = [{ id = 2, key = \"systemd:vrrp51\" }, "
                              "{ id = 1, key = \"file:/etc/keepalived/old.key\" }]"),
                    HasSubstr("hmac_mode = \"receive-only\""), HasSubstr("hmac_window = \"10s\"")));
  EXPECT_THAT(left(made), IsEmpty());
}

// Without it the vip would be another thing: unsigned, and heard by nobody.
TEST(ImportVrrp, AKeyThatStandsThereGetsAFileAndIsNotRepeated) {
  const auto made = from_keepalived(
      instance("  auth_hmac {\n    key 7 hunter2-hunter2-hunter2-hunter2-hunter2\n    active_key 7\n"
               "    anti_replay monotonic\n    time_window 10\n    colour red\n  }\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("hmac = [{ id = 7, key = \"file:/etc/hawser/VI_1-7.key\" }]"),
                               HasSubstr("hmac_window = \"off\""), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(
      left(made),
      ElementsAre("f:9: key ...: no key stands in the file: write it into /etc/hawser/VI_1-7.key as it "
                  "is here (chmod 600)",
                  HasSubstr("f:12: time_window 10: anti_replay monotonic has no window"),
                  HasSubstr("f:13: colour red: colour in auth_hmac: no word")));
}

TEST(ImportVrrp, KeysOfWhichNoneSignsAreNone) {
  const auto made = from_keepalived(
      instance("  auth_hmac {\n    key 1 file:/etc/keepalived/old.key\n    active_key 2\n  }\n"));
  EXPECT_THAT(made.text, Not(HasSubstr("hmac")));
  EXPECT_THAT(lines_left(made), ElementsAre(8, 9, 10));
}

TEST(ImportVrrp, WhatHasNoWordIsNamedLineByLine) {
  const auto made = from_keepalived(
      "global_defs {\n  notification_email {\n    root@example.com\n  }\n  router_id LVS\n  "
      "vrrp_strict\n}\n"                                                              // 1-7
      "vrrp_script chk {\n  script \"/bin/true\"\n  interval 2\n}\n"                  // 8-11
      "static_routes {\n  198.51.100.0/24 via 192.0.2.1\n}\n" +                       // 12-14
      instance("  authentication {\n    auth_type PASS\n    auth_pass 1111\n  }\n"    // 22-25
               "  track_script {\n    chk weight -5\n  }\n"                           // 26-28
               "  notify_master \"/bin/x y\"\n  smtp_alert\n  garp_master_delay 5\n"  // 29-31
               "  virtual_routes {\n    default via 192.0.2.1\n  }\n  no_such_word\n  priority none\n"));
  EXPECT_THAT(lines_left(made), testing::ElementsAreArray({2,  3,  5,  6,  8,  9,  10, 12, 13, 22, 23,
                                                           24, 26, 27, 29, 30, 31, 32, 33, 35, 36}))
      << testing::PrintToString(left(made));
  EXPECT_THAT(left(made),
              AllOf(Contains("f:24: auth_pass ...: what it belongs to is left out"),
                    Contains(HasSubstr("f:35: no_such_word: no_such_word in vrrp_instance: no word")),
                    Contains("f:36: priority none: none is no number")));
}

TEST(ImportVrrp, AddressesWithMoreThanAnAddress) {
  const auto made = from_keepalived(
      "vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  version 3\n  virtual_ipaddress {\n"
      "    192.0.2.100/24 brd 192.0.2.255 label eth0:1\n"
      "    192.0.2.100/24\n"
      "    192.0.2.101 peer 192.0.2.102\n"
      "    nowhere\n  }\n}\n");
  EXPECT_THAT(made.text, HasSubstr("addresses = [\"192.0.2.100/24\"]\n"));
  EXPECT_THAT(
      left(made),
      ElementsAre(HasSubstr("f:6: 192.0.2.100/24 brd 192.0.2.255 label eth0:1: brd 192.0.2.255: no word"),
                  HasSubstr("f:6: 192.0.2.100/24 brd 192.0.2.255 label eth0:1: label eth0:1: no word"),
                  HasSubstr("f:7: 192.0.2.100/24: the address is there already"),
                  HasSubstr("f:8: 192.0.2.101 peer 192.0.2.102: an address with a peer"),
                  HasSubstr("f:9: nowhere: nowhere is no address")));
}

TEST(ImportVrrp, AnInstanceThatCannotBeAVipIsNamedAsAWhole) {
  const auto made = from_keepalived(
      "vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n}\n"
      "vrrp_instance \"a b\" {\n  interface eth0\n  virtual_router_id 52\n  version 3\n"
      "  virtual_ipaddress {\n    192.0.2.100\n  }\n}\nvrrp_instance {\n  interface eth0\n}\n");
  EXPECT_THAT(made.text, AllOf(HasSubstr("[vip.\"a b\"]"), Not(HasSubstr("VI_1"))));
  EXPECT_THAT(lines_left(made), ElementsAre(1, 2, 3, 13, 14)) << testing::PrintToString(left(made));
}

// --- virtual services ---

TEST(ImportVirtualServer, AsTheSamplesHaveIt) {
  const auto made = from_keepalived(
      "virtual_server 192.0.2.100 80 {\n"
      "    delay_loop 6\n    lb_algo wrr\n    lb_kind NAT\n    persistence_timeout 50\n"
      "    persistence_granularity 255.255.0.0\n    protocol TCP\n"
      "    real_server 198.51.100.21 8080 {\n        weight 3\n        uthreshold 20\n        lthreshold 10\n"
      "        TCP_CHECK {\n            connect_timeout 3\n            retry 0\n            connect_port "
      "81\n        }\n    }\n"
      "    real_server 198.51.100.22 8080 {\n        weight 1\n"
      "        TCP_CHECK {\n            connect_timeout 3\n            retry 0\n            connect_port "
      "81\n        }\n    }\n"
      "}\n");
  EXPECT_EQ(body(made),
            "[service.tcp-192-0-2-100-80]\n"
            "virtual = [\"tcp 192.0.2.100:80\"]\n"
            "scheduler = \"wrr\"\n"
            "persistence = \"50s\"\n"
            "persistence_netmask = \"255.255.0.0\"\n"
            "forwarding = \"masquerade\"\n"
            "checks = [\"tcp-192-0-2-100-80\"]\n\n"
            "[[service.tcp-192-0-2-100-80.real]]\n"
            "address = \"198.51.100.21:8080\"\nweight = 3\nupper_threshold = 20\nlower_threshold = 10\n\n"
            "[[service.tcp-192-0-2-100-80.real]]\n"
            "address = \"198.51.100.22:8080\"\nweight = 1\n\n"
            "[check.tcp-192-0-2-100-80]\n"
            "type = \"tcp\"\ninterval = \"6s\"\ntimeout = \"3s\"\nfall = 1\nrise = 1\nport = 81\n");
  EXPECT_THAT(left(made), IsEmpty());
}

std::string server(const std::string& more, const std::string& of_real = "weight 1\n") {
  return "virtual_server 192.0.2.100 80 {\n" + more + "real_server 198.51.100.21 80 {\n" + of_real + "}\n}\n";
}

TEST(ImportVirtualServer, MethodsFlagsAndOnePacket) {
  EXPECT_THAT(from_keepalived(server("lvs_method DR\nlvs_sched sh\nsh-port\nsh-fallback\n")).text,
              AllOf(HasSubstr("forwarding = \"direct\""), HasSubstr("scheduler = \"sh\""),
                    HasSubstr("scheduler_flags = [\"sh-port\", \"sh-fallback\"]")));
  EXPECT_THAT(from_keepalived(server("lvs_method TUN type gue port 6080 csum\nprotocol UDP\nops\n")).text,
              AllOf(HasSubstr("forwarding = \"tunnel\""), HasSubstr("one_packet = true"),
                    HasSubstr("tunnel = { type = \"gue\", port = 6080, checksum = true }"),
                    HasSubstr("\"udp 192.0.2.100:80\"")));
  EXPECT_THAT(from_keepalived(server("lb_kind NAT\npersistence_timeout\n", "weight 0\nlvs_method DR\n")).text,
              AllOf(HasSubstr("persistence = \"6m\""), HasSubstr("forwarding = \"direct\""),
                    HasSubstr("weight = 0")));
}

TEST(ImportVirtualServer, AMarkThatGivesACheckNoPortLosesTheCheckAndNotTheServer) {
  const auto made = from_keepalived(
      "virtual_server fwmark 7 {\nreal_server 198.51.100.21 0 {\nTCP_CHECK {\nconnect_timeout 3\n}\n}\n"
      "real_server 198.51.100.22 0 {\nTCP_CHECK {\nconnect_timeout 3\nconnect_port 80\n}\n}\n}\n");
  EXPECT_THAT(made.text, AllOf(HasSubstr("[\"fwmark 7\"]"), HasSubstr("address = \"198.51.100.21\"\n\n"),
                               HasSubstr("address = \"198.51.100.22\"\nchecks = "), HasSubstr("port = 80")));
  EXPECT_THAT(left(made),
              Contains("f:3: TCP_CHECK {: no check is left, and nothing asks in its place: port: is missing: "
                       "\"fwmark 7\" gives it none, and a check needs one"));
  const auto common = from_keepalived(
      "virtual_server fwmark 7 {\nreal_server 198.51.100.21 0 {\nTCP_CHECK {\n}\n}\n"
      "real_server 198.51.100.22 0 {\nTCP_CHECK {\n}\n}\n}\n");
  EXPECT_THAT(common.text,
              AllOf(HasSubstr("198.51.100.21"), HasSubstr("198.51.100.22"), Not(HasSubstr("check"))));
}

TEST(ImportVirtualServer, MarksAndGroups) {
  const auto mark =
      from_keepalived("virtual_server fwmark 7 {\nreal_server 198.51.100.21 {\nweight 1\n}\n}\n");
  EXPECT_THAT(mark.text, AllOf(HasSubstr("[\"fwmark 7\"]"), HasSubstr("address = \"198.51.100.21\"\n")));
  const auto made = from_keepalived(
      "virtual_server_group web {\n192.0.2.100 80\n192.0.2.101-103 443\n192.0.2.254-192.0.3.0 81\n"
      "192.0.2.8/31 82\nfwmark 9\nnonsense 80\n}\n"
      "virtual_server_group idle {\n192.0.2.1 80\n}\n"
      "virtual_server group web {\nreal_server 198.51.100.21 8080 {\nweight 1\n}\n}\n");
  EXPECT_THAT(
      made.text,
      HasSubstr("[service.web]\nvirtual = [\"tcp 192.0.2.100:80\", \"tcp 192.0.2.101:443\", "
                "\"tcp 192.0.2.102:443\", \"tcp 192.0.2.103:443\", \"tcp 192.0.2.254:81\", "
                "\"tcp 192.0.2.255:81\", \"tcp 192.0.3.0:81\", \"tcp 192.0.2.8:82\", \"tcp 192.0.2.9:82\", "
                "\"fwmark 9\"]\n"));
  EXPECT_THAT(lines_left(made), ElementsAre(7, 9, 10));
  const auto ports = from_keepalived(
      "virtual_server_group ftp {\n192.0.2.100 8000-8099\n192.0.2.100 90-80\n192.0.2.100 0-9\n192.0.2.101 "
      "8000-8000\n}\n"
      "virtual_server group ftp {\nreal_server 198.51.100.21 0 {\n}\n}\n");
  EXPECT_THAT(ports.text, HasSubstr("virtual = [\"tcp 192.0.2.100:8000-8099\", \"tcp 192.0.2.101:8000\"]\n"));
  EXPECT_THAT(lines_left(ports), ElementsAre(3, 4));
  const auto v6 = from_keepalived(
      "virtual_server_group six {\n2001:db8::e-11 80\n}\n"
      "virtual_server group six {\nreal_server 2001:db8:1::1 80 {\n}\n}\n");
  EXPECT_THAT(v6.text,
              HasSubstr("[\"tcp [2001:db8::e]:80\", \"tcp [2001:db8::f]:80\", \"tcp [2001:db8::10]:80\", "
                        "\"tcp [2001:db8::11]:80\"]"));
}

TEST(ImportVirtualServer, EachUrlIsACheck) {
  const auto made = from_keepalived(server(
      "delay_loop 10\nvirtualhost www.example.com\n",
      "HTTP_GET {\nurl {\npath /a\nstatus_code 200 300-399\n}\nurl {\npath /b\nvirtualhost b.example.com\n}\n"
      "connect_timeout 3\nretry 0\n}\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("checks = [\"tcp-192-0-2-100-80\", \"tcp-192-0-2-100-80-2\"]"),
                               HasSubstr("path = \"/a\"\nstatus = [200, \"300-399\"]\n"),
                               HasSubstr("host = \"www.example.com\""),
                               HasSubstr("host = \"b.example.com\"\npath = \"/b\"\n")));
  EXPECT_THAT(left(made), IsEmpty());
}

TEST(ImportVirtualServer, RetriesAreFailuresAndWhatIsBetweenThemIsSaidOrNamed) {
  const auto made =
      from_keepalived(server("delay_loop 10\n", "TCP_CHECK {\nretry 2\ndelay_before_retry 3\n}\n"));
  EXPECT_THAT(made.text,
              AllOf(HasSubstr("fall = 3\n"), HasSubstr("rise = 1\n"), HasSubstr("timeout = \"5s\"")));
  expect_said_or_left(made, "fast_interval = \"3s\"", 6);
}

TEST(ImportVirtualServer, ATimeoutLongerThanTheIntervalIsSaid) {
  const auto made = from_keepalived(server("delay_loop 2\n", "TCP_CHECK {\nretry 0\n}\n"));
  EXPECT_THAT(made.text, AllOf(HasSubstr("interval = \"5s\""), HasSubstr("timeout = \"5s\"")));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:2: delay_loop 2: a try may not take longer")));
}

// keepalived asks it nothing, and it goes as its own line says.
TEST(ImportVirtualServer, ASorryServerHasNoChecksAndItsOwnTunnel) {
  const auto sorry = [](const std::string& text) { return from_keepalived(server(text)).text; };
  EXPECT_THAT(sorry("lb_kind TUN\nsorry_server 192.0.2.200 80\n"),
              HasSubstr("forwarding = \"tunnel\", tunnel = { type = \"ipip\" }, checks = [] }"));
  EXPECT_THAT(sorry("sorry_server_lvs_method TUN type gue port 5555\nsorry_server 192.0.2.200 80\n"),
              HasSubstr("tunnel = { type = \"gue\", port = 5555 }"));
  const auto direct = from_keepalived(server("lb_kind DR\nsorry_server 192.0.2.200 8080\n"));
  EXPECT_THAT(direct.text, HasSubstr("address = \"192.0.2.200\", forwarding = \"direct\""));
  EXPECT_THAT(left(direct), Contains(HasSubstr("port 8080: direct cannot change it")));
}

TEST(ImportVirtualServer, WhatIsNotThereYetIsSaidOrNamed) {
  expect_said_or_left(from_keepalived(server("quorum 7\n")), "quorum = 7", 2);
  expect_said_or_left(from_keepalived(server("hysteresis 2\n")), "quorum_hysteresis = 2", 2);
  expect_said_or_left(
      from_keepalived(server("sorry_server 192.0.2.200 1358\n")),
      "sorry = [{ address = \"192.0.2.200:1358\", forwarding = \"masquerade\", checks = [] }]", 2);
  expect_said_or_left(from_keepalived(server("", "PING_CHECK {\nretry 0\n}\n")), "type = \"icmp\"", 3);
  expect_said_or_left(from_keepalived(server("", "SSL_GET {\nurl {\npath /\n}\nretry 0\n}\n")),
                      "type = \"https\"", 3);
  expect_said_or_left(from_keepalived(server("alpha\n", "TCP_CHECK {\nretry 0\n}\n")), "start = \"down\"", 2);
}

TEST(ImportVirtualServer, FailedServersStayWhereAllOfThemDo) {
  EXPECT_THAT(from_keepalived(server("inhibit_on_failure\n")).text, HasSubstr("on_failure = \"quiesce\""));
  EXPECT_THAT(from_keepalived(server("", "inhibit_on_failure\n")).text,
              HasSubstr("on_failure = \"quiesce\""));
  const auto some = from_keepalived(
      "virtual_server 192.0.2.100 80 {\nreal_server 198.51.100.21 80 {\ninhibit_on_failure\n}\n"
      "real_server 198.51.100.22 80 {\nweight 1\n}\n}\n");
  EXPECT_THAT(some.text, Not(HasSubstr("on_failure")));
  EXPECT_THAT(left(some), ElementsAre(HasSubstr("f:3: inhibit_on_failure: all servers of a service")));
}

TEST(ImportVirtualServer, ChecksThatAreNotThereAreNamedWithAllTheirLines) {
  const auto made = from_keepalived(server("omega\nquorum_up \"/bin/x\"\nha_suspend\n",
                                           "SMTP_CHECK {\nhelo_name x\nhost {\nconnect_ip 192.0.2.1\n}\n}\n"
                                           "MISC_CHECK {\nmisc_path /bin/true\n}\nnotify_up /bin/y\n"));
  EXPECT_THAT(lines_left(made), ElementsAre(2, 3, 4, 6, 7, 8, 9, 12, 13, 15))
      << testing::PrintToString(left(made));
  EXPECT_THAT(made.text, Not(HasSubstr("check")));
}

TEST(ImportVirtualServer, ServersThatCannotBeAreNamed) {
  const auto made = from_keepalived(
      "virtual_server 192.0.2.100 80 {\nlvs_method DR\n"
      "real_server 198.51.100.21 8080 {\nweight 1\n}\n"                            // DR cannot map
      "real_server 2001:db8::1 80 {\nweight 1\n}\n"                                // 6
      "real_server web 80 {\n}\n"                                                  // 9
      "real_server 198.51.100.23 99999 {\n}\n"                                     // 11
      "real_server 198.51.100.24 80 {\nweight x\n}\n}\n"                           // 13
      "virtual_server 192.0.2.100 80 {\nreal_server 198.51.100.21 80 {\n}\n}\n");  // 17: twice
  EXPECT_THAT(lines_left(made), ElementsAre(3, 6, 7, 9, 11, 14, 17, 18))
      << testing::PrintToString(left(made));
  EXPECT_THAT(made.text, HasSubstr("address = \"198.51.100.21\"\n"));
}

// --- the language ---

TEST(ImportKeepalived, BracesWhereverTheyStand) {
  const auto usual = from_keepalived(instance(""));
  for (const std::string other :
       {"vrrp_instance VI_1\n{\ninterface eth0\nvirtual_router_id 51\nversion "
        "3\nvirtual_ipaddress\n{\n192.0.2.100\n}\n}",
        "vrrp_instance VI_1 {interface \"eth0\"\r\nvirtual_router_id   51\r\n\tversion 3 ! three\r\n"
        "virtual_ipaddress{192.0.2.100}}\r\n"}) {
    EXPECT_EQ(from_keepalived(other).text, usual.text) << other;
    EXPECT_THAT(left(from_keepalived(other)), IsEmpty()) << other;
  }
}

TEST(ImportKeepalived, BracesThatDoNotMatchAreNamed) {
  EXPECT_THAT(left(from_keepalived("}\n" + instance(""))), ElementsAre("f:1: }: } closes nothing"));
  const auto open = instance("");
  const auto made = from_keepalived(open.substr(0, open.size() - 2));
  EXPECT_THAT(made.text, HasSubstr("192.0.2.100"));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:1: vrrp_instance VI_1 {: its block is not closed")));
  EXPECT_THAT(left(from_keepalived("{\nweight 1\n}\n")),
              ElementsAre(HasSubstr("f:1: {: "), HasSubstr("f:2: weight 1")));
}

TEST(ImportKeepalived, DefinitionsAreFilledIn) {
  const auto made = from_keepalived(
      "$BASE=192.0.${SUB}\n$SUB=2\n$IF=eth0\n"
      "$BODY= \\\n  virtual_router_id ${ID} \\\n  version 3 \\\n  virtual_ipaddress { \\\n  ${BASE}.10${ID} "
      "\\\n  }\n"
      "$ID=1\nvrrp_instance A {\ninterface $IF\n$BODY\n}\n"
      "$ID=2\nvrrp_instance B {\ninterface $IF\n$BODY\n}\n");
  EXPECT_THAT(made.text, AllOf(HasSubstr("[vip.A]\ninterface = \"eth0\"\naddresses = [\"192.0.2.101\"]"),
                               HasSubstr("[vip.B]\ninterface = \"eth0\"\naddresses = [\"192.0.2.102\"]")));
  EXPECT_THAT(left(made), IsEmpty());
  EXPECT_THAT(left(from_keepalived("$A=${B}\n$B=${A}\nrouter ${A}\n")), ElementsAre(HasSubstr("f:3: ")));
}

TEST(ImportKeepalived, LinesForSomeHostsAreNamed) {
  const auto made =
      from_keepalived(instance("@high priority 170\n@^high priority 85\n~SEQ(A, 1, 3) priority $A\n"));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:8: @high priority 170: it is for some hosts only"),
                                      HasSubstr("f:9: "), HasSubstr("f:10: ~SEQ")));
}

TEST(ImportKeepalived, IncludedFilesStandInTheirPlace) {
  const IncludeReader include = [](const std::string& pattern,
                                   const std::string& from) -> Result<std::vector<config::Source>> {
    EXPECT_EQ(from, "f");
    if (pattern != "conf.d/*.conf") return fail("there is no {}", pattern);
    return std::vector<config::Source>{{"conf.d/a.conf", "virtual_router_id 51\nversion 3\nfoo\n"}};
  };
  const auto made = from_keepalived(
      "vrrp_instance VI_1 {\ninterface eth0\ninclude conf.d/*.conf\ninclude missing\n"
      "virtual_ipaddress {\n192.0.2.100\n}\n}\n",
      include);
  EXPECT_THAT(made.text, HasSubstr("virtual_router_id = 51"));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("conf.d/a.conf:3: foo: foo in vrrp_instance"),
                                      HasSubstr("f:4: include missing: there is no missing")));
}

TEST(ImportKeepalived, EndlessIncludesEnd) {
  const IncludeReader itself = [](const std::string&,
                                  const std::string&) -> Result<std::vector<config::Source>> {
    return std::vector<config::Source>{{"f", "include f\n"}};
  };
  EXPECT_THAT(left(from_keepalived("include f\n", itself)),
              ElementsAre(HasSubstr("f:1: include f: f includes itself")));
  int count = 0;
  const IncludeReader another = [&](const std::string&,
                                    const std::string&) -> Result<std::vector<config::Source>> {
    return std::vector<config::Source>{{std::to_string(++count), "include a\ninclude b\n"}};
  };
  EXPECT_THAT(left(from_keepalived("include a\n", another)),
              testing::Each(HasSubstr("too many files include each other")));
  EXPECT_LT(count, 2500);
  EXPECT_THAT(left(from_keepalived("include\n", itself)), ElementsAre("f:1: include: it names no file"));
}

TEST(ImportKeepalived, OfTwoLinesTheLaterCounts) {
  const auto made = from_keepalived(instance("  priority 10\n  priority 20\n"));
  EXPECT_THAT(made.text, HasSubstr("priority = 20"));
  EXPECT_THAT(left(made), ElementsAre(HasSubstr("f:8: priority 10: a later line says it again")));
}

}  // namespace
}  // namespace hawser::lbctl
