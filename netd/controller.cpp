#include "netd/controller.h"

#include <algorithm>

#include "lib/reconcile/host_facts.h"

namespace hawser::netd {

Controller::Controller(Kernel& kernel, Made made, JournalBook::Write write_journal, Tell tell,
                       FindPaths find_paths, LookAtHost look_at_host)
    : book_(std::move(made), std::move(write_journal)),
      tell_(std::move(tell)),
      network_(kernel, book_, tell_, counters_, std::move(find_paths)),
      board_(tell_),
      ipvs_(kernel, book_, board_, tell_, counters_),
      ipvs_host_(kernel, book_, tell_),
      nft_(kernel, book_, tell_),
      look_at_host_(std::move(look_at_host)) {
  board_.subscribe([this](const auto& probe, TimePoint now) { ipvs_.health_changed(probe, now); });
}

void Controller::configure(const config::Config& config, Why why, TimePoint now) {
  network_.configure(config, why, now);
  ipvs_.configure(config, why, now);
  ipvs_host_.configure(config, why, now);
  nft_.configure(config, why, now);
  board_.configure(probes_of(ipvs_.layout(), config));
  vips_ = vip_addresses(config).all;
  look_interval_ = config.ipvs_check;
  next_look_at_host_ = look_at_host_ ? now : TimePoint::max();
}

bool Controller::work(TimePoint now) {
  // Links first: a service may want an address that a link brings. What changed there may also have been in
  // the way of what IPVS refused.
  if (network_.work(now)) ipvs_.retry_now();
  const bool more = ipvs_.work(now);
  if (!more) ipvs_host_.work(now);  // the module comes with the first service
  if (!more) nft_.work(now);        // a mark without its service would lead nowhere
  if (settled() && now >= next_look_at_host_) look_for_obstacles(now);
  keep_journal(now);
  return more;
}

// What was made and is not on the disk would be nobody's after a crash: tried again though nothing else
// happens.
void Controller::keep_journal(TimePoint now) {
  const bool failed = journal_at_ != TimePoint::max();
  if (failed && now >= journal_at_) {
    journal_at_ = now + kJournalRetry;
    if (auto written = book_.flush(); !written) tell_(journal_event(written.error()));
  }
  if (book_.trouble().empty()) {
    if (failed) tell_({.kind = EventKind::kStorage, .object = "journal", .to = "written again"});
    journal_at_ = TimePoint::max();
  } else if (!failed) {
    tell_({.kind = EventKind::kStorage,
           .level = Level::kWarning,
           .object = "journal",
           .what =
               "tried again until it can be written; what netd makes until then it would not know after a "
               "restart"});
    journal_at_ = now + kJournalRetry;
  }
}

// An address that is being added, or tentative for a second, is no obstacle: only what two looks see counts.
void Controller::look_for_obstacles(TimePoint now) {
  next_look_at_host_ = now + look_interval_;
  auto seen = look_for_obstacles();
  const auto is_in = [](const auto& list) {
    return [&list](const auto& one) { return std::ranges::find(list, one) != list.end(); };
  };
  std::vector<Obstacle> lasting;
  std::ranges::copy_if(seen, std::back_inserter(lasting), is_in(seen_));
  for (const auto& one : lasting)
    if (!is_in(obstacles_)(one)) tell_(event_from(one.text, EventKind::kService, Level::kWarning));
  seen_ = std::move(seen);
  obstacles_ = std::move(lasting);
}

std::vector<Obstacle> Controller::look_for_obstacles() const {
  if (ipvs_.layout().empty()) return {};
  auto local = addresses_of(network_.observed().state);
  local.insert(vips_.begin(), vips_.end());
  return hawser::obstacles(ipvs_.layout(), look_at_host_(ipvs_.layout(), std::move(local)));
}

}  // namespace hawser::netd
