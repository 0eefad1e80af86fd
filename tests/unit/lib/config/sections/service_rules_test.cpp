// Each rule of [check.*], [pool.*] and [service.*], with its exact words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/reconcile/layout.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// A service on 192.0.2.100:80 with one real server; `real` continues it, `service` the service (line 3).
std::string web(const std::string& service, const std::string& real = {}) {
  return "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\n" + service +
         "[[service.web.real]]\naddress = \"198.51.100.21\"\n" + real;
}

TEST(CheckRules, AKnownTypeIsNeeded) {
  EXPECT_THAT(problems_of("[check.a]\n"),
              Lines("t.toml:1:8: check.a.type: is missing: write \"tcp\" or \"http\""));
  EXPECT_THAT(problems_of("[check.a]\ntype = \"dns\"\n[check.b]\ntype = \"htp\"\n"),
              Lines("t.toml:2:8: check.a.type: \"dns\" is not supported by this version: write \"tcp\" or "
                    "\"http\"",
                    "t.toml:4:8: check.b.type: must be \"tcp\" or \"http\", not \"htp\": write \"http\""));
}

TEST(CheckRules, AnAnswerComesBeforeTheNextTry) {
  EXPECT_THAT(problems_of("[check.a]\ntype = \"tcp\"\ninterval = \"1s\"\ntimeout = \"2s\"\n"),
              Lines("t.toml:4:11: check.a.timeout: \"2s\" is longer than interval 1s"));
  EXPECT_THAT(problems_of("[check.a]\ntype = \"tcp\"\ninterval = \"1s\"\ntimeout = \"1s\"\n"), IsEmpty());
  EXPECT_THAT(problems_of("[check.a]\ntype = \"tcp\"\ninterval = \"100ms\"\n"),
              Lines("t.toml:3:12: check.a.interval: \"100ms\" is shorter than timeout 500ms (default): write "
                    "both"));
  EXPECT_THAT(problems_of("[check.a]\ntype = \"tcp\"\ntimeout = \"2s\"\n"),
              Lines("t.toml:3:11: check.a.timeout: \"2s\" is longer than interval 1s (default)"));
}

TEST(CheckRules, ARequestIsOneLine) {
  const auto with = [](const std::string& text) {
    return problems_of("[check.c]\ntype = \"http\"\n" + text);
  };
  EXPECT_THAT(with("path = \"/a b\"\n"),
              Lines("t.toml:3:8: check.c.path: must be without spaces, not \"/a b\": write %20"));
  EXPECT_THAT(
      with("path = \"/x\\r\\nX-Evil: 1\"\nhost = \"a\\r\\nX: y\"\n"),
      Lines("t.toml:3:8: check.c.path: must be without control characters, not \"/x\\u000D\\u000AX-Evil: 1\"",
            "t.toml:4:8: check.c.host: must be without control characters, not \"a\\u000D\\u000AX: y\""));
  EXPECT_THAT(with("host = \"a b\"\n"),
              Lines("t.toml:3:8: check.c.host: must be without spaces, not \"a b\""));
  EXPECT_THAT(with("path = \"/gr\u00fc\u00df?q=1\"\nhost = \"\"\ncontains = \"a\\r\\nb\"\n"), IsEmpty());
}

TEST(CheckRules, ARequestIsWhatAClientWouldSend) {
  const auto with = [](const std::string& text) {
    return problems_of("[check.c]\ntype = \"http\"\n" + text);
  };
  EXPECT_THAT(with("path = \"/a#b\"\n"),
              Lines("t.toml:3:8: check.c.path: must be without #, not \"/a#b\": no client sends "
                    "what follows it; write %23"));
  for (const auto* host : {"x:99999", "x:", "x:0", "x:http", "[2001:db8::1]:70000"})
    EXPECT_THAT(with(fmt::format("host = \"{}\"\n", host)),
                Lines(fmt::format(
                    "t.toml:3:8: check.c.host: must be a name or \"name:port\" with a port from 1 to 65535, "
                    "not \"{}\"",
                    host)));
  for (const auto* host : {"x", "x:8080", "[2001:db8::1]", "[2001:db8::1]:8080"})
    EXPECT_THAT(with(fmt::format("host = \"{}\"\n", host)), IsEmpty());
}

