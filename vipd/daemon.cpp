#include "vipd/daemon.h"

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/daemon/exit_code.h"
#include "lib/daemon/log.h"
#include "lib/daemon/realtime.h"
#include "vipd/reception.h"
#include "vipd/rights.h"

namespace hawser::vipd {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr Milliseconds kReminder{60000};
constexpr Milliseconds kBetweenLooks{50};
constexpr Milliseconds kLookAgain{1000};  // after the kernel could not be observed, or a socket not be opened
}  // namespace

Daemon::Daemon(asio::io_context& context, Options options)
    : context_(context),
      options_(std::move(options)),
      signals_(context, SIGTERM, SIGINT, SIGHUP),
      worker_(context, options_.files, [this](const Reading& reading) { take(reading); }),
      notifier_(context),
      lateness_(context),
      monitor_(context),
      look_timer_(context),
      reminder_(context),
      exec_timer_(context) {}

Status Daemon::begin() {
  if (auto rights = needed_rights(); !rights) return rights;
  wait_for_signals();
  return worker_.start();
}

void Daemon::fail_start(int exit_code, const std::string& line) {
  if (!line.empty()) log::error("{}", line);
  exit_code_ = exit_code;
  context_.stop();
}

// ---- the file

void Daemon::take(const Reading& reading) {
  ++readings_;
  problems_ = reading.problems;
  if (stopping_) return;
  if (!world_) return begin_with(reading);
  // A last good file is only for the start: now it is what runs already.
  if (!reading.settings || reading.last_good) return refuse(reading);
  last_good_ = false;
  reminder_.cancel();
  apply(*reading.settings);
  worker_.keep();
  log::info("{}: read again", options_.files.config.native());
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

void Daemon::refuse(const Reading& reading) {
  for (const auto& problem : reading.problems) log::warning("{}", problem);
  log::warning("{}: not used, nothing changed", options_.files.config.native());
  notifier_.ready("bad file: what was read before stays in use");
}

void Daemon::begin_with(const Reading& reading) {
  for (const auto& problem : reading.problems) log::error("{}", problem);
  if (!reading.settings) return fail_start(kConfiguration, "");
  last_good_ = reading.last_good;
  const auto opened = open_world(*reading.settings);
  if (!opened) return fail_start(kRefused, opened.error().text);
  remove_orphans(reading.settings->vips);
  apply(*reading.settings);
  wait_for_news();
  listen();
  if (last_good_)
    remind();
  else
    worker_.keep();
  notifier_.ready(fmt::format("{} vips", routers_.size()));
}

Status Daemon::open_world(const Settings& settings) {
  (void)log::set_level(settings.log_level);
  be_on_time(settings);
  auto world = World::open(
      context_, [this](Segment& segment, ByteView packet) { on_packet(segment, packet); },
      [this](const AddressKey& address) { return claimed(address); });
  if (!world) return tl::unexpected(world.error());
  world_ = std::move(*world);
  looked_at_ = world_->now();
  return {};
}

void Daemon::be_on_time(const Settings& settings) {
  if (realtime_ != settings.realtime)
    if (const auto fast = use_realtime(settings.realtime); !fast) log::warning("{}", fast.error().text);
  realtime_ = settings.realtime;
  if (settings.lock_memory == locked_) return;
  locked_ = settings.lock_memory;
  const auto done = settings.lock_memory ? lock_memory() : unlock_memory();
  if (!done) log::warning("{}", done.error().text);
}

void Daemon::apply(const Settings& settings) {
  (void)log::set_level(settings.log_level);
  be_on_time(settings);
  std::set<RouterKey> named;
  for (const auto& vip : settings.vips) {
    named.emplace(vip.interface, vip.virtual_router_id);
    start_or_change(vip);
  }
  for (auto& [key, running] : routers_) {
    if (named.contains(key) || running.router.leaving()) continue;
    log::info("{}: no longer in the file", running.router.vip().name);
    running.router.shutdown();
    settle(key);
  }
  settings_ = settings;
}

void Daemon::start_or_change(const config::Vip& vip) {
  const RouterKey key{vip.interface, vip.virtual_router_id};
  const auto [found, fresh] = routers_.try_emplace(key, vip, *world_, context_);
  auto& running = found->second;
  if (!fresh && running.router.vip() != vip) running.router.reconfigure(vip);
  if (!fresh && running.router.leaving()) running.router.resume();
  settle_interface(running);
  settle(key);
}

void Daemon::remind() {
  log::warning("{} is bad: the last good file is in use", options_.files.config.native());
  reminder_.expires_after(kReminder);
  reminder_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) remind();
  });
}

