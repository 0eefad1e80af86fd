#include "netd/daemon.h"

#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <fcntl.h>
#include <malloc.h>

#include "lib/cli/output.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"
#include "lib/control/routes.h"
#include "lib/control/server.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/descriptors.h"
#include "lib/daemon/event_log.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/lateness.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/log.h"
#include "lib/daemon/namespace_lock.h"
#include "lib/daemon/notify.h"
#include "lib/netlink/monitor.h"
#include "lib/netlink/netlink_kernel.h"
#include "lib/netlink/nft_monitor.h"
#include "lib/reconcile/device_paths.h"
#include "lib/reconcile/directories.h"
#include "lib/reconcile/host_facts.h"
#include "lib/reconcile/host_file.h"
#include "lib/reconcile/journal_file.h"
#include "lib/reconcile/known_health.h"
#include "netd/announcer.h"
#include "netd/bond_chronicle.h"
#include "netd/condition_log.h"
#include "netd/controller.h"
#include "netd/events.h"
#include "netd/guard/supervisor.h"
#include "netd/ipvs_writers.h"
#include "netd/override_desk.h"
#include "netd/renewals.h"
#include "netd/status.h"
#include "probes/prober.h"

namespace hawser::netd {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using boost::system::error_code;

constexpr std::chrono::minutes kSayBroken{1};

TimePoint clock_now() {
  return std::chrono::steady_clock::now();
}

Moment moment_now() {
  return {std::chrono::system_clock::now(), clock_now()};
}

// What the daemon is built from.
struct Sockets {
  NetlinkKernel kernel;
  Monitor monitor;
  Fd events;  // the monitor's, once more: the event loop closes it
};

Result<Sockets> open_sockets() {
  auto monitor = Monitor::open();  // before the first look, so that nothing falls between
  if (!monitor) return tl::unexpected(monitor.error());
  Fd events{::fcntl(monitor->fd(), F_DUPFD_CLOEXEC, 0)};
  if (!events) return fail("netlink: listen for changes: {}", std::strerror(errno));
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  return Sockets{std::move(*kernel), std::move(*monitor), std::move(events)};
}

class Daemon {
 public:
  Daemon(asio::io_context& io, cli::Arguments arguments, Sockets sockets, Made made)
      : io_(io),
        arguments_(std::move(arguments)),
        kernel_(std::move(sockets.kernel)),
        monitor_(std::move(sockets.monitor)),
        changes_(io, sockets.events.release()),
        nft_changes_(io),
        controller_(
            kernel_, std::move(made),
            [this](const std::string& text) { return write_journal(arguments_, text); },
            [this](const Event& event) { events_.report(event); }, devices_by_path, look_at_host),
        overrides_(
            controller_, overrides_file(arguments_.state_dir),
            [this](const Event& event) { events_.report(event); },
            [] {
              return Overrides::Clocks{std::chrono::system_clock::now(), clock_now()};
            }),
        prober_(io, probes::most_probes_at_once(raise_descriptor_limit()),
                [this](const auto& key, const auto& verdict) { take_verdict(key, verdict); }),
        guard_(io, [this](const Event& event) { take_from_guard(event); }),
        announcer_(AnnouncementSender([this](const Event& event) { events_.report(event); }),
                   [this](const Event& event) { events_.report(event); }),
        signals_(io, SIGHUP, SIGTERM, SIGINT),
        timer_(io),
        broken_timer_(io),
        notifier_(io),
        loop_lateness_(io) {
    arguments_.flags.erase("--allow-empty");  // said of the start, not of later reloads
    controller_.ask_who([this](TimePoint now) { return writers_.in_words(now); });
    controller_.on_look([this](const Observed& observed, const std::set<std::string>& devices,
                               TimePoint now) { announcer_.saw(observed, devices, now); });
  }

  // Without a socket nobody can ask, but the network is as the file says. Only where another netd answers
  // there, this one has no business.
  Status listen() {
    const auto socket = netd_socket(arguments_);
    const auto taken = std::make_shared<Status>();
    const auto tell = [this, socket, taken](const Status& made) {
      if (!made && made.error().code == EADDRINUSE) *taken = made;
      events_.report(control_socket_event(socket, made));
    };
    server_ = control::Server::keep(
        io_, socket,
        [this, routes = routes()](const control::Request& request) {
          const HandlerScope scope{handlers_};
          return routes.answer(request);
        },
        tell);
    return *taken;
  }

