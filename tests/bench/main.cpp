// hawser-bench: how quick, how large, how gentle; keepalived beside us in the same run, where it is
// installed. Prints tables, asserts nothing.
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/bench/numbers.h"
#include "tests/support/failure.h"
#include "tests/support/storm/storm.h"

namespace hawser::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array kProducts{Product::kHawser, Product::kKeepalived};

struct Arguments {
  std::vector<std::string> only;
  int runs = 20;
  int services = 1000;
  int bonds = 200;
  int table = 4000;
  std::size_t verdicts = 10000;
  int requests = 1000;
  int addresses = 10000;
  int interval = static_cast<int>(kAdvertisement.count());  // ms
  int routers = 1000;
  unsigned seeds = 200000;

  [[nodiscard]] bool wants(std::string_view part) const {
    return only.empty() || std::ranges::find(only, part) != only.end();
  }
};

bool has_ipvs() {
  return std::filesystem::exists("/proc/net/ip_vs");
}

// Calls `measure` for each product that is here; a laboratory that cannot be built costs that product's
// figures, not the run.
template <class Value, class Measure>
std::map<Product, Value> for_each_product(const Measure& measure) {
  std::map<Product, Value> results;
  for (const Product product : kProducts) {
    if (!installed(product)) {
      fmt::print("  {} is not installed here\n", name_of(product));
      continue;
    }
    try {
      results.emplace(product, measure(product));
    } catch (const lab::Failure& failure) {
      fmt::print("  {}\n", failure.what());
    }
  }
  return results;
}

void print_times(const std::map<Product, std::vector<double>>& times) {
  std::vector<Row> rows{{"", "median ms", "p99 ms", "worst ms", "runs"}};
  for (const auto& [product, values] : times) {
    if (values.empty()) continue;
    rows.push_back({std::string(name_of(product)), fmt::format("{:.2f}", *quantile(values, 0.5)),
                    fmt::format("{:.2f}", *quantile(values, 0.99)),
                    fmt::format("{:.2f}", *quantile(values, 1)), fmt::to_string(values.size())});
  }
  fmt::print("{}", table(rows));
  if (times.size() == 2)
    fmt::print("hawser / keepalived, medians: {}\n",
               ratio(times.at(Product::kHawser), times.at(Product::kKeepalived)));
  fmt::print("\n");
}

void bench_removal(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print(
      "A real server dies: from the reset that the failing probe got to its absence from the kernel's "
      "table\n");
  if (!has_ipvs()) return fmt::print("  left out: this kernel has no IPVS\n\n");
  print_times(for_each_product<std::vector<double>>(
      [&](Product product) { return removals(product, folder, arguments.runs); }));
}

void bench_takeover(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print(
      "The Active freezes: from the moment of the Backup's Active_Down timer to its first gratuitous ARP\n");
  print_times(for_each_product<std::vector<double>>(
      [&](Product product) { return takeovers(product, folder, arguments.runs); }));
  for (const auto& [what, fault] :
       {std::pair("killed", Fault::kKilled), std::pair("its cable pulled", Fault::kPulled)})
    for (const auto interval : {1000ms, 100ms, 10ms}) {
      fmt::print("The same, {}, advertised each {} ms\n", what, interval.count());
      const int runs = interval == 1000ms ? std::max(1, arguments.runs / 4) : arguments.runs;
      print_times(for_each_product<std::vector<double>>(
          [&, with = fault](Product product) { return takeovers(product, folder, runs, interval, with); }));
    }
}

// "3 connection reset, 1 timeout"
std::string reasons(const std::map<std::string, std::size_t>& losses) {
  std::string text;
  for (const auto& [why, count] : losses)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, why);
  return text;
}

void bench_handover(const Arguments& arguments, const std::filesystem::path& folder) {
  using lab::Client;
  const auto every = std::chrono::microseconds(1'000'000 / arguments.requests);
  fmt::print(
      "Planned work on the Active: {} requests a second (aim: none lost; of the TCP connections that the "
      "move "
      "cuts in two neither host knows all)\n",
      arguments.requests);
  std::vector<Row> rows{
      {"", "lost", "of", "cut in two", "runs", "longest gap, median ms", "worst ms", "lost by"}};
  for (const auto& [word, leave] :
       {std::pair("stopped", Leave::kStop), std::pair("handed over", Leave::kHandover)})
    for (const auto& [asks, protocol] : {std::pair("UDP", Client::Protocol::kUdp),
                                         std::pair("new TCP connections", Client::Protocol::kHttp)})
      for (const auto& [where, from] :
           {std::pair("", From::kSegment), std::pair(", behind a router", From::kBehindRouter)}) {
        const HandoverPlan plan{leave, from, protocol, every};
        for (const auto& [product, result] : for_each_product<Handover>(
                 [&](Product product) { return handovers(product, folder, arguments.runs, plan); })) {
          if (product == Product::kKeepalived && leave == Leave::kHandover) continue;  // it has no such word
          rows.push_back({fmt::format("{} {}, {}{}", name_of(product), word, asks, where),
                          fmt::to_string(result.lost), fmt::to_string(result.sent),
                          protocol == Client::Protocol::kUdp ? "-" : fmt::to_string(result.cut),
                          fmt::to_string(result.gaps.size()),
                          fmt::format("{:.1f}", quantile(result.gaps, 0.5).value_or(0)),
                          fmt::format("{:.1f}", quantile(result.gaps, 1).value_or(0)),
                          reasons(result.losses)});
        }
      }
  fmt::print("{}\n", table(rows));
}

