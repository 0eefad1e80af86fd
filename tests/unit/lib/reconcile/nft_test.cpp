// Which packets get which mark, of a layout.
#include "lib/reconcile/nft.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/reconcile/site.h"

namespace hawser {
namespace {

Layout named(const std::string& name) {
  VirtualServer server;
  server.service = name;
  server.marked = {{Transport::kTcp, *IpAddress::parse("192.0.2.1"), 80, 99}};
  return {{site::key("fwmark 7"), server}};
}

TEST(NftOfALayout, IsNothingWhereNoMarkIsOurs) {
  EXPECT_EQ(nft_of({}), std::nullopt);
  EXPECT_EQ(nft_of(lay_out(site::web())), std::nullopt);
}

TEST(NftOfALayout, NamesTheServiceAsNftCanPrintIt) {
  const auto name_of_mark = [](const std::string& name) {
    return nft_of(named(name))->contents.marks.begin()->second.service;
  };
  EXPECT_EQ(name_of_mark("web"), "web");
  EXPECT_EQ(name_of_mark("the \"web\""), "the 'web'");
  EXPECT_EQ(name_of_mark(std::string(200, 'a')).size(), 127U);
  const auto cut = name_of_mark(std::string(126, 'a') + "\u00fc");
  EXPECT_EQ(cut, std::string(126, 'a')) << "no half character";
}

}  // namespace
}  // namespace hawser
