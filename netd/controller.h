// All that netd decides, without a socket of its own and without a clock: events come in with the time, the
// kernel is the two-method interface. netd/daemon.cpp is the thin edge around it, tests drive it with the
// fake kernel.
#pragma once

#include "lib/reconcile/emptiness.h"
#include "lib/reconcile/known_health.h"
#include "lib/reconcile/obstacles.h"
#include "netd/ipvs_host_keeper.h"
#include "netd/ipvs_keeper.h"
#include "netd/network_keeper.h"
#include "netd/nft_keeper.h"

namespace hawser::netd {

class Controller {
 public:
  // What the host says of the path to and from the services; `local` are addresses that it has or vips name.
  using LookAtHost = std::function<HostFacts(const Layout& layout, std::set<IpAddress> local)>;

  Controller(Kernel& kernel, Made made, JournalBook::Write write_journal, Tell tell,
             FindPaths find_paths = {}, LookAtHost look_at_host = {});

  // Start and reload. Nothing is touched before work().
  void configure(const config::Config& config, Why why, TimePoint now);
  void network_changed(TimePoint now) { network_.changed(now); }
  void nft_changed(TimePoint now) { nft_.changed(now); }
  void on_look(NetworkKeeper::OnLook on_look) { network_.on_look(std::move(on_look)); }
  void verdict(const probes::ProbeKey& probe, const probes::Verdict& verdict, TimePoint now) {
    board_.verdict(probe, verdict, now);
  }
  void ask_who(std::function<std::string(TimePoint)> who) { ipvs_.ask_who(std::move(who)); }
  void set_overrides(Overrides overrides, TimePoint now) { ipvs_.set_overrides(std::move(overrides), now); }

  // A small piece of what is due. True: there is more, call again at once (after other events).
  bool work(TimePoint now);
  // When to call work() next.
  [[nodiscard]] TimePoint next() const {
    const auto next = std::min({network_.next(), ipvs_.next(), ipvs_host_.next(), nft_.next(), journal_at_});
    return settled() ? std::min(next, next_look_at_host_) : next;
  }
  // Everything of the last configure() was tried.
  [[nodiscard]] bool settled() const { return network_.settled() && ipvs_.settled(); }

  [[nodiscard]] const NetworkKeeper& network() const { return network_; }
  [[nodiscard]] const IpvsKeeper& ipvs() const { return ipvs_; }
  [[nodiscard]] const IpvsHostKeeper& ipvs_host() const { return ipvs_host_; }
  [[nodiscard]] const NftKeeper& nft() const { return nft_; }
  [[nodiscard]] const HealthBoard& board() const { return board_; }
  // What a plan is made by, for who plans without being the daemon.
  [[nodiscard]] KnownHealth known(TimePoint now) const {
    return {board_.table(), true, ipvs_.pools().overrides(), ipvs_.pools().memory(), now};
  }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  // What keeps clients from being served though all is as the file wants it; see obstacles().
  [[nodiscard]] const std::vector<Obstacle>& obstacles() const { return obstacles_; }
  [[nodiscard]] const JournalBook& journal() const { return book_; }
  // What there is here of what we made, as of the last look.
  [[nodiscard]] Holdings held() const { return holdings(book_.names(), network_.observed().state); }

  static constexpr Milliseconds kJournalRetry{10000};

 private:
  void keep_journal(TimePoint now);
  void look_for_obstacles(TimePoint now);
  [[nodiscard]] std::vector<Obstacle> look_for_obstacles() const;

  Counters counters_;
  JournalBook book_;
  Tell tell_;
  TimePoint journal_at_ = TimePoint::max();  // when to try the disk again
  NetworkKeeper network_;
  HealthBoard board_;
  IpvsKeeper ipvs_;
  IpvsHostKeeper ipvs_host_;
  NftKeeper nft_;

  LookAtHost look_at_host_;
  std::set<IpAddress> vips_;
  Milliseconds look_interval_{5000};
  TimePoint next_look_at_host_ = TimePoint::max();
  std::vector<Obstacle> seen_;  // at the last look; what the next one sees again is said
  std::vector<Obstacle> obstacles_;
};

}  // namespace hawser::netd
