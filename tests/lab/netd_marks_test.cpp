// Port ranges and many addresses as one service: nftables marks, IPVS balances; judged by what clients get.
#include <set>

#include "tests/lab/netd_lab.h"
#include "tests/support/client.h"

namespace hawser::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kRange = R"(format = 1

[check.site]
type = "tcp"
port = 8010
interval = "1s"
timeout = "1s"

[pool.web]
checks = ["site"]
[[pool.web.real]]
name = "web1"
address = "198.51.100.21"
[[pool.web.real]]
name = "web3"
address = "198.51.100.23"

[service.web]
virtual = ["tcp 192.0.2.100:8000-8099"]
pool = "web"
scheduler = "rr"
)";

class NetdMarksLab : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    lb1.ip({"link set lo up", "link set eth0 up", "address add 192.0.2.11/24 dev eth0",
            "address add 192.0.2.100/32 dev eth0", "address add 198.51.100.1/24 dev eth0"});
    lb1.check({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
  }
  void begin(const std::string& text) {
    write(text);
    daemon.emplace(start());
    ASSERT_TRUE(eventually(kPatience, [&] { return both_in(); })) << daemon->output() << table();
  }
  [[nodiscard]] bool both_in() const {
    const auto text = table();
    return text.find(std::string("-r ") + address::kWeb1) != std::string::npos &&
           text.find(std::string("-r ") + address::kWeb3) != std::string::npos && !ruleset().empty();
  }
  [[nodiscard]] std::string ruleset(const char* more = "-nn") const {
    return lb1.check({"nft", more, "list", "ruleset"});
  }
  // Who answers there, of eight requests; "" for one that nobody answers.
  [[nodiscard]] static std::set<std::string> who_answers(const Namespace& from, const std::string& at) {
    std::set<std::string> names;
    for (int i = 0; i < 8; ++i)
      names.insert(from.run({"curl", "-s", "--max-time", "10", "http://" + at + "/"}).text);
    return names;
  }
  [[nodiscard]] std::size_t times_said(const std::string& text) const {
    std::size_t times = 0;
    const auto output = daemon->output();
    for (auto at = output.find(text); at != std::string::npos; at = output.find(text, at + 1)) ++times;
    return times;
  }

  const Namespace& client = network.host("client");
  Backend web1_low{network.host("web1"), 8010}, web1_high{network.host("web1"), 8099};
  Backend web3_low{network.host("web3"), 8010}, web3_high{network.host("web3"), 8099};
  Backend web1_beyond{network.host("web1"), 8100};
  std::optional<Process> daemon;
};

TEST_F(NetdMarksLab, APortRangeIsBalancedAtThePortThatTheClientChose) {
  write(kRange);
  EXPECT_THAT(ask({"plan"}).text, HasSubstr(" of web: tcp 192.0.2.100 port 8000-8099"));
  begin(kRange);
  const auto both = who_answers(client, "192.0.2.100:8010");
  EXPECT_EQ(both.size(), 2U) << testing::PrintToString(both);
  EXPECT_EQ(both.count(""), 0U);
  EXPECT_EQ(who_answers(client, "192.0.2.100:8099"), both);
  EXPECT_THAT(who_answers(client, "192.0.2.100:8100"), ElementsAre("")) << "beyond the range";
  EXPECT_EQ(who_answers(lb1, "192.0.2.100:8099"), both) << "what is sent here is balanced as well";
  EXPECT_THAT(ruleset("-p"), HasSubstr(" . 192.0.2.100 . 8000-8099 comment \"web\" : 0x10"));
  EXPECT_EQ(ask({"plan"}).status, 0) << ask({"plan"}).text;
}