void bench_addresses(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print(
      "One virtual router of many addresses, advertised each {} ms, and its Active freezes: from the "
      "Backup's "
      "Active_Down timer to the first gratuitous ARP for the first address (aim: below 5 ms) and for the "
      "last one, to the first answer that a client got from the new Active, and the longest time without an "
      "advertisement while they come (aim: below two intervals)\n",
      arguments.interval);
  std::vector<Row> rows{{"", "addresses", "first, median ms", "worst ms", "answer, median ms", "worst ms",
                         "last, median ms", "pause, median ms", "worst ms", "runs"}};
  const auto add = [&](const std::string& who, int addresses, const ManyAddresses& result) {
    const auto cell = [](const std::vector<double>& values, double which) {
      return fmt::format("{:.2f}", quantile(values, which).value_or(0));
    };
    rows.push_back({who, fmt::to_string(addresses), cell(result.late, 0.5), cell(result.late, 1),
                    cell(result.answers, 0.5), cell(result.answers, 1), cell(result.whole, 0.5),
                    cell(result.pauses, 0.5), cell(result.pauses, 1), fmt::to_string(result.late.size())});
  };
  const int runs = std::max(3, arguments.runs / 4);
  for (const int addresses : {1, 1000, 4000, 10000}) {
    if (addresses > arguments.addresses) continue;
    for (const char* store : {"", "spread", "local-routes"}) {
      const PairPlan plan{std::chrono::milliseconds(arguments.interval), addresses, store};
      const auto measure = [&](Product product) { return many_addresses(product, folder, plan, runs); };
      if (plan.store.empty()) {
        for (const auto& [product, result] : for_each_product<ManyAddresses>(measure))
          add(std::string(name_of(product)), addresses, result);
      } else if (addresses > 1) {
        try {
          add(fmt::format("hawser, {}", store), addresses, measure(Product::kHawser));
        } catch (const lab::Failure& failure) {  // not every kernel has dummies
          fmt::print("  {}: {}\n", store, failure.what());
        }
      }
    }
  }
  fmt::print("{}\n", table(rows));
}

void bench_routers(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print("Virtual routers of one address, each advertised once a second: what the process takes\n");
  std::vector<Row> rows{
      {"", "routers", "Active, % of a core", "Backup, % of a core", "resident kB", "its own kB"}};
  for (const int routers : {1, arguments.routers})
    for (const auto& [product, result] : for_each_product<ManyRouters>(
             [&](Product product) { return many_routers(product, folder, routers, 30s); }))
      rows.push_back({std::string(name_of(product)), fmt::to_string(routers),
                      fmt::format("{:.2f}", result.active), fmt::format("{:.2f}", result.backup),
                      fmt::to_string(result.memory.rss), fmt::to_string(result.memory.own)});
  fmt::print("{}Aims: half of keepalived's time, and 2048 kB more at the most for 1,000 than for one.\n\n",
             table(rows));
}

void bench_memory(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print("Memory with {} services x 4 real servers after {} verdicts (kB)\n", arguments.services,
             arguments.verdicts);
  if (!has_ipvs()) return fmt::print("  left out: this kernel has no IPVS\n\n");
  const auto results = for_each_product<Footprint>(
      [&](Product product) { return footprint(product, folder, arguments.services, arguments.verdicts); });
  std::vector<Row> rows{
      {"process", "resident", "shared with others", "its own", "of it anonymous", "of it heap"}};
  for (const auto& [product, result] : results)
    for (const auto& [name, memory] : result.processes)
      rows.push_back({name, fmt::to_string(memory.rss), fmt::to_string(memory.shared),
                      fmt::to_string(memory.own), fmt::to_string(memory.anonymous),
                      fmt::to_string(memory.heap)});
  fmt::print("{}", table(rows));
  for (const auto& [product, result] : results)
    fmt::print("{}: {} verdicts had been given\n", name_of(product), result.verdicts);
  fmt::print("Aims: vipd's advertising process below 8192 kB, netd below 24576 kB resident.\n\n");
}

