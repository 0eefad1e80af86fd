// What the file says and what becomes of it: the readings of the worker, used, refused, kept.
#include <algorithm>

#include <malloc.h>

#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/daemon/realtime.h"
#include "vipd/addresses/unaccepted.h"
#include "vipd/daemon/changes.h"
#include "vipd/daemon/check_notes.h"
#include "vipd/daemon/daemon.h"
#include "vipd/daemon/names.h"

namespace hawser::vipd {

using boost::system::error_code;

namespace {
constexpr Milliseconds kReminder{60000};
}

void Daemon::take(Reading reading, std::uint64_t answers) {
  readings_ += answers;
  if (platform_) refuse_to_empty(reading, emptiness_);
  problems_ = reading.problems;
  if (stopping_) return;
  if (!platform_) return begin_with(reading);
  // A last good file is only for the start: now it is what runs already.
  if (!reading.settings || reading.last_good) return refuse(reading);
  last_good_ = false;
  reminder_.cancel();
  const auto before = in_use();
  changes_ = changes_between(before.vips, reading.settings->vips);
  // Nobody asked for the first one after a restart.
  if (!std::exchange(carried_, false) || before != *reading.settings)
    report({.kind = EventKind::kFile,
            .object = options_.files.config.native(),
            .to = "read again",
            .cause = {CauseKind::kOperator, changes_}});
  apply(*reading.settings);
  worker_.keep();
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

void Daemon::refuse_to_empty(Reading& reading, config::Emptiness emptiness) const {
  if (!reading.settings || emptiness == config::Emptiness::kAllowed) return;
  const auto refusal = refusal_to_empty(*reading.settings);
  if (!refusal) return;
  reading.problems.push_back({options_.files.config.native(), 0, 0, "", *refusal});
  reading.settings.reset();
}

// Nearly always a mistake, so it must be said twice.
std::optional<std::string> Daemon::refusal_to_empty(const Settings& settings) const {
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
  go_on(*reading.settings);
  apply(*reading.settings);
  be_begun();
  if (last_good_)
    remind();
  else
    worker_.keep();
}

void Daemon::be_begun() {
  wait_for_news();
  watch_for_twins();
  watch_answers();
  listen();
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

// With what was in use before; the worker reads the file meanwhile, and what differs is then a reload.
void Daemon::begin_carried() {
  const auto settings = *options_.carry->settings;
  const auto opened = open_platform(settings);
  if (!opened) return fail_start(kRefused, opened.error().text);
  carried_ = true;
  last_good_ = options_.carry->last_good;
  recall(options_.carry->stands);
  go_on(settings);
  apply(settings);
  be_begun();
  if (last_good_) remind();
}

// Where an earlier run of this program left its sockets and roles.
void Daemon::go_on(const Settings& settings) {
  auto carry = std::exchange(options_.carry, std::nullopt);
  if (!carry) return;
  for (const auto& socket : carry->sockets)
    platform_->adopt_socket({socket.interface, socket.family}, socket.index, Fd(socket.fd));
  std::map<RouterKey, RouterState> states;
  for (auto& router : carry->routers) states.emplace(router.key, std::move(router.state));
  std::map<RouterKey, Past> pasts;
  for (auto& carried : carry->pasts) pasts.emplace(carried.key, std::move(carried.past));
  for (const auto& vip : settings.vips) {
    auto& router = routers_.try_emplace(key_of(vip), vip, *platform_).first->second.router;
    router.adopt(stance_of(stands_, vip.name));
    if (const auto state = states.find(key_of(vip)); state != states.end())
      router.go_on_with(std::move(state->second));
    if (const auto past = pasts.find(key_of(vip)); past != pasts.end())
      router.remember(std::move(past->second));
  }
}

Status Daemon::open_platform(const Settings& settings) {
  (void)log::set_level(settings.log_level);
  be_on_time(settings);
  auto platform = Platform::open(
      context_, {.on_packet = [this](VrrpSocket& socket, const Packet& packet) { on_packet(socket, packet); },
                 .claimed = [this](const AddressKey& address) { return claimed(address); },
                 .on_role = [this](const std::string&, const Change& change) { on_role(change); },
                 .renewed = [this](const Status& done) { on_renewed(done); },
                 .tell = [this](const Event& event) { report(event); }});
  if (!platform) return tl::unexpected(platform.error());
  platform_ = std::move(*platform);
  exec_timer_.cancel();
  for (const auto family : {Family::kIpv4, Family::kIpv6})  // without them less is known
    if (auto refusals = RefusalSocket::open(family)) refusals_.push_back(std::move(*refusals));
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
  if (const auto fed = watchdog_.use(settings.watchdog); !fed) warn("watchdog", fed.error());
  follow_names(settings);
  platform_->expect(settings.own);
  settle_own_links(settings.vips);
  std::set<RouterKey> in_file;
  // Those that begin first: what moves from one to them is then claimed before it is let go of.
  for (const auto& vip : settings.vips)
    if (!routers_.contains(key_of(vip))) start_or_change(vip);
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
  settings_ = {settings, settings, settings.node, {}, settings.own};
  worker_.drop_for(unaccepted_of(settings.vips));
  share_out(settings.vips);
  want_routed(settings.vips);
  settle_all();
  malloc_trim(0);  // a file of a thousand vips takes more to hand over than to keep
}

// In the order of settings_of().
Settings Daemon::in_use() const {
  auto settings = settings_;
  for (const auto& [key, running] : routers_)
    if (!running.router.leaving()) settings.vips.push_back(running.router.vip());
  std::ranges::stable_sort(settings.vips, {}, &config::Vip::name);
  return settings;
}

void Daemon::follow_names(const Settings& settings) {
  std::vector<std::string> names;
  names.reserve(settings.vips.size());
  for (const auto& vip : settings.vips) names.push_back(vip.name);
  if (settle_names(stands_, names)) worker_.remember(write_stands(stands_));
}

void Daemon::start_or_change(const config::Vip& vip) {
  const auto key = key_of(vip);
  const auto [found, fresh] = routers_.try_emplace(key, vip, *platform_);
  auto& running = found->second;
  if (fresh) running.router.adopt(stance_of(stands_, vip.name));
  if (fresh) say_no_lease(vip);
  if (!fresh && running.router.vip() != vip) running.router.reconfigure(vip);
  if (!fresh && running.router.leaving()) running.router.resume();
  if (!fresh) running.router.set_stance(stance_of(stands_, vip.name));
  settle_interface(running);
  settle(key);
}

// Unless the file says that it is known.
void Daemon::say_no_lease(const config::Vip& vip) {
  if (vip.manner->store != config::Store::kLocalRoutes || vip.manner->lease.off) return;
  report({.kind = EventKind::kAddress, .object = vip.name, .what = std::string(kNoLease)});
}

// What renewing leases costs is shared by all.
void Daemon::share_out(const std::vector<config::Vip>& vips) {
  std::size_t held = 0;
  for (const auto& vip : vips)
    if (vip.manner->provider.empty()) held += vip.addresses.size();
  for (auto& [key, running] : routers_) running.router.share_with(held);
}

void Daemon::remind() {
  report(last_good_event(options_.files.config.native(), settings_.node));
  reminder_.expires_after(kReminder);
  reminder_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) remind();
  });
}

}  // namespace hawser::vipd
