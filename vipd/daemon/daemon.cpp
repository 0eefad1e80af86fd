#include "vipd/daemon/daemon.h"

#include <cerrno>
#include <cstring>
#include <ranges>

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/control/json.h"
#include "lib/daemon/exit_code.h"
#include "vipd/addresses/left_over.h"
#include "vipd/addresses/secondaries.h"
#include "vipd/addresses/virtual_link.h"
#include "vipd/daemon/capabilities.h"
#include "vipd/router/dispatch.h"

namespace hawser::vipd {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr Milliseconds kBetweenLooks{50};
constexpr Milliseconds kLastTask{2000};
constexpr Milliseconds kFirstReading{3000};
constexpr std::size_t kCalledTogether{256};  // routers, before the sockets are heard again
}  // namespace

Daemon::Daemon(asio::io_context& context, Options options)
    : context_(context),
      options_(std::move(options)),
      signals_(context, SIGTERM, SIGINT, SIGHUP),
      worker_(context, options_.files,
              {.reading = [this](const Reading& reading, std::uint64_t answers) { take(reading, answers); },
               .route = [this](const RouteReport& report) { take(report); },
               .fence = [this](const FenceReport& report) { take(report); },
               .drop = [this](const DropReport& report) { not_dropped_ = report.trouble; }},
              [this](const Event& event) { report(event); }),
      notifier_(context),
      watchdog_(context, [this](const Error& why) { warn("unfed watchdog", why); }),
      lateness_(context),
      monitor_(context),
      twin_timer_(context),
      answers_timer_(context),
      look_timer_(context),
      reminder_(context),
      exec_timer_(context),
      stand_timer_(context),
      routed_timer_(context),
      alarm_(context, TimePoint::max()) {}

Status Daemon::begin() {
  if (auto rights = needed_capabilities(); !rights) return rights;
  wait_for_signals();
  if (auto started = worker_.start(); !started) return started;
  give_the_worker_time();
  if (options_.carry && options_.carry->settings) begin_carried();
  return {};
}

// A worker that hangs (the file is on a network file system that does not answer) or dies again and again:
// meanwhile nobody advertises here, and another host takes over.
void Daemon::give_the_worker_time() {
  exec_timer_.expires_after(kFirstReading);
  exec_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled || platform_) return;
    report({.kind = EventKind::kFile,
            .level = Level::kWarning,
            .object = options_.files.config.native(),
            .to = fmt::format("not read within {}", format_duration(kFirstReading))});
    if (options_.alone) take_left_over_away();
  });
}

void Daemon::fail_start(int exit_code, const std::string& line) {
  if (!line.empty()) report(event_from(line, EventKind::kProcess, Level::kError));
  exit_code_ = exit_code;
  (void)watchdog_.use("");
  context_.stop();
}

// ---- the kernel

void Daemon::wait_for_news() {
  if (!monitor_.is_open()) {
    const int copy = ::dup(platform_->monitor_fd());
    if (copy < 0) return fail_start(kRefused, fmt::format("listen for changes: {}", std::strerror(errno)));
    monitor_.assign(copy);
  }
  monitor_.async_wait(asio::posix::descriptor_base::wait_read, [this](const error_code& cancelled) {
    if (cancelled) return;
    take_news();
    wait_for_news();
  });
}

void Daemon::take_news() {
  const auto news = platform_->drain();
  for (const auto& [from, to] : news.renamed) say_renamed(from, to);
  for (const auto& interface : news.moved) announce_again(interface);
  if (news.look) look_soon();
}

// At once, but not for each of a thousand notifications: a look costs as much as there are addresses.
void Daemon::look_soon() {
  if (platform_->now() - looked_at_ >= kBetweenLooks) return look();
  look_at(looked_at_ + kBetweenLooks);
}

// Unless one is due before.
void Daemon::look_at(TimePoint time) {
  const auto fires = platform_->timer(time);
  if (look_queued_ && look_timer_.expiry() <= fires) return;
  look_queued_ = true;
  look_timer_.expires_at(fires);
  look_timer_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    look_queued_ = false;
    look();
  });
}

void Daemon::look() {
  const auto looked = platform_->look();
  looked_at_ = platform_->now();
  if (!looked) {
    warn("look", looked.error());
    return look_at(looked_at_ + kLookAgain);
  }
  troubles_.over("look");
  settle_all();
  for (const auto& interface : *looked) announce_again(interface);
}

void Daemon::warn(std::string_view topic, const Error& why) {
  if (const auto told = troubles_.say(topic, trouble_event(EventKind::kRefusal, why), platform_->now()))
    report(*told);
}

void Daemon::on_renewed(const Status& done) {
  done ? troubles_.over("renew") : warn("renew", done.error());
}