TEST(CheckRules, SomeAnswerIsGoodAndSomeOtherIsNot) {
  const auto with = [](const std::string& text) {
    return problems_of("[check.c]\ntype = \"http\"\n" + text);
  };
  EXPECT_THAT(
      with("status = [101, \"100-199\"]\n"),
      Lines(
          "t.toml:3:10: check.c.status: 100 to 199 only begin an answer, which is judged by the status that "
          "follows"));
  EXPECT_THAT(with("status = [\"100-299\"]\n"), IsEmpty());
  EXPECT_THAT(with("contains = \"\"\n"),
              Lines("t.toml:3:12: check.c.contains: is empty, which every answer contains: leave "
                    "it out, or write what is to be found"));
}

TEST(CheckRules, WhatIsLookedForCanBeFound) {
  EXPECT_THAT(problems_of("[check.c]\ntype = \"http\"\nmax_body = 2\ncontains = \"yes\"\n"),
              Lines("t.toml:4:12: check.c.contains: 3 bytes are not found in the 2 bytes of max_body"));
  EXPECT_THAT(problems_of("[check.c]\ntype = \"tcp\"\naddress = \"224.0.0.1\"\n"),
              Lines("t.toml:3:11: check.c.address: 224.0.0.1 is not an address that a host can have"));
}

TEST(CheckRules, HttpKeysAreForHttp) {
  EXPECT_THAT(problems_of("[check.a]\ntype = \"tcp\"\npath = \"/\"\nstatus = [200]\n"),
              Lines("t.toml:3:8: check.a.path: only an http check has it",
                    "t.toml:4:10: check.a.status: only an http check has it"));
  EXPECT_THAT(
      problems_of(
          "[check.a]\ntype = \"http\"\npath = \"healthz\"\nstatus = []\nmethod = \"HEAD\"\ncontains = "
          "\"ok\"\n"),
      Lines("t.toml:3:8: check.a.path: must begin with /, not \"healthz\"",
            "t.toml:4:10: check.a.status: must name at least one status",
            "t.toml:6:12: check.a.contains: needs method = \"GET\": an answer to HEAD has no body"));
}

TEST(CheckRules, StatusIsNumbersAndRanges) {
  const auto check = load_text(
                         "[check.a]\ntype = \"http\"\nstatus = [200, \"300-399\", \"404\"]\nhost = \"h\"\n"
                         "max_body = 10\nport = 81\naddress = \"192.0.2.1\"\n")
                         .config.checks.at("a");
  const auto& http = std::get<HttpCheck>(check.kind);
  EXPECT_EQ(http.status, (std::vector<std::pair<int, int>>{{200, 200}, {300, 399}, {404, 404}}));
  EXPECT_EQ(http.max_body, 10U);
  EXPECT_EQ(check.port, 81);
  EXPECT_EQ(check.address, *IpAddress::parse("192.0.2.1"));
  EXPECT_THAT(problems_of("[check.a]\ntype = \"http\"\nstatus = [99, \"600\", \"300-299\", \"20x\", true]\n"),
              Lines("t.toml:3:11: check.a.status: must be a status from 100 to 599 or a range such as "
                    "\"300-399\", not 99",
                    "t.toml:3:15: check.a.status: must be a status from 100 to 599 or a range such as "
                    "\"300-399\", not \"600\"",
                    "t.toml:3:22: check.a.status: must be a status from 100 to 599 or a range such as "
                    "\"300-399\", not \"300-299\"",
                    "t.toml:3:33: check.a.status: must be a status from 100 to 599 or a range such as "
                    "\"300-399\", not \"20x\"",
                    "t.toml:3:40: check.a.status: must be a status from 100 to 599 or a range such as "
                    "\"300-399\", not true"));
  EXPECT_THAT(problems_of("[check.a]\ntype = \"http\"\nstatus = 200\n"),
              Lines("t.toml:3:10: check.a.status: must be a list such as [200, \"300-399\"], not 200"));
}

