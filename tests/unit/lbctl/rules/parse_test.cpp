// ipvsadm's rules as values: every option, both ways of writing it, and what is wrong with the rest.
#include "lbctl/rules/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/rules/options.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const ServiceKey kWeb = *ServiceKey::parse("tcp 192.0.2.100:80");
const Endpoint kReal = *Endpoint::parse("198.51.100.21:80");

RuleNames some_names() {
  return {[](const std::string& name) -> std::optional<IpAddress> {
            if (name == "web.example") return IpAddress::v4(192, 0, 2, 100);
            return std::nullopt;
          },
          [](const std::string& name, Transport transport) -> std::optional<std::uint16_t> {
            if (name == "http" && transport == Transport::kTcp) return std::uint16_t{80};
            return std::nullopt;
          }};
}

RuleAction action(std::string_view line) {
  auto rule = parse_rule(line, some_names());
  EXPECT_TRUE(rule && *rule) << line << ": " << (rule ? "nothing" : rule.error().text);
  return rule && *rule ? **rule : RuleAction{ClearTable{}};
}

std::string wrong(std::string_view line) {
  const auto rule = parse_rule(line, some_names());
  return rule ? "accepted" : rule.error().text;
}

Service service(std::string scheduler = "wlc", std::uint32_t flags = 0, std::uint32_t timeout = 0,
                std::uint32_t netmask = 32, std::string engine = {}) {
  return {std::move(scheduler), flags, timeout, netmask, std::move(engine), {}};
}

TEST(Rules, ReadsAServiceInShortAndInLongWords) {
  EXPECT_EQ(action("-A -t 192.0.2.100:80"), RuleAction(AddService{kWeb, service()}));
  const RuleAction whole(AddService{kWeb, service("sh", 0x1 | 0x8 | 0x10, 600, 24)});
  EXPECT_EQ(action("-A -t 192.0.2.100:80 -s sh -p 600 -M 255.255.255.0 -b sh-fallback,sh-port"), whole);
  EXPECT_EQ(action("ipvsadm --add-service --tcp-service=192.0.2.100:80 --scheduler sh --persistent 600 "
                   "--netmask 255.255.255.0 --sched-flags sh-port,sh-fallback"),
            whole);
  EXPECT_EQ(action("\t-At 192.0.2.100:80 -ssh -p600  -M255.255.255.0 -b sh-fallback,flag-2\r"), whole);
}

TEST(Rules, ReadsWhatIpvsadmSavesOfAHashWithItsThirdFlagAlone) {
  EXPECT_EQ(action("-A -t 192.0.2.100:80 -s sh -p 600 -b "),
            RuleAction(AddService{kWeb, service("sh", 0x1 | 0x20, 600)}));
  EXPECT_EQ(action("-A -t 192.0.2.100:80 -s mh -b"), RuleAction(AddService{kWeb, service("mh", 0x20)}));
}

TEST(Rules, ReadsEveryKindOfService) {
  const auto key = [](std::string_view line) { return std::get<DeleteService>(action(line)).key; };
  EXPECT_EQ(to_string(key("-D -u 192.0.2.100:53")), "udp 192.0.2.100:53");
  EXPECT_EQ(to_string(key("-D --sctp-service 192.0.2.100:99")), "sctp 192.0.2.100:99");
  EXPECT_EQ(to_string(key("-D -t [2001:db8::100]:80")), "tcp [2001:db8::100]:80");
  EXPECT_EQ(to_string(key("-D -t 2001:db8::100")), "tcp [2001:db8::100]:0");
  EXPECT_EQ(to_string(key("-D -f 7")), "fwmark 7");
  EXPECT_EQ(to_string(key("-D -f 4294967295 -6")), "fwmark6 4294967295");
  EXPECT_EQ(to_string(key("-D -f -1")), "fwmark 4294967295");
  EXPECT_EQ(to_string(key("-D -f -2147483648")), "fwmark 2147483648");
  EXPECT_EQ(to_string(key("-D -t web.example:http")), "tcp 192.0.2.100:80");
}

