// Whether this host would answer for what lives on devices of vipd's own. That goes by sysctls, of which the
// kernel tells nobody when they change; some of them vipd sets itself, for virtual MACs.
#include <algorithm>
#include <ranges>
#include <set>

#include "vipd/daemon/daemon.h"
#include "vipd/daemon/own_links.h"

namespace hawser::vipd {

namespace {

constexpr Milliseconds kReadAgain{2000};
// The worker has put back by then what it set for a virtual MAC.
constexpr Milliseconds kPutBack{2000};

bool has_store(const config::Vip& vip) {
  return vip.manner->store != config::Store::kInterface;
}

}  // namespace

void Daemon::watch_answers() {
  answers_timer_.expires_after(kReadAgain);
  answers_timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    const auto settings = answer_settings();
    if (settings != std::exchange(answer_settings_, settings)) settle_all();
    watch_answers();
  });
}

// Empty: none of the vips goes by them.
std::vector<int> Daemon::answer_settings() const {
  std::set<std::string> interfaces;
  bool matters = false;
  for (const auto& [key, running] : routers_) {
    const auto& vip = running.router.vip();
    if (has_store(vip)) interfaces.insert(key.interface);
    matters = matters || has_store(vip) || vip.manner->virtual_mac;
  }
  if (!matters) return {};
  // Whether what is found counts already is one of them: it is judged anew when that begins.
  std::vector<int> settings{ipv4_setting("all", "arp_ignore"), ipv4_setting("all", "arp_filter"),
                            platform_->now() >= put_back_by_ ? 1 : 0};
  for (const auto& interface : interfaces) settings.push_back(ipv4_setting(interface, "arp_ignore"));
  return settings;
}

// Only the devices of virtual MACs are to answer there. Told anew where one of these has come back as
// another, and once at the start: an earlier run may have left it so.
void Daemon::quiet() {
  std::map<std::string, IfIndex> there;
  for (const auto& [key, running] : routers_)
    if (running.router.vip().manner->virtual_mac)
      if (const auto index = platform_->picture().index_of(key.interface))
        there.emplace(key.interface, *index);
  if (there == quieted_) return;
  const auto is_gone = [&](const auto& one) { return !there.contains(one.first); };
  if (quieted_ && std::ranges::any_of(*quieted_, is_gone)) put_back_by_ = platform_->now() + kPutBack;
  const auto names = std::views::keys(there);
  worker_.quiet({names.begin(), names.end()});
  quieted_ = std::move(there);
}

// Whether what net.ipv4.conf.INTERFACE.arp_ignore says there is here to stay: not what was set for a virtual
// MAC that a reload has just taken out.
bool Daemon::stays_quiet(const std::string& interface) const {
  const auto has_virtual_mac = [&](const auto& entry) {
    return entry.first.interface == interface && entry.second.router.vip().manner->virtual_mac;
  };
  if (std::ranges::any_of(routers_, has_virtual_mac)) return true;
  return !(quieted_ && quieted_->contains(interface)) && platform_->now() >= put_back_by_;
}

}  // namespace hawser::vipd