TEST(PoolRules, ChecksExist) {
  EXPECT_THAT(
      problems_of(
          "[check.site]\ntype = \"tcp\"\n[pool.p]\nchecks = [\"sit\", 5, { type = \"tcp\", interval = "
          "\"1s\", timeout = \"2s\" }]\n[[pool.p.real]]\naddress = \"192.0.2.1\"\nchecks = "
          "[\"elsewhere\"]\n[pool.q]\nchecks = \"site\"\n"),
      Lines("t.toml:4:11: pool.p.checks: no [check.sit] exists; did you mean \"site\"?",
            "t.toml:4:18: pool.p.checks: must be a check's name or a table such as { type = \"tcp\" }, not 5",
            "t.toml:4:64: pool.p.checks.timeout: \"2s\" is longer than interval 1s",
            "t.toml:7:11: pool.p.real[1].checks: no [check.elsewhere] exists",
            "t.toml:9:10: pool.q.checks: must be a list such as [\"site\"], not \"site\": write [\"site\"]"));
}

TEST(PoolRules, ARealServerHasAddresses) {
  EXPECT_THAT(
      problems_of(R"([pool.p]
[[pool.p.real]]
name = "none"
[[pool.p.real]]
address = "192.0.2.1"
addresses = ["192.0.2.2"]
[[pool.p.real]]
addresses = ["192.0.2.3", "192.0.2.4"]
[[pool.p.real]]
address = "192.0.2.300:80"
[[pool.p.real]]
address = "192.0.2.5:80"
port = 81
[[pool.p.real]]
address = "224.0.0.1"
[[pool.p.real]]
addresses = "192.0.2.6"
[[pool.p.real]]
address = 7
)"),
      Lines("t.toml:2:1: pool.p.real[1].addresses: is missing: write addresses = [..] or address = ..",
            "t.toml:6:13: pool.p.real[2].addresses: must not stand beside address",
            "t.toml:8:27: pool.p.real[3].addresses: 192.0.2.4 is the second of its family: write another "
            "[[pool.p.real]]",
            "t.toml:10:11: pool.p.real[4].address: \"192.0.2.300:80\" is not an address, with or without "
            ":PORT",
            "t.toml:12:11: pool.p.real[5].address: 80 differs from port 81",
            "t.toml:15:11: pool.p.real[6].address: 224.0.0.1 is not an address that a host can have",
            "t.toml:17:13: pool.p.real[7].addresses: must be a list such as [\"198.51.100.21\", "
            "\"2001:db8:1::21\"], not \"192.0.2.6\": write [\"192.0.2.6\"]",
            "t.toml:19:11: pool.p.real[8].address: must be an address as text such as \"198.51.100.21:80\", "
            "not 7"));
}

TEST(PoolRules, RealServersDiffer) {
  EXPECT_THAT(problems_of(R"([pool.p]
[[pool.p.real]]
name = "a"
address = "192.0.2.1:80"
[[pool.p.real]]
name = "a"
address = "192.0.2.1:81"
[[pool.p.real]]
address = "192.0.2.1"
port = 80
)"),
              Lines("t.toml:6:8: pool.p.real[2].name: \"a\" is also that of the one at t.toml:2",
                    "t.toml:9:11: pool.p.real[3].address: 192.0.2.1 is already the real server at t.toml:2"));
}

TEST(ServiceRules, AVirtualAddressIsNoBroadcastAddress) {
  EXPECT_THAT(problems_of("[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\naddresses = "
                          "[\"198.51.100.1/24\"]\n[service.s]\nvirtual = [\"tcp 198.51.100.255:80\"]\n"
                          "[[service.s.real]]\naddress = \"203.0.113.21\"\n"),
              Lines("t.toml:6:12: service.s.virtual: 198.51.100.255 is the broadcast address of "
                    "198.51.100.0/24"));
}

TEST(PoolRules, ARealServerIsAHostThatARouteLeadsTo) {
  const auto problems = [](const std::string& address) {
    return problems_of(
        "[bond.b]\nmode = \"active-backup\"\nports = [\"eth0\"]\naddresses = "
        "[\"198.51.100.1/24\"]\n[pool.p]\n[[pool.p.real]]\naddress = \"" +
        address + "\"\n");
  };
  const std::string where = "t.toml:7:11: pool.p.real[1].address: ";
  EXPECT_THAT(problems("255.255.255.255"),
              Lines(where + "255.255.255.255 is not an address that a host can have"));
  EXPECT_THAT(problems("198.51.100.255"),
              Lines(where + "198.51.100.255 is the broadcast address of 198.51.100.0/24"));
  EXPECT_THAT(problems("fe80::1"), Lines(where + "fe80::1 is link-local: it names no host without its link"));
  EXPECT_THAT(problems("203.0.113.255"), IsEmpty());  // whose network nobody here knows
  EXPECT_THAT(problems("127.0.0.1"), IsEmpty());
}