  void begin(HostFile reading, ConfigStatus source) {
    source_ = std::move(source);
    look_at_bonds();
    overrides_.read();
    use(std::move(reading), Why::kStart);
    wait_for_events();
    wait_for_signals();
    if (source_.last_good) say_broken();
  }

 private:
  // Start and reload share all of it: what is unchanged costs one look.
  void use(HostFile reading, Why why) {
    config_ = std::move(reading.config);
    sources_ = std::move(reading.sources);
    to_keep_ = !source_.last_good;
    if (auto level = log::set_level(config_.log_level); !level)
      events_.report(problem_event(Level::kWarning, level.error().text));
    controller_.configure(config_, why, clock_now());
    listen_to_nft();
    prober_.set(controller_.board().probes());
    work_soon();
  }

  void work_soon() {
    if (std::exchange(posted_, true)) return;
    asio::post(io_, [this] {
      posted_ = false;
      work();
    });
  }

  void work() {
    const HandlerScope scope{handlers_};
    const bool more = controller_.work(clock_now());
    listen_to_nft();
    announcer_.work(clock_now());
    const auto& network = controller_.network().resolved();
    guard_.set(guarded_bonds(network.network, network.bonds));
    if (controller_.settled()) after_apply();
    say_conditions();
    say_switches(clock_now());
    if (more) return work_soon();
    timer_.expires_at(
        std::min({controller_.next(), conditions_.due(), announcer_.next(), chronicle_.next()}));
    timer_.async_wait([this](const error_code& error) {
      if (!error) work();
    });
  }

  void say_conditions() {
    const auto& network = controller_.network();
    if (!ready_) return;  // at first nothing is as it should be
    for (const auto& event :
         conditions_.update(states_of_links(network.resolved(), network.observed()), clock_now()))
      events_.report(event);
  }

  // Of the file's bonds: the others are somebody else's.
  void say_switches(TimePoint now) {
    const auto& links = controller_.network().resolved().network.links;
    for (const auto& event : chronicle_.due(now)) {
      const auto link = links.find(event.object);
      if (link != links.end() && link->second.bond) events_.report(event);
    }
  }

  void take_from_guard(const Event& event) {
    if (event.kind != EventKind::kSwitch) return events_.report(event);
    chronicle_.guard_switched(event, clock_now());
    work_soon();
  }

  // Without it the next notifications tell less of what was before them.
  void look_at_bonds() {
    if (const auto links = Monitor::look()) chronicle_.begin(*links, moment_now());
  }

  void note_switches(const Changes& changes) {
    if (!changes.lost) return chronicle_.hear(changes.facts, moment_now());
    if (const auto links = Monitor::look()) chronicle_.look_again(*links, moment_now());
  }

  void after_apply() {
    if (!ready_) {
      ready_ = true;
      events_.report(
          {.object = "netd",
           .to = "ready",
           .evidence = fmt::format("links {}, services {}, probes {}", config_.network.links.size(),
                                   controller_.ipvs().layout().size(), controller_.board().probes().size())});
    }
    if (std::exchange(announce_, false))
      notifier_.ready(source_.last_good ? "running the last good file" : "");
    if (!std::exchange(to_keep_, false)) return;
    const config::LastGood good{config_.node, std::exchange(sources_, {})};
    if (auto kept = config::keep_last_good(arguments_.state_dir, "netd", good); !kept)
      events_.report(trouble_event(EventKind::kStorage, kept.error()));
    malloc_trim(0);  // reading a file of a thousand services takes more than keeping what it says
  }

  void take_verdict(const probes::ProbeKey& key, const probes::Verdict& verdict) {
    const HandlerScope scope{handlers_};
    controller_.verdict(key, verdict, clock_now());
    if (controller_.next() < timer_.expiry()) work_soon();
  }

