#include "lbctl/report_verb.h"

#include <algorithm>
#include <filesystem>

#include <boost/json.hpp>
#include <sys/utsname.h>

#include "lbctl/connections_verb.h"
#include "lbctl/look.h"
#include "lbctl/render.h"
#include "lbctl/report.h"
#include "lbctl/rules/write.h"
#include "lbctl/told.h"
#include "lib/base/atomic_file.h"
#include "lib/base/wall_clock.h"
#include "lib/cli/output.h"
#include "lib/control/json.h"

namespace hawser::lbctl {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t kEvents = 30;

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
  const auto connections = connections_of_kernel();
  return connections ? connections_text(*connections) : because(connections.error());
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

std::string read_nft(const State& table) {
  if (!may_have_nft_table(table)) return "not asked for: no service by mark, no connection tracking\n";
  const auto observed = observe_table(kNftOnly);
  return observed ? nft_text(observed->state.nft) : because(observed.error());
}

void add_kernel(Report& report, const Result<json::value>& status) {
  const auto observed = observe_table(kAllOfIpvs);
  if (!observed) return report.push_back({"services", because(observed.error())});
  report.push_back({"services", render(view_of(*observed, status))});
  const auto rules = write_rules(observed->state);
  report.push_back({"the same as ipvsadm's rules", rules.empty() ? "none\n" : rules});
  report.push_back({"nftables", read_nft(observed->state)});
}

void add_netd(Report& report, const cli::Arguments& arguments, const Result<json::value>& status) {
  if (!status) return report.push_back({"netd", because(status.error())});
  report.push_back({"netd", findings_text(*status)});
  std::string why;
  for (const auto& told : told_of(*status, "", "")) why += line_of(told) + "\n";
  report.push_back({"weights, and why", why.empty() ? "netd has no services\n" : why});
  const auto events = ask_netd(arguments, "/v1/events");
  report.push_back({"netd's last events", events ? events_text(*events, kEvents) : because(events.error())});
}

}  // namespace

int report_verb(const cli::Arguments& arguments) {
  const auto status = ask_netd(arguments);
  Report report{{"host", host_text()}};
  add_kernel(report, status);
  add_netd(report, arguments, status);
  report.push_back({"connections", read_connections_of_ipvs()});
  report.push_back({"sysctls", sysctls_text(read_sysctls())});
  report.push_back({"kernel modules", read_modules()});
  cli::print(arguments.json ? control::pretty(to_json(report)) : render(report));
  return kDone;
}

}  // namespace hawser::lbctl
