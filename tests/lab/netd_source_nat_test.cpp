// source_nat: real servers whose way back to the client does not lead through the load balancer; judged by
// what clients get, and by the address that the real server saw.
#include "tests/lab/netd_lab.h"
#include "tests/support/client.h"
#include "tests/support/conversation.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;
using testing::Not;

// Tells each client by which address it came, over both families.
constexpr const char* kServer = R"(
import http.server, socket
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.client_address[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", 8080), Handler).serve_forever()
)";

const std::string kHidden = R"(format = 1
[check.site]
type = "tcp"
interval = "1s"
timeout = "1s"

[pool.web]
checks = ["site"]
source_nat = true
[[pool.web.real]]
name = "web1"
addresses = ["198.51.100.21", "2001:db8:1::21"]
port = 8080

[service.web]
virtual = ["tcp 192.0.2.100:80", "tcp [2001:db8::100]:80", "tcp 192.0.2.100:8000-8099"]
pool = "web"
)";

const std::string kSeen = replaced(kHidden, "source_nat = true\n", "");

class NetdSourceNatLab : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    lb1.ip({"link set lo up", "link set eth0 up", "address add 192.0.2.11/24 dev eth0",
            "address add 192.0.2.100/32 dev eth0", "address add 198.51.100.1/24 dev eth0",
            "address add 2001:db8::11/64 dev eth0 nodad", "address add 2001:db8::100/128 dev eth0 nodad",
            "address add 2001:db8:1::1/64 dev eth0 nodad"});
    lb1.sysctl("net.ipv4.ip_forward", "1");
    lb1.sysctl("net.ipv6.conf.all.forwarding", "1");
    client.ip({"address add 2001:db8::2/64 dev eth0 nodad"});
    // Nobody brings an answer from here to the clients' network.
    web1.ip({"route del default", "address add 2001:db8:1::21/64 dev eth0 nodad"});
    server.emplace(web1, Argv{"python3", "-c", kServer});
  }
  void begin(const std::string& text) {
    write(text);
    daemon.emplace(start());
    ASSERT_TRUE(eventually(kPatience, [&] { return all_in_service(); })) << daemon->output() << table();
  }
  // All three virtual services of web have their real server.
  [[nodiscard]] bool all_in_service() const {
    std::size_t servers = 0;
    const auto text = table();
    for (auto at = text.find(":8080 "); at != std::string::npos; at = text.find(":8080 ", at + 1)) ++servers;
    return servers == 3;
  }
  // The address that the real server saw; "" without an answer.
  [[nodiscard]] static std::string seen_from(const Namespace& from, const std::string& at) {
    return from.run({"curl", "-s", "--max-time", "5", "http://" + at + "/"}).text;
  }
  [[nodiscard]] std::string ruleset() const { return lb1.check({"nft", "list", "ruleset"}); }
  [[nodiscard]] std::string tracking() const { return lb1.check({"sysctl", "-n", "net.ipv4.vs.conntrack"}); }
  void reload(const std::string& text) const {
    write(text);
    const auto reloaded = ask({"reload"});
    ASSERT_EQ(reloaded.status, 0) << reloaded.text;
  }

  const Namespace& client = network.host("client");
  const Namespace& web1 = network.host("web1");
  std::optional<Process> server, daemon;
};

constexpr const char* kOfLb1 = "::ffff:198.51.100.1";

TEST_F(NetdSourceNatLab, AnswersComeBackFromAServerWithAnotherWayOut) {
  begin(kSeen);
  EXPECT_EQ(seen_from(client, "192.0.2.100:80"), "") << "the answer has no way to the client";
  EXPECT_EQ(tracking(), "0\n");
  reload(kHidden);
  ASSERT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }))
      << daemon->output() << ruleset();
  EXPECT_EQ(seen_from(client, "192.0.2.100:8042"), kOfLb1) << "of a range of ports";
  EXPECT_EQ(seen_from(client, "[2001:db8::100]:80"), "2001:db8:1::1");
  EXPECT_EQ(ask({"plan"}).status, 0) << ask({"plan"}).text;
  reload(kSeen);
  EXPECT_TRUE(eventually(kPatience, [&] { return ruleset().find("nat") == std::string::npos; })) << ruleset();
  EXPECT_TRUE(eventually(kPatience, [&] { return tracking() == "0\n"; })) << "as it was before us";
  EXPECT_THAT(ruleset(), HasSubstr("map marks4")) << "the range of ports still needs its marks";
}

// Trap 1 of LVS: a client in the real server's own subnet is answered past the load balancer.
TEST_F(NetdSourceNatLab, ClientsInTheSubnetOfTheServersAreServed) {
  const auto& neighbour = network.host("web2");
  begin(kSeen);
  EXPECT_EQ(seen_from(neighbour, "192.0.2.100:80"), "");
  reload(kHidden);
  EXPECT_TRUE(eventually(kPatience, [&] { return seen_from(neighbour, "192.0.2.100:80") == kOfLb1; }));
}