// Everybody is told of the kernel as it is now.
void Daemon::settle_all() {
  settle_own_links();
  std::vector<const config::Vip*> vips;
  vips.reserve(routers_.size());
  for (const auto& [key, running] : routers_) vips.push_back(&running.router.vip());
  const auto others = vipd::put_by_others(platform_->picture(), vips);
  for (auto& [key, running] : routers_) {
    settle_interface(running);
    running.router.kernel_changed();
    std::vector<AddressKey> there;
    for (const auto& address : running.router.vip().addresses)
      if (const auto found = others.find(address.prefix.address); found != others.end())
        there.insert(there.end(), found->second.begin(), found->second.end());
    running.router.put_by_others(std::move(there));
  }
  if (routed_) routed_->kernel_changed();
  settle_routed();
  platform_->close_deaf_sockets();
  find_strays();
  for (const auto& [key, running] : routers_) settle(key);
  secure();
  quiet();
}

// As long as a vip may have such an address to take away; and an interface that came again starts from anew.
void Daemon::secure() {
  std::set<std::string> interfaces;
  for (const auto& [key, running] : routers_) running.router.add_secondaries(interfaces);
  std::map<std::string, IfIndex> there;
  for (const auto& name : interfaces)
    if (const auto index = platform_->picture().index_of(name)) there.emplace(name, *index);
  if (there != secured_) worker_.secure(interfaces);
  secured_ = std::move(there);
}

// `more`: those of a file that is about to be used, beside those that still run.
void Daemon::settle_own_links(const std::vector<config::Vip>& more) {
  std::vector<VirtualLink> wanted;
  std::vector<StoreLink> stores;
  const auto add = [&](const config::Vip& vip) {
    if (auto link = virtual_link_of(vip)) wanted.push_back(std::move(*link));
    std::ranges::move(store_links_of(vip), std::back_inserter(stores));
  };
  for (const auto& vip : more) add(vip);
  for (const auto& [key, running] : routers_) add(running.router.vip());
  platform_->want_virtual_links(std::move(wanted));
  platform_->want_store_links(std::move(stores));
}

// What bears our number where no vip names it: an earlier run's, another file's, on a renamed interface.
void Daemon::find_strays() {
  if (!strays_.empty()) return;
  std::size_t known = 0;
  for (const auto& [key, running] : routers_) known += running.router.ours();
  if (routed_) known += routed_->ours();
  if (platform_->picture().ours() == known) return;  // as nearly always, and cheaper to know
  const auto found = strays(platform_->picture(), [this](const auto& address) { return named(address); });
  std::map<std::string, std::vector<Prefix>> by_link;
  for (const auto& stray : found) {
    by_link[stray.name].push_back(stray.prefix);
    strays_.push(stray);
  }
  for (const auto& [link, prefixes] : by_link)
    report({.kind = EventKind::kAddress,
            .object = link,
            .what = fmt::format("{}{}: ours and in no vip of this interface", prefixes.front(),
                                prefixes.size() > 1 ? fmt::format(" and {} more", prefixes.size() - 1) : ""),
            .to = "removed"});
  if (!found.empty()) remove_strays();
}

void Daemon::remove_strays() {
  const bool more =
      strays_.run([this] { return platform_->now(); }, kSlice, [this](const Stray& stray) { remove(stray); });
  if (more) asio::post(context_, [this] { remove_strays(); });
}

void Daemon::remove(const Stray& stray) {
  const auto link = platform_->picture().links().find(stray.link);
  if (link == platform_->picture().links().end() || named({link->second.seen.name, stray.prefix})) return;
  if (const auto removed = platform_->remove_stray(stray); !removed)
    report(trouble_event(EventKind::kRefusal, removed.error()));
}

bool Daemon::claimed(const AddressKey& address) const {
  if (routed_ && routed_->wants(address)) return true;
  return std::ranges::any_of(routers_, [&](const auto& entry) { return entry.second.router.wants(address); });
}

bool Daemon::named(const AddressKey& address) const {
  if (routed_ && routed_->wants(address)) return true;
  return std::ranges::any_of(routers_, [&](const auto& entry) { return entry.second.router.names(address); });
}

// ---- the routers

void Daemon::on_packet(VrrpSocket& socket, const Packet& packet) {
  const auto id = router_id_in(packet.payload);
  const auto found = id ? routers_.find({socket.interface(), socket.family(), *id}) : routers_.end();
  if (found == routers_.end())
    dispatch(packet, nullptr, socket.bad());
  else if (dispatch(packet, &found->second.router, socket.bad()))
    settle(found->first);
}

// Whatever is to know of a role hears of it here.
void Daemon::on_role(const Change& change) {
  if (change.to == RoleName::kActive) ask_soon_for_conflicts();
}

// After every event: work at once, a timer for what is next.
void Daemon::settle(const RouterKey& key) {
  const auto found = routers_.find(key);
  if (found == routers_.end()) return;
  auto& running = found->second;
  lead(running);
  if (!running.queued && running.router.working() && running.router.work()) work_later(key);
  if (auto lost = platform_->take_lost_addresses(); !lost.empty()) worker_.end_connections(std::move(lost));
  if (running.router.stopped()) asio::post(context_, [this] { reap(); });
  const auto fires = platform_->timer(running.router.due().value_or(TimePoint::max()));
  // Each advertisement heard puts it off: cheaper to find nothing due once, and set it anew then.
  if (running.fires > fires) call_at(found->first, running, fires);
  set_alarm();
}

