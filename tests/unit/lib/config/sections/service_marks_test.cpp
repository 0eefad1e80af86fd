// Port ranges and many addresses: which mark they get, and what cannot be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/reconcile/nft.h"
#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A service with one real server at 198.51.100.21 and 2001:db8:1::21; `real` continues it.
std::string ranged(const std::string& name, const std::string& virtuals, const std::string& real = {}) {
  return "[service." + name + "]\nvirtual = [" + virtuals + "]\n[[service." + name +
         ".real]]\naddresses = [\"198.51.100.21\", \"2001:db8:1::21\"]\n" + real;
}

// `key` in the service.
std::string with(const std::string& key, std::string text) {
  return text.insert(text.find('\n') + 1, key + "\n");
}

std::string vip_of(int addresses) {
  std::string list;
  for (int i = 1; i <= addresses; ++i) list += fmt::format("{}\"192.0.2.{}\"", i == 1 ? "" : ", ", i);
  return "[vip.web]\ninterface = \"eth0\"\nvirtual_router_id = 1\naddresses = [" + list + "]\n";
}

Config good_config(const std::string& text) {
  auto loaded = load_text(text);
  EXPECT_THAT(lines(loaded), IsEmpty()) << text;
  return std::move(loaded.config);
}

const VirtualService& service_in(const Config& config, const std::string& name) {
  return config.services.at(name);
}

NftMarks marks_in(const Config& config) {
  const auto table = nft_of(lay_out(config));
  return table ? table->contents.marks : NftMarks{};
}

std::uint32_t mark_in(const Config& config, const std::string& name) {
  return service_in(config, name).keys.front().fwmark;
}

TEST(ServiceMarks, ARangeOfPortsIsOneServiceByMarkInEachFamily) {
  const auto config = good_config(ranged(
      "web", "\"tcp 192.0.2.1:8000-8099\", \"tcp [2001:db8::1]:8000-8099\", \"tcp 192.0.2.2:8000-8099\""));
  const auto& service = service_in(config, "web");
  ASSERT_THAT(service.keys, SizeIs(2));
  EXPECT_EQ(service.keys[0].transport, Transport::kFwmark);
  EXPECT_EQ(service.keys[0].family(), Family::kIpv4);
  EXPECT_EQ(service.keys[1].family(), Family::kIpv6);
  EXPECT_EQ(service.keys[0].fwmark, service.keys[1].fwmark);
  EXPECT_GE(service.keys[0].fwmark, 0x10000000U);
  EXPECT_LT(service.keys[0].fwmark, 0x11000000U);
  const NftMark mark{service.keys[0].fwmark, "web"};
  EXPECT_EQ(marks_in(config),
            (NftMarks{{{Transport::kTcp, *IpAddress::parse("192.0.2.1"), 8000, 8099}, mark},
                      {{Transport::kTcp, *IpAddress::parse("192.0.2.2"), 8000, 8099}, mark},
                      {{Transport::kTcp, *IpAddress::parse("2001:db8::1"), 8000, 8099}, mark}}));
}

NftNats nats_in(const Config& config) {
  const auto table = nft_of(lay_out(config));
  return table ? table->contents.nats : NftNats{};
}

// Service `name` of one virtual address, at a server of its own port 80.
std::string hidden(const std::string& name, const std::string& virtual_address, const std::string& more) {
  return fmt::format("[service.{0}]\nvirtual = [{1}]\n{2}[[service.{0}.real]]\naddress = \"198.51.100.21\"\n",
                     name, virtual_address, more);
}

TEST(SourceNat, IsForEveryAddressAndPortOfTheServicesThatWantIt) {
  const std::string wanted = "source_nat = true\n";
  auto text = hidden("web", "\"tcp 192.0.2.1:80\"", "") +
              hidden("dns", "\"udp 192.0.2.1:53\", \"udp [2001:db8::1]:53\"", wanted);
  text += "[[service.dns.real]]\naddress = \"2001:db8:1::21\"\n" +
          hidden("many", "\"tcp 192.0.2.2:8000-8099\"", wanted);
  const auto config = good_config(text);
  EXPECT_EQ(nats_in(config),
            (NftNats{{{Transport::kUdp, *IpAddress::parse("192.0.2.1"), 53, 53}, "dns"},
                     {{Transport::kUdp, *IpAddress::parse("2001:db8::1"), 53, 53}, "dns"},
                     {{Transport::kTcp, *IpAddress::parse("192.0.2.2"), 8000, 8099}, "many"}}));
  EXPECT_THAT(marks_in(config), SizeIs(1));
}

