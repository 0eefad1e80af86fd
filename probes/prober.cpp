#include "probes/prober.h"

#include <exception>

namespace hawser::probes {
namespace {

constexpr std::size_t kKeptForOthers = 128;  // sockets, files, the status page's clients
constexpr std::size_t kMost = 4096;          // more at once would only queue in the kernel

}  // namespace

std::size_t most_probes_at_once(std::size_t descriptor_limit) {
  const auto free = descriptor_limit > kKeptForOthers ? descriptor_limit - kKeptForOthers : 1;
  return std::clamp<std::size_t>(free, 1, kMost);
}

// Shared with the probes under way, which may outlive the Prober.
struct Prober::Core : std::enable_shared_from_this<Core> {
  Core(boost::asio::io_context& context, std::size_t most_at_once, OnVerdict handler)
      : io(context), timer(context), schedule(most_at_once), on_verdict(std::move(handler)) {}

  void run_due() {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& key : schedule.take_due(now)) start(key);
    wait();
  }

  void start(const ProbeKey& key) {
    const auto& check = checks.at(key);
    auto done = [self = shared_from_this(), key, asked = check](const std::exception_ptr& broken,
                                                                Verdict verdict) {
      if (broken) verdict = {Outcome::kNotRun, "the probe could not be started"};
      self->finish(key, asked, verdict);
    };
    boost::asio::co_spawn(io, probe(check, key.target), std::move(done));
  }

  void finish(const ProbeKey& key, const config::Check& asked, const Verdict& verdict) {
    schedule.finished(key, std::chrono::steady_clock::now(), dice(engine));
    if (!on_verdict) return;
    const auto found = checks.find(key);
    if (found != checks.end() && found->second == asked) on_verdict(key, verdict);
    wait();
  }

  void wait() {
    const auto next = schedule.next();
    if (!next || !on_verdict) return;
    timer.expires_at(*next);  // cancels the wait before
    timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      if (const auto self = weak.lock(); self && !error) self->run_due();
    });
  }

  boost::asio::io_context& io;
  boost::asio::steady_timer timer;
  Schedule schedule;
  OnVerdict on_verdict;
  std::map<ProbeKey, config::Check> checks;
  std::minstd_rand engine{std::random_device{}()};
  std::uniform_real_distribution<double> dice{-1.0, 1.0};
};

Prober::Prober(boost::asio::io_context& io, std::size_t most_at_once, OnVerdict on_verdict)
    : core_(std::make_shared<Core>(io, most_at_once, std::move(on_verdict))) {}

Prober::~Prober() {
  core_->on_verdict = nullptr;
  core_->timer.cancel();
}

void Prober::set(std::map<ProbeKey, config::Check> probes) {
  std::map<ProbeKey, Milliseconds> intervals;
  for (const auto& [key, check] : probes) intervals.emplace(key, check.interval);
  core_->checks = std::move(probes);
  core_->schedule.set(intervals, std::chrono::steady_clock::now());
  core_->wait();
}

std::size_t Prober::running() const {
  return core_->schedule.running();
}

}  // namespace hawser::probes
