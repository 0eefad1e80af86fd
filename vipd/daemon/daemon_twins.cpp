// The daemon looks whether another host has this host's own address, from which it advertises.
#include <cerrno>
#include <cstring>

#include <boost/asio.hpp>
#include <unistd.h>

#include "lib/daemon/log.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {
constexpr Milliseconds kBetweenQuestions{10000};
}

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

void Daemon::ask_for_twins() {
  std::set<std::pair<std::string, IpAddress>> own;
  for (const auto& [key, running] : routers_)
    if (running.router.usable()) own.emplace(key.interface, running.router.source());
  std::set<IpAddress> addresses;
  for (const auto& [interface, address] : own) addresses.insert(address);
  if (const auto watched = twins_->watch(addresses); !watched) warn("twins", watched.error());
  for (const auto& [interface, address] : own) platform_->probe(interface, address);
  twin_timer_.expires_after(kBetweenQuestions);
  twin_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) ask_for_twins();
  });
}

// Our own interfaces on that segment answer too.
void Daemon::twin(const TwinWatch::Heard& heard) {
  const auto& links = platform_->picture().links();
  const auto there = links.find(heard.link);
  const auto is_its = [&](const auto& link) { return link.second.seen.mac == heard.sender.mac; };
  if (there == links.end() || std::ranges::any_of(links, is_its)) return;
  for (auto& [key, running] : routers_)
    if (key.interface == there->second.seen.name && running.router.usable() &&
        running.router.source() == heard.sender.address)
      running.router.twin(heard.sender.mac);
}

}  // namespace hawser::vipd
