// A host with a bond and cards, as the kernel would show it.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bondctl/change/change.h"
#include "lib/plan/simulate.h"

namespace hawser::bondctl {

class BondHost : public testing::Test {
 protected:
  Observed there;

  void card(const std::string& name, const std::string& mac) {
    Link link;
    link.up = true;
    link.mtu = 1500;
    link.mac = *MacAddress::parse(mac);
    there.state.links[name] = link;
    there.links[name].carrier = true;
    there.links[name].index = next();
  }

  void bond(BondMode mode, const std::vector<std::string>& ports) {
    Link link;
    link.kind = LinkKind::kBond;
    link.up = true;
    link.mtu = 1500;
    link.mac = there.state.links.at(ports.front()).mac;
    link.bond = kernel_default_bond(mode);
    link.bond->set(BondOption::kMiimon, 100);
    auto& status = there.links["bond0"];
    status.index = next();
    status.carrier = true;
    status.kind = "bond";
    there.state.links["bond0"] = link;
    for (const auto& port : ports) add(port);
    if (has_active_port(mode)) there.links["bond0"].active_port = ports.front();
  }

  void add(const std::string& port) {
    auto& bond = there.state.links.at("bond0");
    bond.bond->ports[port];
    auto& link = there.state.links.at(port);
    PortStatus status;
    status.permanent_mac = *link.mac;
    if (bond.bond->mode == BondMode::k8023ad) status.lacp = {1, true, true};
    there.links.at(port).port = status;
    link.master = "bond0";
    link.mac = bond.mac;
  }

  Bond& the_bond() { return *there.state.links.at("bond0").bond; }

  // What is done in the stages, in order.
  [[nodiscard]] std::vector<std::string> plan_of(const Change& change) const {
    EXPECT_THAT(change.problems, testing::IsEmpty());
    auto state = there.state;
    std::vector<std::string> lines;
    const auto take = [&](const Desired& desired) {
      for (const auto& step : plan_network(desired, state)) {
        lines.push_back(describe(step));
        simulate(state, step);
      }
    };
    take(change.desired);
    for (const auto& stage : change.then) {
      if (!stage.carriers.empty()) lines.emplace_back("carriers");
      if (stage.role)
        lines.push_back(stage.role->bond + ": active " + stage.role->port +
                        (stage.role->instead_of.empty() ? "" : " instead of " + stage.role->instead_of));
      take(stage.desired);
    }
    return lines;
  }

 private:
  IfIndex next() { return IfIndex{++last_}; }
  int last_ = 1;
};

}  // namespace hawser::bondctl
