#include "lib/events/ring.h"

namespace hawser {

const EventRecord& EventRing::add(Event event, std::chrono::system_clock::time_point at) {
  if (records_.size() == kMost) records_.pop_front();
  return records_.emplace_back(EventRecord{++last_, at, std::move(event)});
}

}  // namespace hawser