void bench_cable(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print("The cable of the active port is pulled: requests lost of one each millisecond\n");
  if (!has_bonding()) return fmt::print("  left out: this kernel has no bonding\n\n");
  std::vector<Row> rows{{"miimon", "who", "median", "p90", "worst", "runs"}};
  for (const auto miimon : {10ms, 100ms, 1000ms})
    for (const bool fast : {false, true}) {
      const auto* who = fast ? "bond guard" : "kernel alone";
      const auto lost = pulled_cables(folder / fmt::format("cable-{}-{}", miimon.count(), fast), miimon, fast,
                                      arguments.runs);
      rows.push_back({fmt::format("{}ms", miimon.count()), who, fmt::format("{:.0f}", *quantile(lost, 0.5)),
                      fmt::format("{:.0f}", *quantile(lost, 0.9)), fmt::format("{:.0f}", *quantile(lost, 1)),
                      fmt::to_string(lost.size())});
    }
  fmt::print("{}\n", table(rows));
}

void bench_bonds(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print("{} bonds of two ports each, from nothing (seconds)\n", arguments.bonds);
  if (!has_bonding()) return fmt::print("  left out: this kernel has no bonding\n\n");
  const auto times = many_bonds(folder / "bonds", arguments.bonds);
  fmt::print("{}netd apply / ip -batch: {:.2f}\n\n",
             table({{"", "s"},
                    {"netd plan", fmt::format("{:.2f}", times.plan)},
                    {"netd apply", fmt::format("{:.2f}", times.apply)},
                    {"netd plan, nothing to do", fmt::format("{:.2f}", times.nothing_to_do)},
                    {"ip -batch", fmt::format("{:.2f}", times.by_hand)}}),
             times.apply / times.by_hand);
}

void print_ipvs(const IpvsTimes& times) {
  std::vector<Row> rows{{"", "median ms", "worst ms", "runs"}};
  const auto add = [&](std::string what, const std::vector<double>& values) {
    rows.push_back({std::move(what), fmt::format("{:.2f}", quantile(values, 0.5).value_or(0)),
                    fmt::format("{:.2f}", quantile(values, 1).value_or(0)), fmt::to_string(values.size())});
  };
  add("lbctl restore", times.restore);
  add("ipvsadm -R", times.restore_ipvsadm);
  add(fmt::format("lbctl restore --replace, {} changes", times.steps_changed), times.changed);
  add(fmt::format("lbctl restore --replace, {} changes", times.steps_same), times.same);
  add("one weight, kernel asked to acknowledged", times.edit_step);
  add("lbctl edit-real", times.edit);
  add("ipvsadm -e", times.edit_ipvsadm);
  add("lbctl show --format ipvsadm", times.list);
  add("ipvsadm -Ln", times.list_ipvsadm);
  add("lbctl show", times.show);
  add("netd apply", {times.netd_apply});
  add("netd plan, nothing to do", {times.netd_plan});
  fmt::print("{}lbctl restore / ipvsadm -R: {} (aim: 0.125)\n", table(rows),
             ratio(times.restore, times.restore_ipvsadm));
  fmt::print("lbctl show / ipvsadm -Ln: {} (aim: 0.33)\n", ratio(times.list, times.list_ipvsadm));
  fmt::print("Aims on a machine of its own: {} changes below 100 ms, one weight below 1 ms.\n\n",
             times.steps_changed);
  std::vector<Row> peaks{{"resident at the most", "kB"}};
  for (const auto& [program, kilobytes] : times.peaks) peaks.push_back({program, fmt::to_string(kilobytes)});
  fmt::print("{}\n", table(peaks));
}

void bench_ipvs(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print("A table of {} services x 10 real servers, ipvsadm beside us\n", arguments.table);
  if (!has_ipvs()) return fmt::print("  left out: this kernel has no IPVS\n\n");
  if (!std::filesystem::exists("/sbin/ipvsadm"))
    return fmt::print("  left out: ipvsadm is not installed\n\n");
  try {
    print_ipvs(ipvs_times(folder / "ipvs", arguments.table, std::max(3, arguments.runs / 4)));
  } catch (const lab::Failure& failure) {
    fmt::print("  {}\n\n", failure.what());
  }
}

