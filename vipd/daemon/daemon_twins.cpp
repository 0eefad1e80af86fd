// The daemon looks whether another host has this host's own address, from which it advertises, or one that
// this host holds.
#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/daemon/log.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {
constexpr Milliseconds kBetweenQuestions{10000};
constexpr Milliseconds kAfterTakeover{2000};
constexpr std::size_t kMostAsked{32};
}  // namespace

// Without it less is known.
void Daemon::watch_for_twins() {
  auto watch = TwinWatch::open();
  if (!watch) return report(trouble_event(EventKind::kPeer, watch.error()));
  const int copy = ::dup(watch->fd());
  if (copy < 0)
    return report(
        trouble_event(EventKind::kPeer, {fmt::format("listen to ARP: {}", std::strerror(errno)), errno}));
  twins_ = std::move(*watch);
  twin_reader_.assign(copy);
  wait_for_twins();
  ask_for_twins();
}

void Daemon::wait_for_twins() {
  twin_reader_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                          [this](const boost::system::error_code& cancelled) {
                            if (cancelled) return;
                            for (const auto& heard : twins_->take()) twin(heard);
                            wait_for_twins();
                          });
}

// ARP's: of IPv6 the kernel looks when an address is given, and our own advertisements tell of it later.
std::set<std::pair<std::string, IpAddress>> Daemon::sources() const {
  std::set<std::pair<std::string, IpAddress>> own;
  for (const auto& [key, running] : routers_)
    if (running.router.usable() && key.family == Family::kIpv4 && own.size() < kMostAsked)
      own.emplace(key.interface, running.router.source());
  return own;
}

// Of thousands so many at a time, in turn: it is no reason to flood a segment (RFC 5227 2.1.1 spaces probes
// too).
std::set<std::pair<std::string, IpAddress>> Daemon::some_held() {
  std::vector<std::pair<std::string, IpAddress>> all;
  for (const auto& [key, running] : routers_)
    if (running.router.role() == RoleName::kActive)
      for (const auto& address : running.router.vip().addresses)
        if (address.prefix.address.is_v4() && running.router.wants({address.interface, address.prefix}))
          all.emplace_back(address.interface, address.prefix.address);
  std::set<std::pair<std::string, IpAddress>> some;
  const auto count = std::min(all.size(), kMostAsked);
  for (std::size_t i = 0; i < count; ++i) some.insert(all[(asked_for_ + i) % all.size()]);
  asked_for_ += count;
  return some;
}

void Daemon::ask_for_twins() {
  auto asked = sources();
  asked.merge(some_held());
  std::set<IpAddress> addresses;
  for (const auto& [interface, address] : asked) addresses.insert(address);
  if (const auto watched = twins_->watch(addresses); !watched) warn("twins", watched.error());
  for (const auto& [interface, address] : asked) platform_->probe(interface, address);
  ask_for_twins_at(std::chrono::steady_clock::now() + kBetweenQuestions);
}

void Daemon::ask_for_twins_at(TimePoint time) {
  twin_timer_.expires_at(time);
  twin_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) ask_for_twins();
  });
}

// Beside a takeover, and never in its way: who answers once the others have had the time to hear of it is
// another holder.
void Daemon::watch_for_conflicts(Running& running) {
  const bool active = running.router.role() == RoleName::kActive;
  if (std::exchange(running.active, active) == active || !active || !twins_) return;
  const auto soon = std::chrono::steady_clock::now() + kAfterTakeover;
  if (twin_timer_.expiry() > soon) ask_for_twins_at(soon);
}

// Our own interfaces on that segment answer too.
void Daemon::twin(const TwinWatch::Heard& heard) {
  const auto& links = platform_->picture().links();
  const auto there = links.find(heard.link);
  const auto is_its = [&](const auto& link) { return link.second.seen.mac == heard.sender.mac; };
  if (there == links.end() || std::ranges::any_of(links, is_its)) return;
  const auto& interface = there->second.seen.name;
  for (auto& [key, running] : routers_) {
    if (key.interface == interface && running.router.usable() &&
        running.router.source() == heard.sender.address)
      running.router.twin(heard.sender.mac);
    running.router.conflict(interface, heard.sender.address, heard.sender.mac);
  }
}

}  // namespace hawser::vipd
