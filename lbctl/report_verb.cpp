#include "lbctl/report_verb.h"

#include <filesystem>

#include <boost/json.hpp>
#include <sys/utsname.h>
#include <unistd.h>

#include "lbctl/netd_view.h"
#include "lbctl/render.h"
#include "lbctl/report.h"
#include "lbctl/rules/write.h"
#include "lbctl/told.h"
#include "lib/base/atomic_file.h"
#include "lib/base/wall_clock.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr Milliseconds kAnswersWithin{1000};
constexpr std::size_t kEvents = 30;
constexpr std::size_t kLargest = std::size_t{256} << 20U;  // /proc/net/ip_vs_conn with a million connections

// What decides whether packets get to real servers and back, beside IPVS's own.
constexpr std::string_view kBeside[] = {"net.ipv4.ip_forward",
                                        "net.ipv6.conf.all.forwarding",
                                        "net.ipv4.conf.all.rp_filter",
                                        "net.ipv4.conf.all.arp_ignore",
                                        "net.ipv4.conf.all.arp_announce",
                                        "net.ipv4.conf.all.send_redirects",
                                        "net.netfilter.nf_conntrack_count",
                                        "net.netfilter.nf_conntrack_max"};

std::string because(const Error& why) {
  return fmt::format("not known: {}\n", why.text);
}

std::string host_text() {
  utsname host{};
  ::uname(&host);
  return fmt::format("{}, {}\nlbctl {}, {} {}, {}\n", host.nodename,
                     iso8601(std::chrono::system_clock::now()), HAWSER_VERSION, host.sysname, host.release,
                     host.machine);
}

std::string read_modules() {
  const auto text = read_file("/proc/modules");
  return text ? modules_text(*text) : because(text.error());
}

std::string read_connections_of_ipvs() {
  const auto text = read_file("/proc/net/ip_vs_conn", kLargest);
  return text ? connections_text(read_connections(*text)) : because(text.error());
}

void read_sysctl(const std::string& name, const fs::path& file, std::map<std::string, std::string>& values) {
  auto text = read_file(file);
  if (!text) return;  // this kernel has it not
  while (!text->empty() && text->back() == '\n') text->pop_back();
  values[name] = *text;
}

std::map<std::string, std::string> read_sysctls() {
  std::map<std::string, std::string> values;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc/sys/net/ipv4/vs", error))
    read_sysctl("net.ipv4.vs." + entry.path().filename().string(), entry.path(), values);
  for (const auto name : kBeside) {
    std::string path(name);
    std::ranges::replace(path, '.', '/');
    read_sysctl(std::string(name), "/proc/sys/" + path, values);
  }
  return values;
}

// A question alone may bring the kernel to load nf_tables, so it is asked where something hints at our table.
bool may_have_table(const State& state) {
  const auto conntrack = state.ipvs.sysctls.find(IpvsSysctl::kConntrack);
  return (conntrack != state.ipvs.sysctls.end() && conntrack->second != 0) ||
         std::ranges::any_of(state.services,
                             [](const auto& entry) { return entry.first.transport == Transport::kFwmark; });
}

std::string read_nft(Kernel& kernel, const State& state) {
  if (!may_have_table(state)) return "not asked for: no service by mark, no connection tracking\n";
  const auto observed = kernel.observe(kNftOnly);
  return observed ? nft_text(observed->state.nft) : because(observed.error());
}

void add_kernel(Report& report, const Result<json::value>& status) {
  auto kernel = NetlinkKernel::open();
  auto observed = kernel ? kernel->observe(kAllOfIpvs) : Result<Observed>(tl::unexpected(kernel.error()));
  if (!observed) return report.push_back({"services", because(observed.error())});
  auto view = join(*observed, status ? std::optional(read_netd(*status)) : std::nullopt);
  if (!status) view.netd_silence = status.error().text;
  view.has_ipvs = ::access("/proc/net/ip_vs", F_OK) == 0;
  report.push_back({"services", render(view)});
  const auto rules = write_rules(observed->state);
  report.push_back({"the same as ipvsadm's rules", rules.empty() ? "none\n" : rules});
  report.push_back({"nftables", read_nft(*kernel, observed->state)});
}

void add_netd(Report& report, const fs::path& socket, const Result<json::value>& status) {
  if (!status) return report.push_back({"netd", because(status.error())});
  report.push_back({"netd", findings_text(*status)});
  std::string why;
  for (const auto& told : told_of(*status, "", "")) why += line_of(told) + "\n";
  report.push_back({"weights, and why", why.empty() ? "netd has no services\n" : why});
  const auto events = control::ask_json(socket, {"GET", "/v1/events", ""}, kAnswersWithin);
  report.push_back({"netd's last events", events ? events_text(*events, kEvents) : because(events.error())});
}

}  // namespace

int report_verb(const cli::Arguments& arguments) {
  const auto socket = arguments.runtime_dir / "netd.sock";
  const auto status = control::ask_json(socket, {"GET", "/v1/status", ""}, kAnswersWithin);
  Report report{{"host", host_text()}};
  add_kernel(report, status);
  add_netd(report, socket, status);
  report.push_back({"connections", read_connections_of_ipvs()});
  report.push_back({"sysctls", sysctls_text(read_sysctls())});
  report.push_back({"kernel modules", read_modules()});
  cli::print(arguments.json ? control::pretty(to_json(report)) : render(report));
  return kDone;
}

}  // namespace hawser::lbctl
