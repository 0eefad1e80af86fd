// Real servers that are drained, start slowly, are missed and answered for, as clients meet it: the kernel's
// IPVS in the middle, judged through ipvsadm and by what arrives.
#include "tests/lab/netd_lab.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

// Web servers with a download that takes its time: 200 pieces of 8 KiB, one each 50 ms.
constexpr const char* kServer = R"(
import http.server, socketserver, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        slow = self.path == '/slow'
        piece = bytes(range(256)) * 32
        self.send_response(200)
        self.send_header('Content-Length', str(200 * len(piece) if slow else 2))
        self.send_header('Connection', 'close')
        self.end_headers()
        if not slow:
            self.wfile.write(b'ok')
            return
        for _ in range(200):
            self.wfile.write(piece)
            time.sleep(0.05)
    def log_message(self, *_): pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    allow_reuse_address = True
Server(('', 8080), Handler).serve_forever()
)";

constexpr const char* kDownload = R"(
import hashlib, urllib.request
data = urllib.request.urlopen('http://192.0.2.100/slow', timeout=60).read()
print(len(data), hashlib.sha256(data).hexdigest())
)";
constexpr const char* kWhole = R"(
import hashlib
data = bytes(range(256)) * 32 * 200
print(len(data), hashlib.sha256(data).hexdigest())
)";

class NetdPoolsLab : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    lb1.ip({"link set eth0 up", "address add 192.0.2.11/24 dev eth0", "address add 198.51.100.11/24 dev eth0",
            "address add 192.0.2.100/32 dev eth0", "address add 198.51.100.1/24 dev eth0"});
    lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  }
  static std::string file(const std::string& more_of_pool = "", const std::string& after = "") {
    return "format = 1\n" + replaced(kServices, "[[pool.web.real]]\n", more_of_pool + "[[pool.web.real]]\n") +
           after;
  }
  void begin(const std::string& text) {
    write(text);
    daemon.emplace(start());
    ASSERT_TRUE(eventually(kPatience, [&] { return both_in_service(); })) << daemon->output();
  }
  [[nodiscard]] Output lbctl(const Argv& words) const {
    Argv argv{program("lbctl")};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--runtime-dir", directory / "run"});
    return lb1.run(argv);
  }
  // Of web1 and web3, as ipvsadm saves it; -1: not there.
  [[nodiscard]] int weight(const std::string& real) const {
    const auto text = table();
    const auto at = text.find("-r " + real + ":8080");
    if (at == std::string::npos) return -1;
    return std::stoi(text.substr(text.find("-w ", at) + 3));
  }
  [[nodiscard]] bool weighs(const std::string& real, int wanted) const {
    return eventually(kPatience, [&] { return weight(real) == wanted; });
  }

  std::optional<Process> daemon;
};

TEST_F(NetdPoolsLab, ALongDownloadIsNotCutByADraining) {
  const Process web1{network.host("web1"), {"python3", "-c", kServer}};
  const Process web3{network.host("web3"), {"python3", "-c", kServer}};
  begin(file());
  ASSERT_EQ(lbctl({"disable", "web3"}).status, 0);
  ASSERT_TRUE(weighs(address::kWeb3, -1)) << table();
  Process client{network.host("client"), {"python3", "-c", kDownload}};
  ASSERT_TRUE(
      eventually(kPatience, [&] { return lbctl({"show"}).text.find("masquerade") != std::string::npos; }));
  const auto connected = [&] {
    return lb1.check({"ipvsadm", "-Lnc"}).find("ESTABLISHED") != std::string::npos;
  };
  ASSERT_TRUE(eventually(kPatience, connected)) << lb1.check({"ipvsadm", "-Lnc"});
  ASSERT_EQ(lbctl({"enable", "web3"}).status, 0);
  ASSERT_EQ(lbctl({"drain", "web1"}).status, 0);
  EXPECT_EQ(weight(address::kWeb1), 0);
  EXPECT_TRUE(eventually(kPatience, [&] {
    return lbctl({"why", "web1"}).text.find("draining: 1 active") != std::string::npos;
  })) << lbctl({"why", "web1"}).text;
  EXPECT_EQ(client.wait(60s), 0);
  EXPECT_EQ(client.output(), network.host("client").check({"python3", "-c", kWhole}));
  EXPECT_EQ(lbctl({"drain", "web1", "--within", "5s", "--wait"}).status, 0);
  EXPECT_EQ(weight(address::kWeb1), -1) << table();
  EXPECT_THAT(lbctl({"why", "web1"}).text, HasSubstr("web1 198.51.100.21:8080: out: drained"));
}