TEST(SourceNat, OfAnyPortLeavesThePortsOfOtherServicesOut) {
  const auto at = [](std::uint16_t first, std::uint16_t last) {
    return Marked{Transport::kTcp, *IpAddress::parse("192.0.2.1"), first, last};
  };
  const std::string any = "persistence = \"5m\"\nsource_nat = true\n";
  const auto config =
      good_config(hidden("rest", "\"tcp 192.0.2.1:0\"", any) + hidden("web", "\"tcp 192.0.2.1:80\"", "") +
                  hidden("tls", "\"tcp 192.0.2.1:81\"", "source_nat = true\n") +
                  hidden("many", "\"tcp 192.0.2.1:8000-65535\"", "") +
                  hidden("other", "\"tcp 192.0.2.2:90\", \"udp 192.0.2.1:90\"", ""));
  EXPECT_EQ(nats_in(config), (NftNats{{at(0, 79), "rest"}, {at(81, 81), "tls"}, {at(82, 7999), "rest"}}));
}

TEST(SourceNat, IsRefusedWhereItCannotBe) {
  const auto in_pool =
      load_text(hidden("web", "\"tcp 192.0.2.1:80\"", "forwarding = \"direct\"\nsource_nat = true\n"));
  EXPECT_THAT(lines(in_pool),
              Contains(HasSubstr("service.web.real[1].forwarding: must be \"masquerade\" in a pool "
                                 "with source_nat, not \"direct\"")));
  const auto by_mark = load_text(hidden("web", "\"fwmark 7\"", "source_nat = true\n"));
  EXPECT_THAT(lines(by_mark),
              Contains(HasSubstr("\"fwmark 7\" cannot have the pool's source_nat: netd does not know "
                                 "the addresses; write \"meta mark 7 masquerade\"")));
}

TEST(ServiceMarks, TheRealServerIsReachedAtThePortThatTheClientChose) {
  const auto layout = lay_out(good_config(ranged("web", "\"udp 192.0.2.1:8000-8099\"")));
  EXPECT_EQ(layout.begin()->second.members.front().real, *Endpoint::parse("198.51.100.21:0"));
}

TEST(ServiceMarks, EightAddressesAreEightServicesAndNineAreOne) {
  EXPECT_THAT(service_in(good_config(vip_of(8) + ranged("web", "\"tcp @web:80\"")), "web").keys, SizeIs(8));
  const auto config = good_config(vip_of(9) + ranged("web", "\"tcp @web:80\""));
  EXPECT_THAT(service_in(config, "web").keys, SizeIs(1));
  EXPECT_THAT(marks_in(config), SizeIs(9));
  const auto layout = lay_out(config);
  EXPECT_EQ(layout.begin()->second.members.front().real, *Endpoint::parse("198.51.100.21:80"))
      << "the service's port, as with few addresses";
  EXPECT_THAT(
      service_in(good_config(vip_of(9) + with("persistence = \"300s\"", ranged("web", "\"tcp @web:0\""))),
                 "web")
          .keys,
      SizeIs(9))
      << "any port, of which no mark knows";
}

TEST(ServiceMarks, StayAsTheyAreWhenOtherServicesComeAndGo) {
  const auto web = ranged("web", "\"tcp 192.0.2.1:8000-8099\"");
  const auto mark = mark_in(good_config(web), "web");
  std::string more;
  for (int i = 0; i < 200; ++i)
    more += ranged(fmt::format("a{}", i), fmt::format("\"tcp 192.0.2.9:{}-{}\"", 10 * i + 1, 10 * i + 9));
  EXPECT_EQ(mark_in(good_config(more + web), "web"), mark);
  EXPECT_EQ(mark_in(good_config(ranged("web", "\"tcp 192.0.2.7:8000-8199\"")), "web"), mark)
      << "another end of the range, another address";
  EXPECT_NE(mark_in(good_config(ranged("web", "\"udp 192.0.2.1:8000-8099\"")), "web"), mark);
  EXPECT_NE(mark_in(good_config(ranged("wob", "\"tcp 192.0.2.1:8000-8099\"")), "wob"), mark);
  EXPECT_EQ(mark, 269814646U) << "of an earlier release: a connection in the table belongs to it";
}

TEST(ServiceMarks, BeginWhereTheFileSays) {
  const auto mark = mark_in(
      good_config("[ipvs]\nfwmark_base = 1000\n" + ranged("web", "\"tcp 192.0.2.1:8000-8099\"")), "web");
  EXPECT_GE(mark, 1000U);
  EXPECT_LT(mark, 1000U + (1U << 24U));
}

TEST(ServiceMarks, AreTheSameOnEveryNode) {
  const std::string text = "[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n" +
                           ranged("web", "\"tcp 192.0.2.1:8000-8099\"") +
                           "[on.lb2.service.web]\nscheduler = \"rr\"\n";
  std::set<std::uint32_t> marks;
  for (const auto* node : {"lb1", "lb2"}) {
    const auto loaded = load({{"t.toml", text}}, {node, "", ""}, Part::kAll, Emptiness::kAllowed);
    EXPECT_THAT(lines(loaded), IsEmpty());
    marks.insert(mark_in(loaded.config, "web"));
  }
  EXPECT_THAT(marks, SizeIs(1));
}