// One timer for all: a thousand routers that advertise each second are woken for together.
void Daemon::call_at(const RouterKey& key, Running& running, TimePoint fires) {
  if (running.is_linked()) agenda_.erase(agenda_.iterator_to(running));
  running.key = &key;
  running.fires = fires;
  if (fires != TimePoint::max()) agenda_.insert(running);
}

void Daemon::set_alarm() {
  if (agenda_.empty() || alarm_.expiry() <= agenda_.begin()->fires) return;
  alarm_.expires_at(agenda_.begin()->fires);
  alarm_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) on_alarm();
  });
}

// Those whose time has come, and those of whom it is so near that they need not be woken for.
void Daemon::on_alarm() {
  alarm_.expires_at(TimePoint::max());
  const auto now = std::chrono::steady_clock::now();
  std::vector<RouterKey> called;
  for (const auto& running : agenda_) {
    if (running.fires > now + kEarlyAtMost || called.size() == kCalledTogether) break;
    called.push_back(*running.key);
  }
  for (const auto& key : called) on_timer(key, now);
  set_alarm();
}

void Daemon::on_timer(const RouterKey& key, TimePoint now) {
  const auto found = routers_.find(key);
  if (found == routers_.end()) return;
  // After a stall an advertisement may lie in the socket that says more than the timer does.
  platform_->drain_socket({key.interface, key.family});
  auto& running = found->second;
  if (running.fires > now) {
    if (!running.router.advertise_early()) return;
  } else if (const auto due = running.router.due(); due && platform_->now() >= *due) {
    running.router.on_time();
  }
  call_at(found->first, running, TimePoint::max());  // settle() finds it another place
  settle(key);
  hear_refusals_soon();
}

// Once for all that was sent in this turn of the loop.
void Daemon::hear_refusals_soon() {
  if (!std::exchange(hears_refusals_, true)) asio::post(context_, [this] { hear_refusals(); });
}

// They are for any of the vips that have this peer.
void Daemon::hear_refusals() {
  hears_refusals_ = false;
  for (auto& socket : refusals_)
    for (const auto& [peer, code] : socket.take())
      for (auto& [key, running] : routers_) running.router.peer_unreachable(peer, code);
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
  for (auto& [key, running] : routers_)
    if (running.router.stopped()) call_at(key, running, TimePoint::max());
  std::erase_if(routers_, [](const auto& entry) { return entry.second.router.stopped(); });
  std::set<Platform::Segment> segments;
  for (const auto& [key, running] : routers_) segments.emplace(key.interface, key.family);
  platform_->keep_sockets(segments);
  settle_own_links();
  if (!stopping_) quiet();
  if (!stopping_) secure();
  if (stopping_ && routers_.empty()) end();
}

// The addresses are gone: now the worker may put back what it set for them, if it does not take too long.
void Daemon::end() {
  if (std::exchange(ending_, true)) return;
  (void)watchdog_.use("");
  exec_timer_.expires_after(kLastTask);
  exec_timer_.async_wait([this](const error_code& cancelled) {
    if (!cancelled) context_.stop();
  });
  worker_.release([this] { context_.stop(); });
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
  reload(config::Emptiness::kRefused);
}

void Daemon::reload(config::Emptiness emptiness) {
  emptiness_ = emptiness;
  notifier_.reloading();
  worker_.read(emptiness);
}

void Daemon::shut_down() {
  if (!platform_) return context_.stop();
  if (!stopping_)
    report({.object = "stopping",
            .what = fmt::format("leaving {} vips", routers_.size()),
            .cause = {CauseKind::kOperator, ""}});
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
  const auto socket = options_.runtime_directory / "vipd.sock";
  // Without it nobody can ask, but the addresses stay up.
  const auto tell = [this, socket](const Status& made) { report(control_socket_event(socket, made)); };
  server_ = control::Server::keep(
      context_, socket,
      [routes = routes()](const control::Request& request) { return routes.answer(request); }, tell);
}

DaemonStatus Daemon::status() const {
  DaemonStatus status;
  status.pid = ::getpid();
  status.node = settings_.node;
  status.config_file = options_.files.config;
  status.readings = readings_;
  status.last_good = last_good_;
  status.problems = problems_;
  status.changes = changes_;
  for (const auto& [key, running] : routers_) status.vips.push_back(running.router.status());
  std::ranges::sort(status.vips, {}, [](const RouterStatus& router) { return router.vip.name; });
  for (const auto& [segment, socket] : platform_->sockets())
    status.interfaces.push_back({segment.first, segment.second, socket->bad()});
  for (const auto& [key, report] : routes_) status.routes.push_back(report);
  for (const auto& [vip, fence] : fences_)
    if (!fence.done) status.fencing.emplace(vip, fence.text);
  if (routed_) status.not_held = routed_->troubles();
  status.not_dropped = not_dropped_;
  status.worker = worker_.trouble(std::chrono::steady_clock::now());
  status.restart = restart_;
  status.loop = lateness_.latencies();
  status.started = started_;
  status.stands = stands_;
  status.now = platform_->now();
  status.wall_clock = std::chrono::system_clock::now();
  return status;
}

}  // namespace hawser::vipd
