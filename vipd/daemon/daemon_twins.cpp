// The daemon looks whether another host has this host's own address, from which it advertises, or one that
// this host holds.
#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/daemon/log.h"
#include "vipd/addresses/virtual_link.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {
constexpr Milliseconds kBetweenQuestions{10000};
constexpr Milliseconds kAfterTakeover{2000};
constexpr std::size_t kMostAsked{32};
}  // namespace

// Without it less is known.
void Daemon::watch_for_twins() {
  for (const auto family : {Family::kIpv4, Family::kIpv6}) {
    auto watch = TwinWatch::open(family);
    const int copy = watch ? ::dup(watch->fd()) : -1;
    if (!watch) {
      report(trouble_event(EventKind::kPeer, watch.error()));
    } else if (copy < 0) {
      report(trouble_event(
          EventKind::kPeer,
          {fmt::format("watch for others with our addresses: {}", std::strerror(errno)), errno}));
    } else {
      twins_.push_back({std::move(*watch), boost::asio::posix::stream_descriptor(context_, copy)});
    }
  }
  for (std::size_t i = 0; i < twins_.size(); ++i) wait_for_twins(i);
  if (!twins_.empty()) ask_for_twins();
}

void Daemon::wait_for_twins(std::size_t which) {
  twins_[which].reader.async_wait(boost::asio::posix::descriptor_base::wait_read,
                                  [this, which](const boost::system::error_code& cancelled) {
                                    if (cancelled) return;
                                    for (const auto& heard : twins_[which].watch.take()) twin(heard);
                                    wait_for_twins(which);
                                  });
}

// IPv4 ones: of an IPv6 address of this host's own the kernel looks itself when it is given.
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
  std::vector<std::pair<const config::Vip*, const config::VipAddress*>> all;
  for (const auto& [key, running] : routers_)
    if (running.router.role() == RoleName::kActive)
      for (const auto& address : running.router.vip().addresses)
        if (running.router.wants({address.interface, address.prefix}))
          all.emplace_back(&running.router.vip(), &address);
  std::set<std::pair<std::string, IpAddress>> some;
  const auto count = std::min(all.size(), kMostAsked);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [vip, address] = all[(asked_for_ + i) % all.size()];
    some.emplace(asked_on(*vip, *address), address->prefix.address);
  }
  asked_for_ += count;
  return some;
}

void Daemon::ask_for_twins() {
  auto asked = sources();
  asked.merge(some_held());
  std::set<IpAddress> addresses;
  for (const auto& [interface, address] : asked) addresses.insert(address);
  for (auto& twins : twins_)
    if (const auto watched = twins.watch.watch(addresses); !watched) warn("twins", watched.error());
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
void Daemon::ask_soon_for_conflicts() {
  const auto soon = std::chrono::steady_clock::now() + kAfterTakeover;
  if (!twins_.empty() && twin_timer_.expiry() > soon) ask_for_twins_at(soon);
}

// Our own interfaces on that segment answer too.
void Daemon::twin(const TwinWatch::Heard& heard) {
  const auto& links = platform_->picture().links();
  const auto there = links.find(heard.link);
  const auto is_its = [&](const auto& link) { return link.second.seen.mac == heard.claim.mac; };
  if (there == links.end() || std::ranges::any_of(links, is_its)) return;
  const auto& interface = there->second.seen.name;
  for (auto& [key, running] : routers_) {
    if (key.interface == interface && running.router.usable() &&
        running.router.source() == heard.claim.address)
      running.router.twin(heard.claim.mac);
    running.router.conflict(interface, heard.claim.address, heard.claim.mac);
  }
}

}  // namespace hawser::vipd
