// The table as a file, with what netd would change all the same; names from a netd that answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/save_verb.h"

namespace hawser::lbctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ServiceKey web() {
  return *ServiceKey::parse("tcp 192.0.2.100:80");
}

State table(const std::string& scheduler, std::uint32_t weight) {
  State state;
  auto& service = state.services[web()];
  service.scheduler = scheduler;
  service.netmask = 32;
  service.reals[*Endpoint::parse("198.51.100.21:80")].weight = weight;
  service.reals[*Endpoint::parse("198.51.100.22:80")].weight = 1;
  state.ipvs.timeouts = IpvsTimeouts{900, 120, 300};
  return state;
}

std::vector<std::string> named_in(const Imported& saved) {
  std::vector<std::string> lines;
  lines.reserve(saved.left_out.size());
  for (const auto& left : saved.left_out) lines.push_back(to_string(left));
  return lines;
}

TEST(SavedAsToml, SaysWhatNetdWouldChangeAllTheSame) {
  EXPECT_THAT(
      named_in(saved_as_toml(table("mh", 0), {})),
      ElementsAre("tcp 192.0.2.100:80: edit service: scheduler_flags none -> mh-fallback: netd would do "
                  "that with this file"));
  EXPECT_THAT(named_in(saved_as_toml(table("mh", 1), {})), IsEmpty());
  EXPECT_THAT(named_in(saved_as_toml(table("wlc", 0), {})), IsEmpty());
}

// As the file does not have it, netd takes it out.
TEST(SavedAsToml, SaysWhatBecomesOfARealServerThatNoFileHas) {
  auto state = table("wlc", 1);
  state.services.at(web()).reals[*Endpoint::parse("[2001:db8::5]:80")].forwarding = Forwarding::kTunnel;
  EXPECT_THAT(named_in(saved_as_toml(state, {})),
              ElementsAre(HasSubstr("its family is not the service's"),
                          "tcp 192.0.2.100:80: delete real server [2001:db8::5]:80: netd would do that with "
                          "this file"));
}

// Elsewhere nobody would set the mark, and nothing would reach the service.
TEST(SavedAsToml, SaysWhatNetdMarksForAServiceOfAMark) {
  State state;
  const ServiceKey mark{Transport::kFwmark, {}, 268435463};
  state.services[mark].scheduler = "rr";
  state.services.at(mark).netmask = 32;
  state.services.at(mark).reals[*Endpoint::parse("198.51.100.21:0")] = {};
  EXPECT_THAT(named_in(saved_as_toml(state, {})), IsEmpty()) << "a mark of somebody else";
  state.nft = NftTable{};
  state.nft->contents.marks[{Transport::kTcp, *IpAddress::parse("192.0.2.100"), 8000, 8099}] = {268435463,
                                                                                                "web"};
  EXPECT_THAT(
      named_in(saved_as_toml(state, {})),
      ElementsAre(HasSubstr("fwmark 268435463 of web: tcp 192.0.2.100 port 8000-8099: netd sets that mark")));
  state.nft->contents = {{}, {{{Transport::kTcp, *IpAddress::parse("192.0.2.100"), 80, 80}, "web"}}};
  EXPECT_THAT(
      named_in(saved_as_toml(state, {})),
      ElementsAre(HasSubstr("source NAT of web: tcp 192.0.2.100 port 80: netd does that for its own file "
                            "alone: write source_nat = true into the pool")));
  state.nft->ours = false;
  EXPECT_THAT(named_in(saved_as_toml(state, {})), IsEmpty());
}

TEST(SavedAsToml, SysctlsAreNoPartOfIt) {
  auto state = table("wlc", 1);
  auto& service = state.services.at(web());
  service.flags = static_cast<std::uint32_t>(ServiceFlag::kPersistent);
  service.persistence_timeout = 60;
  state.ipvs.sysctls = {{IpvsSysctl::kExpireNodestConn, 0}, {IpvsSysctl::kExpireQuiescentTemplate, 0}};
  EXPECT_THAT(named_in(saved_as_toml(state, {})), IsEmpty());
}

TEST(SavedAsToml, NamesAreThoseThatNetdAnswers) {
  NetdView netd;
  netd[web()].name = "web";
  netd[web()].reals[*Endpoint::parse("198.51.100.21:80")].name = "web1";
  const auto names = names_in(netd);
  EXPECT_EQ(names.services.at(web()), "web");
  const auto saved = saved_as_toml(table("wlc", 1), names);
  EXPECT_THAT(saved.text,
              HasSubstr("[[service.web.real]]\nname = \"web1\"\naddress = \"198.51.100.21:80\"\n"));
}

}  // namespace
}  // namespace hawser::lbctl