TEST(PoolRules, ALoopbackServerIsForDirectRouting) {
  const std::string user = "[service.web]\nvirtual = [\"tcp 192.0.2.100:80\"]\npool = \"p\"\n";
  const auto loaded = load_text("[pool.p]\n[[pool.p.real]]\naddress = \"127.0.0.1\"\n" + user);
  EXPECT_THAT(
      notes(loaded),
      Lines("t.toml:2:1: pool.p.real[1]: note: 127.0.0.1 with forwarding = \"masquerade\" is reached from "
            "this host only: write \"direct\" for a server on this host"));
  const auto direct =
      load_text("[pool.p]\nforwarding = \"direct\"\n[[pool.p.real]]\naddress = \"127.0.0.1\"\n" + user);
  EXPECT_THAT(notes(direct), IsEmpty());
}

TEST(PoolRules, WeightsAndThresholdsHaveRanges) {
  EXPECT_THAT(problems_of(web("", "weight = 2147483648\nupper_threshold = 5\nlower_threshold = 6\n")),
              Lines("t.toml:5:10: service.web.real[1].weight: must be from 0 to 2147483647, not 2147483648",
                    "t.toml:7:19: service.web.real[1].lower_threshold: 6 is above upper_threshold 5"));
  EXPECT_THAT(
      problems_of(web("", "lower_threshold = 6\n")),
      Lines("t.toml:5:19: service.web.real[1].lower_threshold: 6 is above upper_threshold 0 (default)"));
}

TEST(PoolRules, TunnelsAreSound) {
  EXPECT_THAT(problems_of(web("forwarding = \"tunnel\"\ntunnel = { type = \"gue\" }\n")),
              Lines("t.toml:4:10: service.web.tunnel.port: is missing: gue needs it"));
  EXPECT_THAT(
      problems_of(web("forwarding = \"tunnel\"\ntunnel = { type = \"ipip\", port = 5, checksum = true }\n")),
      Lines("t.toml:4:34: service.web.tunnel.port: only gue has it",
            "t.toml:4:48: service.web.tunnel.checksum: only gue and gre have it"));
  EXPECT_THAT(problems_of(web("tunnel = { type = \"gre\" }\n", "tunnel = { type = \"gre\" }\n")),
              Lines("t.toml:3:10: service.web.tunnel: needs forwarding = \"tunnel\"",
                    "t.toml:6:10: service.web.real[1].tunnel: needs forwarding = \"tunnel\""));
  EXPECT_THAT(
      problems_of(web("tunnel = 5\n")),
      Lines(
          "t.toml:3:10: service.web.tunnel: must be a table such as { type = \"gue\", port = 6080 }, not 5"));
  const auto pool = load_text(web("tunnel = { type = \"gue\", port = 6080, checksum = true }\n",
                                  "forwarding = \"tunnel\"\n"))
                        .config.pools.at("service.web");
  EXPECT_EQ(pool.reals.at(0).server.tunnel, (Tunnel{TunnelType::kGue, 6080, 1}));
  EXPECT_EQ(pool.reals.at(0).server.forwarding, Forwarding::kTunnel);
}

TEST(PoolRules, RealIsATableInDoubleBrackets) {
  EXPECT_THAT(problems_of("[pool.p]\nreal = 5\n[pool.q]\nreal = [5]\n"),
              Lines("t.toml:2:8: pool.p.real: must be written as [[pool.p.real]]",
                    "t.toml:4:9: pool.q.real: must be written as [[pool.q.real]]"));
}

TEST(PoolRules, AQuorumCanBeReachedAndLost) {
  EXPECT_THAT(
      problems_of(web("quorum = 3\nquorum_hysteresis = 3\n")),
      Lines("t.toml:4:21: service.web.quorum_hysteresis: 3 must be below quorum, 3: it would never be lost"));
  EXPECT_THAT(
      problems_of(web("quorum = 3\n")),
      Lines("t.toml:3:10: service.web.quorum: 3 cannot be reached: the real servers weigh 1 together"));
  EXPECT_THAT(
      problems_of(web("quorum = 2\nquorum_hysteresis = 1\n", "weight = 2\n")),
      Lines("t.toml:4:21: service.web.quorum_hysteresis: quorum 2 + 1 cannot be reached: the real servers "
            "weigh 2 together"));
  EXPECT_THAT(problems_of(web("quorum = 2\nquorum_hysteresis = 1\n", "weight = 3\n")), IsEmpty());
  EXPECT_THAT(problems_of(web("quorum = 1\n", "weight = 0\n")), IsEmpty()) << "the default, written";
}

