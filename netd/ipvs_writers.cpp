#include "netd/ipvs_writers.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hawser::netd {

namespace {

// As /proc/PID/comm has them: 15 characters at most. dockerd writes the table for swarm services.
constexpr std::array<std::string_view, 7> kWriters{"keepalived", "ldirectord", "ipvsadm",    "kube-proxy",
                                                   "dockerd",    "seesaw_ncc", "kube-router"};
constexpr std::chrono::seconds kAgain{10};

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::vector<std::string> ipvs_writers(const std::filesystem::path& proc) {
  std::vector<std::string> found;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry(proc, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const auto pid = entry->path().filename().native();
    if (!is_number(pid)) continue;
    std::string name;
    std::getline(std::ifstream(entry->path() / "comm"), name);
    if (std::ranges::find(kWriters, name) != kWriters.end())
      found.push_back(fmt::format("{} (process {})", name, pid));
  }
  std::ranges::sort(found);
  return found;
}

std::string suspicion(const std::vector<std::string>& writers) {
  if (writers.empty())
    return "no program that is known to write the table runs now: by hand or by a script, perhaps";
  return fmt::format("{} {} here", fmt::join(writers, " and "), writers.size() == 1 ? "runs" : "run");
}

std::string IpvsWriters::in_words(TimePoint now) {
  if (words_.empty() || now - looked_at_ >= kAgain) {
    words_ = suspicion(ipvs_writers("/proc"));
    looked_at_ = now;
  }
  return words_;
}

}  // namespace hawser::netd