  void wait_for_events() {
    changes_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
      if (error) return;
      take_events();
      wait_for_events();
    });
  }

  void take_events() {
    const HandlerScope scope{handlers_};
    auto changes = monitor_.drain();
    if (changes) changes = renewals_.without(std::move(*changes));
    if (changes && !changes->any()) return;
    if (changes) note_switches(*changes);
    controller_.network_changed(clock_now());
    work_soon();
  }

  // Only where there is a table of ours. Without it the table is looked at every ipvs_check all the same;
  // tried again with every piece of work, since the modules come with the first table.
  void listen_to_nft() {
    if (nft_monitor_ || !controller_.nft().concerned()) return;
    auto monitor = NftMonitor::open();
    if (!monitor) return;
    const int events = ::fcntl(monitor->fd(), F_DUPFD_CLOEXEC, 0);
    if (events < 0) return;
    nft_monitor_.emplace(std::move(*monitor));
    nft_changes_.assign(events);
    wait_for_nft();
  }

  void wait_for_nft() {
    nft_changes_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
      if (error) return;
      const HandlerScope scope{handlers_};
      if (nft_monitor_->drain().value_or(true)) {
        controller_.nft_changed(clock_now());
        work_soon();
      }
      wait_for_nft();
    });
  }

  void wait_for_signals() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal != SIGHUP) return stop(signal);
      (void)reload(arguments_);
      wait_for_signals();
    });
  }

  void stop(int signal) {
    say_switches(TimePoint::max());  // those that wait for the rest of their story too
    events_.report(
        {.object = "netd",
         .to = fmt::format("stops on signal {}; links, addresses and services stay as they are", signal),
         .cause = {CauseKind::kOperator, ""}});
    notifier_.stopping();
    io_.stop();
  }

  // What was wrong, empty when the file is in use now.
  std::vector<config::Problem> reload(const cli::Arguments& arguments) {
    const HandlerScope scope{handlers_};
    notifier_.reloading();
    announce_ = true;
    auto reading = read_file_over(arguments, [this] { return controller_.held(); });
    source_.problems = reading.problems;
    if (!reading.good()) {
      tell_problems([this](const Event& event) { events_.report(event); }, Level::kWarning, reading.problems);
      events_.report(reload_event(
          Level::kWarning, fmt::format("{} is not used, the configuration stays as it was", source_.file)));
      work_soon();
      return reading.problems;
    }
    source_.last_good = false;
    broken_timer_.cancel();
    events_.report(reload_event(Level::kInfo, source_.file));
    use(std::move(reading), Why::kReload);
    return {};
  }

  void say_broken() {
    broken_timer_.expires_after(kSayBroken);
    broken_timer_.async_wait([this](const error_code& error) {
      if (error) return;
      events_.report(last_good_event(source_.file, {}, to_string(source_.problems.front())));
      say_broken();
    });
  }

  control::Routes routes() {
    control::Routes routes(::geteuid());
    routes.get("/v1/status", [this](const auto&) { return control::good(status()); })
        .get("/v1/health",
             [this](const auto&) { return control::good(health_json(controller_.known(clock_now()))); })
        .post("/v1/override",
              [this](const auto& request) {
                auto answer = overrides_.answer(request);
                work_soon();
                return answer;
              })
        .post("/v1/reload", [this](const auto& request) { return answer_reload(request); });
    events_.add_to(routes);
    return routes;
  }

  control::Response answer_reload(const control::Request& request) {
    auto arguments = arguments_;
    if (asks_for(request, "allow-empty")) arguments.flags.insert("--allow-empty");
    const auto problems = reload(arguments);
    if (problems.empty()) return control::good({{"result", "in use"}});
    return {409,
            json::serialize(json::object{{"error", "the file is not used, the configuration stays as it was"},
                                         {"problems", config::problems_json(problems)}})};
  }

  json::object status() const {
    return status_json({.config = config_,
                        .source = source_,
                        .controller = controller_,
                        .guard = guard_.status(),
                        .handlers = handlers_,
                        .loop = loop_lateness_.latencies(),
                        .probes_running = prober_.running(),
                        .ready = ready_,
                        .now = clock_now()});
  }

  asio::io_context& io_;
  EventLog events_;
  cli::Arguments arguments_;
  NetlinkKernel kernel_;
  Monitor monitor_;
  Renewals renewals_;
  IpvsWriters writers_;
  asio::posix::stream_descriptor changes_;
  std::optional<NftMonitor> nft_monitor_;
  asio::posix::stream_descriptor nft_changes_;
  Controller controller_;
  OverrideDesk overrides_;
  probes::Prober prober_;
  GuardSupervisor guard_;
  BondChronicle chronicle_;
  Announcer announcer_;
  asio::signal_set signals_;
  asio::steady_timer timer_, broken_timer_;
  Notifier notifier_;
  LoopLateness loop_lateness_;
  Latencies handlers_;
  ConditionLog conditions_;
  std::unique_ptr<control::Server> server_;

  config::Config config_;
  std::vector<config::Source> sources_;
  ConfigStatus source_;
  bool ready_ = false;
  bool announce_ = true;  // tell systemd when all of the configuration was tried
  bool to_keep_ = false;  // the file becomes the last good one then
  bool posted_ = false;
};