TEST(PoolRules, ASorryServerIsARealServer) {
  const std::string sorry = "[[service.web.sorry]]\n";
  EXPECT_THAT(
      problems_of(web("") + sorry),
      Lines(
          "t.toml:5:1: service.web.sorry[1].addresses: is missing: write addresses = [..] or address = .."));
  EXPECT_THAT(problems_of(web("") + sorry + "address = \"198.51.100.21\"\n"),
              Contains(HasSubstr("198.51.100.21 is already the real server at t.toml:")));
  const auto config = load_text(web("slow_start = \"5s\"\npanic_threshold = 40\n") + sorry +
                                "address = \"198.51.100.29\"\nchecks = []\n")
                          .config.pools.at("service.web");
  ASSERT_EQ(config.sorry.size(), 1U);
  EXPECT_EQ(config.sorry.front().addresses.front(), *IpAddress::parse("198.51.100.29"));
  EXPECT_EQ(config.policy.slow_start, Milliseconds(5000));
  EXPECT_EQ(config.policy.panic_threshold, 40U);
}

TEST(ServiceRules, APoolIsNeededOnce) {
  EXPECT_THAT(problems_of("[service.a]\nvirtual = [\"fwmark 7\"]\n"),
              Lines("t.toml:1:10: service.a.pool: is missing: write pool = .. or [[service.a.real]]"));
  EXPECT_THAT(
      problems_of("[pool.p]\n[[pool.p.real]]\naddress = \"192.0.2.1\"\n[service.a]\nvirtual = [\"fwmark "
                  "7\"]\npool = \"p\"\nchecks = []\nneed = \"any\"\n"),
      Lines("t.toml:7:10: service.a.checks: belongs to [pool.p]",
            "t.toml:8:8: service.a.need: belongs to [pool.p]"));
  EXPECT_THAT(problems_of("[pool.p]\n" + web("pool = \"p\"\n")),
              Lines("t.toml:4:8: service.web.pool: must not stand beside [[service.web.real]]"));
  EXPECT_THAT(problems_of("[service.a]\nvirtual = [\"fwmark 7\"]\npool = \"p\"\n"),
              Lines("t.toml:3:8: service.a.pool: no [pool.p] exists"));
}

TEST(ServiceRules, VirtualAddressesAreRead) {
  EXPECT_THAT(
      problems_of("[vip.web]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = [\"192.0.2.100\"]\n"
                  "[service.a]\nvirtual = [\"192.0.2.1:80\", \"tcp @wob:80\", \"tcp @web:8099-8000\", \"tcp "
                  "@web\", \"fwmark @web:1\", \"fwmark 0\", \"tcp 224.0.0.1:80\", \"tcp @other:80\", 5]\n"
                  "[[service.a.real]]\naddress = \"198.51.100.1\"\n"),
      Lines("t.toml:6:12: service.a.virtual: \"192.0.2.1:80\" has no protocol: write \"tcp "
            "192.0.2.1:80\" or protocol = \"tcp\"",
            "t.toml:6:28: service.a.virtual: no [vip.wob] exists; did you mean \"web\"?",
            "t.toml:6:43: service.a.virtual: \"8099-8000\" must lead from a lower port to a higher one",
            "t.toml:6:65: service.a.virtual: \"tcp @web\" is not a virtual service such as \"tcp "
            "@VIP:80\"",
            "t.toml:6:77: service.a.virtual: \"fwmark @web:1\" is not a virtual service such as \"tcp "
            "@VIP:80\"",
            "t.toml:6:94: service.a.virtual: \"0\" is not a mark from 1 to 4294967295",
            "t.toml:6:106: service.a.virtual: 224.0.0.1 is not an address that a host can have",
            "t.toml:6:126: service.a.virtual: no [vip.other] exists",
            "t.toml:6:143: service.a.virtual: must be text, not 5: write \"5\""));
  EXPECT_THAT(problems_of("[service.a]\n[[service.a.real]]\naddress = \"198.51.100.1\"\n"),
              Lines("t.toml:1:10: service.a.virtual: is missing: write [\"tcp ADDRESS:PORT\"]"));
}