TEST_F(NetdSourceNatLab, WhatPassesThisHostOtherwiseKeepsItsAddress) {
  begin(kHidden);
  web1.ip({fmt::format("route add default via {}", address::kInner)});
  EXPECT_EQ(seen_from(client, "192.0.2.100:80"), kOfLb1);
  client.ip({"route add 198.51.100.0/24 via 192.0.2.11"});
  EXPECT_EQ(seen_from(client, "198.51.100.21:8080"), fmt::format("::ffff:{}", address::kClient));
}

TEST_F(NetdSourceNatLab, IsLeftAloneByTheNextProcessAndComesBackAfterAFlush) {
  begin(kHidden);
  ASSERT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }));
  const auto before = lb1.check({"nft", "-a", "list", "ruleset"});
  daemon->kill();
  EXPECT_EQ(seen_from(client, "192.0.2.100:80"), kOfLb1) << "needs no daemon";
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_EQ(lb1.check({"nft", "-a", "list", "ruleset"}), before);
  EXPECT_THAT(daemon->output(), Not(HasSubstr("nftables")));
  lb1.check({"nft", "flush", "ruleset"});
  lb1.sysctl("net.ipv4.vs.conntrack", "0");
  EXPECT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }))
      << daemon->output();
}

// A service of its own for a session, on the port of Conversation.
const std::string kSession = R"(
[service.session]
virtual = ["tcp 192.0.2.100:2222"]
source_nat = true
[[service.session.real]]
name = "session1"
address = "198.51.100.21"
)";

void expect_goes_on(Conversation& session) {
  const auto before = session.heard();
  EXPECT_TRUE(eventually(kPatience, [&] { return session.heard() > before + 20; }));
  const auto heard = session.end();
  EXPECT_EQ(heard.fault, "");
  EXPECT_EQ(heard.heard_by_client, heard.sent_to_client);
}

TEST_F(NetdSourceNatLab, ASessionGoesOnWhileOtherServicesComeAndGoAndNetdIsKilled) {
  begin(kSeen + kSession);
  ASSERT_TRUE(eventually(kPatience, [&] { return ruleset().find("session") != std::string::npos; }))
      << ruleset();
  Conversation session(client, web1, "192.0.2.100", 2222, address::kWeb1);
  reload(kHidden + kSession);
  ASSERT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }));
  reload(kSeen + kSession);
  ASSERT_TRUE(eventually(kPatience, [&] { return ruleset().find(". 80 comment") == std::string::npos; }));
  daemon->kill();
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  expect_goes_on(session);
}

// Switched on, it is for new connections: one that is there keeps its addresses.
TEST_F(NetdSourceNatLab, ASessionOfBeforeKeepsItsAddresses) {
  web1.ip({fmt::format("route add default via {}", address::kInner)});
  const auto seen = replaced(kSession, "source_nat = true\n", "");
  begin(kSeen + seen);
  ASSERT_TRUE(eventually(kPatience, [&] { return table().find(":2222 ") != std::string::npos; })) << table();
  Conversation session(client, web1, "192.0.2.100", 2222, address::kWeb1);
  reload(kHidden + kSession);
  ASSERT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }));
  expect_goes_on(session);
}

TEST_F(NetdSourceNatLab, DatagramsAreHiddenToo) {
  const Backend echo(web1, 5353);
  begin(kHidden + R"(
[service.name]
virtual = ["udp 192.0.2.100:53"]
source_nat = true
[[service.name.real]]
name = "name1"
address = "198.51.100.21"
port = 5353
)");
  Client traffic(client, {.protocol = Client::Protocol::kUdp,
                          .address = "192.0.2.100",
                          .port = 53,
                          .every = 100ms,
                          .timeout = 2s});
  EXPECT_TRUE(eventually(kPatience, [&] { return traffic.answered_in_a_row(10, {}); }))
      << ruleset() << table();
}

TEST_F(NetdSourceNatLab, WhatAnAdministratorHasSetStaysAfterwards) {
  lb1.sysctl("net.ipv4.vs.conntrack", "1");
  begin(kHidden);
  EXPECT_EQ(seen_from(client, "192.0.2.100:80"), kOfLb1);
  reload(kSeen);
  EXPECT_TRUE(eventually(kPatience, [&] { return ruleset().find("nat") == std::string::npos; })) << ruleset();
  EXPECT_EQ(tracking(), "1\n");
}

// nftables.service reads what somebody saved of it.
TEST_F(NetdSourceNatLab, ASavedRulesetIsReadAgainAndIsTheSameTable) {
  begin(kHidden);
  lb1.check(
      {"/bin/sh", "-c", "nft list ruleset > /tmp/saved.nft && nft flush ruleset && nft -f /tmp/saved.nft"});
  EXPECT_TRUE(eventually(kPatience, [&] { return seen_from(client, "192.0.2.100:80") == kOfLb1; }))
      << daemon->output();
  EXPECT_TRUE(eventually(kPatience, [&] { return ask({"plan"}).status == 0; })) << ask({"plan"}).text;
}

}  // namespace
}  // namespace hawser::lab
