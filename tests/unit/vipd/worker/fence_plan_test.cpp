#include "vipd/worker/fence_plan.h"

#include <gtest/gtest.h>

namespace hawser::vipd {
namespace {

TEST(FencePlans, NameEachOtherNodeAsItsProviderDoes) {
  config::Config config;
  config.node = "lb2";
  for (const auto* name : {"lb1", "lb2", "lb3"}) {
    auto& node = config.nodes[name];
    node.addresses = {*IpAddress::parse("192.0.2.1" + std::string(name).substr(2))};
    node.provider["robot"] = {std::string("server-") + name};
    node.fence = {"robot", "hw"};
  }
  config.providers["robot"].name = "robot";
  auto& web = config.vips["web"];
  web.manner.change().require_fencing = true;
  web.priorities.fill() = {{"lb1", 150}, {"lb2", 100}, {"lb3", 50}};
  config.vips["mail"].priorities = web.priorities;
  const auto plans = fence_plans(config);
  ASSERT_EQ(plans.size(), 1U);
  const auto& plan = plans.at("web");
  ASSERT_EQ(plan.others.size(), 2U) << "never itself";
  EXPECT_EQ(plan.others.at("lb1").server, "server-lb1");
  EXPECT_EQ(plan.others.at("lb1").how, "hw");
  EXPECT_EQ(to_be_fenced(plan, IpAddress::parse("192.0.2.11").value()), std::vector<std::string>{"lb1"});
  EXPECT_TRUE(to_be_fenced(plan, std::nullopt).empty())
      << "two that start without hearing each other would fence each other";
}

}  // namespace
}  // namespace hawser::vipd