TEST(ServiceRules, AServiceHasAVirtualAddress) {
  const std::string real = "[[service.a.real]]\naddress = \"198.51.100.1\"\n";
  EXPECT_THAT(problems_of("[service.a]\nvirtual = []\n" + real),
              Lines("t.toml:2:11: service.a.virtual: must name at least one"));
  EXPECT_THAT(
      problems_of("[service.a]\nvirtual = [\"tcp 255.255.255.255:80\"]\n" + real),
      Lines("t.toml:2:12: service.a.virtual: 255.255.255.255 is not an address that a host can have"));
}

TEST(ServiceRules, ARealServerIsThereOnceThoughItsPortIsInherited) {
  const std::string pool =
      "[pool.p]\n[[pool.p.real]]\nname = \"a\"\naddress = \"198.51.100.1\"\n[[pool.p.real]]\nname = "
      "\"b\"\naddress = \"198.51.100.1:80\"\n";
  const auto service = [](const std::string& port) {
    return "[service.s]\npool = \"p\"\nvirtual = [\"tcp 192.0.2.100:" + port + "\"]\n";
  };
  EXPECT_THAT(problems_of(pool + service("80")),
              Lines("t.toml:7:11: pool.p.real[2]: 198.51.100.1:80 of service.s is already the real server at "
                    "t.toml:4"));
  EXPECT_THAT(problems_of(pool + service("81")), IsEmpty());
}

TEST(ServiceRules, AServerOfAFamilyThatNoServiceHasIsAskedAbout) {
  const std::string pool =
      "[pool.p]\n[[pool.p.real]]\naddress = \"198.51.100.1:80\"\n[[pool.p.real]]\naddress = "
      "\"[2001:db8::1]:80\"\n[service.a]\npool = \"p\"\nvirtual = [\"tcp 192.0.2.100:80\"]\n";
  const auto loaded = load_text(pool);
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(notes(loaded), Lines("t.toml:4:1: pool.p.real[2]: note: no service of the pool has an IPv6 "
                                   "address: it gets no connections"));
  const auto both = load_text(pool + "[service.b]\npool = \"p\"\nvirtual = [\"tcp [2001:db8::100]:80\"]\n");
  EXPECT_THAT(lines(both), IsEmpty());
  EXPECT_THAT(notes(both), IsEmpty());
}

TEST(ServiceRules, AServiceHasAServer) {
  EXPECT_THAT(problems_of("[service.a]\nvirtual = [\"fwmark 7\"]\nreal = []\n"),
              Lines("t.toml:1:10: service.a.pool: is missing: write pool = .. or [[service.a.real]]"));
}

TEST(ServiceRules, AServerThatIsTheVirtualAddressIsAskedAbout) {
  const auto loaded = load_text(
      "[service.a]\nvirtual = [\"tcp 192.0.2.100:80\"]\n[[service.a.real]]\naddress = \"192.0.2.100\"\n");
  EXPECT_THAT(lines(loaded), IsEmpty());
  EXPECT_THAT(notes(loaded), Lines("t.toml:4:11: service.a.real[1]: note: 192.0.2.100 is the virtual address "
                                   "itself: only a server on this host can answer"));
}

TEST(ServiceRules, TheSipEngineIsForUdp) {
  const auto with = [](const std::string& transport) {
    return problems_of("[service.a]\nvirtual = [\"" + transport +
                       " 192.0.2.100:5060\"]\npersistence = \"5m\"\npersistence_engine = "
                       "\"sip\"\n[[service.a.real]]\naddress = \"198.51.100.1\"\n");
  };
  EXPECT_THAT(with("udp"), IsEmpty());
  EXPECT_THAT(with("tcp"), Lines("t.toml:4:22: service.a.persistence_engine: only udp and fwmark have it"));
}

TEST(ServiceRules, AVirtualAddressBelongsToOneService) {
  EXPECT_THAT(problems_of(web("") + "[service.b]\nprotocol = \"tcp\"\nvirtual = [\"192.0.2.100:80\"]\n"
                                    "[[service.b.real]]\naddress = \"198.51.100.1\"\n"),
              Lines("t.toml:7:12: service.b.virtual: \"tcp 192.0.2.100:80\" is also at t.toml:2"));
}