// keepalived has nothing beside it: its notify scripts call curl.
void bench_provider(const Arguments& arguments, const std::filesystem::path& folder) {
  fmt::print(
      "A provider routes the address: from the decision to the request on the wire (aim: below 5 ms)\n");
  print_times({{Product::kHawser, provider_delays(folder, arguments.runs)}});
  constexpr int kProviders = 100;
  fmt::print("Memory of {} vips, each with a provider that does not answer (kB)\n", kProviders);
  std::vector<Row> rows{{"process", "resident", "shared with others", "its own"}};
  for (const auto& [name, memory] : hanging_providers(folder, kProviders))
    rows.push_back(
        {name, fmt::to_string(memory.rss), fmt::to_string(memory.shared), fmt::to_string(memory.own)});
  fmt::print("{}Aim: vipd's advertising process below 8192 kB resident.\n\n", table(rows));
}

// Those below this are tried in every test run.
constexpr unsigned kFirstSeed = 10000;

void bench_storm(const Arguments& arguments, const std::filesystem::path& /*folder*/) {
  if (arguments.seeds == 0) return;
  fmt::print("VRRP's promises on 2 to 5 simulated routers: seeds from {} on, each in calm and in storm\n",
             kFirstSeed);
  const auto last = kFirstSeed + arguments.seeds;
  unsigned broken = 0;
  for (unsigned seed = kFirstSeed; seed < last; ++seed)
    for (const auto& [kind, of] :
         {std::pair("calm", &vipd::storm::calm), std::pair("storm", &vipd::storm::stormy)})
      if (const auto what = of(seed, {}); !what.empty()) {
        ++broken;
        fmt::print("  {} seed {}: {}\n", kind, seed, what);
      }
  fmt::print("{}\n", table({{"", "tried", "broken"},
                            {"seeds", fmt::to_string(arguments.seeds), fmt::to_string(broken)}}));
}

int run(const Arguments& arguments) {
  std::string pattern = (std::filesystem::temp_directory_path() / "hawser-bench.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) lab::give_up_errno("{}: create", pattern);
  const std::filesystem::path folder = pattern;
  using Part = void (*)(const Arguments&, const std::filesystem::path&);
  const std::vector<std::pair<std::string_view, Part>> parts{
      {"removal", bench_removal},     {"takeover", bench_takeover}, {"handover", bench_handover},
      {"addresses", bench_addresses}, {"routers", bench_routers},   {"memory", bench_memory},
      {"cable", bench_cable},         {"bonds", bench_bonds},       {"provider", bench_provider},
      {"ipvs", bench_ipvs},           {"storm", bench_storm}};
  for (const auto& [name, part] : parts)
    if (arguments.wants(name)) part(arguments, folder);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace hawser::bench

int main(int argc, char** argv) {
  using namespace hawser::bench;
  Arguments arguments;
  CLI::App app{"Benchmarks of Hawser, with keepalived beside it where that is installed."};
  app.add_option("--only", arguments.only,
                 "these parts: removal, takeover, handover, addresses, routers, memory, cable, bonds, "
                 "provider, ipvs, storm")
      ->check(CLI::IsMember({"removal", "takeover", "handover", "addresses", "routers", "memory", "cable",
                             "bonds", "provider", "ipvs", "storm"}));
  app.add_option("--runs", arguments.runs, "how often what is short is repeated")->check(CLI::Range(1, 1000));
  app.add_option("--services", arguments.services, "for memory: services of four real servers")
      ->check(CLI::Range(1, 20000));
  app.add_option("--bonds", arguments.bonds, "for bonds: how many")->check(CLI::Range(1, 2000));
  app.add_option("--table", arguments.table, "for ipvs: services of ten real servers")
      ->check(CLI::Range(100, 20000));
  app.add_option("--verdicts", arguments.verdicts, "for memory: probes before measuring");
  app.add_option("--requests", arguments.requests, "for handover: a second")->check(CLI::Range(1, 10000));
  app.add_option("--addresses", arguments.addresses, "for addresses: at the most")
      ->check(CLI::Range(1, 10000));
  app.add_option("--interval", arguments.interval,
                 "for addresses: ms between two advertisements; a machine that needs longer for its work "
                 "measures other things")
      ->check(CLI::Range(10, 40950) & CLI::Validator(
                                          [](const std::string& text) {
                                            return text.ends_with('0') ? "" : "must be a multiple of 10";
                                          },
                                          "MULTIPLE OF 10"));
  app.add_option("--routers", arguments.routers, "for routers: how many")->check(CLI::Range(1, 10000));
  app.add_option("--seeds", arguments.seeds, "for storm: how many, or 0")->check(CLI::Range(0U, 1000000000U));
  CLI11_PARSE(app, argc, argv);
  try {
    return run(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "hawser-bench: {}\n", error.what());
    return 1;
  }
}