TEST_F(NetdPoolsLab, WhatWasDisabledByHandStaysSoThroughReloadKillAndRestart) {
  const Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  begin(file());
  ASSERT_EQ(lbctl({"disable", "198.51.100.21"}).status, 0);
  EXPECT_EQ(weight(address::kWeb1), -1);
  ASSERT_EQ(ask({"reload"}).status, 0);
  daemon->kill();
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); }));
  EXPECT_EQ(lbctl({"wait-ready", "web", "--timeout", "20s"}).status, 0);
  EXPECT_EQ(weight(address::kWeb1), -1) << table();
  EXPECT_EQ(ask({"plan"}).status, 0) << ask({"plan"}).text;
  EXPECT_EQ(lbctl({"drain", "web7"}).status, 1);
  EXPECT_THAT(lbctl({"drain", "web7"}).text, HasSubstr("web7: no such real server; there are: web1, web3"));
  ASSERT_EQ(lbctl({"enable", "web1"}).status, 0);
  EXPECT_TRUE(weighs(address::kWeb1, 100));
  daemon.reset();
  EXPECT_EQ(lbctl({"drain", "web1"}).status, 1);
  ASSERT_EQ(ask({"apply"}).status, 0);
  EXPECT_EQ(weight(address::kWeb1), 100);
}

TEST_F(NetdPoolsLab, ARealServerThatComesBackStartsSlowly) {
  Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  begin(file());
  daemon.reset();
  begin(file("slow_start = \"60s\"\n"));  // what an earlier run had in is warm
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); }));
  web1.set(Backend::Behaviour::kRefusing);
  ASSERT_TRUE(weighs(address::kWeb1, -1)) << daemon->output();
  web1.set(Backend::Behaviour::kAnswering);
  ASSERT_TRUE(eventually(kPatience, [&] { return weight(address::kWeb1) > 0; })) << daemon->output();
  EXPECT_LT(weight(address::kWeb1), 60);
  EXPECT_EQ(weight(address::kWeb3), 100);
  EXPECT_THAT(lbctl({"why", "web1"}).text, HasSubstr("of 100: slow start, full in "));
  // Who plans beside it plans the same; between its two looks there may be a step.
  EXPECT_TRUE(eventually(kPatience, [&] {
    return ask({"plan"}).status == 0 && weight(address::kWeb1) < 100;
  })) << ask({"plan"}).text;
  const auto before = weight(address::kWeb1);
  EXPECT_TRUE(eventually(kPatience, [&] { return weight(address::kWeb1) > before; })) << daemon->output();
  write(file());
  ASSERT_EQ(ask({"reload"}).status, 0);
  EXPECT_TRUE(weighs(address::kWeb1, 100)) << daemon->output();
}

TEST_F(NetdPoolsLab, ASorryServerAnswersWhereNoneIsLeft) {
  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  const Backend sorry{network.host("web2"), 8080};
  begin(file("", "[[pool.web.sorry]]\nname = \"sorry\"\naddress = \"198.51.100.22\"\nport = 8080\n"));
  EXPECT_EQ(weight(address::kWeb2), -1);
  web1.set(Backend::Behaviour::kRefusing);
  web3.set(Backend::Behaviour::kFailing);
  ASSERT_TRUE(weighs(address::kWeb2, 1)) << daemon->output();
  EXPECT_THAT(daemon->output(), HasSubstr("the quorum of 1 is lost: sorry servers answer"));
  EXPECT_EQ(network.host("client").check({"curl", "-sf", "--max-time", "10", "http://192.0.2.100/"}),
            "web2\n");
  EXPECT_EQ(ask({"status"}).status, 3);
  web3.set(Backend::Behaviour::kAnswering);
  ASSERT_TRUE(weighs(address::kWeb2, -1)) << daemon->output();
  EXPECT_EQ(weight(address::kWeb3), 100);
}