TEST(ServiceRules, AVirtualAddressHasARealServerOfItsFamily) {
  const std::string pool =
      "[pool.p]\n[[pool.p.real]]\naddress = \"198.51.100.1:80\"\n[[pool.p.real]]\naddress = "
      "\"198.51.100.2:80\"\n";
  EXPECT_THAT(
      problems_of(pool + "[service.a]\npool = \"p\"\nvirtual = [\"tcp [2001:db8::1]:80\", \"fwmark 5\"]\n"),
      Lines("t.toml:8:12: service.a.virtual: no real server of the pool has an IPv6 address"));
  const auto both = load_text(pool +
                              "[[pool.p.real]]\naddress = \"[2001:db8:1::1]:80\"\n[service.a]\npool = "
                              "\"p\"\nvirtual = [\"tcp [2001:db8::1]:80\", \"tcp 192.0.2.1:80\"]\n");
  ASSERT_THAT(lines(both), IsEmpty());
  const auto six = *ServiceKey::parse("tcp [2001:db8::1]:80");
  const auto four = *ServiceKey::parse("tcp 192.0.2.1:80");
  const auto layout = lay_out(both.config);
  EXPECT_EQ(layout.at(six).members.size(), 1U);
  EXPECT_EQ(layout.at(six).wanted.netmask, 128U);
  EXPECT_EQ(layout.at(four).members.size(), 2U);
  EXPECT_EQ(layout.at(four).wanted.netmask, 32U);
}

TEST(ServiceRules, DirectAndTunnelKeepThePort) {
  EXPECT_THAT(
      problems_of(web("forwarding = \"direct\"\n", "port = 8080\n")),
      Lines("t.toml:6:8: service.web.real[1].port: 8080 must be the service's, 80 (service.web): direct "
            "cannot change it"));
  EXPECT_THAT(
      problems_of(web("", "forwarding = \"tunnel\"\nport = 8080\n")),
      Lines("t.toml:6:8: service.web.real[1].port: 8080 must be the service's, 80 (service.web): tunnel "
            "cannot change it"));
  EXPECT_THAT(problems_of(web("forwarding = \"direct\"\n", "port = 80\n")), IsEmpty());
  EXPECT_THAT(problems_of(web("", "port = 8080\n")), IsEmpty());
  EXPECT_THAT(
      problems_of(
          "[service.a]\nvirtual = [\"fwmark 7\"]\nforwarding = \"direct\"\n[[service.a.real]]\naddress "
          "= \"198.51.100.1:8080\"\n"),
      IsEmpty());
}

TEST(ServiceRules, ACheckKnowsItsPort) {
  const std::string text =
      "[service.a]\nvirtual = [\"fwmark 7\"]\nchecks = [{ type = \"tcp\" }]\n[[service.a.real]]\n"
      "address = \"198.51.100.1\"\n";
  EXPECT_THAT(problems_of(text),
              Lines("t.toml:4:1: service.a.real[1].port: is missing: \"fwmark 7\" gives it none, and a check "
                    "needs one"));
  EXPECT_THAT(problems_of(text + "port = 80\n"), IsEmpty());
  EXPECT_THAT(problems_of(text + "checks = []\n"), IsEmpty());
  EXPECT_THAT(problems_of(text + "checks = [{ type = \"tcp\", port = 80 }]\n"), IsEmpty());
}

TEST(ServiceRules, AnyPortNeedsPersistence) {
  const std::string text = "[service.a]\nvirtual = [\"tcp 192.0.2.1:0\"]\n";
  const std::string real = "[[service.a.real]]\naddress = \"198.51.100.1\"\n";
  EXPECT_THAT(problems_of(text + real),
              Lines("t.toml:2:12: service.a.virtual: port 0, any port, needs persistence"));
  EXPECT_THAT(problems_of(text + "persistence = \"5m\"\n" + real), IsEmpty());
}