// ---- the kernel

void Daemon::wait_for_news() {
  if (!monitor_.is_open()) monitor_.assign(::dup(world_->monitor_fd()));
  monitor_.async_wait(asio::posix::descriptor_base::wait_read, [this](const error_code& cancelled) {
    if (cancelled) return;
    take_news();
    wait_for_news();
  });
}

void Daemon::take_news() {
  auto news = world_->drain();
  lost_ = lost_ || news.lost;
  removed_.insert(removed_.end(), news.removed.begin(), news.removed.end());
  if (news.look || !removed_.empty()) look_soon();
}

// At once, but not for each of a thousand notifications: a look costs as much as there are addresses.
void Daemon::look_soon() {
  if (world_->now() - looked_at_ >= kBetweenLooks) return look();
  look_at(looked_at_ + kBetweenLooks);
}

// Unless one is due before.
void Daemon::look_at(TimePoint time) {
  if (look_queued_ && look_timer_.expiry() <= time) return;
  look_queued_ = true;
  look_timer_.expires_at(time);
  look_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    look_queued_ = false;
    look();
  });
}

void Daemon::look() {
  const auto looked = world_->look();
  looked_at_ = world_->now();
  if (!looked) {
    if (blind_ != looked.error().text) log::warning("{}", looked.error().text);
    blind_ = looked.error().text;
    return look_at(looked_at_ + kLookAgain);
  }
  blind_.clear();
  for (auto& [key, running] : routers_) settle_interface(running);
  for (const auto& interface : *looked) announce_again(interface);
  if (std::exchange(lost_, false))
    for (const auto& [key, running] : routers_)
      for (const auto& address : running.router.held()) removed_.push_back(address);
  put_back(std::exchange(removed_, {}));
  for (const auto& [key, running] : routers_) settle(key);
}

// What was reported gone and is gone.
void Daemon::put_back(const std::vector<AddressKey>& removed) {
  for (const auto& address : removed) {
    const auto link = world_->observed().state.links.find(address.first);
    if (link != world_->observed().state.links.end() && link->second.addresses.contains(address.second))
      continue;
    for (auto& [key, running] : routers_) running.router.address_removed(address);
  }
}

void Daemon::announce_again(const std::string& interface) {
  for (auto& [key, running] : routers_) running.router.mac_changed(interface);
}

void Daemon::settle_interface(Running& running) {
  auto& router = running.router;
  const auto& vip = router.vip();
  const auto& observed = world_->observed();
  const auto present = router.usable() ? std::map<AddressKey, Holding>{} : present_addresses(observed, vip);
  if (!hears(observed, vip.interface)) world_->close_segment(vip.interface);
  const auto source = source_on(observed, vip, router.source());
  if (!source) return router.interface_unusable(source.error(), present);
  if (const auto opened = world_->open_segment(vip.interface); !opened) {
    router.interface_unusable(opened.error().text, present);
    return look_at(world_->now() + kLookAgain);
  }
  router.interface_usable(*source, present);
}

void Daemon::remove_orphans(const std::vector<config::Vip>& named) {
  for (const auto& [interface, prefix] : orphans(world_->observed(), named)) {
    log::info("{}: {} is ours and in no vip: removed", interface, prefix);
    const auto removed = world_->remove_address(interface, prefix);
    if (!removed) log::warning("{}", removed.error().text);
  }
}

bool Daemon::claimed(const AddressKey& address) const {
  return std::ranges::any_of(routers_, [&](const auto& entry) { return entry.second.router.wants(address); });
}

// ---- the routers

