#include "netd/controller.h"

namespace hawser::netd {

Controller::Controller(Kernel& kernel, Made made, JournalBook::Write write_journal, Say say,
                       NetworkKeeper::FindPaths find_paths)
    : book_(std::move(made), std::move(write_journal)),
      network_(kernel, book_, say, counters_, std::move(find_paths)),
      ipvs_(kernel, book_, std::move(say), counters_) {}

void Controller::configure(const config::Config& config, Why why, TimePoint now) {
  network_.configure(config, why, now);
  ipvs_.configure(config, why, now);
}

bool Controller::work(TimePoint now) {
  // Links first: a service may want an address that a link brings. What changed there may also have been in
  // the way of what IPVS refused.
  if (network_.work(now)) ipvs_.retry_now();
  return ipvs_.work(now);
}

}  // namespace hawser::netd