TEST_F(NetdPoolsLab, InPanicTheLastGoodOnesStay) {
  Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  begin(file("panic_threshold = 60\n"));
  web1.set(Backend::Behaviour::kFailing);
  ASSERT_TRUE(eventually(kPatience, [&] {
    return has_said(*daemon, "fewer than 60% of the real servers are up");
  })) << daemon->output();
  EXPECT_TRUE(both_in_service()) << table();
  web1.set(Backend::Behaviour::kAnswering);
  EXPECT_TRUE(
      eventually(kPatience, [&] { return has_said(*daemon, "60% of the real servers are up again"); }));
}

TEST_F(NetdPoolsLab, ACheckerWhoseOwnLinkIsDownDoesNotEmptyThem) {
  const Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  begin(file());
  network.pull("lb1", "eth0");
  ASSERT_TRUE(eventually(kPatience, [&] {
    return has_said(*daemon, "nothing that is probed answers this host");
  })) << daemon->output();
  std::this_thread::sleep_for(3s);
  EXPECT_TRUE(both_in_service()) << daemon->output();
  network.plug("lb1", "eth0");
  EXPECT_TRUE(eventually(kPatience, [&] { return has_said(*daemon, "probes: answered again"); }))
      << daemon->output();
  EXPECT_TRUE(both_in_service()) << daemon->output();
}

// The clients of a server of weight 0 get nothing from ip_vs_mh unless its fallback flag is set.
TEST_F(NetdPoolsLab, UnderAHashTheClientsOfADrainedServerAreServed) {
  const Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  auto text = replaced(file(), "\"wlc\"", "\"sh\"");
  begin(text);
  const auto ask_once = [&] {
    return network.host("client").run({"curl", "-sf", "--max-time", "10", "http://192.0.2.100/"}).text;
  };
  const auto chosen = ask_once();
  ASSERT_THAT(chosen, testing::AnyOf("web1\n", "web3\n"));
  // A connection that lasts keeps it at weight 0.
  const Process lasting{
      network.host("client"),
      {"python3", "-c",
       "import socket,time\ns=socket.create_connection(('192.0.2.100',80))\ntime.sleep(60)"}};
  ASSERT_TRUE(eventually(kPatience, [&] {
    return lb1.check({"ipvsadm", "-Lnc"}).find("ESTABLISHED") != std::string::npos;
  }));
  ASSERT_EQ(lbctl({"drain", chosen.substr(0, 4)}).status, 0);
  EXPECT_THAT(table(), HasSubstr("sh-fallback"));
  const auto other = ask_once();
  EXPECT_THAT(other, testing::AnyOf("web1\n", "web3\n"));
  EXPECT_NE(other, chosen);
  ASSERT_EQ(lbctl({"enable", chosen.substr(0, 4)}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] { return table().find("sh-fallback") == std::string::npos; }))
      << table();
  EXPECT_EQ(ask_once(), chosen);
}

