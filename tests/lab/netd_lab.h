// netd on lb1 of the laboratory's network, asked through its own verbs and judged through ip and ipvsadm.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {

namespace json = boost::json;

inline constexpr auto kPatience = 20s;  // the emulated machine is slow; nothing here measures

// Two real servers behind 192.0.2.100:80. The timeout is long: on a busy machine a healthy backend answers
// late, and what these tests fail is refused at once.
inline const std::string kServices = R"(
[check.site]
type = "http"
interval = "1s"
timeout = "1s"

[pool.web]
checks = ["site"]
forwarding = "masquerade"
[[pool.web.real]]
name = "web1"
address = "198.51.100.21"
port = 8080
weight = 100
[[pool.web.real]]
name = "web3"
address = "198.51.100.23"
port = 8080
weight = 100

[service.web]
virtual = ["tcp 192.0.2.100:80"]
pool = "web"
scheduler = "wlc"
)";

// The same, with a bond of two cables below.
inline const std::string kSite = R"(format = 1

[bond.bond0]
mode = "active-backup"
ports = ["eth0", "eth1"]
miimon = "100ms"
addresses = ["192.0.2.11/24", "198.51.100.11/24"]
)" + kServices;

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos) give_up("the file does not contain {}", from);
  return text.replace(at, from.size(), to);
}

class NetdLab : public NetworkTest {
 protected:
  NetdLab() {
    std::string name = "/tmp/hawser-netd-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) give_up_errno("no directory for the test");
    directory = name;
    std::filesystem::create_directory(directory / "run");
    std::filesystem::create_directory(directory / "state");
  }
  ~NetdLab() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  void write(const std::string& text) const { std::ofstream(directory / "hawser.toml") << text; }
  [[nodiscard]] Argv netd(const Argv& words) const {
    Argv argv{program("netd"), words.front(),     "-c",          directory / "hawser.toml",
              "--runtime-dir", directory / "run", "--state-dir", directory / "state"};
    argv.insert(argv.end(), words.begin() + 1, words.end());
    return argv;
  }
  [[nodiscard]] Output ask(const Argv& words) const { return lb1.run(netd(words)); }
  [[nodiscard]] Process start() const { return {lb1, netd({"run"})}; }

  [[nodiscard]] json::object status() const {
    const auto output = ask({"status", "--json"});
    boost::system::error_code error;
    auto value = json::parse(output.text, error);
    return !error && value.is_object() ? value.get_object() : json::object{};
  }
  [[nodiscard]] json::object part_of_status(const char* part) const {
    const auto all = status();
    const auto* found = all.if_contains(part);
    return found != nullptr && found->is_object() ? found->get_object() : json::object{};
  }
  [[nodiscard]] std::int64_t number(const char* part, const char* name) const {
    const auto object = part_of_status(part);
    const auto* found = object.if_contains(name);
    return found == nullptr ? -1 : found->to_number<std::int64_t>();
  }
  [[nodiscard]] bool is_ready() const {
    const auto all = status();
    const auto* ready = all.if_contains("ready");
    return ready != nullptr && ready->is_bool() && ready->get_bool();
  }
  [[nodiscard]] std::string table() const { return lb1.check({"ipvsadm", "-Sn"}); }
  [[nodiscard]] bool in_service(const std::string& real) const {
    return table().find("-r " + real + ":8080") != std::string::npos;
  }
  [[nodiscard]] std::string active_port() const {
    return lb1.run({"cat", "/sys/class/net/bond0/bonding/active_slave"}).text;
  }
  [[nodiscard]] bool both_in_service() const {
    return in_service(address::kWeb1) && in_service(address::kWeb3);
  }
  // What the kernel shows already is said a moment later: netd looks in between.
  [[nodiscard]] bool has_said(const Process& process, const std::string& text) const {
    return eventually(5s, [&] { return process.output().find(text) != std::string::npos; });
  }

  std::filesystem::path directory;
  const Namespace& lb1 = network.host("lb1");
};

// With both real servers in service.
class RunningNetd : public NetdLab {
 protected:
  void SetUp() override {
    NetdLab::SetUp();
    write(kSite);
    daemon.emplace(start());
    ASSERT_TRUE(eventually(kPatience, [&] { return is_ready() && both_in_service(); })) << daemon->output();
  }

  Backend web1{network.host("web1"), 8080};
  Backend web3{network.host("web3"), 8080};
  std::optional<Process> daemon;
};

}  // namespace hawser::lab
