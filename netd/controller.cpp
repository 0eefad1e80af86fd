#include "netd/controller.h"

namespace hawser::netd {

Controller::Controller(Kernel& kernel, Made made, JournalBook::Write write_journal, Say say,
                       NetworkKeeper::FindPaths find_paths)
    : book_(std::move(made), std::move(write_journal)),
      say_(std::move(say)),
      network_(kernel, book_, say_, counters_, std::move(find_paths)),
      ipvs_(kernel, book_, say_, counters_) {}

void Controller::configure(const config::Config& config, Why why, TimePoint now) {
  network_.configure(config, why, now);
  ipvs_.configure(config, why, now);
}

bool Controller::work(TimePoint now) {
  // Links first: a service may want an address that a link brings. What changed there may also have been in
  // the way of what IPVS refused.
  if (network_.work(now)) ipvs_.retry_now();
  const bool more = ipvs_.work(now);
  keep_journal(now);
  return more;
}

// What was made and is not on the disk would be nobody's after a crash: tried again though nothing else
// happens.
void Controller::keep_journal(TimePoint now) {
  const bool failed = journal_at_ != TimePoint::max();
  if (failed && now >= journal_at_) {
    journal_at_ = now + kJournalRetry;
    if (auto written = book_.flush(); !written)
      say_(log::Level::kWarning, fmt::format("journal: {}", written.error().text));
  }
  if (book_.trouble().empty()) {
    if (failed) say_(log::Level::kInfo, "journal: written again");
    journal_at_ = TimePoint::max();
  } else if (!failed) {
    say_(log::Level::kWarning,
         "journal: tried again until it can be written; what netd makes until then it would not know after a "
         "restart");
    journal_at_ = now + kJournalRetry;
  }
}

}  // namespace hawser::netd