TEST(Rules, KnowsWhatIsMeantWhereNothingIsSaid) {
  EXPECT_EQ(action("-A -t 192.0.2.100 -p"),
            RuleAction(AddService{*ServiceKey::parse("tcp 192.0.2.100:0"), service("wlc", 0x1, 360)}));
  EXPECT_EQ(action("-A -t 192.0.2.100:80 -p -s rr"), RuleAction(AddService{kWeb, service("rr", 0x1, 360)}));
  EXPECT_EQ(action("-A -f 7 -6 -M 64 -p 5"),
            RuleAction(AddService{*ServiceKey::parse("fwmark6 7"), service("wlc", 0x1, 5, 64)}));
  EXPECT_EQ(action("-a -t 192.0.2.100:80 -r 198.51.100.21"),
            RuleAction(AddReal{kWeb, kReal, {Forwarding::kDirect, 1, 0, 0, {}}}));
  EXPECT_EQ(action("--start-daemon master"),
            RuleAction(StartSync{SyncRole::kMaster, {"eth0", 0, 0, IpAddress::v4(224, 0, 0, 81), 8848, 1}}));
}

TEST(Rules, ReadsOnePacketAndAnEngine) {
  const auto key = *ServiceKey::parse("udp 192.0.2.100:5060");
  EXPECT_EQ(action("-E -u 192.0.2.100:5060 -p 60 --pe sip -o"),
            RuleAction(EditService{key, {}, service("wlc", 0x1 | 0x4, 60, 32, "sip")}));
}

TEST(Rules, ReadsRealServersOfEveryForwarding) {
  const auto server = [](const std::string& rest) {
    return std::get<AddReal>(action("-a -t 192.0.2.100:80 -r 198.51.100.21:80 " + rest)).server;
  };
  EXPECT_EQ(server("-m -w 0 -x 20 -y 10"), (RealServer{Forwarding::kMasquerade, 0, 20, 10, {}}));
  EXPECT_EQ(server("--gatewaying --weight=70000"), (RealServer{Forwarding::kDirect, 70000, 0, 0, {}}));
  EXPECT_EQ(server("-i"), (RealServer{Forwarding::kTunnel, 1, 0, 0, {}}));
  EXPECT_EQ(server("-i --tun-type gue --tun-port 6080 --tun-remcsum"),
            (RealServer{Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGue, 6080, 2}}));
  EXPECT_EQ(server("--ipip --tun-type gre --tun-csum"),
            (RealServer{Forwarding::kTunnel, 1, 0, 0, {TunnelType::kGre, 0, 1}}));
  EXPECT_EQ(action("-e -t 192.0.2.100:80 -r 198.51.100.21:8080 -m -w 5"),
            RuleAction(EditReal{
                kWeb, *Endpoint::parse("198.51.100.21:8080"), {}, {Forwarding::kMasquerade, 5, 0, 0, {}}}));
  EXPECT_EQ(action("-d -t 192.0.2.100:80 -r 198.51.100.21"), RuleAction(DeleteReal{kWeb, kReal}));
  EXPECT_EQ(
      action("-a -t 192.0.2.100:80 -r [2001:db8:1::21]:80 -i"),
      RuleAction(AddReal{kWeb, *Endpoint::parse("[2001:db8:1::21]:80"), {Forwarding::kTunnel, 1, 0, 0, {}}}));
}

TEST(Rules, ReadsWhatIpvsHasOnce) {
  EXPECT_EQ(action("--set 900 0 300"), RuleAction(SetIpvsTimeouts{{}, {900, 0, 300}}));
  EXPECT_EQ(
      action("--start-daemon backup --syncid 7 --sync-maxlen 1400 --mcast-interface bond0 --mcast-group "
             "ff02::81 --mcast-port 9000 --mcast-ttl 2"),
      RuleAction(StartSync{SyncRole::kBackup, {"bond0", 7, 1400, *IpAddress::parse("ff02::81"), 9000, 2}}));
  EXPECT_EQ(action("--stop-daemon master --syncid 7"), RuleAction(StopSync{SyncRole::kMaster}));
  EXPECT_EQ(action("-C"), RuleAction(ClearTable{}));
  EXPECT_EQ(action("-Z"), RuleAction(ZeroCounters{}));
  EXPECT_EQ(action("--zero -t 192.0.2.100:80"), RuleAction(ZeroCounters{kWeb}));
}