// expire_nodest_conn: a client that sends from one port, faster than its connection gets old.
TEST_F(NetdPoolsLab, AUdpClientLeavesAServerThatIsOut) {
  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  begin(replaced(file(), "\"tcp 192.0.2.100:80\"", "\"udp 192.0.2.100:80\""));
  EXPECT_TRUE(eventually(kPatience, [&] {
    return lb1.check({"sysctl", "-n", "net.ipv4.vs.expire_nodest_conn"}) == "1\n";
  }));
  const Process client{
      network.host("client"),
      {"python3", "-uc",
       "import socket,time\n"
       "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.bind(('',5555)); s.settimeout(1)\n"
       "while True:\n"
       "  s.sendto(b'x',('192.0.2.100',80))\n"
       "  try: print(s.recv(99).decode().split()[-1])\n"
       "  except OSError: print('-')\n"
       "  time.sleep(0.2)\n"}};
  const auto last_line = [&] {
    auto text = client.output();
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  };
  const auto is_served = [&] { return last_line().starts_with("web"); };
  ASSERT_TRUE(eventually(kPatience, is_served)) << client.output();
  const auto first = last_line();
  (first == "web1" ? web1 : web3).set(Backend::Behaviour::kRefusing);
  ASSERT_TRUE(weighs(first == "web1" ? address::kWeb1 : address::kWeb3, -1)) << daemon->output();
  EXPECT_TRUE(eventually(kPatience, [&] { return is_served() && last_line() != first; })) << client.output();
  write(file());  // no UDP any more: as it was before us
  ASSERT_EQ(ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] {
    return lb1.check({"sysctl", "-n", "net.ipv4.vs.expire_nodest_conn"}) == "0\n";
  })) << daemon->output();
}

// expire_quiescent_template: else persistence leads its clients' new connections to one of weight 0.
TEST_F(NetdPoolsLab, APersistentClientLeavesAServerThatIsQuiesced) {
  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  begin(replaced(file("on_failure = \"quiesce\"\n"), "scheduler = \"wlc\"", "persistence = \"5m\""));
  const auto ask_once = [&] {
    return network.host("client").run({"curl", "-s", "--max-time", "10", "http://192.0.2.100/"}).text;
  };
  const auto first = ask_once();
  ASSERT_THAT(first, testing::AnyOf("web1\n", "web3\n"));
  EXPECT_EQ(ask_once(), first);
  (first == "web1\n" ? web1 : web3).set(Backend::Behaviour::kFailing);
  ASSERT_TRUE(weighs(first == "web1\n" ? address::kWeb1 : address::kWeb3, 0)) << daemon->output();
  EXPECT_EQ(ask_once(), first == "web1\n" ? "web3\n" : "web1\n");
}

// Timeouts and sync daemons are the file's, repaired when somebody changes them, and given back.
TEST_F(NetdPoolsLab, WhatIpvsHasOnceIsAsTheFileSays) {
  const Backend web1{network.host("web1"), 8080};
  const Backend web3{network.host("web3"), 8080};
  begin(file("", "[ipvs]\ntimeouts = { udp = \"30s\" }\nsync = { interface = \"eth0\", id = 7 }\n"));
  const auto timeouts = [&] { return lb1.check({"ipvsadm", "-L", "--timeout"}); };
  const auto daemons = [&] { return lb1.check({"ipvsadm", "-L", "--daemon"}); };
  EXPECT_TRUE(eventually(kPatience, [&] { return timeouts().find("900 120 30") != std::string::npos; }))
      << timeouts();
  EXPECT_THAT(daemons(), testing::AllOf(HasSubstr("master sync daemon (mcast=eth0, syncid=7"),
                                        HasSubstr("backup sync daemon (mcast=eth0, syncid=7")));
  EXPECT_EQ(ask({"plan"}).status, 0) << ask({"plan"}).text;
  lb1.check({"ipvsadm", "--set", "60", "0", "0"});
  EXPECT_TRUE(eventually(kPatience, [&] { return ask({"plan"}).status == 0; }));
  lb1.check({"ipvsadm", "--stop-daemon", "master"});
  EXPECT_TRUE(eventually(kPatience, [&] { return daemons().find("master") != std::string::npos; }))
      << daemon->output();
  daemon->kill();
  write(file());
  ASSERT_EQ(ask({"apply"}).status, 0) << "whoever comes next gives it back";
  EXPECT_THAT(timeouts(), HasSubstr("60 120 300")) << "what somebody else set stays";
  EXPECT_EQ(daemons(), "");
}

}  // namespace
}  // namespace hawser::lab
