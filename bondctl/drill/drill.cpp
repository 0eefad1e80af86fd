#include "bondctl/drill/drill.h"

#include <boost/json.hpp>
#include <unistd.h>

#include "bondctl/drill/runner.h"
#include "bondctl/drill/svg.h"
#include "lib/base/atomic_file.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/netlink/explain.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/netlink/way.h"

namespace hawser::bondctl {

namespace {

using namespace drill;

constexpr mode_t kForAll = 0644;

struct Order {
  std::string bond;
  How how = How::kDown;
  std::optional<IpAddress> target;
  Pace pace;
  std::filesystem::path svg;
};

std::optional<std::string> value_of(const cli::Arguments& arguments, const std::string& option) {
  const auto found = arguments.values.find(option);
  if (found == arguments.values.end()) return std::nullopt;
  return found->second;
}

Result<Milliseconds> duration_of(const std::string& option, const std::string& text, Milliseconds least,
                                 Milliseconds most) {
  const auto duration = parse_duration(text);
  if (!duration) return fail("{} {}: {}", option, text, duration.error().text);
  if (*duration < least || *duration > most)
    return fail("{} {}: must be {} to {}", option, text, format_duration(least), format_duration(most));
  return *duration;
}

Status read_pace(const cli::Arguments& arguments, Pace& pace) {
  using namespace std::chrono_literals;
  const auto read = [&](const std::string& option, Milliseconds least, Milliseconds most,
                        const auto& keep) -> Status {
    const auto text = value_of(arguments, option);
    if (!text) return {};
    const auto duration = duration_of(option, *text, least, most);
    if (!duration) return tl::unexpected(duration.error());
    keep(*duration);
    return {};
  };
  if (auto good = read("--every", 1ms, 1s, [&](Milliseconds value) { pace.every = value; }); !good)
    return good;
  if (auto good = read("--hold", 1s, 600s, [&](Milliseconds value) { pace.hold = value; }); !good)
    return good;
  return read("--wait", 1s, 600s, [&](Milliseconds value) { pace.patience = value; });
}

Result<Order> order_of(const cli::Arguments& arguments) {
  Order order;
  order.bond = arguments.words.front();
  if (const auto text = value_of(arguments, "--how")) {
    const auto how = from_name<How>(*text);
    if (!how) return fail("--how {}: must be {}", *text, all_names<How>());
    order.how = *how;
  }
  if (const auto text = value_of(arguments, "--target")) {
    const auto address = IpAddress::parse(*text);
    if (!address) return fail("--target {}: must be an address: {}", *text, address.error().text);
    order.target = *address;
  }
  if (const auto good = read_pace(arguments, order.pace); !good) return tl::unexpected(good.error());
  order.svg = value_of(arguments, "--svg").value_or("");
  return order;
}

// Before anything is broken: a picture that cannot be written is no reason to do it all again.
Status check_svg(const std::filesystem::path& file) {
  if (file.empty()) return {};
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (::access(directory.c_str(), W_OK) == 0) return {};
  return fail_with(errno, "{}: write: {}: {}", file.string(), directory.string(), std::strerror(errno));
}

std::string device_called(const Observed& observed, IfIndex index) {
  for (const auto& [name, status] : observed.links)
    if (status.index == index) return name;
  return "interface " + std::to_string(index.value);
}

// A link-local address has no route of its own: it is on whatever link one says.
Result<Target> target_of(const Observed& observed, const Order& order) {
  if (!order.target) return default_target(observed.state, order.bond);
  if (order.target->is_v6() && order.target->is_link_local()) return Target{*order.target, order.bond};
  const auto way = nl::way_to(*order.target);
  if (!way) return fail_because(fmt::format("{}: drill: target", order.bond), way.error());
  const auto device = device_called(observed, way->device);
  if (devices_over(observed.state, order.bond).contains(device)) return Target{*order.target, device};
  return fail("{0}: drill: target {1}: its route leads over {2}, not over {0}", order.bond, *order.target,
              device);
}

bool guard_runs(const cli::Arguments& arguments) {
  const auto status =
      control::ask_json(arguments.runtime_dir / "netd.sock", {"GET", "/v1/status", ""}, Milliseconds{1000});
  return status && control::text_in(control::value_in(*status, "guard"), "state") == "running";
}

Result<Recording> prepare(Kernel& kernel, const cli::Arguments& arguments, const Order& order) {
  if (!nl::has_net_admin())
    return fail("{}: drill: not permitted: needs CAP_NET_ADMIN and CAP_NET_RAW (sudo)", order.bond);
  if (const auto good = check_svg(order.svg); !good) return tl::unexpected(good.error());
  const auto observed = kernel.observe(kNetworkOnly);
  if (!observed) return tl::unexpected(observed.error());
  auto subject = subject_of(*observed, order.bond, order.how);
  if (!subject) return tl::unexpected(subject.error());
  const auto target = target_of(*observed, order);
  if (!target) return tl::unexpected(target.error());
  Recording recording;
  recording.due = announced_addresses(*observed, *subject);
  recording.subject = std::move(*subject);
  recording.how = order.how;
  recording.target = *target;
  recording.every = order.pace.every;
  recording.guarded = guard_runs(arguments);
  return recording;
}

Result<NamespaceLock> lock(const std::string& bond) {
  auto taken = NamespaceLock::take("bondctl-drill");
  if (!taken && taken.error().code == EADDRINUSE)
    return fail_with(EADDRINUSE, "{}: drill: another drill runs on this host: wait for its end", bond);
  return taken;
}

Status perform(Kernel& kernel, Recording& recording, const Order& order, IfIndex device,
               const Runner::Say& say) {
  const Before before{order.bond, recording.subject.active, recording.subject.ports};
  auto dead_man = DeadMan::start(before);
  if (!dead_man) return tl::unexpected(dead_man.error());
  Runner runner(kernel, recording, order.pace, *dead_man, say);
  auto done = runner.open(device);
  if (done) done = runner.quiet();
  const bool touched = done.has_value();
  if (done) done = runner.run();
  const auto back = touched ? restore(kernel, before) : Status{};
  if (!back)
    return fail("{}; and not all is as it was: {}", done ? "drill" : done.error().text, back.error().text);
  dead_man->dismiss();
  return done;
}

int answer(const cli::Arguments& arguments, const Order& order, const Recording& recording) {
  const auto report = judge(recording);
  if (arguments.json)
    cli::print(control::pretty(to_json(report)));
  else
    cli::print(render(report, cli::terminal_width()));
  if (!order.svg.empty())
    if (const auto written = write_atomically(order.svg, svg_of(report), kForAll); !written)
      return cli::complain("bondctl", written.error());
  return report.faults.empty() ? kDone : kNo;
}

}  // namespace

int drill_verb(const cli::Arguments& arguments) {
  const auto order = order_of(arguments);
  if (!order) {
    cli::refuse(arguments, "bondctl drill", order.error());
    return kUsage;
  }
  auto kernel = NetlinkKernel::open();
  if (!kernel) return cli::refuse(arguments, "bondctl", kernel.error());
  auto recording = prepare(*kernel, arguments, *order);
  if (!recording) return cli::refuse(arguments, "bondctl", recording.error());
  const auto only = lock(order->bond);
  if (!only) return cli::refuse(arguments, "bondctl", only.error());
  const auto observed = kernel->observe(kLinksOnly);
  if (!observed) return cli::refuse(arguments, "bondctl", observed.error());
  const auto say = [&](const std::string& line) {
    if (!arguments.json) cli::say(line);
  };
  const auto device = observed->links.contains(recording->target.device)
                          ? observed->links.at(recording->target.device).index
                          : IfIndex{};
  if (const auto done = perform(*kernel, *recording, *order, device, say); !done)
    return cli::refuse(arguments, "bondctl", done.error());
  return answer(arguments, *order, *recording);
}

std::vector<cli::Option> drill_options() {
  return {{"--target", "ADDRESS", "what is asked all the time, by default the gateway over the bond"},
          {"--how", "WORD", "down (the port's link), path (its frames dropped) or switch (the active role)"},
          {"--every", "DURATION", "a probe each DURATION, by default 1ms"},
          {"--hold", "DURATION", "how long each event lasts at least, by default 2s"},
          {"--wait", "DURATION", "how long a fail-over may take, by default as the bond is monitored"},
          {"--svg", "FILE", "draw a picture of it"}};
}

}  // namespace hawser::bondctl