TEST(ServiceRules, PersistenceHasANetmaskAndAnEngine) {
  const auto netmask = [](const std::string& value) {
    return load_text(web("persistence = \"5m\"\npersistence_netmask = " + value + "\n"))
        .config.services.at("web");
  };
  EXPECT_EQ(netmask("24").service.netmask, 24U);
  EXPECT_EQ(netmask("\"255.255.240.0\"").netmask4, 20U);
  EXPECT_EQ(netmask("24").service.persistence_timeout, 300U);
  EXPECT_THAT(problems_of(web("persistence_netmask = 24\npersistence_engine = \"sip\"\n")),
              Lines("t.toml:3:23: service.web.persistence_netmask: needs persistence",
                    "t.toml:4:22: service.web.persistence_engine: needs persistence"));
  for (const auto* wrong : {"0", "129", "\"255.0.255.0\"", "\"0.0.0.0\"", "\"24\"", "\"ffff::\"", "true"})
    EXPECT_THAT(
        problems_of(web("persistence = \"5m\"\npersistence_netmask = " + std::string(wrong) + "\n")),
        Lines(fmt::format("t.toml:4:23: service.web.persistence_netmask: must be a prefix length such as "
                          "24 or a mask such as \"255.255.255.0\", not {}",
                          wrong)));
}

TEST(ServiceRules, TheNetmaskFitsTheFamily) {
  const auto problems = [](const std::string& virtuals, const std::string& mask) {
    return problems_of("[service.a]\nvirtual = [" + virtuals +
                       "]\npersistence = \"5m\"\npersistence_netmask = " + mask +
                       "\n[[service.a.real]]\naddresses = [\"198.51.100.1\", \"2001:db8::2\"]\n");
  };
  EXPECT_THAT(
      problems("\"fwmark 7\", \"fwmark6 7\"", "24"),
      Lines("t.toml:4:23: service.a.persistence_netmask: cannot be for IPv4 and IPv6 at once: write one "
            "service for each"));
  EXPECT_THAT(problems("\"fwmark 7\"", "64"),
              Lines("t.toml:4:23: service.a.persistence_netmask: must be from 1 to 32 for IPv4, not 64"));
  EXPECT_THAT(
      problems("\"fwmark6 7\"", "\"255.255.0.0\""),
      Lines("t.toml:4:23: service.a.persistence_netmask: must be a prefix length from 1 to 128 for IPv6"));
  EXPECT_THAT(problems("\"fwmark6 7\"", "64"), IsEmpty());
}

TEST(ServiceRules, SchedulersAndTheirFlags) {
  EXPECT_THAT(problems_of(web("scheduler = \"wcl\"\n")),
              Lines("t.toml:3:13: service.web.scheduler: must be \"rr\", \"wrr\", \"lc\", \"wlc\", \"lblc\", "
                    "\"lblcr\", \"dh\", \"sh\", \"sed\", \"nq\", \"fo\", \"ovf\", \"mh\" or \"twos\", not "
                    "\"wcl\": write \"wlc\""));
  EXPECT_THAT(problems_of(web("scheduler = \"rr\"\nscheduler_flags = [\"sh-port\", \"flag-1\"]\n")),
              Lines("t.toml:4:20: service.web.scheduler_flags: \"sh-port\" needs scheduler = \"sh\""));
  const auto flags = [](const std::string& text) {
    return load_text(web(text)).config.services.at("web").service.flags;
  };
  EXPECT_EQ(flags("scheduler = \"mh\"\nscheduler_flags = [\"mh-fallback\", \"mh-port\"]\n"), 0x18U);
  EXPECT_EQ(flags("scheduler = \"wlc\"\nscheduler_flags = [\"flag-1\", \"flag-2\", \"flag-3\"]\n"), 0x38U);
  EXPECT_EQ(flags("persistence = \"1m\"\n"), 0x1U);
}

TEST(ServiceRules, OnePacketIsForDatagrams) {
  EXPECT_THAT(problems_of(web("one_packet = true\n")),
              Lines("t.toml:3:14: service.web.one_packet: only udp and fwmark have it"));
  const auto udp = load_text(
      "[service.a]\nvirtual = [\"udp 192.0.2.1:53\"]\none_packet = true\n[[service.a.real]]\n"
      "address = \"198.51.100.1\"\n");
  EXPECT_THAT(lines(udp), IsEmpty());
  EXPECT_EQ(udp.config.services.at("a").service.flags, 0x4U);
}

TEST(ServiceRules, WhatIsNotSupportedYetIsRefused) {
  EXPECT_THAT(problems_of(web("probe_source = \"192.0.2.1\"\n", "depends = []\n")),
              Lines("t.toml:3:1: service.web.probe_source: not supported by this version",
                    "t.toml:6:1: service.web.real[1].depends: not supported by this version"));
}

}  // namespace
}  // namespace hawser::config
