#include "vipd/addresses/unaccepted.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

config::Vip vip(std::initializer_list<const char*> addresses, bool accept = false) {
  config::Vip made;
  made.name = "web";
  made.interface = "front";
  for (const auto* address : addresses) made.addresses.push_back({*Prefix::parse(address), "front"});
  made.manner.change().accept = accept;
  return made;
}

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}

TEST(UnacceptedOf, IsWhatVipsThatDoNotAcceptHold) {
  EXPECT_TRUE(unaccepted_of({vip({"192.0.2.100"}, true)}).empty());
  const auto found = unaccepted_of({vip({"192.0.2.100/24", "2001:db8::100"}), vip({"192.0.2.101"}, true)});
  EXPECT_EQ(found.addresses, (std::set{ip("192.0.2.100"), ip("2001:db8::100")}));
  EXPECT_TRUE(found.on_links.empty());
}

TEST(UnacceptedOf, TheOwnerAcceptsAlways) {
  auto owner = vip({"192.0.2.100"});
  owner.priority = kOwnerPriority;
  EXPECT_TRUE(accepts(owner));
  EXPECT_TRUE(unaccepted_of({owner}).empty());
  owner.priority = Priority(254);
  EXPECT_FALSE(accepts(owner));
}

// On another interface the host may have the same one as its own.
TEST(UnacceptedOf, ALinkLocalAddressBelongsToItsLink) {
  const auto found = unaccepted_of({vip({"fe80::100/64", "2001:db8::100"})});
  EXPECT_EQ(found.addresses, std::set{ip("2001:db8::100")});
  EXPECT_EQ(found.on_links, (std::set<std::pair<std::string, IpAddress>>{{"front", ip("fe80::100")}}));
}

TEST(UnacceptedOf, EitherIsBothTogether) {
  const Unaccepted one{{ip("192.0.2.100")}, {}};
  const Unaccepted other{{ip("192.0.2.101")}, {{"front", ip("fe80::100")}}};
  EXPECT_EQ(either(one, other),
            (Unaccepted{{ip("192.0.2.100"), ip("192.0.2.101")}, {{"front", ip("fe80::100")}}}));
}

}  // namespace
}  // namespace hawser::vipd
