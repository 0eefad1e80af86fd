#include "netd/runner/service.h"

#include <cerrno>
#include <csignal>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cli/refuse.h"
#include "lib/config/host_file.h"
#include "lib/config/problem_json.h"
#include "lib/control/json.h"
#include "lib/control/routes.h"
#include "lib/control/server.h"
#include "lib/daemon/daemon_events.h"
#include "lib/daemon/event_log.h"
#include "lib/daemon/exit_code.h"
#include "lib/daemon/lateness.h"
#include "lib/daemon/lock.h"
#include "lib/daemon/log.h"
#include "lib/daemon/notify.h"
#include "lib/run/program.h"
#include "netd/runner/runner.h"
#include "netd/runner/status_verb.h"

namespace hawser::netd {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using boost::system::error_code;
using config::HostFile;

constexpr std::string_view kName = "hawser-runner";
constexpr Milliseconds kLastAnswers{200};  // for what was answered last to get out

config::Problem problem_of(const Error& why) {
  return {.file = {}, .line = 0, .column = 0, .key = {}, .what = why.text};
}

// Whoever may write to the file could have anything run.
HostFile read_file(const cli::Arguments& arguments) {
  auto reading = config::read_host_file(arguments.config, arguments.node, config::Part::kVipd,
                                        config::Emptiness::kRefused);
  for (const auto& source : reading.sources)
    if (const auto trusted = run::open_trusted(std::filesystem::absolute(source.file)); !trusted)
      reading.problems.push_back(problem_of(trusted.error()));
  return reading;
}

// So could who may write to the file that was kept.
Status judge_state_directory(const cli::Arguments& arguments) {
  const auto trusted = run::open_trusted(std::filesystem::absolute(arguments.state_dir));
  if (!trusted) return tl::unexpected(trusted.error());
  return {};
}

std::optional<HostFile> read_last_good(const cli::Arguments& arguments, std::vector<config::Problem>& wrong) {
  if (const auto trusted = judge_state_directory(arguments); !trusted) {
    wrong.push_back(problem_of(trusted.error()));
    return std::nullopt;
  }
  auto kept = config::read_kept_file(arguments.state_dir, kName, arguments.node, config::Part::kVipd);
  if (kept && kept->good()) return std::move(*kept);
  if (kept) std::ranges::move(kept->problems, std::back_inserter(wrong));
  if (!kept && kept.error().code != ENOENT) wrong.push_back(problem_of(kept.error()));
  return std::nullopt;
}

// vipd's worker asks, who is whom the runtime directory belongs to; with root and ourselves nobody else may.
uid_t user_of_daemons(const cli::Arguments& arguments) {
  struct stat found {};
  return ::stat(arguments.runtime_dir.c_str(), &found) == 0 ? found.st_uid : ::geteuid();
}

class Service {
 public:
  Service(asio::io_context& io, cli::Arguments arguments)
      : io_(io),
        arguments_(std::move(arguments)),
        runner_(io, [this](const Event& event) { events_.report(event); }),
        signals_(io, SIGHUP, SIGTERM, SIGINT),
        timer_(io),
        notifier_(io),
        lateness_(io) {}

  Status listen() {
    const auto socket = runner_socket(arguments_);
    const auto taken = std::make_shared<Status>();
    server_ = control::Server::keep(
        io_, socket, [this](const control::Request& request) { return routes().answer(request); },
        [this, socket, taken](const Status& made) {
          if (!made && made.error().code == EADDRINUSE) *taken = made;
          events_.report(control_socket_event(socket, made));
        });
    return *taken;
  }

  void begin(HostFile reading, answer::ConfigStatus source) {
    source_ = std::move(source);
    use(std::move(reading));
    events_.report({.object = std::string(kName),
                    .to = "ready",
                    .evidence = fmt::format("objects {}", runner_.objects())});
    notifier_.ready(source_.last_good ? "running the last good file" : "");
    wait_for_signals();
  }

 private:
  void use(HostFile reading) {
    if (auto level = log::set_level(reading.config.log_level); !level)
      events_.report(problem_event(Level::kWarning, level.error().text));
    runner_.use(catalogue_of(reading.config));
    if (!source_.last_good) keep(reading);
  }

  void keep(HostFile& reading) {
    auto kept = judge_state_directory(arguments_);
    if (kept)
      kept = config::keep_last_good(arguments_.state_dir, kName,
                                    {reading.config.node, std::move(reading.sources)});
    const auto why = kept ? std::string() : kept.error().text;
    if (!kept && why != not_kept_)
      events_.report(trouble_event(EventKind::kStorage, {why + ": no last good file is kept"}));
    not_kept_ = why;
  }

  void wait_for_signals() {
    signals_.async_wait([this](const error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP)
        reload();
      else
        stop(signal);
      wait_for_signals();
    });
  }

