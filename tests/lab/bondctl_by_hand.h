// A host with three cards, and bondctl on it without netd: judged by all that ip tells.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "tests/support/fixture.h"

namespace hawser::lab {

// The kernel lists what is alike in the order in which it came.
inline std::string sorted(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return fmt::format("{}\n", fmt::join(lines, "\n"));
}

class BondctlByHand : public LabTest {
 protected:
  BondctlByHand() {
    // What the kernel does by itself some time later is not what is looked at here.
    for (const auto* which : {"all", "default"})
      host.sysctl(fmt::format("net.ipv6.conf.{}.accept_dad", which), "0");
    host.ip({"link set lo up"});
    for (const auto* name : {"eth0", "eth1", "eth2"})
      host.ip({fmt::format("link add {0} type veth peer name far-{0}", name),
               fmt::format("link set far-{} up", name)});
  }

  [[nodiscard]] Output bondctl(const Argv& words) const {
    Argv argv{program("bondctl")};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--runtime-dir", kNoNetd});
    return host.run(argv);
  }
  void must(const Argv& words) const {
    const auto done = bondctl(words);
    EXPECT_EQ(done.status, 0) << done.text;
  }
  [[nodiscard]] boost::json::object options(const std::string& bond) const {
    const auto text = host.check({"ip", "-d", "-j", "link", "show", bond});
    return boost::json::parse(text).at(0).at("linkinfo").at("info_data").as_object();
  }
  // All that ip tells of the namespace, once nothing of it moves any more.
  [[nodiscard]] std::string table() const {
    std::string seen;
    const bool rests = eventually(
        20s,
        [&] {
          const auto before = std::exchange(seen, look());
          return before == seen;
        },
        1s);
    EXPECT_TRUE(rests) << seen;
    return seen;
  }
  [[nodiscard]] std::string look() const {
    return sorted(host.check({"ip", "-d", "-o", "link"}) + host.check({"ip", "-o", "address"}) +
                  host.check({"ip", "route", "show", "table", "all"}) +
                  host.check({"ip", "-6", "route", "show", "table", "all"}));
  }

  // The kernel gives them their own addresses once they have a carrier.
  void await_link_local(const std::vector<std::string>& devices) const {
    for (const auto& name : devices)
      ASSERT_TRUE(eventually(20s, [&] {
        return host.check({"ip", "-o", "-6", "address", "show", "dev", name}).find("fe80::") !=
               std::string::npos;
      })) << name;
  }
  [[nodiscard]] std::string routes() const {
    return sorted(host.check({"ip", "route", "show", "table", "all", "type", "unicast"}) +
                  host.check({"ip", "-6", "route", "show", "table", "all", "type", "unicast"}) +
                  host.check({"ip", "-o", "address"}));
  }

  static constexpr const char* kNoNetd = "/tmp/hawser-no-netd";
  Namespace host{"bondctl"};
};

// With a bond that carries what others made: a VLAN, addresses and routes of both families, in main and in
// another table.
class BondctlConfirm : public BondctlByHand {
 protected:
  BondctlConfirm() {
    must({"create", "bond7", "mode=active-backup", "ports=eth0,eth1"});
    host.ip({"address add 192.0.2.1/24 dev bond7", "link add link bond7 name v5 type vlan id 5",
             "link set v5 up", "address add 2001:db8:5::1/64 dev v5", "route add default via 192.0.2.9",
             "route add 203.0.113.0/24 via 192.0.2.8 table 77", "route add default via 2001:db8:5::9"});
    await_link_local({"bond7", "v5"});
  }
  static Argv change() {
    return {"set",       "bond7", "mode=balance-xor", "miimon=50ms", "ports-=eth1", "--allow-interruption",
            "--confirm", "5s"};
  }
  [[nodiscard]] bool has_mode(const std::string& mode) const {
    return eventually(20s, [&] { return options("bond7").at("mode").as_string() == mode; });
  }
};

}  // namespace hawser::lab