void Daemon::on_packet(Segment& segment, ByteView packet) {
  std::vector<VirtualRouter*> here;
  auto next = routers_.lower_bound({segment.interface(), Vrid(0)});
  for (; next != routers_.end() && next->first.first == segment.interface(); ++next)
    here.push_back(&next->second.router);
  if (const auto* heard = dispatch(packet, here, segment.bad()))
    settle({segment.interface(), heard->vip().virtual_router_id});
}

// After every event: work at once, a timer for what is next.
void Daemon::settle(const RouterKey& key) {
  const auto found = routers_.find(key);
  if (found == routers_.end()) return;
  auto& running = found->second;
  if (!running.queued && running.router.working() && running.router.work()) work_later(key);
  if (running.router.stopped()) asio::post(context_, [this] { reap(); });
  const auto due = running.router.due();
  if (running.timer.expiry() == due.value_or(TimePoint::max())) return;
  running.timer.expires_at(due.value_or(TimePoint::max()));
  if (!due) return;
  running.timer.async_wait([this, key](const error_code& cancelled) {
    if (!cancelled) on_timer(key);
  });
}

void Daemon::on_timer(const RouterKey& key) {
  const auto found = routers_.find(key);
  if (found == routers_.end()) return;
  // After a stall an advertisement may lie in the socket that says more than the timer does.
  world_->drain_segment(key.first);
  auto& running = found->second;
  running.timer.expires_at(TimePoint::max());  // settle() sets it anew
  const auto due = running.router.due();
  if (due && world_->now() >= *due) running.router.on_time();
  settle(key);
}

void Daemon::work_later(const RouterKey& key) {
  routers_.at(key).queued = true;
  asio::post(context_, [this, key] {
    const auto found = routers_.find(key);
    if (found == routers_.end()) return;
    found->second.queued = false;
    settle(key);
  });
}

void Daemon::reap() {
  std::erase_if(routers_, [](const auto& entry) { return entry.second.router.stopped(); });
  std::set<std::string> interfaces;
  for (const auto& [key, running] : routers_) interfaces.insert(key.first);
  world_->keep_segments(interfaces);
  if (stopping_ && routers_.empty()) context_.stop();
}

// ---- the process

void Daemon::wait_for_signals() {
  signals_.async_wait([this](const error_code& cancelled, int number) {
    if (cancelled) return;
    on_signal(number);
    wait_for_signals();
  });
}

void Daemon::on_signal(int number) {
  if (number != SIGHUP) return shut_down();
  if (stopping_) return;
  notifier_.reloading();
  worker_.read();
}

void Daemon::shut_down() {
  if (!world_) return context_.stop();
  if (!stopping_) log::info("stopping: leaving {} vips", routers_.size());
  stopping_ = true;
  notifier_.stopping();
  worker_.let_go();
  for (auto& [key, running] : routers_) {
    running.router.shutdown();
    settle(key);
  }
  asio::post(context_, [this] { reap(); });
}

void Daemon::listen() {
  auto server = control::Server::listen(context_, options_.runtime_directory / "vipd.sock",
                                        [this](const control::Request& request) { return answer(request); });
  // Without it nobody can ask, but the addresses stay up.
  if (!server) return log::warning("{}", server.error().text);
  server_ = std::move(*server);
}

control::Response Daemon::restart() {
  log::info("starting itself again");
  exec_timer_.expires_after(Milliseconds(50));  // until the answer is out
  exec_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    wants_exec_ = true;
    context_.stop();
  });
  return {200, "{}"};
}

void Daemon::advertise_before_exec() {
  for (auto& [key, running] : routers_) running.router.advertise_before_exec();
}

DaemonStatus Daemon::status() const {
  DaemonStatus status;
  status.pid = ::getpid();
  status.node = settings_.node;
  status.config_file = options_.files.config;
  status.readings = readings_;
  status.last_good = last_good_;
  status.problems = problems_;
  for (const auto& [key, running] : routers_) status.vips.push_back(running.router.status());
  std::ranges::sort(status.vips, {}, [](const RouterStatus& router) { return router.vip.name; });
  for (const auto& [name, segment] : world_->segments()) status.interfaces.push_back({name, segment->bad()});
  status.loop = lateness_.latencies();
  status.started = started_;
  status.now = world_->now();
  status.wall_clock = std::chrono::system_clock::now();
  return status;
}

}  // namespace hawser::vipd
