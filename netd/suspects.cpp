#include "netd/suspects.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <span>

#include <fmt/ranges.h>
#include <unistd.h>

#include "lib/state/ipvs.h"

namespace hawser::netd {

namespace {

using std::filesystem::path;

// Not the commands that one types (ipvsadm, ip, nft): they are gone when we look.
constexpr std::string_view kOfIpvs[] = {"keepalived",  "ldirectord", "kube-proxy",
                                        "kube-router", "dockerd",    "cilium-agent"};
constexpr std::string_view kOfNft[] = {"firewalld", "ufw",        "fail2ban-server",
                                       "dockerd",   "kube-proxy", "cilium-agent"};
constexpr std::string_view kOfNetwork[] = {"NetworkManager", "systemd-network", "connmand",   "dhclient",
                                           "dhcpcd",         "wicked",          "keepalived", "heartbeat",
                                           "pacemakerd",     "netplan"};

std::span<const std::string_view> known_to_change(std::string_view object) {
  if (ServiceKey::parse(object)) return kOfIpvs;
  if (object.starts_with("nftables")) return kOfNft;
  return kOfNetwork;
}

std::string namespace_of(const path& process) {
  std::error_code ignored;
  return std::filesystem::read_symlink(process / "ns/net", ignored).string();
}

// 0: it is no process's folder.
int pid_in(const path& folder) {
  const auto name = folder.filename().string();
  int pid = 0;
  const auto [stop, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return problem == std::errc{} && stop == name.data() + name.size() ? pid : 0;
}

std::string name_in(const path& process) {
  std::string name;
  std::getline(std::ifstream(process / "comm"), name);
  return name;
}

}  // namespace

std::vector<RunningProgram> programs_here(const path& proc) {
  std::vector<RunningProgram> programs;
  const auto ours = namespace_of(proc / "self");
  std::error_code problem;
  for (std::filesystem::directory_iterator at(proc, problem), end; !problem && at != end;
       at.increment(problem)) {
    const auto pid = pid_in(at->path());
    if (pid == 0) continue;
    const auto theirs = namespace_of(at->path());
    if (!theirs.empty() && theirs != ours) continue;
    if (auto name = name_in(at->path()); !name.empty()) programs.push_back({std::move(name), pid});
  }
  std::ranges::sort(programs, {}, &RunningProgram::pid);
  return programs;
}

std::string who_may_change(std::string_view object, const std::vector<RunningProgram>& programs) {
  const auto known = known_to_change(object);
  std::vector<std::string_view> seen;
  std::vector<std::string> words;
  for (const auto& [name, pid] : programs) {
    const auto found = std::ranges::find(known, name);
    // A daemon's children bear its name; the first is the one to ask.
    if (found == known.end() || std::ranges::find(seen, *found) != seen.end()) continue;
    seen.push_back(*found);
    words.push_back(fmt::format("{}[{}]", name, pid));
  }
  if (words.empty()) return {};
  return fmt::format("{} {} here", fmt::join(words, " and "), words.size() == 1 ? "runs" : "run");
}

Tell with_suspects(Tell tell, std::function<std::vector<RunningProgram>()> look) {
  return [tell = std::move(tell), look = std::move(look)](const Event& event) {
    if (event.cause.kind != CauseKind::kOthers || !event.evidence.empty()) return tell(event);
    auto told = event;
    told.evidence = who_may_change(event.object, look());
    tell(told);
  };
}

}  // namespace hawser::netd
