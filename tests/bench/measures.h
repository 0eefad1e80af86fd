// The benchmarks. Each is bounded in time, prints nothing and asserts nothing; a laboratory that cannot be
// built throws lab::Failure.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/files.h"
#include "tests/bench/processes.h"
#include "tests/support/client.h"
#include "tests/support/clock.h"
#include "tests/support/process.h"

namespace hawser::bench {

// Milliseconds from a real server's reset, which is the verdict at fall 1, to its absence from the kernel's
// table as a tight poll of /proc/net/ip_vs sees it. Needs IPVS.
std::vector<double> removals(Product product, const std::filesystem::path& folder, int runs);

// What ends the Active: SIGSTOP, SIGKILL, or its cable.
enum class Fault : std::uint8_t { kFrozen, kKilled, kPulled };

// Milliseconds from the moment the Backup's Active_Down timer should fire (the last advertisement it heard +
// 3 intervals + skew, RFC 9568 6.1) to its first gratuitous ARP on the wire.
std::vector<double> takeovers(Product product, const std::filesystem::path& folder, int runs,
                              std::chrono::milliseconds interval = kAdvertisement,
                              Fault fault = Fault::kFrozen);

// The same of a virtual router with so many addresses, of which the first is waited for; when a client that
// asks there each millisecond had its first answer; how long the new Active was without an advertisement at
// the most while it added the others, and when the last was announced, ms.
struct ManyAddresses {
  std::vector<double> late, answers, pauses, whole;
};
ManyAddresses many_addresses(Product product, const std::filesystem::path& folder, const PairPlan& plan,
                             int runs);

// Two hosts with so many virtual routers, each advertising once a second: hundredths of a core that the
// process which advertises takes of lb1, which is Active in all of them, and of lb2, and its memory on lb1.
struct ManyRouters {
  double active = 0, backup = 0;
  Memory memory;
};
ManyRouters many_routers(Product product, const std::filesystem::path& folder, int routers,
                         std::chrono::seconds during);

enum class From : std::uint8_t { kSegment, kBehindRouter };
enum class Leave : std::uint8_t { kStop, kHandover };  // SIGTERM to the daemon, vipctl handover
struct HandoverPlan {
  Leave leave = Leave::kStop;
  From from = From::kSegment;
  lab::Client::Protocol protocol = lab::Client::Protocol::kUdp;
  lab::Duration every{};
};
struct Handover {
  std::size_t lost = 0;
  std::size_t sent = 0;
  // TCP connections of which each host had a part: a ceiling, because the first may have answered in time,
  // and what the switch floods is seen at both.
  std::size_t cut = 0;
  std::map<std::string, std::size_t> losses;  // by reason
  std::vector<double> gaps;                   // the longest time without an answer of each run, ms
};
// Requests to the floating address while lb1 leaves the role to lb2.
Handover handovers(Product product, const std::filesystem::path& folder, int runs, const HandoverPlan& plan);

struct ProcessMemory {
  std::string name;
  Memory memory;
};
struct Footprint {
  std::vector<ProcessMemory> processes;
  std::size_t verdicts = 0;  // probes that reached a real server, or were refused
};
// Services with four real servers each, until so many verdicts were given, half of the time with all servers
// down. Needs IPVS.
Footprint footprint(Product product, const std::filesystem::path& folder, int services, std::size_t verdicts);

// Of daemons, and of what they have started.
std::vector<ProcessMemory> memories(Product product, const std::vector<lab::Process>& daemons);

// Milliseconds from a takeover's decision to the first packet to the provider that is to lead the address
// here.
std::vector<double> provider_delays(const std::filesystem::path& folder, int runs);
// vipd with so many vips, each routed by a provider of its own, none of which answers.
std::vector<ProcessMemory> hanging_providers(const std::filesystem::path& folder, int providers);

// Whether this kernel makes bonds.
bool has_bonding();

// A cable of the active port is pulled: how many requests were lost, one each millisecond, with the kernel's
// monitor alone or with the bond guard. Needs bonding.
std::vector<double> pulled_cables(const std::filesystem::path& folder, std::chrono::milliseconds miimon,
                                  bool fast_failover, int runs);

// Seconds; so many bonds of two ports each, which the same file makes. `by_hand`: the same with `ip -batch`.
struct ManyBonds {
  double plan = 0, apply = 0, nothing_to_do = 0, by_hand = 0;
};
ManyBonds many_bonds(const std::filesystem::path& folder, int bonds);

// A table of so many services of ten real servers each, ipvsadm beside us. Milliseconds of whole programs,
// but `edit_step`: one change of a weight, from asking the kernel to its acknowledgement. Tables are made in
// fresh namespaces: in one that held a table shortly before every new destination is looked for among those
// that were taken out (ip_vs_trash_get_dest()). Needs IPVS and ipvsadm.
struct IpvsTimes {
  std::vector<double> restore, restore_ipvsadm;  // lbctl restore, ipvsadm -R
  std::vector<double> changed, same;  // lbctl restore --replace: 100 weights differ, nothing differs
  std::size_t steps_changed = 0, steps_same = 0;  // what it then does
  std::vector<double> edit_step, edit, edit_ipvsadm;
  std::vector<double> list, list_ipvsadm, show;     // lbctl show --format ipvsadm, ipvsadm -Ln, lbctl show
  double netd_plan = 0, netd_apply = 0;             // of the same as a file; the plan is empty
  std::vector<std::pair<std::string, long>> peaks;  // kB resident at the most
};
IpvsTimes ipvs_times(const std::filesystem::path& folder, int services, int runs);

}  // namespace hawser::bench
