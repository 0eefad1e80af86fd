#include "lbctl/watch.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <boost/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "lbctl/choose.h"
#include "lbctl/render.h"
#include "lib/base/duration.h"
#include "lib/base/find_in.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/cli/table.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::lbctl {

namespace {

using namespace std::chrono_literals;

const cli::Option kEvery{"--every", "DURATION", "how often: 1s unless said otherwise"};

std::string amount(std::uint64_t number) {
  constexpr std::array<char, 4> kUnits{'k', 'M', 'G', 'T'};
  if (number < 10'000) return std::to_string(number);
  auto scaled = static_cast<double>(number);
  std::size_t unit = 0;
  for (scaled /= 1000; scaled >= 1000 && unit + 1 < kUnits.size(); ++unit) scaled /= 1000;
  return fmt::format("{:.1f}{}", scaled, kUnits.at(unit));
}

void add_rate(std::vector<std::string>& row, const Traffic& rate) {
  for (const auto number :
       {rate.connections, rate.packets_in, rate.packets_out, rate.bytes_in, rate.bytes_out})
    row.push_back(amount(number));
}

// Sleeps, unless nobody reads any more: then false.
bool wait_for_next(Milliseconds time) {
  std::array<pollfd, 1> output{{{STDOUT_FILENO, 0, 0}}};
  const int ready = ::poll(output.data(), output.size(), static_cast<int>(time.count()));
  return ready <= 0 || (output[0].revents & (POLLERR | POLLHUP)) == 0;
}

Result<Milliseconds> interval_of(const cli::Arguments& arguments) {
  const auto given = arguments.values.find(kEvery.name);
  if (given == arguments.values.end()) return Milliseconds{1s};
  const auto time = parse_duration(given->second);
  if (!time || *time < 100ms || *time > 1h)
    return fail("{}: must be a duration from 100ms to 1h, such as 2s", kEvery.name);
  return *time;
}

Status draw(const cli::Arguments& arguments, Kernel& kernel, bool on_terminal) {
  auto observed = kernel.observe(kIpvsTraffic);
  if (!observed) return tl::unexpected(observed.error());
  const auto view = choose(join(*observed, std::nullopt), arguments.words);
  if (!view) return tl::unexpected(view.error());
  if (arguments.json) {
    cli::print(boost::json::serialize(to_json(*view)) + "\n");
  } else {
    std::erase_if(observed->state.services,
                  [&](const auto& entry) { return !view->services.contains(entry.first); });
    if (on_terminal) cli::print("\x1b[H\x1b[J");
    cli::print(render_rates(*observed, cli::terminal_width()) + (on_terminal ? "" : "\n"));
  }
  (void)std::fflush(stdout);
  return {};
}

}  // namespace

std::vector<cli::Option> watch_options() {
  return {kEvery};
}

std::string render_rates(const Observed& observed, std::size_t width) {
  if (observed.state.services.empty()) return "no virtual services\n";
  using cli::Align;
  cli::Table table{{{"service"},
                    {"conns/s", Align::kRight},
                    {"pkts in/s", Align::kRight},
                    {"pkts out/s", Align::kRight},
                    {"bytes in/s", Align::kRight},
                    {"bytes out/s", Align::kRight},
                    {"weight", Align::kRight},
                    {"active", Align::kRight},
                    {"inactive", Align::kRight}}};
  for (const auto& [key, service] : observed.state.services) {
    const auto* found = find_in(observed.services, key);
    const auto status = found == nullptr ? ServiceStatus{} : *found;
    std::vector<std::string> row{to_string(key)};
    add_rate(row, status.rate);
    table.add(row);
    for (const auto& [real, server] : service.reals) {
      const auto* counted = find_in(status.reals, real);
      const auto counts = counted == nullptr ? RealStatus{} : *counted;
      std::vector<std::string> below{"  " + to_string(real)};
      add_rate(below, counts.rate);
      for (const auto number : {server.weight, counts.active, counts.inactive})
        below.push_back(std::to_string(number));
      table.add(below);
    }
  }
  return table.str("", width);
}

int watch_verb(const cli::Arguments& arguments) {
  const auto interval = interval_of(arguments);
  if (!interval) {
    cli::refuse(arguments, "lbctl watch", interval.error());
    return kUsage;
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "lbctl", kernel.error());
  const bool on_terminal = ::isatty(STDOUT_FILENO) == 1;
  do {
    if (auto drawn = draw(arguments, *kernel, on_terminal); !drawn)
      return cli::refuse(arguments, "lbctl", drawn.error());
  } while (std::ferror(stdout) == 0 && wait_for_next(*interval));
  return kRefused;
}

}  // namespace hawser::lbctl
