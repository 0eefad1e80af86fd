// What the file says and what becomes of it: the readings of the worker, used, refused, kept.
#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/daemon/realtime.h"
#include "vipd/daemon/changes.h"
#include "vipd/daemon/check_notes.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

using boost::system::error_code;

namespace {
constexpr Milliseconds kReminder{60000};
}

void Daemon::take(Reading reading, std::uint64_t answers) {
  readings_ += answers;
  const auto refusal = reading.settings && platform_ ? refusal_to_empty(*reading.settings) : std::nullopt;
  if (refusal) {
    reading.problems.push_back({options_.files.config.native(), 0, 0, "", *refusal});
    reading.settings.reset();
  }
  problems_ = reading.problems;
  if (stopping_) return;
  if (!platform_) return begin_with(reading);
  // A last good file is only for the start: now it is what runs already.
  if (!reading.settings || reading.last_good) return refuse(reading);
  last_good_ = false;
  reminder_.cancel();
  changes_ = changes_between(settings_.vips, reading.settings->vips);
  report({.kind = EventKind::kFile,
          .object = options_.files.config.native(),
          .to = "read again",
          .cause = {CauseKind::kOperator, changes_}});
  apply(*reading.settings);
  worker_.keep();
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

// Nearly always a mistake, so it must be said twice.
std::optional<std::string> Daemon::refusal_to_empty(const Settings& settings) const {
  if (emptiness_ == config::Emptiness::kAllowed) return std::nullopt;
  std::string names;
  for (const auto& [key, running] : routers_)
    if (!running.router.leaving())
      names += fmt::format("{}{}", names.empty() ? "" : ", ", running.router.vip().name);
  if (!settings.vips.empty() || names.empty()) return std::nullopt;
  return fmt::format(
      "{}: would remove every vip of this host ({}): if that is meant, say so with --allow-empty",
      options_.files.config.native(), names);
}

void Daemon::refuse(const Reading& reading) {
  tell_problems([this](const Event& event) { report(event); }, Level::kWarning, reading.problems);
  report({.kind = EventKind::kFile,
          .level = Level::kWarning,
          .object = options_.files.config.native(),
          .to = "not used, nothing changed"});
  notifier_.ready("bad file: what was read before stays in use");
}

void Daemon::begin_with(const Reading& reading) {
  tell_problems([this](const Event& event) { report(event); }, Level::kError, reading.problems);
  if (!reading.settings) return fail_start(kConfiguration, "");
  last_good_ = reading.last_good;
  const auto opened = open_platform(*reading.settings);
  if (!opened) return fail_start(kRefused, opened.error().text);
  recall(reading.remembered);
  apply(*reading.settings);
  wait_for_news();
  watch_for_twins();
  listen();
  if (last_good_)
    remind();
  else
    worker_.keep();
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

Status Daemon::open_platform(const Settings& settings) {
  (void)log::set_level(settings.log_level);
  be_on_time(settings);
  auto platform = Platform::open(
      context_, [this](VrrpSocket& socket, ByteView packet) { on_packet(socket, packet); },
      [this](const AddressKey& address) { return claimed(address); },
      [this](const Event& event) { report(event); });
  if (!platform) return tl::unexpected(platform.error());
  platform_ = std::move(*platform);
  exec_timer_.cancel();
  if (auto refusals = RefusalSocket::open()) refusals_ = std::move(*refusals);  // without it less is known
  looked_at_ = platform_->now();
  return {};
}

void Daemon::be_on_time(const Settings& settings) {
  if (realtime_ != settings.realtime)
    if (const auto fast = use_realtime(settings.realtime); !fast)
      report(trouble_event(EventKind::kProcess, fast.error()));
  realtime_ = settings.realtime;
  if (settings.lock_memory == locked_) return;
  locked_ = settings.lock_memory;
  const auto done = settings.lock_memory ? lock_memory() : unlock_memory();
  if (!done) report(trouble_event(EventKind::kProcess, done.error()));
}

void Daemon::apply(const Settings& settings) {
  (void)log::set_level(settings.log_level);
  be_on_time(settings);
  std::set<RouterKey> in_file;
  for (const auto& vip : settings.vips) {
    in_file.insert(key_of(vip));
    start_or_change(vip);
  }
  for (auto& [key, running] : routers_) {
    if (in_file.contains(key) || running.router.leaving()) continue;
    report(event_from(why_leaving(running.router.vip(), settings.vips), EventKind::kFile, Level::kInfo));
    running.router.shutdown();
    settle(key);
  }
  settings_ = settings;
  want_routed();
  settle_all();
}

void Daemon::start_or_change(const config::Vip& vip) {
  const auto key = key_of(vip);
  const auto [found, fresh] = routers_.try_emplace(key, vip, *platform_, context_);
  auto& running = found->second;
  if (fresh) running.router.adopt(stance_of(stands_, vip.name));
  if (!fresh && running.router.vip() != vip) running.router.reconfigure(vip);
  if (!fresh && running.router.leaving()) running.router.resume();
  settle_interface(running);
  settle(key);
}

void Daemon::remind() {
  report(last_good_event(options_.files.config.native(), settings_.node));
  reminder_.expires_after(kReminder);
  reminder_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) remind();
  });
}

}  // namespace hawser::vipd
