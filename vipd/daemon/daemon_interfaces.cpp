// What becomes of the vips when interfaces come, go, are called otherwise or lead elsewhere.
#include <algorithm>

#include "vipd/addresses/virtual_link.h"
#include "vipd/daemon/check_notes.h"
#include "vipd/daemon/daemon.h"

namespace hawser::vipd {

namespace {
// For the host's own address in a network of the vip: what boots brings it in this time.
constexpr Milliseconds kHomeAwaited{60000};
constexpr Milliseconds kVirtualLinkAgain{10'000};  // a module may be loaded, a name be free meanwhile
}  // namespace

void Daemon::announce_again(const std::string& interface) {
  for (auto& [key, running] : routers_) {
    running.router.announce_again_on(interface);
    settle(key);
  }
}

// Only who has not begun waits, and not for ever: an address that never comes, on any of the hosts, would
// leave the vip to nobody.
std::optional<Prefix> Daemon::home_awaited(Running& running) {
  const auto& router = running.router;
  const auto network =
      router.usable() || router.has_a_past() ? std::nullopt : platform_->home_awaited(router.vip());
  if (!network) {
    running.awaits_home_since = {};
    running.goes_without_home = false;
    return std::nullopt;
  }
  if (running.goes_without_home) return std::nullopt;
  const auto now = platform_->now();
  if (running.awaits_home_since == TimePoint{}) running.awaits_home_since = now;
  if (now - running.awaits_home_since < kHomeAwaited) return network;
  running.goes_without_home = true;  // something else may keep it from beginning: this is said once
  report({.kind = EventKind::kAddress,
          .level = Level::kWarning,
          .object = router.vip().name,
          .what = fmt::format("this host has no address of its own in {} after {}: begins without, and the "
                              "floating one may be the first there; [nodes] may name another host's",
                              *network, format_duration(kHomeAwaited))});
  return std::nullopt;
}

void Daemon::settle_interface(Running& running) {
  auto& router = running.router;
  const auto& vip = router.vip();
  const auto virtual_link = virtual_link_of(vip);
  router.out_of_reach(out_of_reach(platform_->picture(), vip));
  if (!platform_->has_interface(vip.interface))
    return router.interface_unusable(why_missing(vip, vip.interface, kernel_name_of(vip.interface)));
  const auto source = source_on(platform_->picture(), vip, router.source());
  if (!source) return router.interface_unusable(source.error());
  if (const auto network = home_awaited(running)) {
    router.interface_unusable(fmt::format(
        "{}: waits for this host's own address in {}, which the file names: the floating one would "
        "be the first there",
        vip.interface, *network));
    return look_at(running.awaits_home_since + kHomeAwaited);
  }
  if (const auto why = virtual_link ? platform_->virtual_link_trouble(virtual_link->name) : "";
      !why.empty()) {
    router.interface_unusable(why);
    return look_at(platform_->now() + kVirtualLinkAgain);
  }
  if (const auto why = platform_->store_trouble(vip, stays_quiet(vip.interface)); !why.empty()) {
    router.interface_unusable(why);
    return look_at(platform_->now() + kVirtualLinkAgain);
  }
  if (const auto opened = platform_->open_socket({vip.interface, family_of(vip)}); !opened) {
    router.interface_unusable(opened.error().text);
    return look_at(platform_->now() + kLookAgain);
  }
  router.interface_usable(*source);
}

void Daemon::say_renamed(const std::string& from, const std::string& to) {
  const auto on_it = [&](const config::Vip& vip) {
    return vip.interface == from ||
           std::ranges::any_of(vip.addresses, [&](const auto& address) { return address.interface == from; });
  };
  for (const auto& [key, running] : routers_)
    if (on_it(running.router.vip()))
      report({.kind = EventKind::kInterface,
              .level = Level::kWarning,
              .object = running.router.vip().name,
              .what = fmt::format(
                  "{} is called {} now: what is ours on it is removed; name {} in the file, or call it {}",
                  from, to, to, from),
              .cause = {CauseKind::kOthers, ""}});
}

}  // namespace hawser::vipd