  std::vector<config::Problem> reload() {
    notifier_.reloading();
    auto reading = read_file(arguments_);
    source_.problems = reading.problems;
    if (reading.good()) {
      source_.last_good = false;
      events_.report(reloaded_event(Level::kInfo, source_.file));
      use(std::move(reading));
    } else {
      tell_problems([this](const Event& event) { events_.report(event); }, Level::kWarning, source_.problems);
      events_.report(reloaded_event(
          Level::kWarning, fmt::format("{} is not used, the configuration stays as it was", source_.file)));
    }
    notifier_.ready(source_.last_good ? "running the last good file" : "");
    return source_.problems;
  }

  static Event reloaded_event(Level level, std::string what) {
    return {.kind = EventKind::kFile,
            .level = level,
            .object = "reload",
            .what = std::move(what),
            .cause = {CauseKind::kOperator, ""}};
  }

  void stop(int signal) {
    if (std::exchange(stopping_, true)) return;
    events_.report({.object = std::string(kName),
                    .to = fmt::format("stops on signal {}", signal),
                    .cause = {CauseKind::kOperator, ""}});
    notifier_.stopping();
    runner_.stop([this] {
      timer_.expires_after(kLastAnswers);
      timer_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) io_.stop();
      });
    });
  }

  // Anew each time: the directory gets its owner when netd or vipd starts, which may be later.
  control::Routes routes() {
    control::Routes routes(user_of_daemons(arguments_));
    routes
        .get("/v1/status",
             [this](const auto&) { return control::good(runner_.status(source_, lateness_.latencies())); })
        .post("/v1/run", [this](const auto& request) { return runner_.take(request); })
        .post("/v1/reload", [this](const auto&) { return answer_reload(); });
    events_.add_to(routes);
    return routes;
  }

  control::Response answer_reload() {
    const auto problems = reload();
    if (problems.empty()) return control::good({{"result", "in use"}});
    return {409,
            json::serialize(json::object{{"error", "the file is not used, the configuration stays as it was"},
                                         {"problems", config::problems_json(problems)}})};
  }

  asio::io_context& io_;
  EventLog events_;
  cli::Arguments arguments_;
  Runner runner_;
  asio::signal_set signals_;
  asio::steady_timer timer_;
  Notifier notifier_;
  LoopLateness lateness_;
  std::unique_ptr<control::Server> server_;
  answer::ConfigStatus source_;
  std::string not_kept_;  // said already
  bool stopping_ = false;
};

struct Chosen {
  HostFile reading;
  answer::ConfigStatus source;
};

// The file, else the last good one, else nothing: exit 78.
std::optional<Chosen> choose(const cli::Arguments& arguments) {
  auto reading = read_file(arguments);
  answer::ConfigStatus source{arguments.config.string(), false, reading.problems};
  if (reading.good()) return Chosen{std::move(reading), std::move(source)};
  const Tell tell = [](const Event& event) { log::write(event); };
  tell_problems(tell, Level::kError, reading.problems);
  std::vector<config::Problem> wrong;
  auto kept = read_last_good(arguments, wrong);
  if (!kept) {
    tell_problems(tell, Level::kError, wrong);
    return std::nullopt;
  }
  log::write(last_good_event(source.file, kept->config.node));
  source.last_good = true;
  return Chosen{std::move(*kept), std::move(source)};
}

int complain(const Error& error) {
  log::error("{}", error.text);
  return kRefused;
}

int run_service(const cli::Arguments& arguments) {
  // One for a directory, since two would run one object's programs at the same time.
  const auto lock = InstanceLock::take(arguments.runtime_dir, "runner");
  if (!lock && !InstanceLock::no_room(lock.error())) return complain(lock.error());
  if (!lock) log::warning("{}: a second runner would not be noticed", lock.error().text);
  std::error_code
      ignored;  // under systemd the unit makes it; where it cannot be made, keeping a file says so
  std::filesystem::create_directories(arguments.state_dir, ignored);
  auto chosen = choose(arguments);
  if (!chosen) return kConfiguration;
  asio::io_context io{1};
  Service service(io, arguments);
  if (auto listening = service.listen(); !listening) return complain(listening.error());
  service.begin(std::move(chosen->reading), std::move(chosen->source));
  io.run();
  return kDone;
}

}  // namespace

int runner_verb(const cli::Arguments& arguments) {
  if (arguments.words.empty()) return run_service(arguments);
  const auto& word = arguments.words.front();
  if (word == "status") return runner_status(arguments);
  if (word == "reload") return runner_reload(arguments);
  cli::refuse(arguments, "netd",
              fmt::format("runner: \"{}\": write status or reload, or nothing to run it", word));
  return kUsage;
}

}  // namespace hawser::netd
