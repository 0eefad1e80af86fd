#include <fstream>

#include <boost/json.hpp>

#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/support/backend.h"
#include "tests/support/client.h"
#include "tests/support/failure.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 80;
constexpr auto kPatience = 20s;

std::string file_of(std::chrono::milliseconds miimon, bool fast_failover) {
  return fmt::format(
      "format = 1\n[nodes.lb1]\naddresses = [\"192.0.2.11\"]\n[bond.bond0]\nmode = \"active-backup\"\nports "
      "= "
      "[\"eth0\", \"eth1\"]\nmiimon = \"{}ms\"\n"
      "fast_failover = {}\naddresses = [\"192.0.2.11/24\"]\n",
      miimon.count(), fast_failover);
}

// A host on one switch by two cables, and who asks it.
class BondedHost {
 public:
  BondedHost(const std::filesystem::path& folder, std::chrono::milliseconds miimon, bool fast_failover) {
    for (const auto* name : {"eth0", "eth1"}) cables_.push_back(switch_.connect(host_, name));
    cables_.push_back(switch_.connect(client_, "eth0"));
    client_.ip({"addr add 192.0.2.200/24 dev eth0", "link set eth0 up"});
    daemons_ = start(Product::kHawser, Duty::kServers, host_, folder, file_of(miimon, fast_failover));
    if (!lab::eventually(kPatience, [&] { return !active().empty(); }))
      lab::give_up("the bond did not come up:\n{}", daemons_.at(0).output());
    server_.emplace(host_, kPort);
  }
  BondedHost(const BondedHost&) = delete;
  BondedHost& operator=(const BondedHost&) = delete;
  ~BondedHost() {
    for (auto& daemon : daemons_) daemon.stop();
  }

  [[nodiscard]] lab::Client ask() const {
    return {client_,
            {.protocol = lab::Client::Protocol::kUdp, .address = "192.0.2.11", .port = kPort, .every = 1ms}};
  }
  // "" while there is none.
  [[nodiscard]] std::string active() const {
    const auto shown = host_.run({"ip", "-d", "-j", "link", "show", "bond0"});
    if (shown.status != 0) return {};
    const auto links = boost::json::parse(shown.text);
    const auto* port = links.at(0).at("linkinfo").at("info_data").as_object().if_contains("active_slave");
    return port == nullptr ? std::string{} : std::string(port->as_string());
  }
  [[nodiscard]] const lab::Cable& cable(const std::string& port) const {
    return cables_.at(port == "eth0" ? 0 : 1);
  }

 private:
  lab::Switch switch_{"sw1"};
  lab::Namespace host_{"lb1"};
  lab::Namespace client_{"client"};
  std::vector<lab::Cable> cables_;
  std::vector<lab::Process> daemons_;
  std::optional<lab::Backend> server_;
};

void await_answers(const lab::Client& client, lab::TimePoint since) {
  if (!lab::eventually(kPatience, [&] { return client.answered_in_a_row(100, since); }))
    lab::give_up("no answers come through the bond");
}

}  // namespace

bool has_bonding() {
  const lab::Namespace somewhere("probe");
  return somewhere.run({"ip", "link", "add", "bond7", "type", "bond"}).status == 0;
}

std::vector<double> pulled_cables(const std::filesystem::path& folder, std::chrono::milliseconds miimon,
                                  bool fast_failover, int runs) {
  const BondedHost host(folder, miimon, fast_failover);
  std::vector<double> lost;
  for (int run = 0; run < runs; ++run) {
    auto client = host.ask();
    await_answers(client, lab::Clock::now());
    const auto active = host.active();
    const auto pulled = host.cable(active).pull();
    await_answers(client, pulled);
    client.stop();
    lost.push_back(static_cast<double>(client.report(pulled, lab::TimePoint::max()).lost));
    host.cable(active).plug();
    std::this_thread::sleep_for(2 * miimon + 300ms);  // until the bond holds that port for up
  }
  return lost;
}

}  // namespace hawser::bench
