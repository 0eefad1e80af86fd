#include "netd/runner/queue.h"

#include <algorithm>

namespace hawser::netd {

bool Queue::add(Ticket ticket, const std::string& object) {
  // Whose object is free is begun before the next one comes, unless the others have taken all places.
  const auto most = bounds_.waiting + (running_.contains(object) ? 0 : 1);
  if (waiting(object) >= most) return false;
  waiting_.push_back({ticket, object});
  return true;
}

void Queue::drop(Ticket ticket) {
  std::erase_if(waiting_, [&](const Entry& entry) { return entry.ticket == ticket; });
}

std::vector<Queue::Ticket> Queue::begin() {
  std::vector<Ticket> turn;
  for (auto entry = waiting_.begin(); entry != waiting_.end() && running_.size() < bounds_.running;) {
    if (!running_.insert(entry->object).second) {
      ++entry;
      continue;
    }
    turn.push_back(entry->ticket);
    entry = waiting_.erase(entry);
  }
  return turn;
}

std::size_t Queue::waiting(const std::string& object) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(waiting_, [&](const Entry& entry) { return entry.object == object; }));
}

}  // namespace hawser::netd