struct Chosen {
  HostFile reading;
  ConfigStatus source;
};

// The file, else the last good one, else nothing: exit 78.
std::optional<Chosen> choose(const cli::Arguments& arguments) {
  auto reading = read_file_over(arguments, [&] {
    auto kernel = NetlinkKernel::open();
    return kernel ? held_here(arguments, *kernel) : Holdings{};
  });
  ConfigStatus source{arguments.config.string(), false, reading.problems};
  if (reading.good()) return Chosen{std::move(reading), std::move(source)};
  const Tell tell = [](const Event& event) { log::write(event); };
  tell_problems(tell, Level::kError, reading.problems);
  auto kept = read_last_good_of(arguments);
  if (!kept.good()) {
    tell_problems(tell, Level::kError, kept.problems);
    return std::nullopt;
  }
  log::write(last_good_event(source.file, kept.config.node));
  source.last_good = true;
  return Chosen{std::move(kept), std::move(source)};
}

int complain(const Error& error) {
  log::error("{}", error.text);
  return kRefused;
}

// One netd for a network namespace, since two would undo each other's work; and one for a directory, since
// two would write each other's files.
struct Locks {
  NamespaceLock host;
  std::optional<InstanceLock> runtime, state;
};

// A lock file that there is no room for keeps nobody from starting.
Status take_file_lock(std::optional<InstanceLock>& lock, const std::filesystem::path& directory) {
  auto taken = InstanceLock::take(directory, "netd");
  if (taken) {
    lock = std::move(*taken);
    return {};
  }
  if (!InstanceLock::no_room(taken.error())) return tl::unexpected(taken.error());
  log::warning("{}: another netd with this directory would not be noticed", taken.error().text);
  return {};
}

bool is_same(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code ignored;
  return std::filesystem::equivalent(one, other, ignored);
}

// The files first: they can say which one is meant.
Result<Locks> take_locks(const cli::Arguments& arguments) {
  std::optional<InstanceLock> runtime;
  std::optional<InstanceLock> state;
  if (auto taken = take_file_lock(runtime, arguments.runtime_dir); !taken)
    return tl::unexpected(taken.error());
  if (!is_same(arguments.runtime_dir, arguments.state_dir))
    if (auto taken = take_file_lock(state, arguments.state_dir); !taken) return tl::unexpected(taken.error());
  auto host = NamespaceLock::take("netd");
  if (!host) return tl::unexpected(host.error());
  if (!host->exclusive())
    log::warning(
        "@hawser-netd is taken by a process that is no netd: a second one here would not be noticed");
  return Locks{std::move(*host), std::move(runtime), std::move(state)};
}

int run_with(const cli::Arguments& arguments, Chosen chosen, Made made) {
  auto sockets = open_sockets();
  if (!sockets) return complain(sockets.error());
  asio::io_context io{1};
  Daemon daemon(io, arguments, std::move(*sockets), std::move(made));
  if (auto listening = daemon.listen(); !listening) return complain(listening.error());
  daemon.begin(std::move(chosen.reading), std::move(chosen.source));
  io.run();
  return kDone;
}

}  // namespace

int run_daemon(const cli::Arguments& arguments) {
  if (auto enough = judge_descriptor_limit(raise_descriptor_limit()); !enough)
    return complain({fmt::format("netd: {}", enough.error().text)});
  make_directories(arguments);
  const auto locks = take_locks(arguments);
  if (!locks) return complain(locks.error());
  auto chosen = choose(arguments);
  if (!chosen) return kConfiguration;
  auto made = read_journal(arguments);
  if (!made) {
    // Without it nothing of an earlier run is removed; all else works.
    log::warning("{}: what an earlier run made will not be removed", made.error().text);
    made = Made{boot_id(), {}, {}};
  }
  return run_with(arguments, std::move(*chosen), std::move(*made));
}

}  // namespace hawser::netd
