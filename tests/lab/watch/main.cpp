// hawser-lab-watch NAMESPACE ADDRESS [PORT]: asks the address over HTTP a hundred times a second from inside
// the namespace and tells what it sees: a line a second, and at once when answers stop and when they return.
// Ends on SIGINT.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "tests/support/client.h"
#include "tests/support/failure.h"

namespace hawser::lab {
namespace {

std::atomic<bool> interrupted{false};

void interrupt(int) {
  interrupted = true;
}

template <class... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  fmt::print("{:02}:{:02}:{:02}  {}\n", parts.tm_hour, parts.tm_min, parts.tm_sec,
             fmt::format(format, std::forward<Args>(args)...));
  static_cast<void>(std::fflush(stdout));
}

void tell_second(const Report& second) {
  std::vector<std::string> servers;
  servers.reserve(second.answers.size());
  for (const auto& [server, count] : second.answers) servers.push_back(fmt::format("{} {}", server, count));
  tell("{} asked, {} lost, longest gap {:.0f} ms  {}", second.sent, second.lost,
       milliseconds(second.longest_gap), fmt::join(servers, ", "));
}

// Says when the last state of things changed; `out` is what was said last.
void tell_change(const Report& all, TimePoint now, bool& out) {
  const bool is_out = !all.outages.empty() && !all.outages.back().recovered;
  if (is_out == out) return;
  out = is_out;
  const Outage& last = all.outages.back();
  if (is_out)
    tell("NO ANSWER ({})", all.losses.empty() ? "" : all.losses.begin()->first);
  else
    tell("back after {:.0f} ms, {} requests lost",
         milliseconds(last.recovered.value_or(now) - last.first_lost), last.lost);
}

int watch(const std::string& name, const std::string& address, std::uint16_t port) {
  const Namespace where = Namespace::existing(name);
  const Client client(where, {.address = address, .port = port, .timeout = 300ms});
  const TimePoint start = Clock::now();
  TimePoint told = start;
  bool out = false;
  while (!interrupted) {
    std::this_thread::sleep_for(20ms);
    const TimePoint now = Clock::now();
    tell_change(client.report(now - 60s, now), now, out);
    // A second later: each request of it was answered or timed out by then.
    if (now - told < 1300ms) continue;
    tell_second(client.report(told, told + 1s));
    told += 1s;
  }
  return 0;
}

}  // namespace
}  // namespace hawser::lab

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: hawser-lab-watch NAMESPACE ADDRESS [PORT]\n");
    return 2;
  }
  static_cast<void>(std::signal(SIGINT, hawser::lab::interrupt));
  try {
    const int port = argc > 3 ? std::stoi(argv[3]) : 80;
    return hawser::lab::watch(argv[1], argv[2], static_cast<std::uint16_t>(port));
  } catch (const std::exception& error) {
    fmt::print(stderr, "hawser-lab-watch: {}\n", error.what());
    return 1;
  }
}