TEST(Rules, NamesWhatIsWrongWithALine) {
  for (const auto& [line, part] : std::vector<std::pair<std::string, std::string>>{
           {"192.0.2.1", "a command comes first"},
           {"-t 192.0.2.1:80 -A", "a command comes first"},
           {"-A -q", "-q: no such option"},
           {"-A --tcp", "--tcp: no such option"},
           {"-A", "which service"},
           {"-A -t", "-t: needs a value"},
           {"-A -D -t 192.0.2.1:80", "-D: a second command"},
           {"-A -t 192.0.2.1:80 -u 192.0.2.1:80", "-u: given twice"},
           {"-A -t 192.0.2.1:80 -s rr -s rr", "-s: given twice"},
           {"-A -t 192.0.2.1:80 -r 192.0.2.2", "-r: does not belong to --add-service"},
           {"-A -t 192.0.2.1:80 -n", "-n: does not belong"},
           {"-A -t 192.0.2.1:80 rest", "\"rest\" belongs to no option"},
           {"-A -t 192.0.2.1:80 --ops=1", "--ops: takes no value"},
           {"-A -t 192.0.2.1", "needs -p"},
           {"-A -t 192.0.2.1:65536", "\"65536\" is neither a port"},
           {"-A -t [2001:db8::1]", "needs its port"},
           {"-A -t 192.0.2.300:80", "is not an address"},
           {"-A -t 80", "is not an address"},
           {"-A -t nowhere.example:80", "is not an address"},
           {"-A -f 0", "is not a number from 1"},
           {"-A -f -2147483649", "is not a mark"},
           {"-A -6 -f 7", "-6: must come after -f"},
           {"-A -t 192.0.2.1:80 -6", "-6: must come after -f"},
           {"-A -t 192.0.2.1:80 -p 2678401", "from 1 to 2678400"},
           {"-A -t 192.0.2.1:80 -p 0", "from 1 to 2678400"},
           {"-A -t 192.0.2.1:80 -M 255.0.255.0", "is not a mask"},
           {"-A -t [2001:db8::1]:80 -M 129", "from 1 to 128"},
           {"-A -t 192.0.2.1:80 -o", "--ops: only udp"},
           {"-A -t 192.0.2.1:80 -s mh -b sh-port", "is a flag of sh, not of mh"},
           {"-A -t 192.0.2.1:80 -b best", "is not a flag"},
           {"-A -t 192.0.2.1:80 -s rr -b", "-b: needs a value"},
           {"-A -t 192.0.2.1:80 -s abcdefghijklmnop", "is not a name of 1 to 15"},
           {"-a -t 192.0.2.1:80", "which real server"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -m -g", "-g: given twice"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -w -1", "is not a number from 0"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2:8080 -g", "port 8080 must be the service's, 80"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 --tun-type gre", "belongs to -i"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-type gue", "gue needs it"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-type gre --tun-port 5", "only gue has it"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-type gre --tun-remcsum", "only gue has it"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-csum", "ipip has no checksum"},
           {"-a -t 192.0.2.1:80 -r 192.0.2.2 -i --tun-type l2tp", "is not ipip, gue or gre"},
           {"-d -t 192.0.2.1:80 -r 192.0.2.2 -w 1", "-w: does not belong to --delete-server"},
           {"--set 1 2", "takes three timeouts"},
           {"--set 1 2 x", "is not a number from 0"},
           {"--start-daemon both", "neither master nor backup"},
           {"--start-daemon master --mcast-group 192.0.2.1", "is not a multicast address"},
           {"--start-daemon master --syncid 256", "from 0 to 255"},
           {"-L -n", "-L: changes nothing"},
           {"-R", "-R: rules cannot be read from rules"}})
    EXPECT_THAT(wrong(line), HasSubstr(part)) << line;
}

TEST(Rules, ListsEveryBadLineWithItsNumberAndReadsTheOthers) {
  const auto parsed = parse_rules("# saved\n\n-A -t 192.0.2.100:80\n-A -q\n  ipvsadm -C\nfoo\n", no_names());
  EXPECT_THAT(parsed.rules, ElementsAre(Rule{3, AddService{kWeb, service()}}, Rule{5, ClearTable{}}));
  EXPECT_THAT(parsed.problems, ElementsAre(RuleProblem{4, "-q: no such option", false},
                                           RuleProblem{6, "a command comes first, such as -A or -a", false}));
}

TEST(RuleOptions, AreTakenAsPoptTakesThem) {
  const std::vector<std::string_view> words{"-An", "-w5", "--weight=6", "-p", "-o", "-p", "7", "-", "--"};
  const auto given = read_options(words);
  ASSERT_TRUE(given) << given.error().text;
  std::string text;
  for (const auto& [option, name, value, has_value] : given->options)
    text += fmt::format("{}{}{} ", name, has_value ? "=" : "", value);
  EXPECT_EQ(text, "-A -n -w=5 --weight=6 -p -o -p=7 ");
  EXPECT_THAT(given->leftover, ElementsAre("-", "--"));
}

}  // namespace
}  // namespace hawser::lbctl