TEST(ServiceMarks, ARangeIsOnePortAfterAnother) {
  for (const auto* wrong : {"8000-", "-8000", "8000-80000", "0-10", "a-b", "8000-8000", "8000-7999", "1-2-3"})
    EXPECT_THAT(problems_of(ranged("web", fmt::format("\"tcp 192.0.2.1:{}\"", wrong))),
                ElementsAre(HasSubstr("t.toml:2:12: service.web.virtual: ")))
        << wrong;
  EXPECT_THAT(problems_of(ranged("web", "\"tcp 224.0.0.1:8000-8099\"")),
              Lines("t.toml:2:12: service.web.virtual: 224.0.0.1 is not an address that a host can have"));
}

TEST(ServiceMarks, OnlyMasqueradeLeadsARangeToOnePort) {
  const auto text = ranged("web", "\"tcp 192.0.2.1:8000-8099\"", "port = 80\n");
  EXPECT_THAT(problems_of(text), IsEmpty());
  EXPECT_THAT(
      problems_of(text + "forwarding = \"direct\"\n"),
      Lines("t.toml:5:8: service.web.real[1].port: must not be set behind \"tcp 192.0.2.1:8000-8099\" "
            "(service.web): direct cannot change the port that a client chose"));
  EXPECT_THAT(problems_of(ranged("web", "\"tcp 192.0.2.1:8000-8099\"", "forwarding = \"direct\"\n")),
              IsEmpty());
  EXPECT_THAT(
      problems_of(vip_of(9) + ranged("web", "\"tcp @web:80\"", "port = 81\nforwarding = \"direct\"\n")),
      Lines("t.toml:9:8: service.web.real[1].port: 81 must be the service's, 80 (service.web): direct "
            "cannot change it"));
}

TEST(ServiceMarks, ACheckOfARangeNeedsAPort) {
  const auto text = "[check.site]\ntype = \"tcp\"\n" +
                    ranged("web", "\"tcp 192.0.2.1:8000-8099\"", "checks = [\"site\"]\n");
  EXPECT_THAT(problems_of(text), Contains(HasSubstr("\"tcp 192.0.2.1:8000-8099\" gives it none")));
  EXPECT_THAT(problems_of("[check.site]\ntype = \"tcp\"\nport = 8000\n" +
                          ranged("web", "\"tcp 192.0.2.1:8000-8099\"", "checks = [\"site\"]\n")),
              IsEmpty());
}

TEST(ServiceMarks, NoPacketBelongsToTwoServices) {
  const auto one = ranged("one", "\"tcp 192.0.2.1:8000-8099\"");
  EXPECT_THAT(problems_of(one + ranged("two", "\"tcp 192.0.2.1:8099-8100\"")),
              Lines("t.toml:6:12: service.two.virtual: tcp 192.0.2.1:8099-8100 is also in \"tcp "
                    "192.0.2.1:8000-8099\" at t.toml:2"));
  EXPECT_THAT(problems_of(one + ranged("two", "\"tcp 192.0.2.1:8080\"")),
              Lines("t.toml:6:12: service.two.virtual: tcp 192.0.2.1:8080 is also in \"tcp "
                    "192.0.2.1:8000-8099\" at t.toml:2"));
  EXPECT_THAT(problems_of(ranged("one", "\"tcp 192.0.2.1:8000-8099\", \"tcp 192.0.2.1:8000-8050\"")),
              SizeIs(1));
  EXPECT_THAT(problems_of(one + ranged("two",
                                       "\"tcp 192.0.2.1:8100-8200\", \"udp 192.0.2.1:8000-8099\", \"tcp "
                                       "192.0.2.2:8000-8099\", \"tcp 192.0.2.1:7999\"")),
              IsEmpty());
}

TEST(ServiceMarks, AMarkThatTheFileGivesToAnotherIsRefused) {
  const auto web = ranged("web", "\"tcp 192.0.2.1:8000-8099\"");
  const auto mark = mark_in(good_config(web), "web");
  EXPECT_THAT(
      problems_of(web + ranged("own", fmt::format("\"fwmark {}\"", mark))),
      ElementsAre(HasSubstr("would have the mark of the service at t.toml:2: set [ipvs] fwmark_base to "
                            "another number")));
}

TEST(ServiceMarks, OptionsAreThoseOfTheProtocol) {
  EXPECT_THAT(problems_of(with("one_packet = true", ranged("web", "\"tcp 192.0.2.1:8000-8099\""))),
              ElementsAre(HasSubstr("only udp and fwmark have it")));
  EXPECT_THAT(problems_of(with("one_packet = true", ranged("web", "\"udp 192.0.2.1:8000-8099\""))),
              IsEmpty());
}

}  // namespace
}  // namespace hawser::config
