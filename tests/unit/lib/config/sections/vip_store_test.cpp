// Where a vip's addresses may live, with the exact words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lib/config/support.h"

namespace hawser::config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

std::string vip(const std::string& text, const std::string& addresses = "\"192.0.2.100\"") {
  return "[vip.a]\ninterface = \"eth0\"\naddresses = [" + addresses + "]\nvirtual_router_id = 1\n" + text;
}

TEST(VipStore, IsOneOfThree) {
  EXPECT_EQ(load_text(vip("")).config.vips.at("a").manner->store, Store::kInterface);
  EXPECT_EQ(load_text(vip("store = \"spread\"\n")).config.vips.at("a").manner->store, Store::kSpread);
  EXPECT_EQ(load_text(vip("store = \"local-routes\"\n")).config.vips.at("a").manner->store,
            Store::kLocalRoutes);
  EXPECT_THAT(problems_of(vip("store = \"lo\"\n")), Contains(HasSubstr("vip.a.store: must be")));
}

TEST(VipStore, IsOfIpv4) {
  const std::string both = "\"192.0.2.100\", \"2001:db8::100\"";
  EXPECT_THAT(problems_of(vip("store = \"spread\"\n", both)), IsEmpty());
  EXPECT_THAT(problems_of(vip("store = \"spread\"\n", "\"2001:db8::100\"")),
              Contains(HasSubstr("vip.a.store: \"spread\" is of IPv4: an IPv6 address answers on its own")));
  EXPECT_THAT(
      problems_of(vip("store = \"local-routes\"\n", both)),
      Contains(HasSubstr("vip.a.store: \"local-routes\" is of IPv4, and IPv6 addresses want their lease")));
}

TEST(VipStore, HasItsPlace) {
  EXPECT_THAT(
      problems_of(vip("store = \"spread\"\nvirtual_mac = true\n")),
      Contains(HasSubstr("vip.a.store: \"spread\" and virtual_mac both say where the addresses live")));
  EXPECT_THAT(problems_of(vip("store = \"spread\"\npriority = 255\n")),
              Contains(HasSubstr("vip.a.store: is not for an owner (priority 255)")));
  EXPECT_THAT(
      problems_of(vip("store = \"spread\"\n") +
                  "[vip.b]\ninterface = \"eth0\"\naddresses = [\"192.0.2.101\"]\nvirtual_router_id = 2\n"
                  "virtual_mac = true\n"),
      Contains(HasSubstr(
          "vip.a.store: \"spread\" does not go with [vip.b], which has a virtual MAC on \"eth0\"")));
  EXPECT_THAT(
      problems_of(vip("store = \"spread\"\n") +
                  "[vip.b]\ninterface = \"eth1\"\naddresses = [\"192.0.2.101\"]\nvirtual_router_id = 2\n"
                  "virtual_mac = true\n"),
      IsEmpty());
}

TEST(VipStore, HasNoSubnets) {
  EXPECT_THAT(
      problems_of(vip("store = \"spread\"\n", "\"192.0.2.100/24\"")),
      Contains(HasSubstr("vip.a.addresses: 192.0.2.100/24 has a subnet, and with store = \"spread\" it lives "
                         "elsewhere: write 192.0.2.100, or leave store out")));
  EXPECT_THAT(problems_of(vip("store = \"spread\"\n",
                              "\"192.0.2.100\", { address = \"198.51.100.1/24\", interface = \"eth1\" }")),
              IsEmpty());
}

TEST(VipStore, LocalRoutesHaveNoLeaseAndSaySo) {
  EXPECT_THAT(problems_of(vip("store = \"local-routes\"\nlease = \"5s\"\n")),
              Contains(HasSubstr("vip.a.lease: is none of local routes")));
  const auto said = [](const std::string& text) { return notes(load_text(vip(text))); };
  EXPECT_THAT(said("store = \"local-routes\"\n"),
              Contains(HasSubstr("vip.a.store: note: \"local-routes\" has no lease")));
  EXPECT_THAT(said("store = \"local-routes\"\nlease = \"off\"\n"), IsEmpty());
  EXPECT_THAT(said("store = \"spread\"\n"), IsEmpty());
}

}  // namespace
}  // namespace hawser::config