TEST_F(NetdMarksLab, TheTableComesBackWhileTrafficFlowsWhenTheRulesetIsFlushed) {
  begin(kRange);
  const auto before = ruleset();
  Client traffic(client, {.protocol = Client::Protocol::kHttp,
                          .address = "192.0.2.100",
                          .port = 8099,
                          .path = "/",
                          .every = 50ms,
                          .timeout = 5s});
  ASSERT_TRUE(eventually(kPatience, [&] { return traffic.answered_in_a_row(20, {}); }));
  lb1.check({"nft", "flush", "ruleset"});
  ASSERT_TRUE(eventually(kPatience, [&] { return ruleset() == before; })) << ruleset() << daemon->output();
  const auto back = Clock::now();
  EXPECT_TRUE(eventually(kPatience, [&] { return traffic.answered_in_a_row(40, back); }));
  traffic.stop();
  EXPECT_EQ(times_said("removed by somebody else"), 1U) << daemon->output();
  lb1.check({"nft", "add", "rule", "inet", "hawser", "output", "counter"});
  EXPECT_TRUE(eventually(kPatience, [&] { return ruleset() == before; })) << ruleset();
}

TEST_F(NetdMarksLab, IsLeftAloneByTheNextProcessAndGoesWithItsService) {
  lb1.check({"nft", "add", "table", "inet", "mine"});
  begin(kRange);
  const auto before = ruleset("-a");
  daemon->kill();
  daemon.emplace(start());
  ASSERT_TRUE(eventually(kPatience, [&] { return is_ready(); })) << daemon->output();
  EXPECT_EQ(ruleset("-a"), before) << "with the kernel's own numbers of all that is in it";
  EXPECT_THAT(daemon->output(), Not(HasSubstr("nftables")));
  write(replaced(kRange, "192.0.2.100:8000-8099", "192.0.2.100:8010"));
  ASSERT_EQ(ask({"reload"}).status, 0);
  EXPECT_TRUE(eventually(kPatience, [&] { return ruleset().find("hawser") == std::string::npos; }))
      << ruleset();
  EXPECT_THAT(ruleset(), HasSubstr("table inet mine"));
  EXPECT_THAT(table(), Not(HasSubstr("-f ")));
  EXPECT_TRUE(eventually(kPatience, [&] { return !who_answers(client, "192.0.2.100:8010").contains(""); }));
}

TEST_F(NetdMarksLab, NineAddressesAreOneServiceByMark) {
  std::string addresses;
  for (int i = 101; i <= 109; ++i) {
    addresses += fmt::format("{}\"192.0.2.{}\"", i == 101 ? "" : ", ", i);
    lb1.ip({fmt::format("address add 192.0.2.{}/32 dev eth0", i)});
  }
  begin(replaced(kRange, "tcp 192.0.2.100:8000-8099", "tcp @many:8010") +
        "[vip.many]\ninterface = \"eth0\"\nvirtual_router_id = 51\naddresses = [" + addresses + "]\n");
  const auto services = table();
  EXPECT_EQ(services.find("-A -f "), services.rfind("-A ")) << services;
  EXPECT_THAT(services, HasSubstr("-r 198.51.100.21:8010"));
  for (const auto* address : {"192.0.2.101:8010", "192.0.2.105:8010", "192.0.2.109:8010"})
    EXPECT_EQ(who_answers(client, address).count(""), 0U) << address;
  EXPECT_THAT(daemon->output(), HasSubstr(" of web: tcp 192.0.2.101-192.0.2.109 port 8010"));
}

TEST_F(NetdMarksLab, ApplyMakesAndRemovesItWithoutADaemon) {
  write(kRange);
  const auto made = ask({"apply"});
  EXPECT_EQ(made.status, 0) << made.text;
  EXPECT_TRUE(both_in()) << table() << ruleset();
  write(replaced(kRange, "192.0.2.100:8000-8099", "192.0.2.100:8010"));
  EXPECT_THAT(ask({"plan"}).text, HasSubstr("nftables inet hawser: delete table"));
  EXPECT_EQ(ask({"apply"}).status, 0);
  EXPECT_EQ(ruleset(), "");
}

}  // namespace
}  // namespace hawser::lab
